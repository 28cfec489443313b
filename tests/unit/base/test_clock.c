/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "support/testing.h"

#include "base/clock.h"

static void
test_agrees_with_time(void **state)
{
	time_t before, after;
	int64_t now_us;

	(void)state;
	before = time(NULL);
	now_us = clock_now_us();
	after = time(NULL);

	/* time(2) may lag behind by a tick. */
	assert_true(now_us / CLOCK_US_PER_S >= before);
	assert_true(now_us / CLOCK_US_PER_S <= after + 1);
}

static void
test_monotonic(void **state)
{
	int64_t last_us = clock_monotonic_us(), now_us;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		now_us = clock_monotonic_us();
		assert_true(now_us >= last_us);
		last_us = now_us;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_time),
		cmocka_unit_test(test_monotonic),
	};

	return cmocka_run_group_tests_name("base_clock", tests, NULL, NULL);
}
