/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/arena.h"
#include "model/event.h"
#include "support/testing.h"

/* Text to number: decimal forms count, hexadecimal and words do not. */
static const struct {
	const char *name;
	const char *text;
	bool want;
	enum value_kind want_kind;
	int64_t want_integer;
	double want_real;
} numbers[] = {
	{ "integer", "42", true, VALUE_INT, 42, 0 },
	{ "negative", "-7", true, VALUE_INT, -7, 0 },
	{ "plus sign", "+7", true, VALUE_INT, 7, 0 },
	{ "blanks around", " 8 ", true, VALUE_INT, 8, 0 },
	{ "leading zeros", "007", true, VALUE_INT, 7, 0 },
	{ "largest int64", "9223372036854775807", true, VALUE_INT, INT64_MAX,
	    0 },
	{ "smallest int64", "-9223372036854775808", true, VALUE_INT, INT64_MIN,
	    0 },
	{ "one more", "9223372036854775808", true, VALUE_BIG, 0, 0 },
	{ "one less", "-9223372036854775809", true, VALUE_BIG, 0, 0 },
	{ "decimal", "2.5", true, VALUE_REAL, 0, 2.5 },
	{ "exponent", "1e3", true, VALUE_REAL, 0, 1000 },
	{ "empty", "", false, VALUE_MISSING, 0, 0 },
	{ "sign only", "-", false, VALUE_MISSING, 0, 0 },
	{ "hexadecimal", "0x10", false, VALUE_MISSING, 0, 0 },
	{ "infinity", "inf", false, VALUE_MISSING, 0, 0 },
	{ "not a number", "nan", false, VALUE_MISSING, 0, 0 },
	{ "beyond any double", "1e999", true, VALUE_REAL, 0, INFINITY },
	{ "below any double", "-1e999", true, VALUE_REAL, 0, -INFINITY },
	{ "two points", "1.2.3", false, VALUE_MISSING, 0, 0 },
	{ "a word behind", "12 apples", false, VALUE_MISSING, 0, 0 },
};

static void
test_number_of_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct value value = value_string(span_of(numbers[i].text));
		struct value number = { 0 };
		bool got = value_number(&value, &number);

		if (got != numbers[i].want)
			testing_fail(numbers[i].name, "got %d, want %d", got,
			    numbers[i].want);
		if (!got)
			continue;
		if (number.kind != numbers[i].want_kind)
			testing_fail(numbers[i].name, "got kind %d, want %d",
			    (int)number.kind, (int)numbers[i].want_kind);
		if (number.kind == VALUE_INT)
			assert_int_equal(number.integer,
			    numbers[i].want_integer);
		if (number.kind == VALUE_REAL)
			assert_true(number.real == numbers[i].want_real);
	}
}

/* Pairs in ascending order: exact where a double would round. */
static const struct {
	const char *less, *more;
} ordered[] = {
	{ "1", "2" },
	{ "-2", "-1" },
	{ "1", "1.5" },
	{ "-1.5", "-1" },
	{ "9007199254740992", "9007199254740993" },
	{ "9007199254740992.0", "9007199254740993" },
	{ "9223372036854775807", "9223372036854775808" },
	{ "9223372036854775807", "9.3e18" },
	{ "-9.3e18", "-9223372036854775808" },
	{ "18446744073709551615", "18446744073709551616" },
	{ "-18446744073709551616", "-18446744073709551615" },
	{ "99999999999999999999", "1e21" },
	{ "-99999999999999999999", "-1" },
	{ "1e300", "1e301" },
	/* What no double holds is no hiding place. */
	{ "1e308", "1e999" },
	{ "9223372036854775807", "1e999" },
	{ "99999999999999999999", "1e999" },
	{ "-1e999", "-99999999999999999999" },
	{ "-1e999", "1e999" },
};

static void
test_compare_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ordered) / sizeof(*ordered); i++) {
		struct value a = value_string(span_of(ordered[i].less));
		struct value b = value_string(span_of(ordered[i].more));
		struct value x, y;

		assert_true(value_number(&a, &x));
		assert_true(value_number(&b, &y));
		if (value_compare_numbers(&x, &y) >= 0 ||
		    value_compare_numbers(&y, &x) <= 0 ||
		    value_compare_numbers(&x, &x) != 0)
			testing_fail(ordered[i].less, "not less than %s",
			    ordered[i].more);
	}
}

static void
test_equal_numbers(void **state)
{
	struct arena *arena = arena_new(256);
	struct value one = value_int(arena, 1);
	struct value one_real = value_real(arena, 1.0);
	struct value big = value_whole(arena, SPAN("+018446744073709551616"));

	(void)state;
	assert_int_equal(value_compare_numbers(&one, &one_real), 0);
	assert_span_equal(one.text, SPAN("1"));
	assert_span_equal(one_real.text, SPAN("1"));
	assert_int_equal(big.kind, VALUE_BIG);
	assert_span_equal(big.text, SPAN("18446744073709551616"));
	arena_free(arena);
}

/* Shortest decimal that reads back. */
static void
test_text_of_reals(void **state)
{
	static const struct {
		double real;
		const char *want;
	} cases[] = {
		{ 0.1, "0.1" },
		{ 2.50, "2.5" },
		{ -0.25, "-0.25" },
		{ 0.0001, "0.0001" },
		{ 0.00001, "1e-05" },
		{ 51.507351, "51.507351" },
		{ 99999999.5, "99999999.5" },
		{ 100000000.5, "100000000.5" },
		{ 0.1234567, "0.1234567" },
		{ -3.0, "-3" },
		{ 0.30000000000000004, "0.30000000000000004" },
		{ 1e21, "1e+21" },
	};
	struct arena *arena = arena_new(256);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_span_equal(value_real(arena, cases[i].real).text,
		    span_of(cases[i].want));
	arena_free(arena);
}

static void
test_whole_numbers(void **state)
{
	struct arena *arena = arena_new(256);

	(void)state;
	assert_int_equal(value_whole(arena, SPAN("-0")).integer, 0);
	assert_span_equal(value_whole(arena, SPAN("-0")).text, SPAN("0"));
	assert_span_equal(value_whole(arena, SPAN("007")).text, SPAN("7"));
	assert_int_equal(value_whole(arena, SPAN("-9223372036854775808")).kind,
	    VALUE_INT);
	arena_free(arena);
}

static void
test_members(void **state)
{
	struct value items[2] = { value_null(), value_bool(true) };
	struct value list = { .kind = VALUE_LIST, .count = 2, .items = items };
	struct value missing = { 0 }, null = value_null();
	uint32_t count;

	(void)state;
	assert_ptr_equal(value_members(&list, &count), items);
	assert_int_equal(count, 2);
	(void)value_members(&missing, &count);
	assert_int_equal(count, 0);
	assert_ptr_equal(value_members(&null, &count), &null);
	assert_int_equal(count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number_of_text),
		cmocka_unit_test(test_compare_numbers),
		cmocka_unit_test(test_equal_numbers),
		cmocka_unit_test(test_text_of_reals),
		cmocka_unit_test(test_whole_numbers),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
