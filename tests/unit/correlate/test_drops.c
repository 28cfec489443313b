/* SPDX-License-Identifier: Apache-2.0 */
/* What was not counted, or not told, by rule. */
#include "unit/correlate/world.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

struct taken {
	unsigned calls;
	uint32_t rule;
	struct correlate_drops drops;
};

static void
take(void *context, const struct rule *rule,
    const struct correlate_drops *drops)
{
	struct taken *taken = context;

	taken->calls++;
	taken->rule = rule->index;
	taken->drops = *drops;
}

static void
one(struct world *world, int64_t at_us, const char *group)
{
	world_hit(world, 0, 0, at_us, group, NULL);
	world_batch(world);
}

static void
test_each_kind(void **unused)
{
	struct world world;
	struct taken taken = { 0 };

	(void)unused;
	world_init(&world);
	world.inputs[0].lateness_us = 15 * MINUTE;
	world.limits.groups_per_rule = 2;
	world_correlation(&world, "once", 0, CORRELATION_EVENT_COUNT, MINUTE,
	    COMPARE_GTE, 1);
	world.rules[0].rule.type = RULE_EVENT;
	world.rules[0].correlation.is_suppression = true;
	world_start(&world);
	correlate_take_drops(world.correlate, take, &taken);
	assert_int_equal(taken.calls, 0);
	/* Opens; then an update, for the count has doubled; then nothing. */
	one(&world, HOUR, "a");
	one(&world, HOUR + SECOND, "a");
	one(&world, HOUR + 2 * SECOND, "a");
	assert_int_equal(world.told_count, 2);
	one(&world, HOUR + 3 * SECOND, NULL);
	one(&world, HOUR + 4 * SECOND, "b");
	one(&world, HOUR + 5 * SECOND, "c"); /* no room */
	one(&world, HOUR - 16 * MINUTE, "a");
	correlate_take_drops(world.correlate, take, &taken);
	assert_int_equal(taken.calls, 1);
	assert_int_equal(taken.rule, 0);
	assert_int_equal(taken.drops.suppressed, 1);
	assert_int_equal(taken.drops.no_group, 1);
	assert_int_equal(taken.drops.limited, 1);
	assert_int_equal(taken.drops.late, 1);
	/* What was taken is not told again. */
	correlate_take_drops(world.correlate, take, &taken);
	assert_int_equal(taken.calls, 1);
	world_done(&world);
}

/* A correlation tells by its condition: what leads to no alert is counted. */
static void
test_only_suppress_suppresses(void **unused)
{
	struct world world;
	struct taken taken = { 0 };

	(void)unused;
	world_init(&world);
	world_rule(&world, "base");
	world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT, MINUTE,
	    COMPARE_GTE, 3);
	world_start(&world);
	for (int i = 0; i < 10; i++)
		one(&world, HOUR + i * SECOND, "a");
	correlate_take_drops(world.correlate, take, &taken);
	assert_int_equal(taken.calls, 0);
	world_done(&world);
}

/* An hour's first is told at once; what came after it, by the end at latest,
 * as another notice. */
static void
test_the_end_tells_the_rest(void **unused)
{
	struct world world;

	(void)unused;
	world_init(&world);
	world.limits.groups_per_rule = 1;
	world_rule(&world, "base");
	world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT, MINUTE,
	    COMPARE_GTE, 3);
	world_start(&world);
	one(&world, HOUR, "a");
	one(&world, HOUR + SECOND, "b");
	one(&world, HOUR + 2 * SECOND, "c");
	one(&world, HOUR + 3 * SECOND, "d");
	assert_int_equal(world.notice_count, 1);
	assert_int_equal(world.notices[0].count, 1);
	world_end(&world);
	assert_int_equal(world.notice_count, 2);
	assert_int_equal(world.notices[1].count, 2);
	assert_true(world.notices[1].at_us > world.notices[0].at_us);
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind),
		cmocka_unit_test(test_only_suppress_suppresses),
		cmocka_unit_test(test_the_end_tells_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
