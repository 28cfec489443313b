/* SPDX-License-Identifier: Apache-2.0 */
/* Episodes computed by hand. */
#include "unit/correlate/world.h"

#define END INT64_MAX
#define ARRIVALS_MAX 16
#define TOLD_MAX 10

struct expected {
	enum detection_kind kind;
	int64_t first_us, last_us;
	uint64_t count;
};

#define OPEN(first, last, count) { DETECTION_OPEN, first, last, count }
#define UPDATE(first, last, count) { DETECTION_UPDATE, first, last, count }
#define CLOSE(first, last, count) { DETECTION_CLOSE, first, last, count }
#define MERGED(first, last, count) { DETECTION_MERGED, first, last, count }

/* One hit a batch, all of one group and feed; times of which one more than
 * the lateness is too much are told in test_late.c. */
static const struct {
	const char *name;
	enum compare_op op;
	double limit;
	int64_t span_us, lateness_us;
	int64_t times_us[ARRIVALS_MAX]; /* END ends the list */
	struct expected want[TOLD_MAX]; /* count 0 ends the list */
} cases[] = {
	{ "both ends of the window count", COMPARE_GTE, 3, 10, 0,
	    { 1, 5, 11, END }, { OPEN(1, 11, 3), CLOSE(1, 11, 3) } },
	{ "one past the end does not", COMPARE_GTE, 2, 10, 0, { 1, 12, END },
	    { { 0 } } },
	{ "a microsecond decides in a window of a day", COMPARE_GTE, 2,
	    INT64_C(86400000000), 0, { 0, INT64_C(86400000000), END },
	    { OPEN(0, INT64_C(86400000000), 2),
		CLOSE(0, INT64_C(86400000000), 2) } },
	{ "and one more is too much", COMPARE_GTE, 2, INT64_C(86400000000), 0,
	    { 0, INT64_C(86400000001), END }, { { 0 } } },
	{ "a late hit opens", COMPARE_GTE, 3, 10, 100, { 5, 9, 2, END },
	    { OPEN(2, 9, 3), CLOSE(2, 9, 3) } },
	{ "and deep in the past", COMPARE_GTE, 3, 10, 100,
	    { 1, 2, 90, 91, 3, END }, { OPEN(1, 3, 3), CLOSE(1, 3, 3) } },
	{ "satisfied hits one timespan apart are one episode", COMPARE_GTE, 2,
	    10, 0, { 0, 1, 11, END }, { OPEN(0, 1, 2), CLOSE(0, 11, 3) } },
	{ "one microsecond more and they are two", COMPARE_GTE, 2, 10, 0,
	    { 0, 1, 12, 12, END },
	    { OPEN(0, 1, 2), CLOSE(0, 1, 2), OPEN(12, 12, 2),
		CLOSE(12, 12, 2) } },
	{ "simultaneous hits share one window", COMPARE_GTE, 3, 10, 0,
	    { 7, 7, 7, END }, { OPEN(7, 7, 3), CLOSE(7, 7, 3) } },
	{ "told again each time the count has doubled", COMPARE_GTE, 2, 10, 0,
	    { 0, 1, 2, 3, 4, 5, 6, 7, 8, END },
	    { OPEN(0, 1, 2), UPDATE(0, 3, 4), UPDATE(0, 7, 8),
		CLOSE(0, 8, 9) } },
	{ "a late hit before an episode moves its first", COMPARE_GTE, 2, 10,
	    100, { 10, 12, 3, END }, { OPEN(10, 12, 2), CLOSE(3, 12, 3) } },
	{ "a late hit joins two; the one with the earlier first lives on",
	    COMPARE_GTE, 2, 10, 100, { 0, 1, 20, 21, 11, END },
	    { OPEN(0, 1, 2), OPEN(20, 21, 2), MERGED(11, 21, 3),
		UPDATE(0, 21, 5), CLOSE(0, 21, 5) } },
	{ "hits between the joined, in neither before, count", COMPARE_GTE, 3,
	    10, 100, { 0, 0, 0, 12, 25, 25, 25, 10, 20, END },
	    { OPEN(0, 0, 3), OPEN(25, 25, 3), MERGED(20, 25, 4),
		UPDATE(0, 25, 9), CLOSE(0, 25, 9) } },
	{ "closed once nothing can join: not at the edge", COMPARE_GTE, 2, 10,
	    5, { 0, 0, 15, 10, END },
	    { OPEN(0, 0, 2), UPDATE(0, 15, 4), CLOSE(0, 15, 4) } },
	{ "but one past it", COMPARE_GTE, 2, 10, 5, { 0, 0, 16, 11, END },
	    { OPEN(0, 0, 2), CLOSE(0, 0, 2), OPEN(11, 16, 2),
		CLOSE(11, 16, 2) } },
	{ "greater than 2 is at least 3", COMPARE_GT, 2, 10, 0,
	    { 0, 1, 2, END }, { OPEN(0, 2, 3), CLOSE(0, 2, 3) } },
	{ "at least 2.5 too", COMPARE_GTE, 2.5, 10, 0, { 0, 1, 2, END },
	    { OPEN(0, 2, 3), CLOSE(0, 2, 3) } },
	{ "less than 2 waits until nothing older can come", COMPARE_LT, 2, 10,
	    5, { 0, 4, 5, END }, { OPEN(0, 0, 1), CLOSE(0, 0, 1) } },
	{ "and is not told if a late hit makes it false", COMPARE_LT, 2, 10, 5,
	    { 3, 0, 9, 20, END },
	    { OPEN(0, 0, 1), CLOSE(0, 0, 1), OPEN(20, 20, 1),
		CLOSE(20, 20, 1) } },
	{ "exactly 2", COMPARE_EQ, 2, 10, 0, { 0, 1, 2, 30, 31, END },
	    { OPEN(0, 1, 2), CLOSE(0, 1, 2), OPEN(30, 31, 2),
		CLOSE(30, 31, 2) } },
	{ "not 2", COMPARE_NEQ, 2, 10, 0, { 0, 1, 2, END },
	    { OPEN(0, 0, 1), UPDATE(0, 2, 3), CLOSE(0, 2, 3) } },
	{ "at most 1", COMPARE_LTE, 1, 10, 0, { 0, 1, 12, END },
	    { OPEN(0, 0, 1), CLOSE(0, 0, 1), OPEN(12, 12, 1),
		CLOSE(12, 12, 1) } },
};

