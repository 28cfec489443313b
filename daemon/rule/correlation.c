/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "rule/rule_internal.h"
#include "text/timespan.h"

static const char *const correlation_keys[] = { "type", "rules", "group-by",
	"timespan", "aliases", "condition", "generate" };

#define KEYS (sizeof(correlation_keys) / sizeof(correlation_keys[0]))

static const struct correlation_type {
	const char *name;
	bool is_available;
	enum correlation_kind kind;
} correlation_types[] = {
	{ "event_count", true, CORRELATION_EVENT_COUNT },
	{ "value_count", true, CORRELATION_VALUE_COUNT },
	{ "temporal", false, 0 },
	{ "temporal_ordered", false, 0 },
	{ "value_sum", false, 0 },
	{ "value_avg", false, 0 },
	{ "value_percentile", false, 0 },
	{ "value_median", false, 0 },
};

#define TYPES (sizeof(correlation_types) / sizeof(correlation_types[0]))

static const struct {
	const char *name;
	enum compare_op op;
} correlation_operators[] = {
	{ "gt", COMPARE_GT },
	{ "gte", COMPARE_GTE },
	{ "lt", COMPARE_LT },
	{ "lte", COMPARE_LTE },
	{ "eq", COMPARE_EQ },
	{ "neq", COMPARE_NEQ },
};

#define OPERATORS                                                              \
	(sizeof(correlation_operators) / sizeof(correlation_operators[0]))

#define BOUNDS_MAX 2

static const struct {
	const char *key, *value;
} correlation_examples[] = {
	{ "type", "event_count" },
	{ "rules", "[name_of_a_rule]" },
	{ "timespan", "10m" },
	{ "condition", "{gte: 10}" },
};

#define EXAMPLES                                                               \
	(sizeof(correlation_examples) / sizeof(correlation_examples[0]))

static void
correlation_missing(struct rule_loader *loader, const char *key)
{
	const struct yaml_pair *pair = yaml_find(loader->draft->node,
	    "correlation");

	finding_error(loader, pair->key->place, "IR0112",
	    "`correlation` without `%s`", key);
	for (size_t i = 0; i < EXAMPLES; i++) {
		if (strcmp(key, correlation_examples[i].key) == 0)
			diag_help(loader->diag, "for instance %s: %s", key,
			    correlation_examples[i].value);
	}
}

static bool
correlation_read_type(struct rule_loader *loader, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "type");
	const char *names[TYPES];

	if (node == NULL) {
		correlation_missing(loader, "type");
		return false;
	}
	for (size_t i = 0; i < TYPES; i++) {
		const struct correlation_type *type = &correlation_types[i];

		names[i] = type->name;
		if (!yaml_is_scalar(node) || !span_is(node->text, type->name))
			continue;
		loader->draft->correlation->kind = type->kind;
		if (type->is_available)
			return true;
		finding_error(loader, node->place, "IR0602",
		    "correlation type `%s` is not available yet", type->name);
		diag_hint(loader->diag, "event_count and value_count are");
		return false;
	}
	finding_error(loader, node->place, "IR0601",
	    "unknown correlation type `" SPAN_FMT "`", SPAN_ARG(node->text));
	finding_suggest(loader, node->text, names, TYPES);
	return false;
}

/* A scalar, or a list of scalars, each not empty. */
static const struct yaml_node *const *
correlation_names(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, size_t *ret_count)
{
	const struct yaml_node **names;
	size_t count = node->kind == YAML_LIST ? node->count : 1;

	*ret_count = 0;
	names = arena_array(loader->arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *item = node->kind == YAML_LIST ?
		    node->items[i] :
		    node;

		if (!yaml_is_scalar(item) || item->text.len == 0)
			finding_kind(loader, item, key,
			    "a string or a list of strings");
		else
			names[(*ret_count)++] = item;
	}
	return names;
}

static void
correlation_read_rules(struct rule_loader *loader, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "rules");
	struct rule_draft *draft = loader->draft;

	if (node == NULL) {
		correlation_missing(loader, "rules");
		return;
	}
	if (node->kind == YAML_LIST && node->count == 0) {
		finding_error(loader, node->place, "IR0120",
		    "`rules` is empty");
		return;
	}
	draft->base_nodes = correlation_names(loader, node, "rules",
	    &draft->base_count);
	draft->bases = arena_array(loader->arena, draft->base_count + 1,
	    sizeof(*draft->bases));
}

