/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/throttle.h"
#include "support/testing.h"

/* Told at once, then when a whole interval has passed: the edge counts. */
static void
test_interval(void **state)
{
	struct throttle *throttle = throttle_new(100);
	uint64_t count = 0;

	(void)state;
	assert_true(throttle_add(throttle, SPAN("a"), 1000, 1, &count));
	assert_int_equal(count, 1);
	assert_false(throttle_add(throttle, SPAN("a"), 1001, 2, &count));
	assert_false(throttle_add(throttle, SPAN("a"), 1099, 1, &count));
	assert_true(throttle_add(throttle, SPAN("a"), 1100, 1, &count));
	assert_int_equal(count, 4);
	assert_false(throttle_add(throttle, SPAN("a"), 1199, 1, &count));
	throttle_free(throttle);
}

static void
test_keys_apart(void **state)
{
	struct throttle *throttle = throttle_new(100);
	uint64_t count;

	(void)state;
	assert_true(throttle_add(throttle, SPAN("a"), 0, 1, &count));
	assert_true(throttle_add(throttle, SPAN("b"), 0, 1, &count));
	assert_false(throttle_add(throttle, SPAN("a"), -5, 1, &count));
	throttle_free(throttle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_keys_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
