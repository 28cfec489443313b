/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

#include "model/notice.h"

#define SENTENCE_BYTES_MAX 1024

const char *const notice_kind_names[] = {
	[NOTICE_GAP] = "gap",
	[NOTICE_LATE] = "late",
	[NOTICE_TORN] = "torn",
	[NOTICE_LIMIT] = "limit",
	[NOTICE_UNKNOWN] = "unknown",
	[NOTICE_REJECTED] = "rejected",
	[NOTICE_RULESET] = "ruleset",
	[NOTICE_RULE_REFUSED] = "rule-refused",
	[NOTICE_RESTART] = "restart",
	[NOTICE_TABLE_STALE] = "table-stale",
	[NOTICE_CANARY] = "canary",
	[NOTICE_FEED] = "feed",
};

void
notice_list_init(struct notice_list *list, struct arena *arena)
{
	*list = (struct notice_list){ .arena = arena };
}

static struct notice *
room_for_one(struct notice_list *list)
{
	if (list->count == list->cap) {
		size_t cap = list->cap == 0 ? 8 : 2 * list->cap;
		struct notice *items = arena_array(list->arena, cap,
		    sizeof(*items));

		if (list->count > 0)
			memcpy(items, list->items,
			    list->count * sizeof(*items));
		list->items = items;
		list->cap = cap;
	}
	return &list->items[list->count++];
}

void
notice_add(struct notice_list *list, enum notice_kind kind,
    enum rule_level level, int64_t at_us, uint64_t count, struct span about,
    const char *format, ...)
{
	char sentence[SENTENCE_BYTES_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	*room_for_one(list) = (struct notice){
		.kind = kind,
		.level = level,
		.about = arena_dup(list->arena, about),
		.sentence = arena_dup(list->arena, span_of(sentence)),
		.at_us = at_us,
		.count = count,
	};
}
