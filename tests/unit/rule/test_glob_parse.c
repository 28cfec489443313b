/* SPDX-License-Identifier: Apache-2.0 */
/* Wildcards and escapes: the table of the Sigma specification. */
#include "rule/rule_internal.h"
#include "support/testing.h"

static const struct {
	const char *text;
	unsigned modifiers;
	const char *want; /* literals in <>, wildcards as they are */
} cases[] = {
	{ "", 0, "" },
	{ "abc", 0, "<abc>" },
	{ "ABC", 0, "<abc>" },
	{ "ABC", MODIFIER_CASED, "<ABC>" },
	{ "*", 0, "*" },
	{ "**", 0, "*" },
	{ "a*b?c", 0, "<a>*<b>?<c>" },
	{ "a??", 0, "<a>??" },
	/* The four rows of the escapes. */
	{ "a\\*b", 0, "<a*b>" },
	{ "a\\?b", 0, "<a?b>" },
	{ "a\\\\*b", 0, "<a\\>*<b>" },
	{ "a\\\\\\*b", 0, "<a\\*b>" },
	{ "a\\b", 0, "<a\\b>" },
	{ "a\\\\b", 0, "<a\\b>" },
	{ "a\\\\\\\\b", 0, "<a\\\\b>" },
	{ "a\\\\\\b", 0, "<a\\\\b>" },
	{ "a\\", 0, "<a\\>" },
	{ "a\\\\", 0, "<a\\>" },
	{ "C:\\Windows\\*", 0, "<c:\\windows*>" },
	{ "C:\\Windows\\\\*", 0, "<c:\\windows\\>*" },
	/* An existing star is not doubled, an escaped one is none. */
	{ "a", MODIFIER_CONTAINS, "*<a>*" },
	{ "*a*", MODIFIER_CONTAINS, "*<a>*" },
	{ "a\\*", MODIFIER_CONTAINS, "*<a*>*" },
	{ "a", MODIFIER_STARTSWITH, "<a>*" },
	{ "a*", MODIFIER_STARTSWITH, "<a>*" },
	{ "a", MODIFIER_ENDSWITH, "*<a>" },
	{ "a", MODIFIER_STARTSWITH | MODIFIER_ENDSWITH, "*<a>*" },
	{ "?a", MODIFIER_CONTAINS, "*?<a>*" },
	{ "", MODIFIER_CONTAINS, "*" },
	{ "*", MODIFIER_CONTAINS, "*" },
};

static void
render(const struct rule_test *test, struct buffer *out)
{
	buffer_reset(out);
	for (uint32_t i = 0; i < test->glob.piece_count; i++) {
		const struct glob_piece *piece = &test->glob.pieces[i];

		if (piece->kind == GLOB_LITERAL)
			buffer_printf(out, "<" SPAN_FMT ">",
			    SPAN_ARG(piece->literal));
		else
			buffer_add_char(out,
			    piece->kind == GLOB_ANY ? '*' : '?');
	}
}

static void
glob_parse_cases(void **state)
{
	struct arena *arena = arena_new(4096);
	struct buffer out = BUFFER_INIT;
	struct rule_test test;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		glob_parse(arena, span_of(cases[i].text), cases[i].modifiers,
		    &test);
		render(&test, &out);
		assert_span_equal_in(cases[i].text, buffer_span(&out),
		    span_of(cases[i].want));
	}
	buffer_done(&out);
	arena_free(arena);
}

static void
glob_parse_finds_wildcards(void **state)
{
	(void)state;
	assert_int_equal(glob_parse_wildcard(SPAN("abc")), -1);
	assert_int_equal(glob_parse_wildcard(SPAN("a*c")), 1);
	assert_int_equal(glob_parse_wildcard(SPAN("a\\*?")), 3);
	assert_int_equal(glob_parse_wildcard(SPAN("a\\\\?")), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(glob_parse_cases),
		cmocka_unit_test(glob_parse_finds_wildcards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
