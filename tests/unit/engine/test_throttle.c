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
	assert_true(throttle_add(throttle, 0, SPAN("a"), 1000, 1, &count));
	assert_int_equal(count, 1);
	assert_false(throttle_add(throttle, 0, SPAN("a"), 1001, 2, &count));
	assert_false(throttle_add(throttle, 0, SPAN("a"), 1099, 1, &count));
	assert_true(throttle_add(throttle, 0, SPAN("a"), 1100, 1, &count));
	assert_int_equal(count, 4);
	assert_false(throttle_add(throttle, 0, SPAN("a"), 1199, 1, &count));
	throttle_free(throttle);
}

static void
test_keys_apart(void **state)
{
	struct throttle *throttle = throttle_new(100);
	uint64_t count;

	(void)state;
	assert_true(throttle_add(throttle, 0, SPAN("a"), 0, 1, &count));
	assert_true(throttle_add(throttle, 0, SPAN("b"), 0, 1, &count));
	assert_false(throttle_add(throttle, 0, SPAN("a"), -5, 1, &count));
	throttle_free(throttle);
}

static void
check_rest(struct throttle *throttle, int64_t now_us, unsigned kind,
    const char *key, int64_t at_us, uint64_t count)
{
	struct throttle_rest rest;

	assert_true(throttle_take(throttle, now_us, &rest));
	assert_int_equal(rest.kind, kind);
	assert_span_equal(rest.key, span_of(key));
	assert_int_equal(rest.at_us, at_us);
	assert_int_equal(rest.count, count);
}

/* What was not told comes when its interval has passed, once, in the order
 * first added, and never at the moment of what was told. */
static void
test_rest(void **state)
{
	struct throttle *throttle = throttle_new(100);
	struct throttle_rest rest;
	uint64_t count;

	(void)state;
	assert_true(throttle_add(throttle, 1, SPAN("b"), 10, 1, &count));
	assert_true(throttle_add(throttle, 2, SPAN("b"), 20, 1, &count));
	assert_true(throttle_add(throttle, 0, SPAN("a"), 30, 1, &count));
	assert_false(throttle_add(throttle, 2, SPAN("b"), 90, 3, &count));
	assert_false(throttle_add(throttle, 1, SPAN("b"), 10, 5, &count));
	assert_false(throttle_take(throttle, 109, &rest));
	check_rest(throttle, 110, 1, "b", 11, 5);
	assert_false(throttle_take(throttle, 110, &rest));
	check_rest(throttle, INT64_MAX, 2, "b", 90, 3);
	assert_false(throttle_take(throttle, INT64_MAX, &rest));
	throttle_free(throttle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_keys_apart),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
