/* SPDX-License-Identifier: Apache-2.0 */
/* What changes a rule's hashes, and what does not. */
#include "unit/rule/loading.h"

#define BASE                                                                   \
	"title: Base\nname: base\nlevel: low\nlogsource: {category: c}\n"      \
	"detection: {sel: {a: 1, b|contains: x}, condition: sel}\n---\n"
#define CORRELATION                                                            \
	"title: C\nname: c\nlevel: low\ncorrelation:\n"                        \
	"  type: event_count\n  rules: [base]\n  group-by: [u, v]\n"           \
	"  timespan: 1h\n  condition: {gte: 3}\n"

static const struct {
	const char *name;
	const char *text;
	bool same_version;
	bool same_semantic;
} cases[] = {
	{ "the same", BASE CORRELATION, true, true },
	{ "layout and comments",
	    BASE "# why\ntitle: 'C'\nname: c\nlevel: low\ncorrelation: {type: "
		 "event_count, rules: [base], group-by: [u, v], timespan: 1h, "
		 "condition: {gte: 3}}\n",
	    true, true },
	{ "the title",
	    BASE "title: D\nname: c\nlevel: low\ncorrelation:\n"
		 "  type: event_count\n  rules: [base]\n  group-by: [u, v]\n"
		 "  timespan: 1h\n  condition: {gte: 3}\n",
	    false, true },
	{ "the sentence",
	    BASE CORRELATION "integrityd: {triage: x, sentence: y}\n", false,
	    true },
	{ "60 m are 1 h, and groups have no order",
	    BASE "title: C\nname: c\nlevel: low\ncorrelation:\n"
		 "  type: event_count\n  rules: [base]\n  group-by: [v, u]\n"
		 "  timespan: 60m\n  condition: {gte: 3}\n",
	    false, true },
	{ "the limit",
	    BASE "title: C\nname: c\nlevel: low\ncorrelation:\n"
		 "  type: event_count\n  rules: [base]\n  group-by: [u, v]\n"
		 "  timespan: 1h\n  condition: {gte: 4}\n",
	    false, false },
	{ "the comparison",
	    BASE "title: C\nname: c\nlevel: low\ncorrelation:\n"
		 "  type: event_count\n  rules: [base]\n  group-by: [u, v]\n"
		 "  timespan: 1h\n  condition: {gt: 3}\n",
	    false, false },
	{ "the group",
	    BASE "title: C\nname: c\nlevel: low\ncorrelation:\n"
		 "  type: event_count\n  rules: [base]\n  group-by: [u]\n"
		 "  timespan: 1h\n  condition: {gte: 3}\n",
	    false, false },
	{ "what the base rule selects",
	    "title: Base\nname: base\nlevel: low\nlogsource: {category: c}\n"
	    "detection: {sel: {a: 1, b|contains: y}, condition: "
	    "sel}\n---\n" CORRELATION,
	    true, false },
	{ "what the base rule is called by people",
	    "title: Bass\nname: base\nlevel: high\nlogsource: {category: c}\n"
	    "detection: {s: {a: 1, b|contains: x}, condition: "
	    "s}\n---\n" CORRELATION,
	    true, true },
};

static void
digest_cases(void **state)
{
	uint8_t version[HASH_SHA256_LEN], semantic[HASH_SHA256_LEN];
	struct loading loading;
	const struct rule *rule;
	bool same;

	(void)state;
	loading_init(&loading);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)loading_one(&loading, cases[i].name, cases[i].text);
		rule = loading_rule(&loading, "c");
		if (i == 0) {
			memcpy(version, rule->version, sizeof(version));
			memcpy(semantic, rule->semantic, sizeof(semantic));
		}
		same = memcmp(version, rule->version, sizeof(version)) == 0;
		if (same != cases[i].same_version)
			testing_fail(cases[i].name, "version %s",
			    same ? "is the same" : "differs");
		same = memcmp(semantic, rule->semantic, sizeof(semantic)) == 0;
		if (same != cases[i].same_semantic)
			testing_fail(cases[i].name, "semantic hash %s",
			    same ? "is the same" : "differs");
	}
	loading_done(&loading);
}

/* The set's hash has the values of lists, the rules' own have not. */
static void
digest_lists(void **state)
{
	const char
	    *text = "title: t\nname: r\nlevel: low\n"
		    "logsource: {category: c}\n"
		    "detection: {sel: {a|expand: '%vip%'}, condition: sel}\n";
	uint8_t set[HASH_SHA256_LEN], semantic[HASH_SHA256_LEN];
	const struct rule_set *rules;
	struct loading loading;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "lists/vip.txt", "one\n");
	rules = loading_one(&loading, "lists", text);
	memcpy(set, rules->hash, sizeof(set));
	memcpy(semantic, rules->rules[0]->semantic, sizeof(semantic));
	loading_write(&loading, "lists/vip.txt", "one\ntwo\n");
	rules = loading_one(&loading, "lists", text);
	assert_memory_not_equal(set, rules->hash, sizeof(set));
	assert_memory_equal(semantic, rules->rules[0]->semantic,
	    sizeof(semantic));
	loading_done(&loading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_cases),
		cmocka_unit_test(digest_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
