/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/build.h"

#define ELLIPSIS "\xe2\x80\xa6" /* U+2026 */

static size_t
cut_length(struct span text, size_t limit)
{
	size_t len = limit;

	while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return len;
}

void
build_text(struct build *build, struct span text, size_t limit)
{
	struct buffer cut = BUFFER_INIT;

	if (text.len <= limit) {
		json_span(&build->json, text);
		return;
	}
	build->is_cut = true;
	buffer_add(&cut, text.ptr, cut_length(text, limit));
	buffer_add_string(&cut, ELLIPSIS);
	json_span(&build->json, buffer_span(&cut));
	buffer_done(&cut);
}

void
build_member(struct build *build, const char *key, struct span text)
{
	if (text.len == 0)
		return;
	json_key(&build->json, key);
	build_text(build, text, build->limits.text_bytes);
}

void
build_list(struct build *build, const char *key, const struct span *texts,
    uint32_t count)
{
	if (count == 0)
		return;
	json_key(&build->json, key);
	json_array(&build->json);
	for (uint32_t i = 0; i < count; i++) {
		if (i == build->limits.list_items) {
			build->is_cut = true;
			break;
		}
		build_text(build, texts[i], build->limits.text_bytes);
	}
	json_end(&build->json);
}

void
build_digest(struct build *build, const char *key,
    const uint8_t digest[HASH_SHA256_LEN])
{
	char text[8 + 2 * HASH_SHA256_LEN] = "sha256:";

	for (size_t i = 0; i < HASH_SHA256_LEN; i++) {
		text[7 + 2 * i] = "0123456789abcdef"[digest[i] >> 4];
		text[8 + 2 * i] = "0123456789abcdef"[digest[i] & 15];
	}
	text[7 + 2 * HASH_SHA256_LEN] = '\0';
	json_key(&build->json, key);
	json_string(&build->json, text);
}

void
build_time(struct build *build, const char *key, int64_t time_us)
{
	if (time_us == RECORD_NO_TIME)
		return;
	json_key(&build->json, key);
	json_time(&build->json, time_us);
}

void
build_delay(struct build *build, int64_t event_us, int64_t broker_us)
{
	int64_t decided_us = build->options->decided_us, delay_ms = 0;

	if (decided_us != RECORD_NO_TIME && event_us != RECORD_NO_TIME)
		delay_ms = (decided_us - event_us) / 1000;
	json_key(&build->json, "delay_ms");
	json_int(&build->json, delay_ms);
	json_key(&build->json, "delay");
	json_object(&build->json);
	build_time(build, "event_time", event_us);
	build_time(build, "broker_time", broker_us);
	build_time(build, "decided_time", decided_us);
	json_end(&build->json);
}

void
build_ruleset(struct build *build)
{
	if (build->options->rules != NULL)
		build_digest(build, "ruleset", build->options->rules->hash);
}
