/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/rule/loading.h"

#define BASE                                                                   \
	"title: t\nname: base\nlevel: low\nlogsource: {category: c}\n"         \
	"detection:\n  sel: {my.field: 1}\n"                                   \
	"  with_case: {case.id|re: '\\S', other|fieldref: third}\n"            \
	"  condition: sel\n"

static bool
keeps(const struct rule_set *rules, const struct rule *rule, const char *name)
{
	uint32_t slot = field_set_find(rules->fields, span_of(name));

	for (uint32_t i = 0; i < rule->kept_count; i++) {
		if (rule->kept_slots[i] == slot)
			return true;
	}
	return false;
}

static void
extension_everything(void **state)
{
	const char *text = BASE
	    "integrityd:\n"
	    "  sentence: \"{user.id} {{did}} {my.field} {count} times\"\n"
	    "  counter: [{when: with_case, say: 'case {case.status}'}]\n"
	    "  triage: [\"Why?\", \"How?\"]\n"
	    "  category: vulnerability\n  purpose: lawfulness\n"
	    "  budget_per_day: 2.5\n  group: [user.id, subject.id]\n"
	    "  suppress: 1d\n  samples: 25\n  renew: 1h30m\n  regex: full\n"
	    "  alert: alone\n";
	static const char *const kept[] = { "user.id", "user.name",
		"subject.id", "system.name", "system.class", "case.id",
		"record.id", "event.action", "my.field", "case.status", "other",
		"third" };
	struct loading loading;
	const struct rule_set *rules;
	const struct rule_extension *extension;
	const struct correlation *correlation;

	(void)state;
	loading_init(&loading);
	rules = loading_one(&loading, "everything", text);
	extension = &rules->rules[0]->extension;
	assert_true(extension->is_present);
	assert_int_equal(extension->sentence.count, 6);
	assert_true(extension->sentence.parts[0].is_name);
	assert_int_equal(extension->sentence.parts[4].tag, SENTENCE_COUNT);
	assert_int_equal(extension->counter_count, 1);
	assert_ptr_equal(extension->counters[0].when,
	    rules->rules[0]->idents[1].expr);
	assert_int_equal(extension->triage_count, 2);
	assert_span_equal(extension->category, SPAN("vulnerability"));
	assert_span_equal(extension->purpose, SPAN("lawfulness"));
	assert_true(extension->budget_per_day == 2.5);
	assert_int_equal(extension->samples, 25);
	assert_int_equal(extension->renew_us, INT64_C(5400000000));
	correlation = rules->rules[0]->correlation;
	assert_true(correlation->is_suppression);
	assert_true(correlation->is_monotone);
	assert_int_equal(correlation->kind, CORRELATION_EVENT_COUNT);
	assert_int_equal(correlation->bounds[0].op, COMPARE_GTE);
	assert_true(correlation->bounds[0].limit == 1);
	assert_int_equal(correlation->span_us, INT64_C(86400000000));
	assert_span_equal(correlation->group_names[0], SPAN("subject.id"));
	assert_int_equal(correlation->source_count, 1);
	assert_int_equal(correlation->sources[0].rule, 0);
	assert_int_equal(rules->rules[0]->type, RULE_EVENT);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!keeps(rules, rules->rules[0], kept[i]))
			testing_fail(kept[i], "is not kept");
	}
	loading_done(&loading);
}

static void
extension_defaults(void **state)
{
	struct loading loading;
	const struct rule_extension *extension;

	(void)state;
	loading_init(&loading);
	extension =
	    &loading_one(&loading, "defaults", BASE)->rules[0]->extension;
	assert_false(extension->is_present);
	assert_int_equal(extension->sentence.count, 0);
	assert_int_equal(extension->samples, 10);
	assert_int_equal(extension->renew_us, INT64_C(604800000000));
	loading_done(&loading);
}

/* RULE.IDENT of a rule that feeds the correlation, in another file too. */
static void
extension_counter_of_base(void **state)
{
	struct loading loading;
	const struct rule_set *rules;
	const struct rule *rule;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "a.yml",
	    "title: c\nname: c\nlevel: low\ncorrelation: {type: event_count, "
	    "rules: base, group-by: who, timespan: 1h, condition: {gte: 2}}\n"
	    "integrityd: {triage: x, sentence: '{who} {my.field} {limit}', "
	    "counter: [{when: base.with_case, say: had a case}]}\n");
	loading_write(&loading, "b.yml", BASE);
	rules = loading_run(&loading);
	if (rules == NULL)
		testing_fail("counter", "%s", loading.findings.ptr);
	rule = rules->rules[0];
	assert_int_equal(rule->extension.counters[0].rule, 1);
	assert_ptr_equal(rule->extension.counters[0].when,
	    rules->rules[1]->idents[1].expr);
	assert_true(keeps(rules, rule, "who"));
	assert_true(keeps(rules, rule, "case.id"));
	/* An identifier that only a counter uses is no finding. */
	assert_int_equal(diag_warnings(loading.diag), 0);
	loading_done(&loading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extension_everything),
		cmocka_unit_test(extension_defaults),
		cmocka_unit_test(extension_counter_of_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
