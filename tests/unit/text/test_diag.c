/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "support/testing.h"

#include "text/diag.h"

static const char lookups[] = "title: Bursts\n\n\n\n\n\n\n\n\n\n\n\n\n"
			      "      treshold: { gte: 40 }\n";

/* The message that the manual shows, to the letter. */
static void
test_as_documented(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct diag *diag = diag_new();
	const struct diag_source *source;

	(void)state;
	source = diag_add_source(diag, "rules.d/lookups.yml", span_of(lookups));
	diag_at(diag, (struct diag_place){ source, 14, 7, 8 }, "IR0102",
	    "unknown key `%s`", "treshold");
	diag_hint(diag, "did you mean `%s`?", "threshold");
	diag_help(diag,
	    "keys allowed here: threshold, timespan, group-by, "
	    "condition");
	diag_render_human(diag, false, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0102]: unknown key `treshold`\n"
		 "  --> rules.d/lookups.yml:14:7\n"
		 "   |\n"
		 "14 |       treshold: { gte: 40 }\n"
		 "   |       ^~~~~~~~ did you mean `threshold`?\n"
		 "   = help: keys allowed here: threshold, timespan, group-by, "
		 "condition\n"));
	buffer_reset(&got);
	diag_render_ndjson(diag, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN(
		"{\"level\":\"error\",\"code\":\"IR0102\","
		"\"message\":\"unknown key `treshold`\","
		"\"path\":\"rules.d/lookups.yml\",\"line\":14,\"column\":7,"
		"\"width\":8,\"hint\":\"did you mean `threshold`?\","
		"\"help\":[\"keys allowed here: threshold, timespan, group-by, "
		"condition\"]}\n"));
	buffer_reset(&got);
	diag_first_error(diag, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("rules.d/lookups.yml:14:7: error[IR0102]: "
		 "unknown key `treshold`"));
	buffer_done(&got);
	diag_free(diag);
}

/* One finding "x" over a source, and its quotation. */
static const struct {
	const char *name;
	struct span text;
	uint32_t line, column, width;
	const char *want; /* from the second line on */
} quotes[] = {
	{ "first column", SPAN("abc\n"), 1, 1, 3,
	    " --> f:1:1\n  |\n1 | abc\n  | ^~~\n" },
	{ "last line without end", SPAN("a\nbc"), 2, 2, 1,
	    " --> f:2:2\n  |\n2 | bc\n  |  ^\n" },
	{ "behind the end", SPAN("a\n"), 1, 2, 1,
	    " --> f:1:2\n  |\n1 | a\n  |  ^\n" },
	{ "an empty line", SPAN("a\n\nb\n"), 2, 1, 1,
	    " --> f:2:1\n  |\n2 |\n  | ^\n" },
	{ "beyond the last line", SPAN("a\n"), 9, 1, 1,
	    " --> f:9:1\n  |\n9 |\n  | ^\n" },
	{ "a caret wider than the line", SPAN("ab cd\n"), 1, 4, 99,
	    " --> f:1:4\n  |\n1 | ab cd\n  |    ^~\n" },
	{ "tabs before the caret", SPAN("\ta\tbc\n"), 1, 4, 2,
	    " --> f:1:4\n  |\n1 | \ta\tbc\n  | \t \t^~\n" },
	{ "code points, not bytes", SPAN("\xc3\xa9\xe2\x82\xac: x\n"), 1, 5, 1,
	    " --> f:1:5\n  |\n1 | \xc3\xa9\xe2\x82\xac: x\n  |     ^\n" },
	{ "line ends of DOS", SPAN("ab\r\ncd\r\n"), 2, 1, 2,
	    " --> f:2:1\n  |\n2 | cd\n  | ^~\n" },
	{ "escape sequences are no commands", SPAN("a\x1b[2Jb\n"), 1, 6, 1,
	    " --> f:1:6\n  |\n1 | a\xef\xbf\xbd[2Jb\n  |      ^\n" },
	{ "nor are direction marks",
	    SPAN("a\xe2\x80\xae"
		 "b\n"),
	    1, 3, 1,
	    " --> f:1:3\n  |\n1 | a\xef\xbf\xbd"
	    "b\n  |   ^\n" },
	{ "bad UTF-8",
	    SPAN("a\xff"
		 "b\n"),
	    1, 3, 1,
	    " --> f:1:3\n  |\n1 | a\xef\xbf\xbd"
	    "b\n  |   ^\n" },
	{ "a byte order mark takes no column",
	    SPAN("\xef\xbb\xbf"
		 "ab\n"),
	    1, 2, 1, " --> f:1:2\n  |\n1 | ab\n  |  ^\n" },
	{ "the file as a whole", SPAN("a\n"), 0, 0, 0, " --> f\n" },
};