static void
check_told(const char *name, const struct world *world,
    const struct expected *want)
{
	size_t count = 0;

	while (count < TOLD_MAX && want[count].count > 0)
		count++;
	for (size_t i = 0; i < count && i < world->told_count; i++) {
		const struct world_told *got = &world->told[i];

		if (got->kind != want[i].kind ||
		    got->first_us != want[i].first_us ||
		    got->last_us != want[i].last_us ||
		    got->count != want[i].count)
			testing_fail(name,
			    "%zu: got %s [%lld, %lld] %llu, want %s [%lld, "
			    "%lld] %llu",
			    i, detection_kind_names[got->kind],
			    (long long)got->first_us, (long long)got->last_us,
			    (unsigned long long)got->count,
			    detection_kind_names[want[i].kind],
			    (long long)want[i].first_us,
			    (long long)want[i].last_us,
			    (unsigned long long)want[i].count);
	}
	if (count != world->told_count)
		testing_fail(name, "got %zu detections, want %zu",
		    world->told_count, count);
}

static void
test_episodes_of_event_count(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world world;

		world_init(&world);
		world.inputs[0].lateness_us = cases[i].lateness_us;
		world_rule(&world, "base");
		world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT,
		    cases[i].span_us, cases[i].op, cases[i].limit);
		world_start(&world);
		for (size_t k = 0; cases[i].times_us[k] != END; k++) {
			world_hit(&world, 0, 0, cases[i].times_us[k], "a",
			    NULL);
			world_batch(&world);
		}
		world_end(&world);
		check_told(cases[i].name, &world, cases[i].want);
		world_done(&world);
	}
}

/* Span 10, at least 3, hits 0 1 2 11.5 12: one episode [0, 12], count 5, the
 * example of the definition; times in tenths. */
