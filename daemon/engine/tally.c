/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/table.h"

#include "engine/tally.h"

struct tally {
	struct tally_input *inputs;
	size_t input_count;
	uint64_t notices[TALLY_NOTICES];
	struct table *by_label;
	struct tally_rule **sorted;
	size_t count, cap;
	struct tally_rule **loaded; /* by the index of the rule */
	uint32_t loaded_count;
};

struct tally *
tally_new(size_t input_count)
{
	struct tally *tally = mem_zalloc(sizeof(*tally));

	tally->inputs = mem_array(input_count + 1, sizeof(*tally->inputs));
	tally->input_count = input_count;
	tally->by_label = table_new();
	return tally;
}

void
tally_free(struct tally *tally)
{
	if (tally == NULL)
		return;
	for (size_t i = 0; i < tally->count; i++) {
		mem_free(tally->sorted[i]->label);
		mem_free(tally->sorted[i]);
	}
	mem_free(tally->sorted);
	mem_free(tally->loaded);
	table_free(tally->by_label);
	mem_free(tally->inputs);
	mem_free(tally);
}

static int
compare_labels(const void *a, const void *b)
{
	const struct tally_rule *const *first = a, *const *second = b;

	return strcmp((*first)->label, (*second)->label);
}

/* Of rules without a name or id two may share a title: then they share it. */
static struct tally_rule *
find_or_add(struct tally *tally, struct span label)
{
	struct tally_rule *rule = table_find(tally->by_label, label);

	if (rule != NULL)
		return rule;
	rule = mem_zalloc(sizeof(*rule));
	rule->label = span_strdup(label);
	table_set(tally->by_label, label, rule);
	tally->sorted = mem_grow(tally->sorted, &tally->cap, tally->count + 1,
	    sizeof(struct tally_rule *));
	tally->sorted[tally->count++] = rule;
	return rule;
}

void
tally_set_rules(struct tally *tally, const struct rule_set *rules)
{
	for (size_t i = 0; i < tally->count; i++)
		tally->sorted[i]->is_loaded = false;
	mem_free(tally->loaded);
	tally->loaded = mem_array(rules->count + 1,
	    sizeof(struct tally_rule *));
	tally->loaded_count = rules->count;
	for (uint32_t i = 0; i < rules->count; i++) {
		tally->loaded[i] = find_or_add(tally,
		    rule_label(rules->rules[i]));
		tally->loaded[i]->is_loaded = true;
	}
	if (tally->count > 0)
		qsort(tally->sorted, tally->count, sizeof(struct tally_rule *),
		    compare_labels);
}

struct tally_input *
tally_input(const struct tally *tally, uint32_t input)
{
	CHECK(input < tally->input_count);
	return &tally->inputs[input];
}

struct tally_rule *
tally_rule(struct tally *tally, const struct rule *rule)
{
	CHECK(rule->index < tally->loaded_count);
	return tally->loaded[rule->index];
}

void
tally_notice(struct tally *tally, enum notice_kind kind)
{
	CHECK(kind < TALLY_NOTICES);
	tally->notices[kind]++;
}

uint64_t
tally_notices(const struct tally *tally, enum notice_kind kind)
{
	CHECK(kind < TALLY_NOTICES);
	return tally->notices[kind];
}

const struct tally_rule *const *
tally_rules(const struct tally *tally, size_t *ret_count)
{
	*ret_count = tally->count;
	return (const struct tally_rule *const *)tally->sorted;
}
