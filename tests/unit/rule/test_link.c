/* SPDX-License-Identifier: Apache-2.0 */
/* Correlations and their base rules: references, silence, aliases, order. */
#include "unit/rule/loading.h"

#define BASE(name)                                                             \
	"title: " name "\nname: " name "\nlevel: low\n"                        \
	"logsource: {category: c}\n"                                           \
	"detection: {sel: {a: 1}, condition: sel}\n"
#define CORRELATION(name, rules, more)                                         \
	"---\ntitle: " name "\nname: " name "\nlevel: low\n"                   \
	"correlation:\n  type: event_count\n  rules: " rules "\n"              \
	"  timespan: 5m\n  condition: {gte: 3}\n" more

/* Sigma 2.2: generate silences base rules of the same file only. */
static const struct {
	const char *name;
	const char *first;  /* one.yml, with the rule `base` */
	const char *second; /* two.yml */
	bool want;
} silences[] = {
	{ "nobody refers to it", BASE("base"), "", true },
	{ "a correlation of its file",
	    BASE("base") CORRELATION("c", "[base]", ""), "", false },
	{ "a correlation of another file", BASE("base"),
	    CORRELATION("c", "[base]", ""), true },
	{ "generate under correlation",
	    BASE("base") CORRELATION("c", "[base]", "  generate: true\n"), "",
	    true },
	{ "generate at top level",
	    BASE("base") CORRELATION("c", "[base]", "generate: true\n"), "",
	    true },
	{ "one of two generates, from another file",
	    BASE("base") CORRELATION("c", "[base]", ""),
	    CORRELATION("d", "base", "  generate: true\n"), true },
	{ "generate: false is the default",
	    BASE("base") CORRELATION("c", "[base]", "generate: false\n"), "",
	    false },
	{ "score overrides generate",
	    BASE("base") "integrityd: {alert: score, triage: "
			 "[why?]}\n" CORRELATION("c", "[base]",
			     "  generate: true\n"),
	    "", false },
};

static void
link_silences(void **state)
{
	struct loading loading;
	bool got;

	(void)state;
	loading_init(&loading);
	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++) {
		loading_write(&loading, "one.yml", silences[i].first);
		loading_write(&loading, "two.yml", silences[i].second);
		if (loading_run(&loading) == NULL)
			testing_fail(silences[i].name, "%s",
			    loading.findings.ptr);
		got = loading_rule(&loading, "base")->alerts;
		if (got != silences[i].want)
			testing_fail(silences[i].name, "got %d, want %d", got,
			    silences[i].want);
	}
	loading_done(&loading);
}

/* By id or name, in any order, across files; numbers are those of the set. */
static void
link_references(void **state)
{
	struct loading loading;
	const struct correlation *correlation;
	const struct rule_set *rules;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "a.yml",
	    "title: c\nname: c\nlevel: low\ncorrelation:\n"
	    "  type: value_count\n"
	    "  rules: [late, 11111111-2222-3333-4444-555555555555, late]\n"
	    "  group-by: [z, b]\n  timespan: 1h\n"
	    "  condition: {gte: 2, lt: 9.5, field: [v, w]}\n");
	loading_write(&loading, "b.yml",
	    "title: by id\nid: 11111111-2222-3333-4444-555555555555\n"
	    "level: low\nlogsource: {category: c}\n"
	    "detection: {sel: {a: 1}, condition: sel}\n");
	loading_write(&loading, "c.yaml", BASE("late"));
	loading_write(&loading, "d.test.yml", "not: a rule");
	loading_write(&loading, "e.txt", "nor: this");
	rules = loading_run(&loading);
	assert_non_null(rules);
	assert_int_equal(rules->count, 3);
	assert_int_equal(rules->file_count, 3);
	correlation = rules->rules[0]->correlation;
	assert_non_null(correlation);
	assert_int_equal(correlation->kind, CORRELATION_VALUE_COUNT);
	assert_int_equal(correlation->source_count, 2);
	assert_int_equal(correlation->sources[0].rule, 2);
	assert_int_equal(correlation->sources[1].rule, 1);
	assert_int_equal(correlation->group_count, 2);
	assert_span_equal(correlation->group_names[0], SPAN("b"));
	assert_span_equal(correlation->group_names[1], SPAN("z"));
	assert_int_equal(correlation->value_count, 2);
	assert_int_equal(correlation->span_us, INT64_C(3600000000));
	assert_int_equal(correlation->bound_count, 2);
	assert_int_equal(correlation->bounds[1].op, COMPARE_LT);
	assert_true(correlation->bounds[1].limit == 9.5);
	assert_false(correlation->is_monotone);
	loading_done(&loading);
}