static void
test_quotes(void **state)
{
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	struct diag_place place;
	struct diag *diag;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++) {
		diag = diag_new();
		place = (struct diag_place){ diag_add_source(diag, "f",
						 quotes[i].text),
			quotes[i].line, quotes[i].column, quotes[i].width };
		diag_at(diag, place, "IW0119", "x");
		buffer_reset(&got);
		buffer_reset(&want);
		diag_render_human(diag, false, &got);
		buffer_printf(&want, "warning[IW0119]: x\n%s", quotes[i].want);
		assert_span_equal_in(quotes[i].name, buffer_span(&got),
		    buffer_span(&want));
		diag_free(diag);
	}
	buffer_done(&got);
	buffer_done(&want);
}

/* Of 400 letters the 160 around the caret: from column 241 - 60 = 181 on. */
static void
test_long_line(void **state)
{
	struct buffer text = BUFFER_INIT, got = BUFFER_INIT;
	struct buffer want = BUFFER_INIT;
	struct diag *diag = diag_new();
	const struct diag_source *source;
	int i;

	(void)state;
	for (i = 0; i < 400; i++)
		buffer_add_char(&text, (char)('a' + i % 26));
	source = diag_add_source(diag, "f", buffer_span(&text));
	diag_at(diag, (struct diag_place){ source, 1, 241, 2 }, "IR0103", "x");
	buffer_add_string(&want,
	    "error[IR0103]: x\n --> f:1:241\n  |\n1 | "
	    "...");
	buffer_add(&want, text.ptr + 180, 160);
	buffer_add_string(&want, "...\n  | ");
	for (i = 0; i < 63; i++)
		buffer_add_char(&want, ' ');
	buffer_add_string(&want, "^~\n");
	diag_render_human(diag, false, &got);
	assert_span_equal(buffer_span(&got), buffer_span(&want));
	buffer_done(&text);
	buffer_done(&got);
	buffer_done(&want);
	diag_free(diag);
}

static void
test_order(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct diag_place nowhere = { NULL, 0, 0, 0 };
	struct diag *diag = diag_new();
	const struct diag_source *a, *b;

	(void)state;
	b = diag_add_source(diag, "b", SPAN("one\ntwo\n"));
	a = diag_add_source(diag, "a", SPAN("one\n"));
	diag_at(diag, (struct diag_place){ b, 2, 1, 1 }, "IR0103", "fourth");
	diag_at(diag, (struct diag_place){ b, 1, 2, 1 }, "IR0103", "third");
	diag_at(diag, (struct diag_place){ b, 2, 1, 1 }, "IR0103", "fourth");
	diag_at(diag, (struct diag_place){ a, 1, 3, 1 }, "IW0119", "second");
	diag_at(diag, nowhere, "IR0104", "first");
	diag_help(diag, "a");
	diag_help(diag, "b");
	diag_render_human(diag, false, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0104]: first\n"
		 "  = help: a\n"
		 "  = help: b\n\n"
		 "warning[IW0119]: second\n"
		 " --> a:1:3\n  |\n1 | one\n  |   ^\n\n"
		 "error[IR0103]: third\n"
		 " --> b:1:2\n  |\n1 | one\n  |  ^\n\n"
		 "error[IR0103]: fourth\n"
		 " --> b:2:1\n  |\n2 | two\n  | ^\n"));
	assert_int_equal(diag_errors(diag), 4);
	assert_int_equal(diag_warnings(diag), 1);
	assert_true(diag_failed_since(diag, 3));
	assert_false(diag_failed_since(diag, 4));
	buffer_done(&got);
	diag_free(diag);
}

