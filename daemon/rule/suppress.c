/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `group` and `suppress`: later hits of the same group join the open alert,
 * exactly as under an event_count of at least one with that timespan.
 */
#include <stdlib.h>

#include "rule/rule_internal.h"
#include "text/timespan.h"

static bool
suppress_span(struct rule_loader *loader, const struct yaml_node *node,
    int64_t *ret_us)
{
	struct error err = ERROR_NONE;

	if (!yaml_is_scalar(node))
		return finding_kind(loader, node, "suppress", "a duration");
	if (!timespan_parse(node->text, ret_us, &err))
		return finding_error(loader, node->place, "IR0116", "%s",
		    err.text);
	return true;
}

static int
suppress_compare_names(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static bool
suppress_names(struct rule_loader *loader, const struct yaml_node *node,
    struct correlation *correlation)
{
	struct span *names;
	const struct span *items;
	uint32_t count;

	if (!metadata_strings(loader, node, "group", &items, &count))
		return false;
	if (count == 0)
		return finding_error(loader, node->place, "IR0120",
		    "`group` is empty");
	names = arena_array(loader->arena, count, sizeof(*names));
	memcpy(names, items, count * sizeof(*names));
	qsort(names, count, sizeof(*names), suppress_compare_names);
	for (uint32_t i = 0; i < count; i++) {
		if (names[i].len == 0)
			return finding_error(loader, node->place, "IR0120",
			    "`group` names no field");
		if (i > 0 && span_equal(names[i], names[i - 1]))
			return finding_error(loader, node->place, "IR0613",
			    "`" SPAN_FMT "` stands twice", SPAN_ARG(names[i]));
	}
	correlation->group_names = names;
	correlation->group_count = count;
	return true;
}

static void
suppress_event(struct rule_loader *loader, const struct yaml_node *group,
    int64_t span_us)
{
	struct rule_draft *draft = loader->draft;
	struct correlation *correlation = arena_zalloc(loader->arena,
	    sizeof(*correlation));
	uint32_t *slots;

	*correlation = (struct correlation){
		.kind = CORRELATION_EVENT_COUNT,
		.source_count = 1,
		.bounds = { { COMPARE_GTE, 1 } },
		.bound_count = 1,
		.span_us = span_us,
		.is_monotone = true,
		.is_suppression = true,
	};
	if (!suppress_names(loader, group, correlation))
		return;
	slots = arena_array(loader->arena, correlation->group_count,
	    sizeof(*slots));
	for (uint32_t i = 0; i < correlation->group_count; i++) {
		slots[i] = slots_field(loader, group->place,
		    correlation->group_names[i]);
		slots_add(&draft->slots, slots[i]);
	}
	draft->sources = arena_zalloc(loader->arena, sizeof(*draft->sources));
	draft->sources[0] = (struct correlation_source){
		.rule = draft->rule->index,
		.group_slots = slots,
	};
	correlation->sources = draft->sources;
	draft->correlation = correlation;
	draft->rule->correlation = correlation;
}

/* The windows of a correlation already do what suppress would. */
static void
suppress_correlation(struct rule_loader *loader,
    const struct yaml_pair *suppress, int64_t span_us)
{
	int64_t timespan_us = loader->draft->correlation->span_us;

	if (timespan_us > 0 && span_us > timespan_us)
		finding_error(loader, suppress->key->place, "IR0701",
		    "`suppress` longer than the timespan of a correlation is "
		    "not available yet");
	else if (timespan_us > 0)
		finding_warning(loader, suppress->key->place, "IW0706",
		    "`suppress` no longer than the timespan changes nothing");
}

void
suppress_read(struct rule_loader *loader, const struct yaml_pair *group,
    const struct yaml_pair *suppress)
{
	bool is_event = loader->draft->rule->type == RULE_EVENT;
	int64_t span_us = 0;

	if (group != NULL && !is_event) {
		finding_error(loader, group->key->place, "IR0705",
		    "`group` is for single-event rules");
		diag_hint(loader->diag, "a correlation has `group-by`");
	} else if (group != NULL && suppress == NULL) {
		finding_error(loader, group->key->place, "IR0705",
		    "`group` without `suppress`");
	}
	if (suppress == NULL ||
	    !suppress_span(loader, suppress->value, &span_us))
		return;
	if (!is_event) {
		suppress_correlation(loader, suppress, span_us);
	} else if (group != NULL) {
		suppress_event(loader, group->value, span_us);
	} else {
		finding_error(loader, suppress->key->place, "IR0705",
		    "`suppress` without `group`");
		diag_help(loader->diag,
		    "without a group one person's alert "
		    "would hide everybody else's");
	}
}
