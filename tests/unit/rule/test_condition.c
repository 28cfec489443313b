/* SPDX-License-Identifier: Apache-2.0 */
/* The condition grammar of the Sigma specification, section Condition. */
#include "unit/rule/loading.h"

static const struct {
	const char *condition;
	const char *holds; /* identifiers that are true, blank between */
	bool want;
} cases[] = {
	{ "a", "a", true },
	{ "a", "b", false },
	{ "not a", "", true },
	{ "not not a", "a", true },
	{ "a and b", "a", false },
	{ "a and b", "a b", true },
	{ "a or b", "b", true },
	{ "a or b", "", false },
	/* or binds least, not most. */
	{ "a or b and c", "a", true },
	{ "a or b and c", "b", false },
	{ "(a or b) and c", "a", false },
	{ "(a or b) and c", "a c", true },
	{ "not a and b", "b", true },
	{ "not a and b", "", false },
	{ "not (a and b)", "a", true },
	{ "not a or b", "a b", true },
	{ "a and b and c", "a b c", true },
	{ "a and not b and c", "a c", true },
	{ "not 1 of s_*", "", true },
	{ "not 1 of s_*", "s_one", false },
	/* Words in any case, identifiers not. */
	{ "a AND Not b OR c", "a", true },
	{ "a And b", "a b", true },
	{ "ALL Of s_*", "s_one s_two", true },
	{ "1 of THEM", "c", true },
	/* x of */
	{ "1 of s_*", "s_two", true },
	{ "1 of s_*", "a", false },
	{ "any of s_*", "s_two", true },
	{ "all of s_*", "s_one", false },
	{ "all of s_*", "s_one s_two", true },
	{ "all of s_* and a", "s_one s_two a", true },
	{ "1 of s_* or a", "a", true },
	{ "2 of s_*", "s_one", false },
	{ "2 of s_*", "s_one s_two", true },
	{ "2 of them", "a c", true },
	{ "3 of them", "a c", false },
	{ "1 of *_two", "s_two", true },
	{ "1 of *_two", "s_one", false },
	{ "1 of s*o", "s_two", true },
	{ "1 of s*o", "s_one", false },
	{ "1 of a", "a", true },
	{ "all of them", "a b c s_one s_two x-y", true },
	{ "all of them", "a b c s_one s_two x-y _h", true },
	/* Names that begin with _ only if the pattern does. */
	{ "1 of them", "_h", false },
	{ "1 of *", "_h", false },
	{ "1 of *_*", "_h", false },
	{ "1 of _*", "_h", true },
	{ "all of _*", "_h", true },
	{ "1 of _*", "a b c", false },
	/* Blanks. */
	{ "  a   and\tb ", "a b", true },
	{ "(a)and(b)", "a b", true },
	{ "((a))", "a", true },
	{ "x-y", "x-y", true },
};

static const char rule_text[] =
    "title: t\nlevel: low\nlogsource: {category: c}\ndetection:\n"
    "  a: {f: 1}\n  b: {f: 2}\n  c: {f: 3}\n  s_one: {f: 4}\n"
    "  s_two: {f: 5}\n  _h: {f: 6}\n  x-y: {f: 7}\n  condition: %s\n";

static bool
holds(const char *words, struct span name)
{
	size_t len;

	while (*words != '\0') {
		len = strcspn(words, " ");
		if (span_equal(span_make(words, len), name))
			return true;
		words += len + (words[len] == ' ');
	}
	return false;
}

static bool
evaluate(const struct expr *expr, const char *words)
{
	uint32_t yes = 0;

	if (expr->kind == EXPR_REF)
		return holds(words, expr->ident->name);
	for (uint32_t i = 0; i < expr->count; i++)
		yes += evaluate(expr->children[i], words);
	switch (expr->kind) {
	case EXPR_AND:
		return yes == expr->count;
	case EXPR_OR:
		return yes > 0;
	case EXPR_N_OF:
		return yes >= expr->need;
	case EXPR_NOT:
		return yes == 0;
	default:
		fail_msg("a kind of expression");
		return false;
	}
}

static void
condition_cases(void **state)
{
	struct loading loading;
	const struct rule_set *rules;
	char text[512];
	bool got;

	(void)state;
	loading_init(&loading);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), rule_text, cases[i].condition);
		rules = loading_one(&loading, cases[i].condition, text);
		got = evaluate(rules->rules[0]->condition, cases[i].holds);
		if (got != cases[i].want)
			testing_fail(cases[i].condition,
			    "with %s: got %d, want %d", cases[i].holds, got,
			    cases[i].want);
	}
	loading_done(&loading);
}

static void
condition_list(void **state)
{
	struct loading loading;
	const struct rule_set *rules;
	char text[512];

	(void)state;
	loading_init(&loading);
	snprintf(text, sizeof(text), rule_text, "[a and b, c]");
	rules = loading_one(&loading, "list", text);
	assert_true(evaluate(rules->rules[0]->condition, "c"));
	assert_true(evaluate(rules->rules[0]->condition, "a b"));
	assert_false(evaluate(rules->rules[0]->condition, "a"));
	loading_done(&loading);
}

/* 64 deep is fine, more is refused, and no stack is lost over it. */
static void
condition_depth(void **state)
{
	static const struct {
		unsigned depth;
		bool want;
	} rows[] = { { 60, true }, { 70, false }, { 20000, false } };
	struct loading loading;
	struct buffer text = BUFFER_INIT;

	(void)state;
	loading_init(&loading);
	for (size_t i = 0; i < 3; i++) {
		buffer_reset(&text);
		buffer_add_string(&text,
		    "title: t\nlevel: low\n"
		    "logsource: {category: c}\ndetection:\n  a: {f: 1}\n"
		    "  condition: ");
		for (unsigned j = 0; j < rows[i].depth; j++)
			buffer_add_char(&text, '(');
		buffer_add_string(&text, "a");
		for (unsigned j = 0; j < rows[i].depth; j++)
			buffer_add_char(&text, ')');
		loading_write(&loading, "rule.yml", buffer_string(&text));
		loading_run(&loading);
		assert_int_equal(loading.ok, rows[i].want);
		assert_int_equal(loading_says(&loading, "IR0509"),
		    !rows[i].want);
	}
	buffer_done(&text);
	loading_done(&loading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(condition_cases),
		cmocka_unit_test(condition_list),
		cmocka_unit_test(condition_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
