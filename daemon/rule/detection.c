/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Search identifiers:
 *
 *	map		all items		{a: 1, b|contains: [x, y]}
 *	list of maps	any map			[{a: 1}, {b: 2}]
 *	list of values	any keyword		[x, y]
 *	value		a keyword		x
 *
 * An item's list of values is any of them, all of them with `|all`.
 */
#include "rule/rule_internal.h"

static const struct expr *detection_value(struct rule_loader *loader,
    const struct yaml_node *node, unsigned depth);

struct expr *
detection_group(struct rule_loader *loader, enum expr_kind kind,
    const struct expr *const *children, uint32_t count, struct span source)
{
	struct expr *expr = arena_zalloc(loader->arena, sizeof(*expr));

	expr->kind = kind;
	expr->children = children;
	expr->count = count;
	expr->slot = FIELD_NONE;
	expr->source = source;
	return expr;
}

struct expr *
detection_not(struct rule_loader *loader, const struct expr *child)
{
	const struct expr **children = arena_array(loader->arena, 1,
	    sizeof(*children));

	children[0] = child;
	return detection_group(loader, EXPR_NOT, children, 1, SPAN_NONE);
}

static const struct expr *
detection_test(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value)
{
	const struct rule_test *test = operand_test(loader, item, value);
	struct expr *expr;

	if (test == NULL)
		return NULL;
	expr = arena_zalloc(loader->arena, sizeof(*expr));
	expr->kind = EXPR_TEST;
	expr->slot = item->slot;
	expr->test = test;
	expr->source = value->text;
	if (item->key != NULL)
		expr->source = arena_printf(loader->arena,
		    SPAN_FMT ": " SPAN_FMT, SPAN_ARG(item->key->text),
		    SPAN_ARG(value->kind == YAML_NULL ? SPAN("null") :
							value->text));
	if (item->slot == FIELD_NONE) {
		loader->draft->has_keywords = true;
		field_set_want_all_values(loader->set->fields);
	}
	return expr;
}

static const struct expr *
detection_null(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *list)
{
	struct yaml_node null = *list;

	if ((item->modifiers & MODIFIER_EXISTS) != 0 ||
	    (item->modifiers & MODIFIER_COMPARES) != 0 ||
	    item->field.len == 0) {
		finding_error(loader, list->place, "IR0418",
		    "an empty list has no values");
		return NULL;
	}
	null.kind = YAML_NULL;
	null.text = SPAN_NONE;
	return detection_test(loader, item, &null);
}

/* All values of an item. */
static const struct expr *
detection_values(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *const *values, size_t count, bool is_list)
{
	const struct expr **children = arena_array(loader->arena, count,
	    sizeof(*children));
	bool is_all = (item->modifiers & MODIFIER_ALL) != 0;
	uint32_t made = 0;

	for (size_t i = 0; i < count; i++) {
		const struct expr *child = detection_test(loader, item,
		    values[i]);

		if (child == NULL)
			continue;
		if (is_list && child->test->kind == TEST_NULL)
			finding_warning(loader, values[i]->place, "IW0414",
			    "null among other values; not every backend "
			    "knows it");
		children[made++] = child;
	}
	if (is_all && count == 1)
		finding_warning(loader, modifier_place(item, MODIFIER_ALL),
		    "IW0413", "`all` on one value changes nothing");
	if (made == 0)
		return NULL;
	if (made == 1)
		return children[0];
	return detection_group(loader, is_all ? EXPR_AND : EXPR_OR, children,
	    made, SPAN_NONE);
}

static const struct expr *
detection_item(struct rule_loader *loader, const struct yaml_pair *pair)
{
	const struct yaml_node *value = pair->value;
	const struct expr *expr;
	struct item item;

	if (!modifier_parse(loader, pair->key, &item))
		return NULL;
	if (value->kind == YAML_LIST && value->count == 0)
		expr = detection_null(loader, &item, value);
	else if (value->kind == YAML_LIST)
		expr = detection_values(loader, &item, value->items,
		    value->count, true);
	else
		expr = detection_values(loader, &item, &value, 1, false);
	if (expr != NULL && (item.modifiers & MODIFIER_NEQ) != 0)
		expr = detection_not(loader, expr);
	return expr;
}

static const struct expr *
detection_map(struct rule_loader *loader, const struct yaml_node *map)
{
	const struct expr **children = arena_array(loader->arena, map->count,
	    sizeof(*children));
	uint32_t count = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct expr *child = detection_item(loader,
		    &map->pairs[i]);

		if (child != NULL)
			children[count++] = child;
	}
	return count == 1 ?
	    children[0] :
	    detection_group(loader, EXPR_AND, children, count, SPAN_NONE);
}

