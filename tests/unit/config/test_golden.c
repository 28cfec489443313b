/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each tests/data/bad_config/NAME.yaml holds seeded mistakes, NAME.expected
 * what a user reads of them, to the letter.
 */
#include <unistd.h>

#include "support/testing.h"

#include "base/file.h"
#include "base/mem.h"

#include "config/config.h"

#define GOLDEN_LEAST 30

static const char *const suffixes[] = { ".yaml", NULL };

static void
read_config(const char *path, struct buffer *out)
{
	struct arena *arena = arena_new(16 * 1024);
	struct diag *diag = diag_new();
	struct config config;

	if (config_read(path, arena, diag, &config))
		testing_fail(path, "is read without an error");
	diag_render_human(diag, false, out);
	diag_free(diag);
	arena_free(arena);
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
	read_config(path, &got);
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
	size_t i;

	(void)state;
	/* The messages show the path as it was given. */
	assert_int_equal(chdir(TEST_DATA_DIR "/bad_config"), 0);
	assert_true(file_list_collect(&list, ".", suffixes, false, &err));
	assert_true(list.count >= GOLDEN_LEAST);
	for (i = 0; i < list.count; i++)
		check_file(file_base_name(list.paths[i]));
	file_list_done(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests_name("config.golden", tests, NULL, NULL);
}