static int
correlation_compare_names(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void
correlation_set_groups(struct rule_loader *loader,
    const struct yaml_node *const *nodes, size_t count)
{
	struct correlation *correlation = loader->draft->correlation;
	struct span *names = arena_array(loader->arena, count + 1,
	    sizeof(*names));

	for (size_t i = 0; i < count; i++) {
		names[i] = nodes[i]->text;
		for (size_t j = 0; j < i; j++) {
			if (span_equal(names[j], names[i]))
				finding_error(loader, nodes[i]->place, "IR0613",
				    "`" SPAN_FMT "` stands twice",
				    SPAN_ARG(names[i]));
		}
	}
	if (count > 1)
		qsort(names, count, sizeof(*names), correlation_compare_names);
	correlation->group_names = names;
	correlation->group_count = (uint32_t)count;
}

static void
correlation_read_group(struct rule_loader *loader, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "group-by");
	const struct yaml_node *const *nodes;
	size_t count;

	if (node == NULL)
		return;
	nodes = correlation_names(loader, node, "group-by", &count);
	correlation_set_groups(loader, nodes, count);
}

static void
correlation_read_timespan(struct rule_loader *loader,
    const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "timespan");
	struct error err = ERROR_NONE;

	if (node == NULL)
		correlation_missing(loader, "timespan");
	else if (!yaml_is_scalar(node))
		finding_kind(loader, node, "timespan", "a duration");
	else if (!timespan_parse(node->text,
		     &loader->draft->correlation->span_us, &err))
		finding_error(loader, node->place, "IR0116", "%s", err.text);
}

/* ---- condition ---- */

static bool
correlation_limit(struct rule_loader *loader, const struct yaml_node *node,
    double *ret_limit)
{
	if ((node->kind == YAML_INT && !node->is_big) ||
	    node->kind == YAML_REAL) {
		*ret_limit = node->kind == YAML_INT ? (double)node->integer :
						      node->real;
		if (*ret_limit >= 0 && *ret_limit <= 9007199254740992.0)
			return true;
	}
	finding_error(loader, node->place, "IR0605",
	    "a correlation is compared with a number from 0 on");
	if (node->is_quoted)
		diag_hint(loader->diag, "without quotes it is a number");
	return false;
}

static void
correlation_add_bound(struct rule_loader *loader, const struct yaml_pair *pair,
    enum compare_op op)
{
	struct correlation *correlation = loader->draft->correlation;
	struct correlation_bound bound = { .op = op };

	if (!correlation_limit(loader, pair->value, &bound.limit))
		return;
	if (correlation->bound_count == BOUNDS_MAX) {
		finding_error(loader, pair->key->place, "IR0605",
		    "more than two comparisons");
		return;
	}
	correlation->bounds[correlation->bound_count++] = bound;
}

static void
correlation_read_field(struct rule_loader *loader, const struct yaml_pair *pair)
{
	struct correlation *correlation = loader->draft->correlation;
	const struct yaml_node *const *nodes;
	struct span *names;
	size_t count;

	if (correlation->kind == CORRELATION_EVENT_COUNT) {
		finding_error(loader, pair->key->place, "IR0606",
		    "event_count counts events, not the values of a field");
		diag_hint(loader->diag, "did you mean `type: value_count`?");
		return;
	}
	nodes = correlation_names(loader, pair->value, "field", &count);
	names = arena_array(loader->arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = nodes[i]->text;
	correlation->value_names = names;
	correlation->value_count = (uint32_t)count;
}

static void
correlation_condition_key(struct rule_loader *loader,
    const struct yaml_pair *pair)
{
	const char *words[OPERATORS + 1];

	for (size_t i = 0; i < OPERATORS; i++) {
		words[i] = correlation_operators[i].name;
		if (span_is(pair->key->text, words[i])) {
			correlation_add_bound(loader, pair,
			    correlation_operators[i].op);
			return;
		}
	}
	words[OPERATORS] = "field";
	if (span_is(pair->key->text, "field"))
		correlation_read_field(loader, pair);
	else
		finding_unknown_key(loader, pair->key, words, OPERATORS + 1);
}

static bool
correlation_is_lower(enum compare_op op)
{
	return op == COMPARE_GT || op == COMPARE_GTE;
}

static bool
correlation_holds(const struct correlation *correlation, double number)
{
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		double limit = correlation->bounds[i].limit;
		const bool holds[] = {
			[COMPARE_GT] = number > limit,
			[COMPARE_GTE] = number >= limit,
			[COMPARE_LT] = number < limit,
			[COMPARE_LTE] = number <= limit,
			[COMPARE_EQ] = number == limit,
			[COMPARE_NEQ] = number != limit,
		};

		if (!holds[correlation->bounds[i].op])
			return false;
	}
	return number >= 0;
}