static const struct expr *
detection_list(struct rule_loader *loader, const struct yaml_node *list,
    unsigned depth)
{
	const struct expr **children = arena_array(loader->arena, list->count,
	    sizeof(*children));
	uint32_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct expr *child = detection_value(loader,
		    list->items[i], depth + 1);

		if (child != NULL)
			children[count++] = child;
	}
	return count == 1 ?
	    children[0] :
	    detection_group(loader, EXPR_OR, children, count, SPAN_NONE);
}

static const struct expr *
detection_value(struct rule_loader *loader, const struct yaml_node *node,
    unsigned depth)
{
	const struct item keyword = { .slot = FIELD_NONE };

	if (depth > RULE_DEPTH_MAX) {
		finding_error(loader, node->place, "IR0412",
		    "lists within lists more than %d deep", RULE_DEPTH_MAX);
		return NULL;
	}
	if (yaml_is_scalar(node))
		return detection_test(loader, &keyword, node);
	if (node->count == 0) {
		finding_error(loader, node->place, "IR0408",
		    "a search identifier without any test");
		return NULL;
	}
	return node->kind == YAML_MAP ? detection_map(loader, node) :
					detection_list(loader, node, depth);
}

static void
detection_ident(struct rule_loader *loader, const struct yaml_pair *pair,
    struct rule_ident *ident)
{
	const struct expr *expr = detection_value(loader, pair->value, 0);

	ident->name = pair->key->text;
	/* A refused one still has a name, so that conditions find it. */
	ident->expr = expr != NULL ?
	    expr :
	    detection_group(loader, EXPR_OR, NULL, 0, SPAN_NONE);
}

static void
detection_condition(struct rule_loader *loader,
    const struct yaml_node *condition)
{
	struct rule *rule = loader->draft->rule;
	const struct expr **children;
	uint32_t count = 0;

	if (condition->kind != YAML_LIST) {
		rule->condition = condition_parse(loader, condition);
		return;
	}
	if (condition->count == 0) {
		finding_error(loader, condition->place, "IR0501",
		    "the list of conditions is empty");
		return;
	}
	children = arena_array(loader->arena, condition->count,
	    sizeof(*children));
	for (size_t i = 0; i < condition->count; i++) {
		const struct expr *child = condition_parse(loader,
		    condition->items[i]);

		if (child != NULL)
			children[count++] = child;
	}
	rule->condition = detection_group(loader, EXPR_OR, children, count,
	    SPAN_NONE);
}

static void
detection_aggregation(struct rule_loader *loader, const struct yaml_node *key)
{
	finding_error(loader, key->place, "IR0505",
	    "`timeframe` belongs to aggregations, which are replaced by "
	    "correlations");
	diag_help(loader->diag,
	    "write a document with the key `correlation` "
	    "and its `timespan`");
}

static void
detection_no_condition(struct rule_loader *loader,
    const struct yaml_node *detection)
{
	const struct rule *rule = loader->draft->rule;
	const struct yaml_node *key = finding_mistyped(detection, "condition");
	const struct yaml_pair *pair = yaml_find(loader->draft->node,
	    "detection");

	finding_error(loader, key != NULL ? key->place : pair->key->place,
	    "IR0501", "`detection` without a condition");
	if (key != NULL)
		diag_hint(loader->diag, "did you mean `condition`?");
	else if (rule->ident_count > 0)
		diag_help(loader->diag, "for instance condition: " SPAN_FMT,
		    SPAN_ARG(rule->idents[0].name));
}

void
detection_read(struct rule_loader *loader, const struct yaml_node *detection)
{
	struct rule_draft *draft = loader->draft;
	const struct yaml_node *condition;
	struct rule_ident *idents;
	uint32_t count = 0;

	if (detection->kind != YAML_MAP) {
		finding_kind(loader, detection, "detection", "a map");
		return;
	}
	idents = arena_array(loader->arena, detection->count, sizeof(*idents));
	for (size_t i = 0; i < detection->count; i++) {
		const struct yaml_pair *pair = &detection->pairs[i];

		if (span_is(pair->key->text, "timeframe"))
			detection_aggregation(loader, pair->key);
		else if (!span_is(pair->key->text, "condition"))
			detection_ident(loader, pair, &idents[count++]);
	}
	draft->rule->idents = idents;
	draft->rule->ident_count = count;
	draft->is_used = arena_array(loader->arena, count + 1,
	    sizeof(*draft->is_used));
	condition = yaml_get(detection, "condition");
	if (condition == NULL)
		detection_no_condition(loader, detection);
	else
		detection_condition(loader, condition);
}
