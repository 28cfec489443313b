/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "alert/frame_internal.h"
#include "alert/frame_text.h"

#include "alert/frame_heartbeat.h"

#define MESSAGE_ID "heartbeat"
#define US_PER_SECOND 1000000
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* The sum over the feeds of which it is known; -1: of none. */
static int64_t
total_lag(const struct frame_heartbeat *heartbeat)
{
	int64_t total = -1;

	for (size_t i = 0; i < heartbeat->feed_count; i++) {
		if (heartbeat->feeds[i].lag < 0)
			continue;
		total = (total < 0 ? 0 : total) + heartbeat->feeds[i].lag;
	}
	return total;
}

static void
add_structured_data(const struct frame_options *options,
    const struct frame_heartbeat *heartbeat, const struct frame_place *place,
    struct buffer *out)
{
	int64_t lag = total_lag(heartbeat);

	buffer_printf(out, "[integrity@%u", options->enterprise_id);
	frame_place_params(out, place);
	buffer_add_string(out, " ruleset=\"sha256:");
	frame_hex(out, heartbeat->ruleset);
	buffer_printf(out, "\" rules=\"%u\" refused=\"%u\" interval=\"%lld\"",
	    heartbeat->rules, heartbeat->refused,
	    (long long)(heartbeat->interval_us / US_PER_SECOND));
	if (lag >= 0)
		buffer_printf(out, " lag=\"%lld\"", (long long)lag);
	for (size_t i = 0; i < heartbeat->count_count; i++)
		buffer_printf(out, " %s=\"%llu\"", heartbeat->counts[i].name,
		    (unsigned long long)heartbeat->counts[i].count);
	buffer_add_string(out, "] ");
}

static void
add_sentence(const struct frame_heartbeat *heartbeat, bool has_counts,
    struct buffer *out)
{
	int64_t lag = total_lag(heartbeat);

	buffer_printf(out, "integrityd is alive: %u rules, %u refused",
	    heartbeat->rules, heartbeat->refused);
	if (lag >= 0)
		buffer_printf(out, ", %lld records behind", (long long)lag);
	for (size_t i = 0; has_counts && i < heartbeat->count_count; i++)
		buffer_printf(out, "%s%s %llu",
		    i == 0 ? "; since the start " : ", ",
		    heartbeat->counts[i].name,
		    (unsigned long long)heartbeat->counts[i].count);
}

/* ---- ECS ---- */

static void
write_event(struct json *json, const struct frame_place *place)
{
	json_key(json, "event");
	json_object(json);
	json_key(json, "kind");
	json_string(json, "state");
	json_key(json, "category");
	json_raw(json, SPAN("[\"process\"]"));
	json_key(json, "type");
	json_raw(json, SPAN("[\"info\"]"));
	json_key(json, "action");
	json_string(json, MESSAGE_ID);
	json_key(json, "severity");
	json_uint(json, 1);
	json_key(json, "sequence");
	json_uint(json, place->sequence);
	json_end(json);
}

static void
write_feeds(struct json *json, const struct frame_heartbeat *heartbeat,
    size_t feed_count)
{
	struct buffer topic = BUFFER_INIT;

	json_key(json, "feeds");
	json_array(json);
	for (size_t i = 0; i < feed_count; i++) {
		const struct frame_heartbeat_feed *feed = &heartbeat->feeds[i];

		buffer_reset(&topic);
		frame_text_json(&topic, feed->topic);
		json_object(json);
		json_key(json, "topic");
		json_raw(json, buffer_span(&topic));
		json_key(json, "partition");
		json_int(json, feed->partition);
		if (feed->offset >= 0) {
			json_key(json, "offset");
			json_int(json, feed->offset);
		}
		if (feed->lag >= 0) {
			json_key(json, "lag");
			json_int(json, feed->lag);
		}
		json_end(json);
	}
	json_end(json);
	if (feed_count < heartbeat->feed_count) {
		json_key(json, "feeds_left_out");
		json_uint(json, heartbeat->feed_count - feed_count);
	}
	buffer_done(&topic);
}

static void
write_own(struct json *json, const struct frame_options *options,
    const struct frame_heartbeat *heartbeat, const struct frame_place *place,
    size_t feed_count, bool has_counts)
{
	int64_t lag = total_lag(heartbeat);

	json_key(json, "integrity");
	json_object(json);
	json_key(json, "chain");
	json_hex(json, place->chain, HASH_SHA256_LEN);
	json_key(json, "interval_seconds");
	json_int(json, heartbeat->interval_us / US_PER_SECOND);
	json_key(json, "rules");
	json_uint(json, heartbeat->rules);
	json_key(json, "rules_refused");
	json_uint(json, heartbeat->refused);
	json_key(json, "counts");
	json_object(json);
	for (size_t i = 0; has_counts && i < heartbeat->count_count; i++) {
		json_key(json, heartbeat->counts[i].name);
		json_uint(json, heartbeat->counts[i].count);
	}
	json_end(json);
	if (lag >= 0) {
		json_key(json, "lag");
		json_int(json, lag);
	}
	if (options->audience == FRAME_INVESTIGATORS)
		write_feeds(json, heartbeat, feed_count);
	json_end(json);
}

static void
write_ecs(const struct frame_options *options,
    const struct frame_heartbeat *heartbeat, const struct frame_place *place,
    size_t feed_count, bool has_counts, struct buffer *out)
{
	struct buffer text = BUFFER_INIT;
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_key(&json, "@timestamp");
	json_time(&json, place->now_us);
	add_sentence(heartbeat, has_counts, &text);
	json_key(&json, "message");
	json_string(&json, buffer_string(&text));
	json_key(&json, "ecs");
	json_raw(&json, SPAN("{\"version\":\"" FRAME_ECS_VERSION "\"}"));
	write_event(&json, place);
	buffer_reset(&text);
	buffer_add_string(&text, "sha256:");
	frame_hex(&text, heartbeat->ruleset);
	json_key(&json, "rule");
	json_object(&json);
	json_key(&json, "ruleset");
	json_string(&json, buffer_string(&text));
	json_end(&json);
	write_own(&json, options, heartbeat, place, feed_count, has_counts);
	json_end(&json);
	buffer_done(&text);
}

/* Without feeds it has some 1,300 bytes, without counts less: that fits under
 * any limit even with the longest names. */
void
frame_heartbeat_render(const struct frame_options *options,
    const struct frame_heartbeat *heartbeat, const struct frame_place *place,
    struct buffer *out)
{
	size_t limit = options->max_message_size > FRAME_SIZE_MIN ?
	    options->max_message_size :
	    FRAME_SIZE_MIN;
	size_t feed_count = heartbeat->feed_count, start = out->len, body;
	bool has_counts = true;

	frame_header(out, options, LEVEL_INFORMATIONAL, place->now_us,
	    SPAN(MESSAGE_ID));
	add_structured_data(options, heartbeat, place, out);
	if (options->format == FRAME_PLAIN) {
		buffer_add_string(out, BYTE_ORDER_MARK);
		add_sentence(heartbeat, true, out);
		return;
	}
	body = out->len;
	write_ecs(options, heartbeat, place, feed_count, true, out);
	while (out->len - start > limit && has_counts) {
		has_counts = feed_count > 0;
		feed_count /= 2;
		out->len = body;
		write_ecs(options, heartbeat, place, feed_count, has_counts,
		    out);
	}
}
