/* SPDX-License-Identifier: Apache-2.0 */
/* No flood of hits makes a window grow, and none flushes it. */
#include "unit/correlate/world.h"

#define FLOOD 1000000
#define BATCH 10000
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static const struct {
	const char *name;
	enum correlation_kind kind;
	enum compare_op op;
	double limit;
	int64_t span_us, lateness_us;
	int64_t step_us;
	unsigned values; /* this many in turn */
	uint64_t held_max;
} cases[] = {
	/* Twice the cap (value_count: or 256, for the peak) for each timespan
	 * that is unsettled, and one more; doubled, for it is thinned when it
	 * has. */
	{ "many hits", CORRELATION_EVENT_COUNT, COMPARE_GTE, 10, MINUTE,
	    15 * MINUTE, 10000, 1, 2 * (16 * 20 + 10) },
	{ "simultaneous", CORRELATION_EVENT_COUNT, COMPARE_GTE, 10, MINUTE,
	    15 * MINUTE, 0, 1, 2 * (20 + 10) },
	{ "all within one window", CORRELATION_EVENT_COUNT, COMPARE_GTE, 100,
	    INT64_C(86400) * SECOND, 15 * MINUTE, 1000, 1, 2 * (200 + 100) },
	{ "too many to be satisfied", CORRELATION_EVENT_COUNT, COMPARE_LT, 5,
	    MINUTE, 15 * MINUTE, 10000, 1, 2 * (16 * 20 + 10) },
	{ "in order", CORRELATION_EVENT_COUNT, COMPARE_GTE, 10, MINUTE, 0, 1000,
	    1, 2 * (20 + 10) },
	{ "single events with suppression", CORRELATION_EVENT_COUNT,
	    COMPARE_GTE, 1, MINUTE, 15 * MINUTE, 10000, 1, 2 * (16 * 12) },
	{ "few values", CORRELATION_VALUE_COUNT, COMPARE_GTE, 3, MINUTE,
	    15 * MINUTE, 10000, 3, 2 * (16 * 4 * 5 + 10) },
	{ "many values", CORRELATION_VALUE_COUNT, COMPARE_GTE, 10, MINUTE,
	    15 * MINUTE, 10000, 50000, 2 * (16 * 2 * 256 + 256) },
};

static void
flood(struct world *world, int64_t from_us, int64_t step_us, unsigned values,
    size_t count, uint64_t *held)
{
	struct correlate_stats stats;
	char value[32];

	*held = 0;
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(value, sizeof(value), "value %zu", i % values);
		world_hit(world, 0, 0, from_us + (int64_t)i * step_us, "a",
		    value);
		if ((i + 1) % BATCH != 0)
			continue;
		world_batch(world);
		correlate_get_stats(world->correlate, &stats);
		*held = stats.hits_held > *held ? stats.hits_held : *held;
	}
}

static void
test_windows_do_not_grow(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world world;
		uint64_t held;

		world_init(&world);
		world.inputs[0].lateness_us = cases[i].lateness_us;
		world_rule(&world, "base");
		world_correlation(&world, "many", 0, cases[i].kind,
		    cases[i].span_us, cases[i].op, cases[i].limit);
		world_start(&world);
		flood(&world, 0, cases[i].step_us, cases[i].values, FLOOD / 10,
		    &held);
		if (held > cases[i].held_max)
			testing_fail(cases[i].name,
			    "got %llu hits held, want at most %llu",
			    (unsigned long long)held,
			    (unsigned long long)cases[i].held_max);
		world_end(&world);
		if (cases[i].op != COMPARE_LT)
			assert_int_equal(world.told[world.told_count - 1].count,
			    FLOOD / 10);
		world_done(&world);
	}
}

static void
test_a_million_hits(void **unused)
{
	struct world world;
	struct correlate_stats stats;
	uint64_t held;

	(void)unused;
	world_init(&world);
	world.inputs[0].lateness_us = 15 * MINUTE;
	world_rule(&world, "base");
	world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT, MINUTE,
	    COMPARE_GTE, 10);
	world_start(&world);
	flood(&world, 0, 100, 1, FLOOD, &held);
	correlate_get_stats(world.correlate, &stats);
	assert_in_range(held, 1, 2 * (16 * 20 + 10));
	assert_in_range(stats.bytes, 1, 1000000);
	world_end(&world);
	assert_int_equal(world.told[world.told_count - 1].count, FLOOD);
	world_done(&world);
}

/* Two subjects before, one over and over, then a third: all are in the window
 * of a day, and every hit is counted. */
static void
test_nobody_flushes_his_own_window(void **unused)
{
	struct world world;
	struct correlate_stats stats;
	uint64_t held;

	(void)unused;
	world_init(&world);
	world_rule(&world, "base");
	world_correlation(&world, "subjects", 0, CORRELATION_VALUE_COUNT,
	    INT64_C(86400) * SECOND, COMPARE_GTE, 3);
	world_start(&world);
	world_hit(&world, 0, 0, 0, "a", "value 0");
	world_hit(&world, 0, 0, 1, "a", "second");
	world_batch(&world);
	flood(&world, 2, 1000, 1, FLOOD / 10, &held);
	correlate_get_stats(world.correlate, &stats);
	/* Unsatisfied hits of one value must stay, for any of them may be the
	 * first of an episode; their records need not. */
	assert_int_equal(stats.hits_held, FLOOD / 10 + 2);
	assert_in_range(stats.bytes, 1, FLOOD / 10 * 80);
	assert_int_equal(world.told_count, 0);
	world_hit(&world, 0, 0, 200 * SECOND, "a", "third");
	world_batch(&world);
	assert_int_equal(world.told_count, 1);
	assert_int_equal(world.told[0].first_us, 0);
	assert_int_equal(world.told[0].count, FLOOD / 10 + 3);
	assert_int_equal(world.told[0].evidence_count, 10);
	/* Once covered they go. */
	correlate_seen(world.correlate, 0, 0, 201 * SECOND);
	flood(&world, 201 * SECOND, 1, 1, FLOOD / 10, &held);
	correlate_get_stats(world.correlate, &stats);
	assert_in_range(stats.hits_held, 1, 100);
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows_do_not_grow),
		cmocka_unit_test(test_a_million_hits),
		cmocka_unit_test(test_nobody_flushes_his_own_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
