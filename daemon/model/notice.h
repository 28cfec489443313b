/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program has to say about itself to the investigators: gaps, late
 * records, limits, refused rules.  Becomes an alert of rule
 * `integrityd.NAME`, type "self".
 */
#ifndef MODEL_NOTICE_H
#define MODEL_NOTICE_H

#include "model/rule.h"

enum notice_kind {
	NOTICE_GAP,
	NOTICE_LATE,
	NOTICE_TORN,
	NOTICE_LIMIT,
	NOTICE_UNKNOWN,
	NOTICE_REJECTED,
	NOTICE_RULESET,
	NOTICE_RULE_REFUSED,
	NOTICE_RESTART,
	NOTICE_TABLE_STALE,
	NOTICE_CANARY,
	NOTICE_FEED
};

extern const char *const notice_kind_names[]; /* "gap", ... */

struct notice {
	enum notice_kind kind;
	enum rule_level level;
	/*
	 * What it is about, besides the kind; with `at_us` it makes the alert id,
	 * so a replay says the same again under the same id.
	 */
	struct span about;
	struct span sentence;
	int64_t at_us;
	uint64_t count;
};

/* A list of notices in a batch's arena. */
struct notice_list {
	struct arena *arena;
	struct notice *items;
	size_t count;
	size_t cap;
};

void notice_list_init(struct notice_list *list, struct arena *arena);

/* `about` and the sentence are copied into the arena. */
void notice_add(struct notice_list *list, enum notice_kind kind,
    enum rule_level level, int64_t at_us, uint64_t count, struct span about,
    const char *format, ...) __attribute__((format(printf, 7, 8)));

#endif
