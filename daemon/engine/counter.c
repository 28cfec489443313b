/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine_internal.h"

/* The evidence as an event again: what was kept of it, in its slots. */
static struct event
evidence_event(const struct rule_set *rules, const struct rule *rule,
    const struct evidence *evidence, struct arena *arena)
{
	struct event event = { .time_us = evidence->time_us };

	event.values = arena_array(arena, field_set_count(rules->fields),
	    sizeof(*event.values));
	for (uint32_t i = 0; i < rule->kept_count; i++)
		event.values[rule->kept_slots[i]] = evidence->values[i];
	return event;
}

uint32_t *
counter_count(struct engine *engine, const struct detection *detection,
    struct arena *arena)
{
	const struct rule_extension *extension = &detection->rule->extension;
	uint32_t *counts;

	if (extension->counter_count == 0)
		return NULL;
	counts = arena_array(arena, extension->counter_count, sizeof(*counts));
	for (uint32_t i = 0; i < detection->evidence_count; i++) {
		const struct evidence *evidence = &detection->evidence[i];
		struct event event = evidence_event(engine->rules,
		    detection->rule, evidence, arena);

		for (uint32_t j = 0; j < extension->counter_count; j++) {
			const struct rule_counter *counter = &extension
								  ->counters[j];

			if (counter->rule == evidence->rule &&
			    match_expr(counter->when, &event, arena) ==
				VERDICT_YES)
				counts[j]++;
		}
	}
	return counts;
}
