/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "base/mem.h"
#include "base/span.h"

static void
test_compare(void **state)
{
	static const struct {
		const char *name;
		struct span a, b;
		int want; /* sign */
	} cases[] = {
		{ "equal", { "abc", 3 }, { "abc", 3 }, 0 },
		{ "a prefix sorts first", { "ab", 2 }, { "abc", 3 }, -1 },
		{ "first difference counts", { "b", 1 }, { "abc", 3 }, 1 },
		{ "bytes are unsigned", { "\xff", 1 }, { "a", 1 }, 1 },
		{ "NUL is a byte", { "a\0b", 3 }, { "a\0c", 3 }, -1 },
		{ "nothing and nothing", { NULL, 0 }, { "", 0 }, 0 },
		{ "nothing is first", { NULL, 0 }, { "\0", 1 }, -1 },
	};
	int got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = span_compare(cases[i].a, cases[i].b);
		got = (got > 0) - (got < 0);
		if (got != cases[i].want)
			testing_fail(cases[i].name, "got %d, want %d", got,
			    cases[i].want);
		if (span_equal(cases[i].a, cases[i].b) != (cases[i].want == 0))
			testing_fail(cases[i].name, "span_equal differs");
	}
}

static void
test_parts(void **state)
{
	struct span text = SPAN("rule.test.yml");

	(void)state;
	assert_true(span_starts_with(text, SPAN("rule")));
	assert_true(span_starts_with(text, SPAN_NONE));
	assert_false(span_starts_with(text, SPAN("rule.test.yml!")));
	assert_true(span_ends_with(text, SPAN(".test.yml")));
	assert_true(span_ends_with(SPAN_NONE, SPAN_NONE));
	assert_false(span_ends_with(SPAN("yml"), SPAN(".yml")));
	assert_int_equal(span_find(text, SPAN("test")), 5);
	assert_int_equal(span_find(text, SPAN("l")), 2);
	assert_int_equal(span_find(text, SPAN("yaml")), -1);
	assert_int_equal(span_find(text, SPAN_NONE), 0);
	assert_int_equal(span_find(SPAN_NONE, SPAN("a")), -1);
	assert_int_equal(span_find(SPAN("a\0b\0c"), SPAN("\0c")), 3);
	assert_true(span_is(text, "rule.test.yml"));
	assert_false(span_is(SPAN("a\0"), "a"));
}

static void
test_nocase(void **state)
{
	(void)state;
	assert_true(span_equal_nocase(SPAN("BegIN"), SPAN("bEGin")));
	assert_false(span_equal_nocase(SPAN("begin"), SPAN("begi")));

	/* 0x20 apart, but no letters. */
	assert_false(span_equal_nocase(SPAN("@["), SPAN("`{")));

	/* E acute in Latin-1: no ASCII. */
	assert_false(span_equal_nocase(SPAN("\xc9"), SPAN("\xe9")));
}

static void
test_trim(void **state)
{
	(void)state;
	assert_span_equal(span_trim(SPAN(" \t\r\n\v\fa b \n")), SPAN("a b"));
	assert_span_equal(span_trim(SPAN("  ")), SPAN(""));
	assert_span_equal(span_trim(SPAN_NONE), SPAN(""));
	assert_span_equal(span_trim(SPAN("\0 ")), SPAN("\0"));
}

static void
test_split(void **state)
{
	static const struct {
		const char *name;
		struct span text;
		unsigned count;
		struct span want[4];
	} cases[] = {
		{ "an empty part", { "a,,b", 4 }, 3,
		    { { "a", 1 }, { "", 0 }, { "b", 1 } } },
		{ "nothing is one part", { "", 0 }, 1, { { "", 0 } } },
		{ "at both ends", { ",a,", 3 }, 3,
		    { { "", 0 }, { "a", 1 }, { "", 0 } } },
		{ "none", { "abc", 3 }, 1, { { "abc", 3 } } },
	};
	struct span rest, part;
	unsigned count;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rest = cases[i].text;
		for (count = 0; span_split(&rest, ',', &part); count++)
			assert_span_equal_in(cases[i].name, part,
			    cases[i].want[count]);
		if (count != cases[i].count)
			testing_fail(cases[i].name, "got %u parts, want %u",
			    count, cases[i].count);
	}
}

static void
test_strdup(void **state)
{
	char *copy = span_strdup(SPAN("lens"));
	char *empty = span_strdup(SPAN_NONE);

	(void)state;
	assert_string_equal(copy, "lens");
	assert_string_equal(empty, "");
	mem_free(copy);
	mem_free(empty);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_nocase),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_strdup),
	};

	return cmocka_run_group_tests_name("base_span", tests, NULL, NULL);
}
