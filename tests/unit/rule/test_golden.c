/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seeded mistakes: each file of tests/data/bad_rules must be refused (all but
 * warnings.yml) with exactly what stands in the .expected file beside it.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "rule/rule_load.h"
#include "support/testing.h"

#define LEAST_MISTAKES 50

static void
golden_file(const char *path)
{
	const struct rule_load_options options = { .paths = &path,
		.path_count = 1 };
	struct rule_load_result result = { 0 };
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct diag *diag = diag_new();
	char expected[256];
	bool ok;

	ok = rule_load(&options, diag, &result);
	diag_render_human(diag, false, &got);
	snprintf(expected, sizeof(expected), "%.*s.expected",
	    (int)(strlen(path) - strlen(".yml")), path);
	if (!file_read(expected, 1 << 20, &want, &err))
		testing_fail(path, "%s", err.text);
	if (!span_equal(buffer_span(&got), buffer_span(&want)))
		testing_fail(path, "got:\n%s\nwant:\n%s", buffer_string(&got),
		    buffer_string(&want));
	if (ok != (strcmp(path, "warnings.yml") == 0))
		testing_fail(path, "loaded: %d", ok);
	rule_set_free(result.rules);
	diag_free(diag);
	buffer_done(&got);
	buffer_done(&want);
}

static void
golden_all(void **state)
{
	static const char *const suffixes[] = { ".yml", NULL };
	struct file_list files = FILE_LIST_INIT;
	struct error err = ERROR_NONE;

	(void)state;
	assert_int_equal(chdir(TEST_DATA_DIR "/bad_rules"), 0);
	assert_true(file_list_collect(&files, ".", suffixes, false, &err));
	assert_true(files.count >= LEAST_MISTAKES);
	for (size_t i = 0; i < files.count; i++)
		golden_file(file_base_name(files.paths[i]));
	file_list_done(&files);
}

/* All files together: every finding of every file in one run. */
static void
golden_together(void **state)
{
	const char *path = TEST_DATA_DIR "/bad_rules";
	const struct rule_load_options options = {
		.paths = &path, .path_count = 1, .keep_going = true
	};
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();

	(void)state;
	assert_true(rule_load(&options, diag, &result));
	assert_true(diag_errors(diag) >= 110);
	assert_true(result.refused_count >= LEAST_MISTAKES);
	rule_set_free(result.rules);
	diag_free(diag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_all),
		cmocka_unit_test(golden_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
