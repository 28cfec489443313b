/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "match/match_internal.h"
#include "support/testing.h"

#define PIECES_MAX 64

/* "a*b?c": `*` and `?` are wildcards, anything else is itself. */
static uint32_t
pieces_of(const char *pattern, struct glob_piece pieces[PIECES_MAX])
{
	uint32_t count = 0;
	size_t len;

	while (*pattern != '\0') {
		assert_true(count < PIECES_MAX);
		len = strcspn(pattern, "*?");
		if (len > 0)
			pieces[count++] = (struct glob_piece){ GLOB_LITERAL,
				span_make(pattern, len) };
		else
			pieces[count++] = (struct glob_piece){
				*pattern == '*' ? GLOB_ANY : GLOB_ONE, SPAN_NONE
			};
		pattern += len > 0 ? len : 1;
	}
	return count;
}

static bool
matches(const char *pattern, struct span text)
{
	struct glob_piece pieces[PIECES_MAX];

	return glob_match(pieces, pieces_of(pattern, pieces), text);
}

static const struct {
	const char *pattern;
	const char *text;
	bool want;
} cases[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "a", true },
	{ "a", "ab", false },
	{ "*", "", true },
	{ "*", "anything", true },
	{ "?", "", false },
	{ "?", "a", true },
	{ "?", "ab", false },
	{ "?", "\xc3\xa4", true },
	{ "??", "\xc3\xa4", false },
	{ "a*", "a", true },
	{ "a*", "ba", false },
	{ "*a", "ba", true },
	{ "*a", "ab", false },
	{ "*a*", "xax", true },
	{ "*a*", "xbx", false },
	{ "a*c", "abc", true },
	{ "a*c", "ac", true },
	{ "a*c", "acb", false },
	{ "*ab", "aab", true },
	{ "*aab", "aaab", true },
	{ "*ab*ab", "ab", false },
	{ "*ab*ab", "abab", true },
	{ "*ab*ab", "abxab", true },
	{ "a*b*c", "axbxbxc", true },
	{ "a?c*e", "abcde", true },
	{ "*?b", "b", false },
	{ "*?b", "ab", true },
	{ "*?", "", false },
	{ "*?", "ab", true },
	{ "?*", "a", true },
	{ "*a?", "aab", true },
	{ "*?a?*", "xay", true },
	{ "*?a?*", "ay", false },
	{ "a*?*b", "ab", false },
	{ "a*?*b", "axb", true },
	{ "*\xc3\xa4?", "x\xc3\xa4\xe2\x82\xac", true },
	{ "\n*\n", "\n\n", true },
};

static void
glob_cases(void **state)
{
	bool got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = matches(cases[i].pattern, span_of(cases[i].text));
		if (got != cases[i].want)
			testing_fail(cases[i].pattern, "on %s: got %d, want %d",
			    cases[i].text, got, cases[i].want);
	}
}

/* A stray continuation byte is one place, not a read beyond the end. */
static void
glob_bad_utf8(void **state)
{
	(void)state;
	assert_true(matches("?", SPAN("\xc3")));
	assert_true(matches("a?", SPAN("a\xe2\x82")));
	assert_true(matches("*b",
	    SPAN("\x80\x80"
		 "b")));
	assert_false(matches("*b", SPAN("b\x80")));
}

/* Patterns for which backtracking takes exponential time. */
static void
glob_hostile(void **state)
{
	static char text[32 * 1024];
	int64_t start = clock_monotonic_us();

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(matches("*a*a*a*a*a*a*a*a*a*a*a*a*b?",
	    span_make(text, sizeof(text))));
	assert_false(matches("a*a?a*a?a*a?a*a?a*a?a*a?ac?",
	    span_make(text, sizeof(text))));
	assert_true(clock_monotonic_us() - start < 5 * CLOCK_US_PER_S);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(glob_cases),
		cmocka_unit_test(glob_bad_utf8),
		cmocka_unit_test(glob_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
