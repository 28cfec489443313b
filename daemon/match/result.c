/* SPDX-License-Identifier: Apache-2.0 */
#include "match/result.h"

#define FIRST_CAP 64

void
match_result_init(struct match_result *result, struct arena *arena)
{
	*result = (struct match_result){ .arena = arena };
}

static void *
result_grow(struct arena *arena, void *items, size_t count, size_t *cap,
    size_t size)
{
	void *grown;

	if (count < *cap)
		return items;
	*cap = *cap == 0 ? FIRST_CAP : *cap * 2;
	grown = arena_alloc(arena, *cap * size);
	if (count > 0)
		memcpy(grown, items, count * size);
	return grown;
}

void
result_add_hit(struct match_result *result, const struct rule *rule,
    const struct event *event)
{
	result->hits = result_grow(result->arena, result->hits,
	    result->hit_count, &result->hit_cap, sizeof(*result->hits));
	result->hits[result->hit_count++] = (struct hit){ rule, event };
}

void
result_add_unknown(struct match_result *result, const struct rule *rule,
    const struct event *event)
{
	result->unknowns = result_grow(result->arena, result->unknowns,
	    result->unknown_count, &result->unknown_cap,
	    sizeof(*result->unknowns));
	result->unknowns[result->unknown_count++] = (struct unknown_hit){ rule,
		event };
}
