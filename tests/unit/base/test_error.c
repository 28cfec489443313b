/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "support/testing.h"

#include "base/error.h"

static void
test_set_and_prefix(void **state)
{
	struct error err = ERROR_NONE;

	(void)state;
	assert_false(error_set(&err, "IR0102", "no field \"%s\"", "actor"));
	assert_string_equal(err.code, "IR0102");
	assert_string_equal(err.text, "no field \"actor\"");
	assert_false(error_prefix(&err, "rule %d", 3));
	assert_string_equal(err.text, "rule 3: no field \"actor\"");
	assert_false(error_prefix(&err, "rules.yml"));
	assert_string_equal(err.text, "rules.yml: rule 3: no field \"actor\"");
	assert_string_equal(err.code, "IR0102");
}

static void
test_own_text_as_argument(void **state)
{
	struct error err = ERROR_NONE;

	(void)state;
	error_set(&err, NULL, "reset by peer");
	error_set(&err, NULL, "siem: %s", err.text);
	assert_string_equal(err.text, "siem: reset by peer");
	error_prefix(&err, "(%s)", err.text);
	assert_string_equal(err.text,
	    "(siem: reset by peer): siem: reset by peer");
}

static void
test_no_error_wanted(void **state)
{
	(void)state;
	assert_false(error_set(NULL, "IR0102", "nobody asks"));
	assert_false(error_prefix(NULL, "nobody asks"));
}

static void
test_never_empty(void **state)
{
	struct error err = ERROR_NONE;

	(void)state;
	error_set(&err, NULL, "%s", "");
	assert_true(err.text[0] != '\0');
}

/* 1,015 bytes fit; a character of which a part would not is left out. */
static void
test_cut(void **state)
{
	static const struct {
		const char *name;
		size_t letters;
		const char *tail;
		size_t want_len;
	} cases[] = {
		{ "fits", 1015, "", 1015 },
		{ "one too many", 1016, "", 1015 },
		{ "the character fits", 1013, "\xc3\xa9", 1015 },
		{ "two bytes cut", 1014, "\xc3\xa9", 1014 },
		{ "four bytes cut after three", 1012, "\xf0\x9f\x94\x92",
		    1012 },
	};
	struct error err = ERROR_NONE;
	char letters[1100];

	(void)state;
	memset(letters, 'x', sizeof(letters));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		error_set(&err, NULL, "%.*s%s", (int)cases[i].letters, letters,
		    cases[i].tail);
		if (strlen(err.text) != cases[i].want_len)
			testing_fail(cases[i].name, "got %zu, want %zu",
			    strlen(err.text), cases[i].want_len);
	}
	error_set(&err, NULL, "%.*s", 1000, letters);
	error_prefix(&err, "%.*s", 1000, letters);
	assert_int_equal(strlen(err.text), 1015);
	assert_int_equal(err.text[1000], ':');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_and_prefix),
		cmocka_unit_test(test_own_text_as_argument),
		cmocka_unit_test(test_no_error_wanted),
		cmocka_unit_test(test_never_empty),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("base_error", tests, NULL, NULL);
}
