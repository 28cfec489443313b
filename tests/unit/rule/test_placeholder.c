/* SPDX-License-Identifier: Apache-2.0 */
/* Which list `%name%` is, and how its file is read. */
#include "rule/rule_internal.h"
#include "unit/rule/loading.h"

#define RULE                                                                   \
	"title: t\nlevel: low\nlogsource: {category: c}\n"                     \
	"detection: {sel: {a|expand: '%vip%'}, condition: sel}\n"

static const struct value_list *
list_of(const struct rule_set *rules)
{
	return rules->rules[0]->idents[0].expr->test->list;
}

/* A site's list takes the place of a shipped one, a test's of both. */
static void
placeholder_precedence(void **state)
{
	struct value_list *given = value_list_new(SPAN("vip"));
	const struct value_list *lists[] = { given };
	char folder[128];
	const char *folders[] = { "/nowhere", folder };
	struct rule_load_options options = { 0 };
	struct loading loading;

	(void)state;
	loading_init(&loading);
	loading_write(&loading, "rule.yml", RULE);
	loading_write(&loading, "lists/vip.txt", "beside\n");
	loading_write(&loading, "site/vip.txt", "site\n");
	snprintf(folder, sizeof(folder), "%s/site", loading.folder);
	assert_non_null(loading_run_with(&loading, &options));
	assert_span_equal(value_list_get(list_of(loading.result.rules), 0,
			      true),
	    SPAN("beside"));
	options.list_folders = folders;
	options.list_folder_count = 2;
	assert_non_null(loading_run_with(&loading, &options));
	assert_span_equal(value_list_get(list_of(loading.result.rules), 0,
			      true),
	    SPAN("site"));
	value_list_add(given, SPAN("given"));
	options.lists = lists;
	options.list_count = 1;
	assert_non_null(loading_run_with(&loading, &options));
	assert_ptr_equal(list_of(loading.result.rules), given);
	assert_int_equal(loading.result.rules->list_count, 0);
	loading_done(&loading);
	value_list_free(given);
}

static const struct {
	const char *name;
	const char *text;
	size_t want; /* values */
	const char *want_first;
} files[] = {
	{ "empty", "", 0, NULL },
	{ "comments only", "# a\n  # b\n\n", 0, NULL },
	{ "no newline at the end", "x", 1, "x" },
	{ "byte order mark", "\xef\xbb\xbfx\ny\n", 2, "x" },
	{ "carriage returns and blanks", " x y \r\n\tz\r\n", 2, "x y" },
	{ "a value twice", "x\nx\n", 1, "x" },
	{ "a # within", "x#1\n", 1, "x#1" },
	{ "escapes and wildcards are plain", "a\\*?\n", 1, "a\\*?" },
};

static void
placeholder_files(void **state)
{
	const struct value_list *list;
	struct loading loading;

	(void)state;
	loading_init(&loading);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		loading_write(&loading, "lists/vip.txt", files[i].text);
		list = list_of(loading_one(&loading, files[i].name, RULE));
		if (value_list_count(list) != files[i].want)
			testing_fail(files[i].name, "got %zu, want %zu",
			    value_list_count(list), files[i].want);
		if (files[i].want > 0)
			assert_span_equal_in(files[i].name,
			    value_list_get(list, 0, true),
			    span_of(files[i].want_first));
	}
	loading_write(&loading, "lists/vip.txt", "fine\nbad \xff\n");
	assert_null(loading_run(&loading));
	assert_true(loading_says(&loading, "IR0106"));
	assert_true(loading_says(&loading, "vip.txt:2"));
	loading_done(&loading);
}

static const struct {
	const char *text;
	const char *want; /* NULL: none */
} names[] = {
	{ "%vip%", "vip" },
	{ "%a.b-c_1%", "a.b-c_1" },
	{ "%%", NULL },
	{ "%", NULL },
	{ "", NULL },
	{ "vip", NULL },
	{ "%vip", NULL },
	{ "x%vip%", NULL },
	{ "%a b%", NULL },
	{ "%../etc/passwd%", NULL },
	{ "%.hidden%", NULL },
};

static void
placeholder_names(void **state)
{
	struct span name;
	bool got;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		got = placeholder_name(span_of(names[i].text), &name);
		if (got != (names[i].want != NULL))
			testing_fail(names[i].text, "got %d", got);
		if (got)
			assert_span_equal_in(names[i].text, name,
			    span_of(names[i].want));
	}
	assert_true(placeholder_is_inside(SPAN("x %vip% y")));
	assert_true(placeholder_is_inside(SPAN("100 %a %vip%")));
	assert_false(placeholder_is_inside(SPAN("100 % of 5 %")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholder_precedence),
		cmocka_unit_test(placeholder_files),
		cmocka_unit_test(placeholder_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
