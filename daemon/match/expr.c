/* SPDX-License-Identifier: Apache-2.0 */
/* The expressions as the rule has them: for counters and explanations. */
#include "base/check.h"

#include "match/match.h"
#include "match/match_internal.h"

static enum verdict
expr_test(const struct expr *expr, const struct event *event,
    struct arena *scratch)
{
	const struct rule_test *test = expr->test;
	struct subject subject, other;

	if (expr->slot == FIELD_NONE)
		test_subject_init_keywords(&subject, event);
	else
		test_subject_init(&subject, event_value(event, expr->slot));
	if (test->kind == TEST_FIELDREF)
		test_subject_init(&other, event_value(event, test->other_slot));
	return test_subject(test, &subject, &other, scratch);
}

static enum verdict
expr_children(const struct expr *expr, uint32_t need, const struct event *event,
    struct arena *scratch)
{
	uint32_t yes = 0, maybe = 0;

	for (uint32_t i = 0; i < expr->count; i++) {
		switch (match_expr(expr->children[i], event, scratch)) {
		case VERDICT_YES:
			yes++;
			break;
		case VERDICT_UNKNOWN:
			maybe++;
			break;
		case VERDICT_NO:
			break;
		}
		if (yes >= need || yes + maybe + (expr->count - i - 1) < need)
			break;
	}
	if (yes >= need)
		return VERDICT_YES;
	return yes + maybe >= need ? VERDICT_UNKNOWN : VERDICT_NO;
}

enum verdict
match_expr(const struct expr *expr, const struct event *event,
    struct arena *scratch)
{
	switch (expr->kind) {
	case EXPR_AND:
		return expr_children(expr, expr->count, event, scratch);
	case EXPR_OR:
		return expr_children(expr, 1, event, scratch);
	case EXPR_N_OF:
		return expr_children(expr, expr->need, event, scratch);
	case EXPR_NOT:
		return verdict_not(match_expr(expr->children[0], event,
		    scratch));
	case EXPR_REF:
		return match_expr(expr->ident->expr, event, scratch);
	case EXPR_TEST:
		return expr_test(expr, event, scratch);
	}
	check_failed("a kind of expression", __FILE__, __LINE__);
}
