/* SPDX-License-Identifier: Apache-2.0 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/testing.h"

#include "base/file.h"

static char root[] = "/tmp/test_file.XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	file = fopen(path, "w");
	if (file == NULL) {
		fail_msg("cannot write %s", path);
		return;
	}
	(void)fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void
put_folder(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
put_link(const char *name, const char *target)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(symlink(target, path), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	put("b.yml", "bb");
	put("a.yml", "a");
	put("B.yaml", "");
	put("README.md", "#");
	put(".hidden.yml", "");
	put_folder("area");
	put("area/z.yml", "");
	put("area/c.yml", "");
	put_folder("area/.git");
	put("area/.git/x.yml", "");
	put_folder("folder.yml");
	put_link("link.yml", "area/z.yml");
	put_link("area/loop", "..");
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int
tear_down(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *
path_of(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void
test_read(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	struct error err = ERROR_NONE;

	(void)state;
	buffer_add_string(&buffer, "<");
	assert_true(file_read(path_of("b.yml"), 2, &buffer, &err));
	assert_span_equal(buffer_span(&buffer), SPAN("<bb"));
	assert_false(file_read(path_of("b.yml"), 1, &buffer, &err));
	assert_non_null(strstr(err.text, "limit of 1 bytes"));
	assert_span_equal(buffer_span(&buffer), SPAN("<bb"));
	assert_false(file_read(path_of("none"), 10, &buffer, &err));
	assert_non_null(strstr(err.text, "/none: No such file"));
	assert_false(file_read(path_of("area"), 10, &buffer, &err));
	assert_non_null(strstr(err.text, "Is a directory"));
	assert_true(file_read(path_of("B.yaml"), 0, &buffer, &err));
	assert_span_equal(buffer_span(&buffer), SPAN("<bb"));
	buffer_done(&buffer);
}

static void
test_read_large(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	struct error err = ERROR_NONE;
	char *text = calloc(1, 300001);

	(void)state;
	memset(text, 'x', 300000);
	put("area/large", text);
	assert_true(file_read(path_of("area/large"), 300000, &buffer, &err));
	assert_span_equal(buffer_span(&buffer), span_make(text, 300000));
	assert_false(file_read(path_of("area/large"), 299999, &buffer, &err));
	buffer_done(&buffer);
	free(text);
}

static void
check_list(const char *name, const struct file_list *list,
    const char *const *want)
{
	size_t i;

	for (i = 0; want[i] != NULL && i < list->count; i++)
		assert_span_equal_in(name,
		    span_of(list->paths[i] + strlen(root) + 1),
		    span_of(want[i]));
	if (want[i] != NULL || i != list->count)
		testing_fail(name, "got %zu paths", list->count);
}

static const char *const yaml[] = { ".yml", ".yaml", NULL };

static void
test_collect(void **state)
{
	static const char *const flat[] = { "B.yaml", "a.yml", "b.yml",
		"link.yml", NULL };
	static const char *const deep[] = { "B.yaml", "a.yml", "area/c.yml",
		"area/z.yml", "b.yml", "link.yml", NULL };
	static const char *const one[] = { "a.yml", NULL };
	static const char *const none[] = { NULL };
	struct error err = ERROR_NONE;
	static const struct {
		const char *name;
		const char *path;
		bool recursive;
		const char *const *want;
	} cases[] = {
		{ "one level", ".", false, flat },
		{ "all levels", ".", true, deep },
		{ "a file", "a.yml", true, one },
		{ "a file of another kind", "README.md", true, none },
		{ "an empty folder", "folder.yml", true, none },
	};
	struct file_list list;
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		list = (struct file_list)FILE_LIST_INIT;
		(void)snprintf(path, sizeof(path), "%s%s%s", root,
		    cases[i].path[0] == '.' ? "" : "/",
		    cases[i].path[0] == '.' ? "" : cases[i].path);
		assert_true(file_list_collect(&list, path, yaml,
		    cases[i].recursive, &err));
		check_list(cases[i].name, &list, cases[i].want);
		file_list_done(&list);
	}
}

/* A rule that is a broken link must not be missing without a word. */
static void
test_collect_failures(void **state)
{
	struct file_list list = FILE_LIST_INIT;
	struct error err = ERROR_NONE;

	(void)state;
	file_list_add(&list, "kept");
	assert_false(file_list_collect(&list, path_of("none"), yaml, true,
	    &err));
	assert_non_null(strstr(err.text, "/none: No such file"));
	put_link("broken.yml", "nowhere");
	assert_false(file_list_collect(&list, root, yaml, false, &err));
	assert_non_null(strstr(err.text, "broken.yml: No such file"));
	assert_int_equal(list.count, 1);
	assert_string_equal(list.paths[0], "kept");
	assert_int_equal(unlink(path_of("broken.yml")), 0);
	file_list_done(&list);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(file_base_name("/etc/rules/a.yml"), "a.yml");
	assert_string_equal(file_base_name("a.yml"), "a.yml");
	assert_true(file_is_folder(root));
	assert_true(file_is_folder(path_of("area/loop")));
	assert_false(file_is_folder(path_of("a.yml")));
	assert_false(file_is_folder(path_of("none")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_large),
		cmocka_unit_test(test_collect),
		cmocka_unit_test(test_collect_failures),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("base_file", tests, set_up,
	    tear_down);
}
