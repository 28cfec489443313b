/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "base/buffer.h"

#include "text/pattern.h"

/* i, m, s, and f for the full syntax. */
static struct pattern_options
options_of(const char *flags)
{
	struct pattern_options options = { false, false, false, false };

	options.ignore_case = strchr(flags, 'i') != NULL;
	options.multiline = strchr(flags, 'm') != NULL;
	options.dot_all = strchr(flags, 's') != NULL;
	options.allow_full = strchr(flags, 'f') != NULL;
	return options;
}

/* Answers as pcre2pattern(3) describes them. */
static const struct {
	const char *text;
	const char *flags;
	struct span subject;
	enum pattern_result want;
} matches[] = {
	{ "", "", SPAN(""), PATTERN_YES },
	/* Known by itself, and as PCRE2 has it. */
	{ "\\S", "", SPAN(""), PATTERN_NO },
	{ "[\\S]", "", SPAN(""), PATTERN_NO },
	{ "\\S", "", SPAN(" \t\n\v\f\r"), PATTERN_NO },
	{ "[\\S]", "", SPAN(" \t\n\v\f\r"), PATTERN_NO },
	{ "\\S", "", SPAN(" x "), PATTERN_YES },
	{ "[\\S]", "", SPAN(" x "), PATTERN_YES },
	{ "\\S", "", SPAN("\0"), PATTERN_YES },
	{ "[\\S]", "", SPAN("\0"), PATTERN_YES },
	{ "\\S", "", SPAN("\xc2\xa0"), PATTERN_YES },
	{ "[\\S]", "", SPAN("\xc2\xa0"), PATTERN_YES },
	{ "\\S", "", SPAN("\x08"), PATTERN_YES },
	{ "[\\S]", "", SPAN("\x08"), PATTERN_YES },
	{ "\\S", "", SPAN("\x0e"), PATTERN_YES },
	{ "[\\S]", "", SPAN("\x0e"), PATTERN_YES },
	{ "b", "", SPAN("abc"), PATTERN_YES },
	{ "B", "", SPAN("abc"), PATTERN_NO },
	{ "B", "i", SPAN("abc"), PATTERN_YES },
	{ "(?i)B", "", SPAN("abc"), PATTERN_YES },
	{ "a(?i:B)c", "", SPAN("aBc"), PATTERN_YES },
	{ "a(?i:B)c", "", SPAN("aBC"), PATTERN_NO },
	{ "^b", "", SPAN("a\nb"), PATTERN_NO },
	{ "^b", "m", SPAN("a\nb"), PATTERN_YES },
	{ "a.b", "", SPAN("a\nb"), PATTERN_NO },
	{ "a.b", "s", SPAN("a\nb"), PATTERN_YES },
	{ "a.b", "", SPAN("a\rb"), PATTERN_YES },
	{ "^a.b$", "",
	    SPAN("a\xc3\xa9"
		 "b"),
	    PATTERN_YES },
	{ "\xc3\x89", "i", SPAN("\xc3\xa9"), PATTERN_YES },
	{ "^\\w$", "", SPAN("\xc3\xa9"), PATTERN_NO }, /* no UCP */
	{ "^\\p{L}$", "", SPAN("\xc3\xa9"), PATTERN_YES },
	{ "^[[:alpha:]]+$", "", SPAN("ab"), PATTERN_YES },
	{ "a\\x00b", "", SPAN("a\0b"), PATTERN_YES },
	{ "^[A-Z]{3}/\\d+$", "", SPAN("CRN/4471"), PATTERN_YES },
	{ "^(?:ab|cd)+$", "", SPAN("abcdab"), PATTERN_YES },
	{ "\\Q(?=\\E", "", SPAN("x(?=y"), PATTERN_YES },
	{ "[(?=]", "", SPAN("="), PATTERN_YES },
	{ "a(?=b)", "f", SPAN("ab"), PATTERN_YES },
	{ "a(?!b)", "f", SPAN("ab"), PATTERN_NO },
	{ "(?<=a)b", "f", SPAN("ab"), PATTERN_YES },
	{ "^(.)\\1$", "f", SPAN("aa"), PATTERN_YES },
	{ "^(.)\\1$", "f", SPAN("ab"), PATTERN_NO },
	{ "^(\\((?1)*\\))$", "f", SPAN("(()())"), PATTERN_YES },
	{ "(a+)+$", "", SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
	    PATTERN_LIMIT },
	{ "a", "", SPAN("\xff"), PATTERN_LIMIT },
};

static void
test_matches(void **state)
{
	struct pattern_options options;
	enum pattern_result got;
	struct pattern *pattern;
	struct error err;
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		err = (struct error)ERROR_NONE;
		options = options_of(matches[i].flags);
		if (!pattern_new(span_of(matches[i].text), &options, &pattern,
			&at, &err))
			testing_fail(matches[i].text, "refused at %zu: %s", at,
			    err.text);
		got = pattern_match(pattern, matches[i].subject);
		pattern_free(pattern);
		if (got != matches[i].want)
			testing_fail(matches[i].text,
			    "/%s on '" SPAN_FMT "': got %d, want %d",
			    matches[i].flags, SPAN_ARG(matches[i].subject), got,
			    matches[i].want);
	}
}

