/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two hashes of a rule.  The version changes with anything that its document
 * says; the semantic hash only with what decides its windows: then they
 * start anew at a reload.  Lists count by name in both, for they may be
 * reloaded every minute; the set's hash has their values.
 */
#include <stdio.h>

#include "rule/rule_internal.h"

static void
digest_number(struct hash_sha256_state *state, uint64_t number)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%llu",
	    (unsigned long long)number);

	hash_sha256_add(state, span_make(text, (size_t)len));
}

static void
digest_real(struct hash_sha256_state *state, double number)
{
	char text[40];
	int len = snprintf(text, sizeof(text), "%.17g", number);

	hash_sha256_add(state, span_make(text, (size_t)len));
}

static void
digest_node(struct hash_sha256_state *state, const struct yaml_node *node)
{
	digest_number(state, node->kind);
	digest_number(state, node->count);
	if (yaml_is_scalar(node))
		hash_sha256_add(state, node->text);
	for (size_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_LIST) {
			digest_node(state, node->items[i]);
		} else {
			digest_node(state, node->pairs[i].key);
			digest_node(state, node->pairs[i].value);
		}
	}
}

void
digest_version(struct rule_draft *draft)
{
	struct hash_sha256_state *state = hash_sha256_new();

	digest_node(state, draft->node);
	hash_sha256_finish(state, draft->rule->version);
}

static void
digest_slot(struct hash_sha256_state *state, const struct field_set *fields,
    uint32_t slot)
{
	hash_sha256_add(state,
	    slot == FIELD_NONE ? SPAN("") : field_set_name(fields, slot));
}

static void
digest_expr(struct hash_sha256_state *state, const struct field_set *fields,
    const struct expr *expr)
{
	if (expr->kind == EXPR_REF) {
		digest_expr(state, fields, expr->ident->expr);
		return;
	}
	digest_number(state, expr->kind);
	digest_number(state, expr->need);
	digest_number(state, expr->count);
	if (expr->kind == EXPR_TEST) {
		digest_slot(state, fields, expr->slot);
		digest_number(state, expr->test->kind);
		/* As written: modifiers and value. */
		hash_sha256_add(state, expr->source);
	}
	for (uint32_t i = 0; i < expr->count; i++)
		digest_expr(state, fields, expr->children[i]);
}

static void
digest_selection(struct hash_sha256_state *state,
    const struct field_set *fields, const struct rule *rule)
{
	hash_sha256_add(state, rule->logsource.category);
	hash_sha256_add(state, rule->logsource.product);
	hash_sha256_add(state, rule->logsource.service);
	digest_expr(state, fields, rule->condition);
}

static void
digest_correlation(struct hash_sha256_state *state,
    const struct rule_loader *loader, const struct correlation *correlation)
{
	const struct field_set *fields = loader->set->fields;

	digest_number(state, correlation->kind);
	digest_number(state, (uint64_t)correlation->span_us);
	digest_number(state, correlation->group_count);
	for (uint32_t i = 0; i < correlation->group_count; i++)
		hash_sha256_add(state, correlation->group_names[i]);
	digest_number(state, correlation->value_count);
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		digest_number(state, correlation->bounds[i].op);
		digest_real(state, correlation->bounds[i].limit);
	}
	for (uint32_t i = 0; i < correlation->source_count; i++) {
		const struct correlation_source *source = &correlation
							       ->sources[i];

		for (uint32_t j = 0; j < correlation->group_count; j++)
			digest_slot(state, fields, source->group_slots[j]);
		for (uint32_t j = 0; j < correlation->value_count; j++)
			digest_slot(state, fields, source->value_slots[j]);
		digest_selection(state, fields,
		    loader->drafts[source->rule]->rule);
	}
}

void
digest_semantic(struct rule_loader *loader, struct rule_draft *draft)
{
	struct hash_sha256_state *state = hash_sha256_new();
	const struct rule *rule = draft->rule;

	/* Two rules that say the same still have windows of their own. */
	hash_sha256_add(state, rule->id.len > 0 ? rule->id : rule_label(rule));
	digest_number(state, rule->type);
	if (rule->type == RULE_EVENT)
		digest_selection(state, loader->set->fields, rule);
	if (rule->correlation != NULL)
		digest_correlation(state, loader, rule->correlation);
	hash_sha256_finish(state, draft->rule->semantic);
}

void
digest_set(struct rule_set *set)
{
	struct hash_sha256_state *state = hash_sha256_new();

	for (uint32_t i = 0; i < set->count; i++)
		hash_sha256_add(state,
		    span_make(set->rules[i]->version, HASH_SHA256_LEN));
	for (size_t i = 0; i < set->list_count; i++) {
		const struct value_list *list = set->lists[i];

		hash_sha256_add(state, value_list_name(list));
		digest_number(state, value_list_count(list));
		for (size_t j = 0; j < value_list_count(list); j++)
			hash_sha256_add(state, value_list_get(list, j, true));
	}
	hash_sha256_finish(state, set->hash);
}
