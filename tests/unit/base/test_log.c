/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "unit/base/child.h"

#include "base/log.h"

static void
say_all(void)
{
	log_error("e %d", 1);
	log_warning("w");
	log_info("i");
	log_debug("d");
}

static void
say_plain(void)
{
	unsetenv("JOURNAL_STREAM");
	say_all();
}

static void
say_debug(void)
{
	log_set_level(LOG_LEVEL_DEBUG);
	say_plain();
}

static void
say_errors_only(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	say_plain();
}

static void
say_to_journal(void)
{
	setenv("JOURNAL_STREAM", "9:1234", 1);
	say_all();
}

static void
say_hostile(void)
{
	unsetenv("JOURNAL_STREAM");
	log_info("two\n<3>lines\x1b[2J%s", "\n\n");
}

static void
say_fatal(void)
{
	unsetenv("JOURNAL_STREAM");
	log_fatal(78, "fenced: %s", "integrityd@1");
}

static void
test_lines(void **state)
{
	static const struct {
		const char *name;
		void (*work)(void);
		const char *want;
	} cases[] = {
		{ "info is the default", say_plain, "e 1\nw\ni\n" },
		{ "debug", say_debug, "e 1\nw\ni\nd\n" },
		{ "errors only", say_errors_only, "e 1\n" },
		{ "priorities of sd-daemon(3)", say_to_journal,
		    "<3>e 1\n<4>w\n<6>i\n" },
		{ "no line of its own", say_hostile, "two <3>lines [2J\n" },
		{ "fatal", say_fatal, "fenced: integrityd@1\n" },
	};
	struct child child;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		child_run(cases[i].work, &child);
		assert_span_equal_in(cases[i].name, span_of(child.text),
		    span_of(cases[i].want));
	}
	child_run(say_fatal, &child);
	assert_true(WIFEXITED(child.status));
	assert_int_equal(WEXITSTATUS(child.status), 78);
}

static void
say_much(void)
{
	static char letters[8192];

	unsetenv("JOURNAL_STREAM");
	memset(letters, 'x', sizeof(letters) - 1);
	errno = ENOENT;
	log_info("%s", letters);
	log_info("%m");
}

/* Also: logging keeps errno. */
static void
test_long_line_is_cut(void **state)
{
	struct child child;
	char *end;

	(void)state;
	child_run(say_much, &child);
	end = strchr(child.text, '\n');
	assert_non_null(end);
	assert_true(end - child.text > 4000 && end - child.text < 4096);
	assert_memory_equal(end - 4, "x...", 4);
	assert_string_equal(end + 1, "No such file or directory\n");
}

/* In a child: the counts belong to the process. */
static void
say_problems(void)
{
	char text[16];
	int64_t at_us = 0;

	unsetenv("JOURNAL_STREAM");
	log_set_level(LOG_LEVEL_ERROR);
	log_info("fine");
	if (log_last_problem(text, sizeof(text), &at_us))
		_exit(1);
	log_error("e");
	log_warning("w\nof several lines");
	log_set_level(LOG_LEVEL_INFO);
	if (!log_last_problem(text, sizeof(text), &at_us) || at_us <= 0)
		_exit(2);
	log_info("%s %d %d", text, (int)log_count(LOG_LEVEL_ERROR),
	    (int)log_count(LOG_LEVEL_WARNING));
}

static void
test_last_problem(void **state)
{
	struct child child;

	(void)state;
	child_run(say_problems, &child);
	assert_string_equal(child.text, "e\nw of several li 1 1\n");
}

static void
test_level_names(void **state)
{
	enum log_level level = LOG_LEVEL_INFO;

	(void)state;
	assert_true(log_level_of("error", &level));
	assert_int_equal(level, LOG_LEVEL_ERROR);
	assert_true(log_level_of("warning", &level));
	assert_int_equal(level, LOG_LEVEL_WARNING);
	assert_true(log_level_of("debug", &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_false(log_level_of("Debug", &level));
	assert_false(log_level_of("", &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_line_is_cut),
		cmocka_unit_test(test_last_problem),
		cmocka_unit_test(test_level_names),
	};

	return cmocka_run_group_tests_name("base_log", tests, NULL, NULL);
}