/* A rule that an alias leaves out uses the alias as the field's name. */
static void
link_aliases(void **state)
{
	const char *text = BASE("one") "---\n" BASE("two") "---\n" BASE("three")
	    CORRELATION("c", "[one, two, three]",
		"  group-by: who\n"
		"  aliases: {who: {one: user.id, two: actor}}\n");
	static const char *const want[] = { "user.id", "actor", "who" };
	struct loading loading;
	const struct correlation *correlation;
	const struct rule_set *rules;

	(void)state;
	loading_init(&loading);
	rules = loading_one(&loading, "aliases", text);
	correlation = loading_rule(&loading, "c")->correlation;
	assert_int_equal(correlation->group_count, 1);
	assert_span_equal(correlation->group_names[0], SPAN("who"));
	for (unsigned i = 0; i < 3; i++)
		assert_span_equal(field_set_name(rules->fields,
				      correlation->sources[i].group_slots[0]),
		    span_of(want[i]));
	assert_true(correlation->is_monotone);
	loading_done(&loading);
}

static const struct {
	const char *condition;
	bool want; /* monotone */
} comparisons[] = {
	{ "{gt: 1}", true },
	{ "{gte: 1}", true },
	{ "{gte: 1, gt: 0}", true },
	{ "{lt: 1}", false },
	{ "{lte: 1}", false },
	{ "{eq: 1}", false },
	{ "{neq: 1}", false },
	{ "{gte: 1, lte: 5}", false },
};

static void
link_comparisons(void **state)
{
	struct loading loading;
	char text[1024];
	bool got;

	(void)state;
	loading_init(&loading);
	for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]);
	    i++) {
		snprintf(text, sizeof(text),
		    "%s---\ntitle: c\nname: c\n"
		    "level: low\ncorrelation: {type: event_count, rules: base,"
		    " timespan: 1m, condition: %s}\n",
		    BASE("base"), comparisons[i].condition);
		(void)loading_one(&loading, comparisons[i].condition, text);
		got = loading_rule(&loading, "c")->correlation->is_monotone;
		if (got != comparisons[i].want)
			testing_fail(comparisons[i].condition,
			    "got %d, want %d", got, comparisons[i].want);
	}
	loading_done(&loading);
}

/* The daemon starts with what is good, and says what is not. */
static void
link_keep_going(void **state)
{
	const struct rule_load_options options = { .keep_going = true };
	const char *bad = "title: bad\nname: bad\nlevel: low\n"
			  "logsource: {category: c}\n"
			  "detection: {sel: {a|oops: 1}, condition: sel}\n";
	struct loading loading;
	const struct rule_set *rules;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "a.yml", bad);
	loading_write(&loading, "b.yml",
	    BASE("base") CORRELATION("c", "[base]", ""));
	loading_write(&loading, "c.yml", CORRELATION("d", "[bad]", ""));
	loading_write(&loading, "d.yml", "title: [unclosed\n");
	rules = loading_run_with(&loading, &options);
	assert_true(loading.ok);
	assert_int_equal(rules->count, 2);
	assert_int_equal(rules->rules[1]->correlation->sources[0].rule, 0);
	assert_int_equal(loading.result.refused_count, 3);
	assert_string_equal(file_base_name(loading.result.refused[0].path),
	    "d.yml");
	assert_span_equal(loading.result.refused[1].label, SPAN("bad"));
	assert_span_equal(loading.result.refused[2].label, SPAN("d"));
	rules = loading_run(&loading);
	assert_false(loading.ok);
	assert_null(rules);
	loading_done(&loading);
}

static void
link_strict(void **state)
{
	const struct rule_load_options options = { .is_strict = true };
	struct loading loading;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "a.yml",
	    "title: t\nlogsource: {category: c}\n"
	    "detection: {sel: {a: 1}, condition: sel}\n");
	assert_non_null(loading_run(&loading));
	assert_true(loading_says(&loading, "IW0311"));
	assert_null(loading_run_with(&loading, &options));
	loading_done(&loading);
}

/* status: unsupported is skipped and named, whatever else it says. */
static void
link_unsupported(void **state)
{
	struct loading loading;
	const struct rule_set *rules;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "a.yml", BASE("base"));
	loading_write(&loading, "b.yml",
	    "title: no\nstatus: unsupported\nlevel: low\n"
	    "logsource: {category: c}\n"
	    "detection: {sel: {a|base64: x}, condition: sel}\n");
	rules = loading_run(&loading);
	assert_non_null(rules);
	assert_int_equal(rules->count, 1);
	assert_true(loading_says(&loading, "IW0312"));
	loading_done(&loading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_silences),
		cmocka_unit_test(link_references),
		cmocka_unit_test(link_aliases),
		cmocka_unit_test(link_comparisons),
		cmocka_unit_test(link_keep_going),
		cmocka_unit_test(link_strict),
		cmocka_unit_test(link_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
