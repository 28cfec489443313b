/* SPDX-License-Identifier: Apache-2.0 */
/* Collections of old: action global, reset, repeat (as pySigma reads them). */
#include "unit/rule/loading.h"

#define DETECTION "detection: {sel: {a: 1}, condition: sel}\n"

static void
collection_global(void **state)
{
	const char
	    *text = "action: global\ntitle: shared\nlevel: high\n"
		    "logsource: {category: c, product: p}\n"
		    "---\nname: one\n" DETECTION "---\nname: two\nlevel: low\n"
		    "logsource: {service: s}\n" DETECTION
		    "---\naction: reset\n---\ntitle: own\nname: three\n"
		    "level: medium\nlogsource: {category: x}\n" DETECTION;
	struct loading loading;
	const struct rule_set *rules;

	(void)state;
	loading_init(&loading);
	rules = loading_one(&loading, "global", text);
	assert_int_equal(rules->count, 3);
	assert_span_equal(rules->rules[0]->title, SPAN("shared"));
	assert_int_equal(rules->rules[0]->level, LEVEL_HIGH);
	/* Maps are joined, a plain value is that of the global document. */
	assert_int_equal(rules->rules[1]->level, LEVEL_HIGH);
	assert_span_equal(rules->rules[1]->logsource.service, SPAN("s"));
	assert_span_equal(rules->rules[1]->logsource.product, SPAN("p"));
	assert_span_equal(rules->rules[2]->title, SPAN("own"));
	assert_span_equal(rules->rules[2]->logsource.product, SPAN(""));
	loading_done(&loading);
}

static void
collection_repeat(void **state)
{
	const char *text =
	    "title: t\nname: one\nlevel: high\n"
	    "logsource: {category: c}\n"
	    "detection: {sel: {a: 1}, more: {b: 2}, condition: sel and more}\n"
	    "---\naction: repeat\nname: two\ndetection: {sel: {a: 5, c: 3}}\n";
	struct loading loading;
	const struct rule_set *rules;
	const struct rule *rule;

	(void)state;
	loading_init(&loading);
	rules = loading_one(&loading, "repeat", text);
	assert_int_equal(rules->count, 2);
	rule = rules->rules[1];
	assert_span_equal(rule->name, SPAN("two"));
	assert_span_equal(rule->title, SPAN("t"));
	assert_int_equal(rule->line, 7);
	assert_int_equal(rule->ident_count, 2);
	assert_int_equal(rule->idents[0].expr->kind, EXPR_AND);
	assert_int_equal(rule->idents[0].expr->count, 2);
	assert_span_equal(rule->idents[0].expr->children[0]->source,
	    SPAN("a: 5"));
	loading_done(&loading);
}

/* A "---" too many is no document. */
static void
collection_empty_documents(void **state)
{
	const char *text = "---\n---\ntitle: t\nlevel: low\n"
			   "logsource: {category: c}\n" DETECTION "---\n";
	struct loading loading;

	(void)state;
	loading_init(&loading);
	assert_int_equal(loading_one(&loading, "empty", text)->count, 1);
	loading_done(&loading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collection_global),
		cmocka_unit_test(collection_repeat),
		cmocka_unit_test(collection_empty_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
