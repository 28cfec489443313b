/* SPDX-License-Identifier: Apache-2.0 */
/* Hits that come too late, and groups that find no room. */
#include "unit/correlate/world.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static void
start(struct world *world, enum compare_op op, double limit)
{
	world_init(world);
	world->inputs[0].lateness_us = 15 * MINUTE;
	world_rule(world, "base");
	world->rules[0].rule.alerts = true;
	world_correlation(world, "many", 0, CORRELATION_EVENT_COUNT, MINUTE, op,
	    limit);
	world_start(world);
}

static uint64_t
count_late(const struct world *world)
{
	struct correlate_stats stats;

	correlate_get_stats(world->correlate, &stats);
	return stats.late;
}

static size_t
count_notices(const struct world *world, enum notice_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < world->notice_count; i++)
		count += world->notices[i].kind == kind;
	return count;
}

static void
one(struct world *world, int64_t at_us, const char *group)
{
	world_hit(world, 0, 0, at_us, group, NULL);
	world_batch(world);
}

static void
test_exactly_the_lateness_is_in_time(void **unused)
{
	struct world world;

	(void)unused;
	start(&world, COMPARE_GTE, 1);
	one(&world, HOUR, "a");
	one(&world, HOUR - 15 * MINUTE, "b");
	assert_int_equal(count_late(&world), 0);
	assert_int_equal(world_count(&world, DETECTION_OPEN), 4);
	one(&world, HOUR - 15 * MINUTE - 1, "c");
	assert_int_equal(count_late(&world), 1);
	/* The single-event rule fires all the same, and says why. */
	assert_int_equal(world_count(&world, DETECTION_OPEN), 5);
	assert_int_equal(world.told[world.told_count - 1].rule, 0);
	assert_int_equal(world.told[world.told_count - 1].flags, EVENT_LATE);
	assert_int_equal(world.told[0].flags, 0);
	world_done(&world);
}

/* What a batch brings is not late because of what else it brings. */
static void
test_a_batch_is_judged_as_it_began(void **unused)
{
	struct world world;

	(void)unused;
	start(&world, COMPARE_GTE, 2);
	world_hit(&world, 0, 0, 5 * HOUR, "b", NULL);
	world_hit(&world, 0, 0, 0, "a", NULL);
	world_hit(&world, 0, 0, 1, "a", NULL);
	world_batch(&world);
	assert_int_equal(count_late(&world), 0);
	assert_int_equal(world_count(&world, DETECTION_CLOSE), 1);
	world_done(&world);
}

static void
test_told_once_per_rule_group_and_episode(void **unused)
{
	struct world world;

	(void)unused;
	start(&world, COMPARE_GTE, 2);
	one(&world, 10 * HOUR, "z");
	world_hit(&world, 0, 0, 2, "a", NULL);
	world_hit(&world, 0, 0, 1, "a", NULL);
	world_hit(&world, 0, 0, 3, "b", NULL);
	world_batch(&world);
	assert_int_equal(count_notices(&world, NOTICE_LATE), 2);
	assert_string_equal(world.notices[0].about, "many g=a");
	assert_int_equal(world.notices[0].at_us, 1);
	assert_int_equal(world.notices[0].count, 2);
	assert_string_equal(world.notices[1].about, "many g=b");
	for (int64_t i = 0; i < 100; i++)
		one(&world, 4 + i, "a");
	assert_int_equal(count_notices(&world, NOTICE_LATE), 2);
	assert_int_equal(count_late(&world), 103);
	/* Over an hour later in event time it is another episode. */
	one(&world, 11 * HOUR + 1, "z");
	one(&world, 5, "a");
	assert_int_equal(count_notices(&world, NOTICE_LATE), 3);
	/* None of them was counted. */
	world_end(&world);
	for (size_t i = 0; i < world.told_count; i++)
		assert_int_equal(world.told[i].rule, 0);
	world_done(&world);
}