static void
test_summary(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct diag *diag = diag_new();
	const struct diag_source *source;
	uint32_t line;

	(void)state;
	source = diag_add_source(diag, "f", SPAN("a\nb\nc\nd\n"));
	for (line = 2; line <= 4; line++)
		diag_at(diag, (struct diag_place){ source, line, 1, 1 },
		    "IW0119", "warning %u", line);
	diag_at(diag, (struct diag_place){ source, 3, 1, 1 }, "IR0103",
	    "wrong");
	diag_render_summary(diag, false, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0103]: wrong\n"
		 " --> f:3:1\n  |\n3 | c\n  | ^\n\n"
		 "IW0119 (3 times): YAML 1.1 reads this otherwise, first at "
		 "f:2:1\n"));
	buffer_done(&got);
	diag_free(diag);
}

/* For a log: nothing of the text itself, which may name people. */
static void
test_log(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct diag *diag = diag_new();
	const struct diag_source *source;

	(void)state;
	source = diag_add_source(diag, "f", SPAN("a\nb\nP4471\nd\n"));
	diag_at(diag, (struct diag_place){ source, 2, 1, 1 }, "IW0119", "w");
	diag_at(diag, (struct diag_place){ source, 3, 1, 1 }, "IR0103",
	    "wrong");
	diag_hint(diag, "want a map");
	diag_at(diag, (struct diag_place){ NULL, 0, 0, 0 }, "IR0104", "gone");
	diag_render_log(diag, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0104]: gone\n"
		 "f:3:1: error[IR0103]: wrong (want a map)\n"
		 "IW0119 (once): YAML 1.1 reads this otherwise, at f:2:1\n"));
	buffer_done(&got);
	diag_free(diag);
}

static void
test_reason_is_one_clean_line(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct diag *diag = diag_new();

	(void)state;
	diag_at(diag, (struct diag_place){ NULL, 0, 0, 0 }, "IR0103",
	    "a\nb\x1b[31m\xff");
	diag_render_human(diag, false, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0103]: a b\xef\xbf\xbd[31m\xef\xbf\xbd\n"));
	buffer_done(&got);
	diag_free(diag);
}

/* Without its SGR sequences coloured text is the same text. */
static void
test_color(void **state)
{
	struct buffer plain = BUFFER_INIT, color = BUFFER_INIT;
	struct buffer stripped = BUFFER_INIT;
	struct diag *diag = diag_new();
	const struct diag_source *source;
	size_t i;

	(void)state;
	source = diag_add_source(diag, "f", SPAN("abc\n"));
	diag_at(diag, (struct diag_place){ source, 1, 2, 1 }, "IR0103", "x");
	diag_hint(diag, "y");
	diag_help(diag, "z");
	diag_render_human(diag, false, &plain);
	diag_render_human(diag, true, &color);
	for (i = 0; i < color.len; i++) {
		if (color.ptr[i] != '\033') {
			buffer_add_char(&stripped, color.ptr[i]);
			continue;
		}
		while (color.ptr[i] != 'm')
			i++;
	}
	assert_span_equal(buffer_span(&stripped), buffer_span(&plain));
	assert_true(span_starts_with(buffer_span(&color),
	    SPAN("\033[1;31merror[IR0103]\033[0m")));
	buffer_done(&plain);
	buffer_done(&color);
	buffer_done(&stripped);
	diag_free(diag);
}

static void
test_many(void **state)
{
	struct buffer got = BUFFER_INIT;
	struct diag *diag = diag_new();
	int i;

	(void)state;
	for (i = 0; i < 10003; i++) {
		diag_at(diag, (struct diag_place){ NULL, 0, 0, 0 }, "IR0103",
		    "%d", i);
		diag_hint(diag, "hint");
		diag_help(diag, "help");
	}
	assert_int_equal(diag_errors(diag), 10003);
	diag_render_human(diag, false, &got);
	assert_true(span_ends_with(buffer_span(&got),
	    SPAN("\n... and 3 more findings\n")));
	buffer_done(&got);
	diag_free(diag);
}

/* A finding quotes its line, so a long line is quoted a hundred times. */
static void
test_many_on_one_line(void **state)
{
	struct diag *diag = diag_new();
	const struct diag_source *source = diag_add_source(diag, "x.yml",
	    SPAN("a long line\nanother"));
	struct buffer got = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < 103; i++) {
		diag_at(diag, diag_source_place(source, i % 11, 1), "IR0103",
		    "%zu", i);
		diag_at(diag, diag_source_place(source, 0, 1), "IW0119", "%zu",
		    i);
	}
	for (size_t i = 0; i < 100; i++)
		diag_at(diag, diag_source_place(source, 12, 1), "IR0103", "%zu",
		    i);
	assert_int_equal(diag_errors(diag), 203);
	diag_render_human(diag, false, &got);
	assert_true(span_ends_with(buffer_span(&got),
	    SPAN("\n... and 6 more findings\n")));
	buffer_done(&got);
	diag_free(diag);
}

