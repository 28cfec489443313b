/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/tally.h"
#include "support/testing.h"

static const struct rule view = { .index = 0, .name = { "view", 4 } };
static const struct rule bait = { .index = 1, .name = { "bait", 4 } };
static const struct rule bait_first = { .index = 0, .name = { "bait", 4 } };
static const struct rule *const both[] = { &view, &bait };
static const struct rule *const only_bait[] = { &bait_first };

static void
test_over_a_reload(void **state)
{
	const struct rule_set first = { .rules = both, .count = 2 };
	const struct rule_set second = { .rules = only_bait, .count = 1 };
	struct tally *tally = tally_new(1);
	const struct tally_rule *const *rules;
	size_t count;

	(void)state;
	tally_set_rules(tally, &first);
	tally_rule(tally, &view)->hits = 7;
	tally_rule(tally, &bait)->hits = 2;
	tally_set_rules(tally, &second);
	tally_rule(tally, &bait_first)->hits++;
	rules = tally_rules(tally, &count);
	assert_int_equal(count, 2);
	assert_string_equal(rules[0]->label, "bait");
	assert_true(rules[0]->is_loaded);
	assert_int_equal(rules[0]->hits, 3);
	assert_string_equal(rules[1]->label, "view");
	assert_false(rules[1]->is_loaded);
	assert_int_equal(rules[1]->hits, 7);
	tally_free(tally);
}

static void
test_inputs_and_notices(void **state)
{
	struct tally *tally = tally_new(2);

	(void)state;
	tally_input(tally, 1)->records += 3;
	tally_notice(tally, NOTICE_FEED);
	tally_notice(tally, NOTICE_FEED);
	assert_int_equal(tally_input(tally, 0)->records, 0);
	assert_int_equal(tally_input(tally, 1)->records, 3);
	assert_int_equal(tally_notices(tally, NOTICE_FEED), 2);
	assert_int_equal(tally_notices(tally, NOTICE_GAP), 0);
	tally_free(tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_over_a_reload),
		cmocka_unit_test(test_inputs_and_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
