/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "correlate/condition.h"

static const struct {
	const char *name;
	struct correlation_bound bounds[2];
	uint32_t count;
	uint32_t want_cap;
	bool want_monotone;
	uint64_t holds[4], fails[4]; /* measures; 0 ends the list */
} cases[] = {
	{ "gte", { { COMPARE_GTE, 10 } }, 1, 10, true, { 10, 11 }, { 9 } },
	{ "gt", { { COMPARE_GT, 10 } }, 1, 11, true, { 11 }, { 10 } },
	{ "gte of a fraction", { { COMPARE_GTE, 2.5 } }, 1, 3, true, { 3 },
	    { 2 } },
	{ "gt of a fraction", { { COMPARE_GT, 2.5 } }, 1, 3, true, { 3 },
	    { 2 } },
	{ "gte 0: any hit", { { COMPARE_GTE, 0 } }, 1, 1, true, { 1 }, { 0 } },
	{ "below 0", { { COMPARE_GT, -3 } }, 1, 1, true, { 1 }, { 0 } },
	{ "lt", { { COMPARE_LT, 5 } }, 1, 5, false, { 1, 4 }, { 5, 6 } },
	{ "lte", { { COMPARE_LTE, 5 } }, 1, 6, false, { 1, 5 }, { 6, 7 } },
	{ "eq", { { COMPARE_EQ, 5 } }, 1, 6, false, { 5 }, { 4, 6, 7 } },
	{ "eq of a fraction holds never", { { COMPARE_EQ, 5.5 } }, 1, 6, false,
	    { 0 }, { 5, 6 } },
	{ "neq", { { COMPARE_NEQ, 5 } }, 1, 6, false, { 4, 6, 7 }, { 5 } },
	{ "a range", { { COMPARE_GTE, 5 }, { COMPARE_LT, 10 } }, 2, 10, false,
	    { 5, 9 }, { 4, 10, 11 } },
	{ "an empty range", { { COMPARE_GT, 9 }, { COMPARE_LT, 5 } }, 2, 10,
	    false, { 0 }, { 4, 7, 10 } },
	{ "two lower bounds", { { COMPARE_GTE, 5 }, { COMPARE_GT, 2 } }, 2, 5,
	    true, { 5 }, { 4 } },
	{ "more than can be counted", { { COMPARE_GTE, 1e18 } }, 1, 0x7fffffff,
	    true, { 0 }, { 1000000 } },
};

static void
test_conditions(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct correlation correlation = {
			.bounds = { cases[i].bounds[0], cases[i].bounds[1] },
			.bound_count = cases[i].count,
		};
		struct condition condition = condition_of(&correlation);

		if (condition.cap != cases[i].want_cap)
			testing_fail(cases[i].name, "got cap %u, want %u",
			    condition.cap, cases[i].want_cap);
		if (condition.is_monotone != cases[i].want_monotone)
			testing_fail(cases[i].name, "got monotone %d, want %d",
			    condition.is_monotone, cases[i].want_monotone);
		for (size_t k = 0; k < 4 && cases[i].holds[k] > 0; k++) {
			if (!condition_holds(&condition, cases[i].holds[k]))
				testing_fail(cases[i].name,
				    "%llu: got no, want yes",
				    (unsigned long long)cases[i].holds[k]);
		}
		for (size_t k = 0; k < 4 && cases[i].fails[k] > 0; k++) {
			if (condition_holds(&condition, cases[i].fails[k]))
				testing_fail(cases[i].name,
				    "%llu: got yes, want no",
				    (unsigned long long)cases[i].fails[k]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