#define NOT_SIGMA(what) what " is not part of Sigma's regular expressions"

static const struct {
	const char *text;
	const char *flags;
	size_t at;
	const char *want; /* NULL: PCRE2's own words */
} refused[] = {
	{ "ab(?=c)", "", 2, NOT_SIGMA("look-ahead") },
	{ "(?!c)", "", 0, NOT_SIGMA("look-ahead") },
	{ "(?<=c)", "", 0, NOT_SIGMA("look-behind") },
	{ "(?<!c)", "", 0, NOT_SIGMA("look-behind") },
	{ "(*pla:c)", "", 0, NOT_SIGMA("look-around") },
	{ "(.)\\1", "", 3, NOT_SIGMA("a backreference") },
	{ "(?<n>.)\\k<n>", "", 7, NOT_SIGMA("a backreference") },
	{ "(?P<n>.)(?P=n)", "", 8, NOT_SIGMA("a backreference") },
	{ "(.)\\g1", "", 3, NOT_SIGMA("a backreference") },
	{ "(.)\\g<1>", "", 3, NOT_SIGMA("recursion") },
	{ "a(?R)?", "", 1, NOT_SIGMA("recursion") },
	{ "(a)(?1)", "", 3, NOT_SIGMA("recursion") },
	{ "(a)(?-1)", "", 3, NOT_SIGMA("recursion") },
	{ "(?<n>a)(?&n)", "", 7, NOT_SIGMA("recursion") },
	{ "(?<n>a)(?P>n)", "", 7, NOT_SIGMA("recursion") },
	{ "(a)?(?(1)b|c)", "", 4, NOT_SIGMA("a conditional group") },
	{ "[]](?=a)", "", 3, NOT_SIGMA("look-ahead") },
	{ "[^]a](?=a)", "", 5, NOT_SIGMA("look-ahead") },
	{ "[[:alpha:]](?=a)", "", 11, NOT_SIGMA("look-ahead") },
	{ "[\\]](?=a)", "", 4, NOT_SIGMA("look-ahead") },
	{ "\\\\(?=a)", "", 2, NOT_SIGMA("look-ahead") },
	{ "\\Q(?=\\E(?=a)", "", 7, NOT_SIGMA("look-ahead") },
	{ "(?#()(?=a)", "", 5, NOT_SIGMA("look-ahead") },
	{ "\\C", "", 0, "\\C (a single byte) is not supported" },
	{ "\\C", "f", 0, "\\C (a single byte) is not supported" },
	{ "(*UCP)a", "", 0, "a verb (*...) is not supported" },
	{ "(*ACCEPT)", "f", 0, "a verb (*...) is not supported" },
	{ "a(?C1)", "f", 1, "a callout is not supported" },
	{ "(?x) a", "", 0, "free spacing (?x) is not supported" },
	{ "a(b", "", 3, NULL },
	{ "a)b", "", 1, NULL },
	{ "[z-a]", "", 3, NULL },
	{ "*a", "", 0, NULL },
};

static void
test_refused(void **state)
{
	struct pattern_options options;
	struct pattern *pattern;
	struct error err;
	size_t i, at;
	bool ok;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		err = (struct error)ERROR_NONE;
		options = options_of(refused[i].flags);
		at = SIZE_MAX;
		ok = pattern_new(span_of(refused[i].text), &options, &pattern,
		    &at, &err);
		if (ok)
			pattern_free(pattern);
		if (ok || at != refused[i].at)
			testing_fail(refused[i].text,
			    "got %d at %zu (%s), want 0 at %zu", ok, at,
			    err.text, refused[i].at);
		if (refused[i].want != NULL)
			assert_span_equal_in(refused[i].text, span_of(err.text),
			    span_of(refused[i].want));
		else
			assert_true(err.text[0] != '\0');
	}
}

/* What looks like a refused construct but is none. */
static const char *const accepted[] = { "\\(?=a", "[(?=a)]", "[\\1]",
	"\\Q\\1\\E", "(?:a)", "(?<name>a)", "(?P<name>a)", "(?'name'a)",
	"(?>a)", "(?|a|b)", "a{2,3}+", "a{,3}", "{", "(?i-s)a", "(?^)a", "\\cA",
	"\\x{e9}", "\\0", "[[:^alpha:]]", "[a[:digit:]]", "[[.]" };

static void
test_accepted(void **state)
{
	struct pattern_options options = options_of("");
	struct pattern *pattern;
	struct error err;
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		err = (struct error)ERROR_NONE;
		if (!pattern_new(span_of(accepted[i]), &options, &pattern, &at,
			&err))
			testing_fail(accepted[i], "refused at %zu: %s", at,
			    err.text);
		pattern_free(pattern);
	}
}

