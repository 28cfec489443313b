/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl check: everything that is looked at when rules load. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "engine/rule_test.h"
#include "rule/rule_load.h"

#include "ctl/ctl.h"

struct check_options {
	struct ctl_strings lists;
	bool is_strict, no_tests;
	int format, color;
};

static const char *const formats[] = { "human", "json", "ndjson", NULL };

#define AT(member) offsetof(struct check_options, member)

static const struct ctl_option options[] = {
	{ "--lists", 0, CTL_STRINGS, AT(lists), "DIR", NULL,
	    "folder of lists for %name%; may be repeated" },
	{ "--strict", 0, CTL_FLAG, AT(is_strict), NULL, NULL,
	    "warnings that change nothing are errors" },
	{ "--no-tests", 0, CTL_FLAG, AT(no_tests), NULL, NULL,
	    "do not run the tests beside the rules" },
	{ "--output", 'o', CTL_CHOICE, AT(format), "FORMAT", formats,
	    "human (default), json or ndjson" },
	{ "--color", 0, CTL_CHOICE, AT(color), "WHEN", ctl_color_words,
	    "auto (default), always or never" },
};

struct check {
	const struct check_options *options;
	const struct ctl_strings *paths;
	struct diag *diag;
	struct buffer failures;
	struct rule_test_counts counts;
};

static void
run_tests(struct check *check, const struct rule_set *rules)
{
	struct rule_test_options test = {
		.rule_paths = check->paths->items,
		.rule_path_count = check->paths->count,
		.list_folders = check->options->lists.items,
		.list_folder_count = check->options->lists.count,
	};

	rule_test_all(&test, rules, check->diag, &check->failures,
	    &check->counts);
}

/* ---- For programs ---- */

/* The next failed test: its name, and all that is said of it. */
static bool
next_failure(struct span *rest, struct span *ret_name, struct span *ret_text)
{
	const struct span mark = SPAN("\nFAIL ");
	struct span text = *rest, name;
	ptrdiff_t end;

	if (text.len == 0)
		return false;
	end = span_find(text, mark);
	text.len = end < 0 ? text.len : (size_t)end + 1;
	rest->ptr += text.len;
	rest->len -= text.len;
	*ret_text = span_trim(text);
	(void)span_split(&text, '\n', &name);
	*ret_name = span_make(name.ptr + mark.len - 1,
	    name.len - (mark.len - 1));
	return true;
}

static void
add_failure(struct json *json, struct span name, struct span text)
{
	json_object(json);
	json_key(json, "level");
	json_string(json, "error");
	json_key(json, "test");
	json_span(json, name);
	json_key(json, "message");
	json_span(json, text);
	json_end(json);
}

/* A line for each finding and each failed test. */
static void
write_ndjson(const struct check *check, struct buffer *out)
{
	struct span rest = buffer_span(&check->failures), name, text;
	struct json json;

	diag_render_ndjson(check->diag, out);
	while (next_failure(&rest, &name, &text)) {
		json_init(&json, out);
		add_failure(&json, name, text);
		buffer_add_char(out, '\n');
	}
}

static void
add_number(struct json *json, const char *key, uint64_t number)
{
	json_key(json, key);
	json_uint(json, number);
}

static void
add_numbers(struct json *json, const struct check *check,
    const struct rule_set *rules)
{
	add_number(json, "rules", rules != NULL ? rules->count : 0);
	add_number(json, "files", rules != NULL ? rules->file_count : 0);
	add_number(json, "errors", diag_errors(check->diag));
	add_number(json, "warnings", diag_warnings(check->diag));
	add_number(json, "passed", check->counts.passed);
	add_number(json, "failed", check->counts.failed);
	add_number(json, "untested", check->counts.untested);
}

/* One object: what was counted, and the lines of NDJSON as a list. */
static void
write_json(const struct check *check, const struct rule_set *rules,
    struct buffer *out)
{
	struct buffer lines = BUFFER_INIT;
	struct span rest, line;
	struct json json;

	write_ndjson(check, &lines);
	rest = span_trim(buffer_span(&lines));
	json_init(&json, out);
	json_object(&json);
	add_numbers(&json, check, rules);
	json_key(&json, "findings");
	json_array(&json);
	while (rest.len > 0 && span_split(&rest, '\n', &line))
		json_raw(&json, line);
	json_end(&json);
	json_end(&json);
	buffer_add_char(out, '\n');
	buffer_done(&lines);
}

/* ---- For people ---- */

static bool
print_human(struct check *check, const struct rule_set *rules,
    int64_t started_us)
{
	struct buffer out = BUFFER_INIT;
	size_t errors = diag_errors(check->diag);
	size_t warnings = diag_warnings(check->diag);

	ctl_print_diag(check->diag, CTL_HUMAN, check->options->color);
	buffer_add_span(&out, buffer_span(&check->failures));
	if (rules != NULL)
		buffer_printf(&out, "%u rules in %u files: ", rules->count,
		    rules->file_count);
	buffer_printf(&out, "%zu error%s, %zu warning%s, %.2f s\n", errors,
	    errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s",
	    (double)(clock_monotonic_us() - started_us) / 1e6);
	if (check->counts.untested > 0)
		buffer_printf(&out, "%zu file%s without tests\n",
		    check->counts.untested,
		    check->counts.untested == 1 ? "" : "s");
	if (rules != NULL && !check->options->no_tests)
		buffer_printf(&out, "%zu passed, %zu failed\n",
		    check->counts.passed, check->counts.failed);
	return ctl_print(&out, STDOUT_FILENO);
}

static bool
print(struct check *check, const struct rule_set *rules, int64_t started_us)
{
	struct buffer out = BUFFER_INIT;

	switch (check->options->format) {
	case CTL_HUMAN:
		return print_human(check, rules, started_us);
	case CTL_JSON:
		write_json(check, rules, &out);
		break;
	default:
		write_ndjson(check, &out);
		break;
	}
	return ctl_print(&out, STDOUT_FILENO);
}

static int
run_check(struct check *check)
{
	int64_t started_us = clock_monotonic_us();
	struct rule_load_options load = {
		.paths = check->paths->items,
		.path_count = check->paths->count,
		.list_folders = check->options->lists.items,
		.list_folder_count = check->options->lists.count,
		.is_strict = check->options->is_strict,
	};
	struct rule_load_result result = { 0 };
	bool ok = rule_load(&load, check->diag, &result), is_told;

	if (ok && !check->options->no_tests)
		run_tests(check, result.rules);
	is_told = print(check, result.rules, started_us);
	if (!is_told)
		fprintf(stderr, "integrityctl check: standard output: %s\n",
		    strerror(errno));
	rule_set_free(result.rules);
	if (!ok)
		return CTL_RULES;
	if (check->counts.failed > 0 || diag_errors(check->diag) > 0)
		return CTL_FINDINGS;
	return is_told ? CTL_OK : CTL_BROKEN;
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct check_options given = { 0 };
	struct ctl_strings paths = { 0 };
	struct check check = { .options = &given, .paths = &paths };
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, &given, &paths)) {
		if (paths.count == 0)
			ctl_strings_add(&paths, ".");
		check.diag = diag_new();
		status = run_check(&check);
		diag_free(check.diag);
	}
	buffer_done(&check.failures);
	ctl_strings_done(&paths);
	ctl_strings_done(&given.lists);
	return status;
}

const struct ctl_verb ctl_check = {
	.name = "check",
	.arguments = "[PATH..] [OPTION..]",
	.summary = "load rules, report everything wrong, run their tests",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