static void
test_the_example_of_the_definition(void **unused)
{
	static const int64_t times_us[] = { 0, 10, 20, 115, 120 };
	static const struct expected want[] = { OPEN(0, 20, 3),
		CLOSE(0, 120, 5), { 0 } };
	struct world world;

	(void)unused;
	world_init(&world);
	world_rule(&world, "base");
	world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT, 100,
	    COMPARE_GTE, 3);
	world_start(&world);
	for (size_t i = 0; i < 5; i++) {
		world_hit(&world, 0, 0, times_us[i], "a", NULL);
		world_batch(&world);
	}
	world_end(&world);
	check_told("the example", &world, want);
	world_done(&world);
}

static void
test_a_range_needs_both(void **unused)
{
	/* at least 2, less than 4: satisfied are 1 and 2, not 3 and 4 */
	static const struct expected want[] = { OPEN(0, 1, 2), CLOSE(0, 2, 3),
		{ 0 } };
	struct world world;
	struct world_rule *made;

	(void)unused;
	world_init(&world);
	world_rule(&world, "base");
	made = world_correlation(&world, "range", 0, CORRELATION_EVENT_COUNT,
	    10, COMPARE_GTE, 2);
	made->correlation.bounds[1] = (struct correlation_bound){ COMPARE_LT,
		4 };
	made->correlation.bound_count = 2;
	made->correlation.is_monotone = false;
	world_start(&world);
	for (int64_t at_us = 0; at_us < 5; at_us++) {
		world_hit(&world, 0, 0, at_us, "a", NULL);
		world_batch(&world);
	}
	world_end(&world);
	check_told("range", &world, want);
	world_done(&world);
}

static const struct {
	const char *name;
	double limit;
	struct {
		int64_t at_us;
		const char *v;
	} hits[8];
	struct expected want[TOLD_MAX];
} value_cases[] = {
	{ "repeats do not count, but are covered", 2,
	    { { 0, "x" }, { 1, "x" }, { 2, "x" }, { 3, "y" } },
	    { OPEN(0, 3, 4), CLOSE(0, 3, 4) } },
	{ "values are compared as text, with case", 2,
	    { { 0, "1" }, { 1, "1" } }, { { 0 } } },
	{ "X and x are two", 2, { { 0, "X" }, { 1, "x" } },
	    { OPEN(0, 1, 2), CLOSE(0, 1, 2) } },
	{ "each member of an array counts, the hit once", 3, { { 0, "a,b,c" } },
	    { OPEN(0, 0, 1), CLOSE(0, 0, 1) } },
	{ "a member twice is one", 3, { { 0, "a,b,a" } }, { { 0 } } },
	{ "an empty array does not exist for it", 1, { { 0, "" } }, { { 0 } } },
	{ "a missing field neither", 1, { { 0, NULL } }, { { 0 } } },
	{ "values leave the window", 2,
	    { { 0, "x" }, { 11, "y" }, { 12, "y" } }, { { 0 } } },
	{ "unless seen again", 2, { { 0, "x" }, { 5, "x" }, { 15, "y" } },
	    { OPEN(5, 15, 2), CLOSE(5, 15, 2) } },
	{ "long values that differ at their end", 2,
	    { { 0, "a-value-longer-than-fifteen-bytes-1" },
		{ 1, "a-value-longer-than-fifteen-bytes-2" } },
	    { OPEN(0, 1, 2), CLOSE(0, 1, 2) } },
};

static void
test_episodes_of_value_count(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(value_cases) / sizeof(*value_cases);
	    i++) {
		struct world world;

		world_init(&world);
		world_rule(&world, "base");
		world_correlation(&world, "distinct", 0,
		    CORRELATION_VALUE_COUNT, 10, COMPARE_GTE,
		    value_cases[i].limit);
		world_start(&world);
		for (size_t k = 0; k < 8; k++) {
			if (k > 0 && value_cases[i].hits[k].at_us == 0)
				break;
			world_hit(&world, 0, 0, value_cases[i].hits[k].at_us,
			    "a", value_cases[i].hits[k].v);
			world_batch(&world);
		}
		world_end(&world);
		check_told(value_cases[i].name, &world, value_cases[i].want);
		world_done(&world);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_episodes_of_event_count),
		cmocka_unit_test(test_the_example_of_the_definition),
		cmocka_unit_test(test_a_range_needs_both),
		cmocka_unit_test(test_episodes_of_value_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