static void
test_length(void **state)
{
	struct pattern_options options = options_of("");
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct pattern *pattern;
	size_t i, at;

	(void)state;
	for (i = 0; i < 8193; i++)
		buffer_add_char(&text, 'a');
	assert_false(pattern_new(buffer_span(&text), &options, &pattern, &at,
	    &err));
	text.len = 7000;
	assert_true(pattern_new(buffer_span(&text), &options, &pattern, &at,
	    &err));
	pattern_free(pattern);
	buffer_done(&text);
}

/* A group that repeats over a whole field of 32 KiB may not use it up. */
static void
test_long_subject(void **state)
{
	struct pattern_options options = options_of("");
	struct buffer subject = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct pattern *pattern;
	size_t i, at;

	(void)state;
	for (i = 0; i < 32768 / 8; i++)
		buffer_add_string(&subject, "sixteen ");
	assert_true(pattern_new(SPAN("^(\\w+ )*end$"), &options, &pattern, &at,
	    &err));
	assert_int_equal(pattern_match(pattern, buffer_span(&subject)),
	    PATTERN_NO);
	buffer_add_string(&subject, "end");
	assert_int_equal(pattern_match(pattern, buffer_span(&subject)),
	    PATTERN_YES);
	pattern_free(pattern);
	buffer_done(&subject);
}

/* Counted exactly where the quick run is not sure, to the same answers. */
static void
test_total(void **state)
{
	struct pattern_options options = options_of("");
	struct buffer subject = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct pattern *pattern;
	size_t i, at;

	(void)state;
	for (i = 0; i < 32768; i++)
		buffer_add_char(&subject, 'a');
	/* n * n / 2 steps: 5 * 10^8 */
	assert_true(pattern_new(SPAN("a.*[0-9]"), &options, &pattern, &at,
	    &err));
	assert_int_equal(pattern_match(pattern, buffer_span(&subject)),
	    PATTERN_LIMIT);
	buffer_add_char(&subject, '7');
	assert_int_equal(pattern_match(pattern, buffer_span(&subject)),
	    PATTERN_YES);
	assert_int_equal(pattern_match(pattern, SPAN("aaaa")), PATTERN_NO);
	pattern_free(pattern);
	/* One start of many steps, and then none. */
	assert_true(pattern_new(SPAN("b(?:a|x)*[0-9]{2}"), &options, &pattern,
	    &at, &err));
	subject.ptr[32000] = 'b';
	assert_int_equal(pattern_match(pattern, buffer_span(&subject)),
	    PATTERN_NO);
	buffer_add_char(&subject, '7');
	assert_int_equal(pattern_match(pattern, buffer_span(&subject)),
	    PATTERN_YES);
	pattern_free(pattern);
	buffer_done(&subject);
}

static void
test_limits(void **state)
{
	struct pattern_options options = options_of("");
	struct error err = ERROR_NONE;
	struct pattern *pattern;
	size_t at;

	(void)state;
	assert_true(pattern_new(SPAN("^(?:a|ab)(?:c|bcd)$"), &options, &pattern,
	    &at, &err));
	assert_int_equal(pattern_match(pattern, SPAN("abcd")), PATTERN_YES);
	pattern_set_limits(1, 10000, 20480);
	assert_int_equal(pattern_match(pattern, SPAN("abcd")), PATTERN_LIMIT);
	pattern_set_limits(100000, 1, 20480);
	assert_int_equal(pattern_match(pattern, SPAN("abcd")), PATTERN_LIMIT);
	pattern_set_limits(100000, 10000, 20480);
	assert_int_equal(pattern_match(pattern, SPAN("abcd")), PATTERN_YES);
	pattern_free(pattern);
}

static const struct {
	const char *text;
	bool want;
} risky[] = {
	{ "(a+)+", true },
	{ "(a*)*b", true },
	{ "(?:a+b?)*", true },
	{ "((a+)b)*", true },
	{ "(a{2,})+", true },
	{ "(a|b+)+", true },
	{ "(.*,)*x", true },
	{ "(a+){2,}", true },
	{ "a+", false },
	{ "(a+)", false },
	{ "(a)+", false },
	{ "(ab)*c+", false },
	{ "(a+)(b+)", false },
	{ "(a+){2,3}", false },
	{ "(a{2,3})+", false },
	{ "(a++)+", false },
	{ "(?>a+)+", false },
	{ "(a+)++", false },
	{ "([+*])+", false },
	{ "(\\+)+", false },
	{ "(\\Qa+\\E)+", false },
	{ "(a?)?", false },
	{ "", false },
};

static void
test_risky(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(risky) / sizeof(risky[0]); i++)
		if (pattern_is_risky(span_of(risky[i].text)) != risky[i].want)
			testing_fail(risky[i].text, "got %d, want %d",
			    !risky[i].want, risky[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_long_subject),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_risky),
	};

	return cmocka_run_group_tests_name("text.pattern", tests, NULL, NULL);
}
