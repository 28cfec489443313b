/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_internal.h"
#include "support/testing.h"

/* None left, or more than a tenth lost. */
static const struct {
	const char *name;
	uint32_t before, after;
	bool want;
} cases[] = {
	{ "none before", 0, 0, false },
	{ "none before, some now", 0, 5, false },
	{ "none left", 1, 0, true },
	{ "as many", 37, 37, false },
	{ "more", 37, 38, false },
	{ "exactly a tenth lost", 10, 9, false },
	{ "two of ten lost", 10, 8, true },
	{ "a little more than a tenth", 100, 89, true },
	{ "one of nine is more than a tenth", 9, 8, true },
	{ "one of eleven is less", 11, 10, false },
	{ "the greatest numbers", UINT32_MAX, UINT32_MAX, false },
	{ "half of the greatest", UINT32_MAX, UINT32_MAX / 2, true },
};

static void
test_too_few(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool got = service_rules_are_too_few(cases[i].before,
		    cases[i].after);

		if (got != cases[i].want)
			testing_fail(cases[i].name, "got %d, want %d", got,
			    cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
