/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of an alert, written so that it can be made smaller: every text,
 * list and sample passes a limit here, and what was cut is remembered.
 */
#ifndef ALERT_BUILD_H
#define ALERT_BUILD_H

#include "base/json.h"
#include "alert/alert.h"

/* How much of each kind is told. */
struct build_limits {
	uint32_t evidence;   /* samples */
	size_t value_bytes;  /* of a value beside a sample; 0: none told */
	size_t text_bytes;   /* of any text */
	uint32_t list_items; /* of any list */
};

struct build {
	struct json json;
	const struct alert_options *options;
	struct build_limits limits;
	bool is_cut;
};

/* Cut at a character, ending in U+2026. */
void build_text(struct build *build, struct span text, size_t limit);

/* Members; left out if empty. */
void build_member(struct build *build, const char *key, struct span text);
void build_list(struct build *build, const char *key, const struct span *texts,
    uint32_t count);
void build_digest(struct build *build, const char *key,
    const uint8_t digest[HASH_SHA256_LEN]); /* "sha256:..." */
void build_time(struct build *build, const char *key, int64_t time_us);
void build_delay(struct build *build, int64_t event_us, int64_t broker_us);
void build_ruleset(struct build *build);

/* Actor, subject, systems, case, and the samples themselves. */
void build_kept_names(struct build *build, const struct detection *detection);
void build_kept_samples(struct build *build, const struct detection *detection);

#endif