/* Ten groups an hour are named, the others are one notice with their sum. */
static void
test_many_late_groups_are_summed_up(void **unused)
{
	struct world world;
	char group[16];

	(void)unused;
	start(&world, COMPARE_GTE, 2);
	one(&world, 10 * HOUR, "z");
	for (int i = 0; i < 25; i++) {
		(void)snprintf(group, sizeof(group), "g%d", i);
		world_hit(&world, 0, 0, i, group, NULL);
	}
	world_batch(&world);
	assert_int_equal(count_late(&world), 25);
	assert_int_equal(count_notices(&world, NOTICE_LATE), 11);
	assert_string_equal(world.notices[9].about, "many g=g9");
	assert_string_equal(world.notices[10].about, "many more");
	assert_int_equal(world.notices[10].count, 15);
	world_done(&world);
}

/* A single-event rule with suppression fires too, once. */
static void
test_suppressed_rules_fire_late(void **unused)
{
	struct world world;
	struct world_rule *made;

	(void)unused;
	world_init(&world);
	made = world_correlation(&world, "suppressed", 0,
	    CORRELATION_EVENT_COUNT, MINUTE, COMPARE_GTE, 1);
	made->rule.type = RULE_EVENT;
	made->correlation.is_suppression = true;
	world_start(&world);
	correlate_seen(world.correlate, 0, 0, HOUR);
	world_batch(&world);
	one(&world, 1, "a");
	one(&world, 2, "a");
	assert_int_equal(world.told_count, 2);
	assert_int_equal(world.told[0].kind, DETECTION_OPEN);
	assert_int_equal(world.told[0].flags, EVENT_LATE);
	assert_string_equal(world.told[0].group, "a");
	assert_int_equal(world.told[1].kind, DETECTION_CLOSE);
	assert_int_equal(world.told[1].revision, 2);
	assert_int_equal(world.told[1].id, world.told[0].id);
	assert_int_equal(count_late(&world), 2);
	world_done(&world);
}

static void
test_at_the_limit_existing_windows_stay(void **unused)
{
	struct world world;
	struct correlate_stats stats;

	(void)unused;
	world_init(&world);
	world.limits.groups_per_rule = 2;
	world_rule(&world, "base");
	world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT, 3 * HOUR,
	    COMPARE_GTE, 2);
	world_start(&world);
	one(&world, HOUR, "a");
	one(&world, HOUR + 1, "b");
	for (int64_t i = 0; i < 10; i++)
		one(&world, HOUR + 2 + i, "c");
	assert_int_equal(count_notices(&world, NOTICE_LIMIT), 1);
	assert_int_equal(world.notices[0].at_us, HOUR);
	assert_int_equal(world.notices[0].count, 1);
	one(&world, 2 * HOUR, "d");
	assert_int_equal(count_notices(&world, NOTICE_LIMIT), 2);
	/* The nine of before that were not told, and this one. */
	assert_int_equal(world.notices[1].count, 10);
	one(&world, 2 * HOUR + 1, "a");
	assert_int_equal(world_count(&world, DETECTION_OPEN), 1);
	assert_string_equal(world.told[0].group, "a");
	correlate_get_stats(world.correlate, &stats);
	assert_int_equal(stats.groups, 2);
	assert_int_equal(stats.limited, 11);
	/* b's window is empty three hours after its hit: there is room. */
	correlate_seen(world.correlate, 0, 0, 4 * HOUR + 2);
	world_batch(&world);
	one(&world, 4 * HOUR + 3, "e");
	correlate_get_stats(world.correlate, &stats);
	assert_int_equal(stats.groups, 2);
	assert_int_equal(stats.limited, 11);
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exactly_the_lateness_is_in_time),
		cmocka_unit_test(test_a_batch_is_judged_as_it_began),
		cmocka_unit_test(test_told_once_per_rule_group_and_episode),
		cmocka_unit_test(test_many_late_groups_are_summed_up),
		cmocka_unit_test(test_suppressed_rules_fire_late),
		cmocka_unit_test(test_at_the_limit_existing_windows_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
