/* SPDX-License-Identifier: Apache-2.0 */
#include "text/csv.h"

#include "support/testing.h"

static const struct {
	const char *name;
	const char *header; /* NULL: the names x, "y z" and w of a dialect */
	char separator;	    /* 0: told by the header, or the comma */
	const char *row;
	const char *want; /* or the defect */
} cases[] = {
	{ "comma", "a,b", 0, "1,2", "{\"a\":\"1\",\"b\":\"2\"}" },
	{ "semicolon", "a;b", 0, "1,5;2", "{\"a\":\"1,5\",\"b\":\"2\"}" },
	{ "tab", "a\tb", 0, "1,5\t2;", "{\"a\":\"1,5\",\"b\":\"2;\"}" },
	{ "bar", "a|b", 0, "1,5|2", "{\"a\":\"1,5\",\"b\":\"2\"}" },
	{ "that of which there is most", "a|b,c|d", 0, "1|2|3",
	    "{\"a\":\"1\",\"b,c\":\"2\",\"d\":\"3\"}" },
	{ "not counted in quotes", "\"a;b;c\",d", 0, "1,2",
	    "{\"a;b;c\":\"1\",\"d\":\"2\"}" },
	{ "told, against the header", "a,b;c", ';', "1;2",
	    "{\"a,b\":\"1\",\"c\":\"2\"}" },
	{ "one column", "a", 0, "1", "{\"a\":\"1\"}" },
	{ "a dialect's names", NULL, 0, "1,2,\"3,\"",
	    "{\"x\":\"1\",\"y z\":\"2\",\"w\":\"3,\"}" },
	{ "a dialect's separator", NULL, ';', "1;2,5;3",
	    "{\"x\":\"1\",\"y z\":\"2,5\",\"w\":\"3\"}" },
	{ "too few for them", NULL, ';', "1,2,3",
	    "1 field, where the header has 3" },
};

static struct csv *
csv_of(const char *header, char separator)
{
	static const struct span names[] = { { "x", 1 }, { "y z", 3 },
		{ "w", 1 } };
	struct csv_dialect dialect = { separator, names, 3 };
	struct error err = ERROR_NONE;
	struct csv *csv = NULL;

	if (header == NULL)
		assert_true(csv_named(&dialect, &csv, &err));
	else
		assert_true(csv_new(span_of(header), separator, &csv, &err));
	return csv;
}

static void
test_rows(void **state)
{
	struct arena *arena = arena_new(4096);
	const char *defect;
	struct span json;
	struct csv *csv;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		csv = csv_of(cases[i].header, cases[i].separator);
		assert_int_equal(csv_row(csv, 0, span_of(cases[i].row), &len),
		    CSV_MORE);
		if (!csv_json(csv, arena, span_of(cases[i].row), &json,
			&defect))
			json = span_of(defect);
		assert_span_equal_in(cases[i].name, json,
		    span_of(cases[i].want));
		csv_free(csv);
	}
	arena_free(arena);
}

static void
test_separators(void **state)
{
	static const char *const none[] = { "", ":", ",,", "\n", " ", "Tab",
		"\"" };
	char separator = 0;

	(void)state;
	assert_true(csv_find_separator(SPAN("tab"), &separator));
	assert_int_equal(separator, '\t');
	for (const char *c = ",;|\t"; *c != '\0'; c++) {
		assert_true(csv_find_separator(span_make(c, 1), &separator));
		assert_int_equal(separator, *c);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(csv_find_separator(span_of(none[i]), &separator));
}

static void
test_header_again(void **state)
{
	struct csv *csv = csv_of(NULL, ';');

	(void)state;
	assert_true(csv_is_header(csv, SPAN("x;y z;w")));
	assert_true(csv_is_header(csv, SPAN("\"x\"; y z ;w\r")));
	assert_false(csv_is_header(csv, SPAN("x;y z")));
	assert_false(csv_is_header(csv, SPAN("x;y z;w;v")));
	assert_false(csv_is_header(csv, SPAN("x;y z;u")));
	assert_false(csv_is_header(csv, SPAN("x;y;w")));
	assert_false(csv_is_header(csv, SPAN("")));
	csv_free(csv);
}

static void
test_one_name_twice(void **state)
{
	static const struct span names[] = { { "x", 1 }, { " x", 2 } };
	struct csv_dialect dialect = { 0, names, 2 };
	struct error err = ERROR_NONE;
	struct csv *csv;

	(void)state;
	assert_false(csv_named(&dialect, &csv, &err));
	assert_string_equal(err.text, "two columns are called \"x\"");
	assert_false(csv_new(SPAN("a;a"), 0, &csv, &err));
}

static void
test_nothing(void **state)
{
	struct csv *csv = csv_of("a", 0);
	struct arena *arena = arena_new(4096);
	const char *defect;
	struct span json;
	size_t len;

	(void)state;
	assert_int_equal(csv_row(csv, 0, SPAN_NONE, &len), CSV_MORE);
	assert_false(csv_is_header(csv, SPAN_NONE));
	assert_true(csv_json(csv, arena, SPAN_NONE, &json, &defect));
	assert_span_equal(json, SPAN("{\"a\":\"\"}"));
	arena_free(arena);
	csv_free(csv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_separators),
		cmocka_unit_test(test_header_again),
		cmocka_unit_test(test_one_name_twice),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