/*
 * {gte: 10, lt: 5}, {lt: 0}, {eq: 2.5}: no count satisfies it.  If one did,
 * one beside a limit would, too.
 */
static bool
correlation_is_empty(const struct correlation *correlation)
{
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		double least = floor(correlation->bounds[i].limit) - 1;

		for (int step = 0; step <= 3; step++) {
			if (correlation_holds(correlation, least + step))
				return false;
		}
	}
	return correlation->bound_count > 0;
}

static void
correlation_check_condition(struct rule_loader *loader,
    const struct yaml_node *node, size_t errors_before)
{
	struct correlation *correlation = loader->draft->correlation;

	if (correlation->bound_count == 0 &&
	    !diag_failed_since(loader->diag, errors_before))
		finding_error(loader, node->place, "IR0605",
		    "the condition compares with nothing");
	if (correlation_is_empty(correlation))
		finding_error(loader, node->place, "IR0607",
		    "no count satisfies this");
	if (correlation->kind == CORRELATION_VALUE_COUNT &&
	    correlation->value_count == 0 &&
	    !diag_failed_since(loader->diag, errors_before))
		finding_error(loader, node->place, "IR0606",
		    "value_count without the `field` whose values it counts");
	correlation->is_monotone = correlation->bound_count > 0;
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		if (!correlation_is_lower(correlation->bounds[i].op))
			correlation->is_monotone = false;
	}
}

static void
correlation_read_condition(struct rule_loader *loader,
    const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "condition");
	size_t errors = diag_errors(loader->diag);

	if (node == NULL) {
		correlation_missing(loader, "condition");
		return;
	}
	if (node->kind == YAML_STRING) {
		finding_error(loader, node->place, "IR0608",
		    "a condition in words is for temporal correlations only");
		diag_hint(loader->diag, "for instance {gte: 10}");
		return;
	}
	if (node->kind != YAML_MAP) {
		finding_kind(loader, node, "condition", "a map");
		diag_hint(loader->diag, "for instance {gte: 10}");
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		correlation_condition_key(loader, &node->pairs[i]);
	correlation_check_condition(loader, node, errors);
}

/* ---- the whole ---- */

static void
correlation_read_aliases(struct rule_loader *loader,
    const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "aliases");

	if (node == NULL)
		return;
	if (node->kind != YAML_MAP) {
		finding_kind(loader, node, "aliases", "a map");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *alias = node->pairs[i].value;

		if (alias->kind != YAML_MAP) {
			finding_kind(loader, alias, "an alias",
			    "a map of rule to field");
			continue;
		}
		for (size_t j = 0; j < alias->count; j++) {
			if (!yaml_is_scalar(alias->pairs[j].value) ||
			    alias->pairs[j].value->text.len == 0)
				finding_kind(loader, alias->pairs[j].value,
				    "an alias", "the name of a field");
		}
	}
	loader->draft->aliases = node;
}

static void
correlation_read_generate(struct rule_loader *loader,
    const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "generate");

	if (node == NULL)
		return;
	if (node->kind != YAML_BOOL)
		finding_kind(loader, node, "generate", "true or false");
	else
		loader->draft->generate = node->boolean;
}

static void
correlation_check_logsource(struct rule_loader *loader)
{
	const struct yaml_pair *pair = yaml_find(loader->draft->node,
	    "logsource");

	if (pair != NULL)
		finding_warning(loader, pair->key->place, "IW0314",
		    "the `logsource` of a correlation selects nothing; its "
		    "rules have their own");
}

static bool
correlation_is_key(struct span key)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (span_is(key, correlation_keys[i]))
			return true;
	}
	return false;
}

void
correlation_read(struct rule_loader *loader, const struct yaml_node *map)
{
	struct rule_draft *draft = loader->draft;
	bool is_known;

	draft->correlation = arena_zalloc(loader->arena,
	    sizeof(*draft->correlation));
	draft->rule->correlation = draft->correlation;
	if (map->kind != YAML_MAP) {
		finding_kind(loader, map, "correlation", "a map");
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		if (!correlation_is_key(map->pairs[i].key->text))
			finding_unknown_key(loader, map->pairs[i].key,
			    correlation_keys, KEYS);
	}
	correlation_check_logsource(loader);
	is_known = correlation_read_type(loader, map);
	correlation_read_rules(loader, map);
	correlation_read_group(loader, map);
	correlation_read_timespan(loader, map);
	correlation_read_aliases(loader, map);
	correlation_read_generate(loader, draft->node);
	correlation_read_generate(loader, map);
	/* What else a condition may be is the type's business. */
	if (is_known)
		correlation_read_condition(loader, map);
}
