/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"

#include "model/rule.h"

const char *const rule_level_names[] = { "informational", "low", "medium",
	"high", "critical" };

void
rule_set_free(struct rule_set *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->pattern_count; i++)
		pattern_free(rules->patterns[i]);
	for (size_t i = 0; i < rules->list_count; i++)
		value_list_free(rules->lists[i]);
	mem_free(rules->patterns);
	mem_free(rules->lists);
	field_set_free(rules->fields);
	arena_free(rules->arena);
	mem_free(rules);
}

struct span
rule_label(const struct rule *rule)
{
	if (rule->name.len > 0)
		return rule->name;
	return rule->id.len > 0 ? rule->id : rule->title;
}

const struct rule *
rule_set_find(const struct rule_set *rules, struct span id_or_name)
{
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->rules[i];

		if ((rule->id.len > 0 && span_equal(rule->id, id_or_name)) ||
		    (rule->name.len > 0 && span_equal(rule->name, id_or_name)))
			return rule;
	}
	return NULL;
}

const char *
rule_type_name(const struct rule *rule)
{
	if (rule->type == RULE_EVENT)
		return "event";
	switch (rule->correlation->kind) {
	case CORRELATION_EVENT_COUNT:
		return "event_count";
	case CORRELATION_VALUE_COUNT:
		return "value_count";
	}
	return "event";
}
