/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each tests/data/bad_tests/NAME.test.yml holds seeded mistakes in rule
 * tests, NAME.expected what a user reads of them, to the letter.
 */
#include <unistd.h>

#include "support/testing.h"

#include "base/file.h"

#include "engine/rule_test.h"

#define GOLDEN_LEAST 10

static const char *const suffixes[] = { ".test.yml", NULL };

static void
read_tests(const char *path, struct buffer *out)
{
	const struct rule_test_options options = { 0 };
	struct rule_test_counts counts = { 0 };
	struct diag *diag = diag_new();

	rule_test_run(&options, path, diag, out, &counts);
	if (counts.failed == 0)
		testing_fail(path, "is read without an error");
	diag_render_human(diag, false, out);
	diag_free(diag);
}

static void
check_file(const char *path)
{
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	struct buffer expected = BUFFER_INIT;
	struct error err = ERROR_NONE;
	size_t stem = strlen(path) - strlen(suffixes[0]);

	buffer_printf(&expected, "%.*s.expected", (int)stem, path);
	if (!file_read(buffer_string(&expected), 65536, &want, &err))
		testing_fail(path, "%s", err.text);
	read_tests(path, &got);
	assert_span_equal_in(path, buffer_span(&got), buffer_span(&want));
	buffer_done(&got);
	buffer_done(&want);
	buffer_done(&expected);
}

static void
test_golden(void **state)
{
	struct file_list list = FILE_LIST_INIT;
	struct error err = ERROR_NONE;

	(void)state;
	/* The messages show the path as it was given. */
	assert_int_equal(chdir(TEST_DATA_DIR "/bad_tests"), 0);
	assert_true(file_list_collect(&list, ".", suffixes, false, &err));
	assert_true(list.count >= GOLDEN_LEAST);
	for (size_t i = 0; i < list.count; i++)
		check_file(file_base_name(list.paths[i]));
	file_list_done(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests_name("engine.golden", tests, NULL, NULL);
}
