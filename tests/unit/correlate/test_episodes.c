/* SPDX-License-Identifier: Apache-2.0 */
/* The slow evaluator itself, by hand: it is what the windows are judged by. */
#include "support/episodes.h"
#include "support/testing.h"

#define HITS_MAX 8

static const struct {
	const char *name;
	struct episodes_rule rule;
	struct episodes_hit hits[HITS_MAX];
	size_t count;
	struct episodes_episode want[3];
	size_t want_count;
} cases[] = {
	/* The definition's own example, in tenths: the windows of 0 and 10
	 * hold 1 and 2 hits, of 20 three, of 115 two (20, 115), of 120 three
	 * (20, 115, 120).  20 and 120 are satisfied and exactly one timespan
	 * apart; together their windows reach from 0 to 120. */
	{ "the example of the definition",
	    { CORRELATION_EVENT_COUNT, 100, { { COMPARE_GTE, 3 } }, 1 },
	    { { 0, 0, { 0 }, 0 }, { 0, 10, { 0 }, 0 }, { 0, 20, { 0 }, 0 },
		{ 0, 115, { 0 }, 0 }, { 0, 120, { 0 }, 0 } },
	    5, { { 0, 0, 120, 5 } }, 1 },
	{ "cut by one microsecond more",
	    { CORRELATION_EVENT_COUNT, 100, { { COMPARE_GTE, 2 } }, 1 },
	    { { 0, 0, { 0 }, 0 }, { 0, 1, { 0 }, 0 }, { 0, 102, { 0 }, 0 },
		{ 0, 102, { 0 }, 0 } },
	    4, { { 0, 0, 1, 2 }, { 0, 102, 102, 2 } }, 2 },
	{ "groups apart, in any order",
	    { CORRELATION_EVENT_COUNT, 10, { { COMPARE_GTE, 2 } }, 1 },
	    { { 1, 5, { 0 }, 0 }, { 0, 7, { 0 }, 0 }, { 1, 3, { 0 }, 0 },
		{ 0, 1, { 0 }, 0 } },
	    4, { { 0, 1, 7, 2 }, { 1, 3, 5, 2 } }, 2 },
	/* 0 has {7}, 1 has {7}, 2 has {7, 8, 9}, 20 has {8}. */
	{ "distinct values, several of one hit",
	    { CORRELATION_VALUE_COUNT, 10, { { COMPARE_GTE, 3 } }, 1 },
	    { { 0, 0, { 7 }, 1 }, { 0, 1, { 7 }, 1 }, { 0, 2, { 8, 9, 8 }, 3 },
		{ 0, 20, { 8 }, 1 } },
	    4, { { 0, 0, 2, 3 } }, 1 },
	/* 0 has 1 hit, 1 has 2, 2 has 3, 11 has 3 (1 2 11), 12 has 3 (2 11
	 * 12), 30 has 1: satisfied are 1 and none after it. */
	{ "a range",
	    { CORRELATION_EVENT_COUNT, 10,
		{ { COMPARE_GTE, 2 }, { COMPARE_LT, 3 } }, 2 },
	    { { 0, 0, { 0 }, 0 }, { 0, 1, { 0 }, 0 }, { 0, 2, { 0 }, 0 },
		{ 0, 11, { 0 }, 0 }, { 0, 12, { 0 }, 0 }, { 0, 30, { 0 }, 0 } },
	    6, { { 0, 0, 1, 2 } }, 1 },
};

static void
test_episodes(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct episodes_episode got[HITS_MAX];
		size_t count = episodes_find(&cases[i].rule, cases[i].hits,
		    cases[i].count, got);

		if (count != cases[i].want_count)
			testing_fail(cases[i].name, "got %zu, want %zu", count,
			    cases[i].want_count);
		for (size_t k = 0; k < count; k++) {
			const struct episodes_episode *want = &cases[i].want[k];

			if (got[k].group != want->group ||
			    got[k].first_us != want->first_us ||
			    got[k].last_us != want->last_us ||
			    got[k].count != want->count)
				testing_fail(cases[i].name,
				    "%zu: got %u [%lld, %lld] %llu", k,
				    got[k].group, (long long)got[k].first_us,
				    (long long)got[k].last_us,
				    (unsigned long long)got[k].count);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_episodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