static const struct {
	size_t offset, len;
	uint32_t line, column, width;
} offsets[] = {
	{ 0, 1, 1, 1, 1 },
	{ 1, 1, 1, 2, 1 }, /* "ab\n" */
	{ 2, 1, 1, 3, 1 }, /* the line's end */
	{ 3, 2, 2, 1, 1 },
	{ 5, 1, 2, 2, 1 }, /* e acute, x */
	{ 3, 99, 2, 1, 2 },
	{ 7, 0, 3, 1, 1 },
	{ 99, 5, 4, 1, 1 },
};

static void
test_offsets(void **state)
{
	struct diag *diag = diag_new();
	const struct diag_source *source;
	struct diag_place got;
	size_t i;

	(void)state;
	source = diag_add_source(diag, "f", SPAN("ab\n\xc3\xa9x\nc\n"));
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		got = diag_source_place(source, offsets[i].offset,
		    offsets[i].len);
		if (got.line != offsets[i].line ||
		    got.column != offsets[i].column ||
		    got.width != offsets[i].width)
			testing_fail("offset",
			    "%zu: got %u:%u+%u, "
			    "want %u:%u+%u",
			    offsets[i].offset, got.line, got.column, got.width,
			    offsets[i].line, offsets[i].column,
			    offsets[i].width);
		if (offsets[i].offset < 9 &&
		    diag_source_offset(got) != offsets[i].offset)
			testing_fail("back", "got %zu, want %zu",
			    diag_source_offset(got), offsets[i].offset);
	}
	diag_free(diag);
}

static void
test_codes(void **state)
{
	(void)state;
	assert_string_equal(diag_code_title("IR0102"), "unknown key");
	assert_non_null(diag_code_explanation("IR0102"));
	assert_null(diag_code_title("IR9999"));
	assert_null(diag_code_explanation(""));
}

/* The table itself: form, order, no number twice, sentences. */
#define DIAG_CODE(code, title, explanation) { code, title, explanation },
static const struct {
	const char *code, *title, *explanation;
} table[] = {
#include "text/diag_codes.h"
};
#undef DIAG_CODE

static void
test_table(void **state)
{
	const char *code, *text;
	int number, last = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		code = table[i].code;
		number = atoi(code + 2);
		text = table[i].explanation;
		if (strlen(code) != 6 || code[0] != 'I' ||
		    (code[1] != 'R' && code[1] != 'W') || number <= last)
			testing_fail(code, "bad form, order or number");
		if (table[i].title[0] == '\0' || strlen(text) < 20 ||
		    text[strlen(text) - 1] != '.')
			testing_fail(code, "no title or no full sentence");
		last = number;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_documented),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_reason_is_one_clean_line),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_on_one_line),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests_name("text.diag", tests, NULL, NULL);
}
