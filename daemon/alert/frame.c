/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/zone.h"

#include "alert/frame_internal.h"
#include "alert/frame_text.h"

#include "alert/frame.h"

/* RFC 5424, 6. */
#define HOST_NAME_MAX_BYTES 255
#define APP_NAME_MAX_BYTES 48
#define PROCESS_ID_MAX_BYTES 128
#define MESSAGE_ID_MAX_BYTES 32

/* Ours: alert ids have 19 bytes, names of rules rarely 40. */
#define PARAM_MAX_BYTES 64

/* Stands for a part's number while their count is not known. */
#define PART_WIDEST 99999

unsigned
frame_severity(enum rule_level level)
{
	static const unsigned severities[] = {
		[LEVEL_INFORMATIONAL] = 6,
		[LEVEL_LOW] = 5,
		[LEVEL_MEDIUM] = 4,
		[LEVEL_HIGH] = 3,
		[LEVEL_CRITICAL] = 2,
	};

	return severities[level];
}

struct span
frame_rule_name(const struct alert_view *view)
{
	if (view->rule_name.len > 0)
		return view->rule_name;
	return view->rule_id.len > 0 ? view->rule_id : view->rule_title;
}

int64_t
frame_time_us(const struct alert_view *view, const struct frame_place *place)
{
	return view->decided_us != RECORD_NO_TIME ? view->decided_us :
						    place->now_us;
}

/* ---- Bodies ---- */

void
frame_bodies_add(void *context, struct span body)
{
	struct frame_bodies *bodies = context;

	buffer_add_span(&bodies->text, body);
	bodies->ends = mem_grow(bodies->ends, &bodies->cap, bodies->count + 1,
	    sizeof(*bodies->ends));
	bodies->ends[bodies->count++] = bodies->text.len;
}

static struct span
body_at(const struct frame_bodies *bodies, size_t index)
{
	size_t start = index > 0 ? bodies->ends[index - 1] : 0;

	return span_make(bodies->text.ptr + start, bodies->ends[index] - start);
}

/* ---- Heads ---- */

void
frame_header(struct buffer *out, const struct frame_options *options,
    enum rule_level level, int64_t time_us, struct span message_id)
{
	char time[32];

	zone_format_utc_ms(time_us, time);
	buffer_printf(out, "<%u>1 %s ",
	    (options->facility % 24) * 8 + frame_severity(level), time);
	frame_text_name(out, span_of(options->host_name), HOST_NAME_MAX_BYTES);
	buffer_add_char(out, ' ');
	frame_text_name(out, span_of(options->app_name), APP_NAME_MAX_BYTES);
	buffer_add_char(out, ' ');
	frame_text_name(out, span_of(options->process_id),
	    PROCESS_ID_MAX_BYTES);
	buffer_add_char(out, ' ');
	frame_text_name(out, message_id, MESSAGE_ID_MAX_BYTES);
	buffer_add_char(out, ' ');
}

void
frame_hex(struct buffer *out, const uint8_t digest[HASH_SHA256_LEN])
{
	for (size_t i = 0; i < HASH_SHA256_LEN; i++) {
		buffer_add_char(out, "0123456789abcdef"[digest[i] >> 4]);
		buffer_add_char(out, "0123456789abcdef"[digest[i] & 15]);
	}
}

void
frame_place_params(struct buffer *out, const struct frame_place *place)
{
	buffer_printf(out, " sequence=\"%llu\" chain=\"",
	    (unsigned long long)place->sequence);
	frame_hex(out, place->chain);
	buffer_add_char(out, '"');
}

static void
add_header(struct buffer *out, const struct frame_options *options,
    const struct alert_view *view, const struct frame_place *place)
{
	frame_header(out, options, view->level, frame_time_us(view, place),
	    view->kind);
}

static void
add_structured_data(struct buffer *out, const struct frame_options *options,
    const struct alert_view *view, const struct frame_place *place, size_t part,
    size_t parts)
{
	buffer_printf(out, "[integrity@%u", options->enterprise_id);
	frame_text_param(out, "alert", view->alert, PARAM_MAX_BYTES);
	frame_text_param(out, "rule", frame_rule_name(view), PARAM_MAX_BYTES);
	buffer_printf(out, " level=\"%s\"", rule_level_names[view->level]);
	if (options->audience == FRAME_INVESTIGATORS) {
		frame_text_param(out, "kind", view->kind, MESSAGE_ID_MAX_BYTES);
		buffer_printf(out, " revision=\"%lld\"",
		    (long long)view->revision);
	}
	frame_place_params(out, place);
	if (parts > 1)
		buffer_printf(out, " part=\"%zu/%zu\"", part, parts);
	buffer_add_string(out, "] ");
}

static size_t
widest_head(const struct frame_options *options, const struct alert_view *view,
    const struct frame_place *place)
{
	struct buffer head = BUFFER_INIT;
	size_t len;

	add_header(&head, options, view, place);
	add_structured_data(&head, options, view, place, PART_WIDEST,
	    PART_WIDEST);
	len = head.len;
	buffer_done(&head);
	return len;
}

void
frame_render(const struct frame_options *options, const struct alert_view *view,
    const struct frame_place *place, frame_emit *emit, void *context)
{
	size_t limit = options->max_message_size;
	struct frame_bodies bodies = { BUFFER_INIT, NULL, 0, 0 };
	struct buffer frame = BUFFER_INIT;

	if (limit < FRAME_SIZE_MIN)
		limit = FRAME_SIZE_MIN;
	limit -= widest_head(options, view, place);
	if (options->format == FRAME_PLAIN)
		frame_plain_write(options, view, limit, &bodies);
	else
		frame_ecs_write(options, view, place, limit, &bodies);
	for (size_t i = 0; i < bodies.count; i++) {
		buffer_reset(&frame);
		add_header(&frame, options, view, place);
		add_structured_data(&frame, options, view, place, i + 1,
		    bodies.count);
		buffer_add_span(&frame, body_at(&bodies, i));
		emit(context, buffer_span(&frame));
	}
	buffer_done(&frame);
	buffer_done(&bodies.text);
	mem_free(bodies.ends);
}
