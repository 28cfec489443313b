/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching is two-valued: a missing field fails its test, and `not` then
 * holds.  Of a joined field missing means unknown, so a rule that negates a
 * test of one should say what unknown means to it: by a test for null or
 * presence, or by a positive test of the same field.
 */
#include "rule/rule_internal.h"

struct negation {
	struct slot_set denied;
	struct slot_set settled;
};

static void
negation_test(struct negation *negation, const struct expr *expr,
    bool is_negated)
{
	bool settles = expr->test->kind == TEST_NULL ||
	    expr->test->kind == TEST_EXISTS || !is_negated;

	slots_add(settles ? &negation->settled : &negation->denied, expr->slot);
	if (expr->test->kind == TEST_FIELDREF)
		slots_add(settles ? &negation->settled : &negation->denied,
		    expr->test->other_slot);
}

static void
negation_walk(struct negation *negation, const struct expr *expr,
    bool is_negated)
{
	switch (expr->kind) {
	case EXPR_TEST:
		negation_test(negation, expr, is_negated);
		return;
	case EXPR_REF:
		negation_walk(negation, expr->ident->expr, is_negated);
		return;
	case EXPR_NOT:
		negation_walk(negation, expr->children[0], !is_negated);
		return;
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_N_OF:
		break;
	}
	for (uint32_t i = 0; i < expr->count; i++)
		negation_walk(negation, expr->children[i], is_negated);
}

void
negation_check(struct rule_loader *loader)
{
	const struct rule_draft *draft = loader->draft;
	const struct yaml_node *detection = yaml_get(draft->node, "detection");
	const struct yaml_node *condition;
	struct negation negation = { 0 };

	if (draft->is_failed || draft->rule->condition == NULL)
		return;
	condition = yaml_get(detection, "condition");
	negation_walk(&negation, draft->rule->condition, false);
	for (size_t i = 0; i < negation.denied.count; i++) {
		uint32_t slot = negation.denied.slots[i];
		struct span name = field_set_name(loader->set->fields, slot);

		if (!canonical_is_joined(name) ||
		    slots_has(&negation.settled, slot))
			continue;
		finding_warning(loader, condition->place, "IW0421",
		    "where `" SPAN_FMT "` is unknown the negated test of it "
		    "holds",
		    SPAN_ARG(name));
		diag_help(loader->diag, "add a test for null beside it");
	}
	slots_done(&negation.denied);
	slots_done(&negation.settled);
}
