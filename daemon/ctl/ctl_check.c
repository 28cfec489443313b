/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl check: everything that is looked at when rules load. */
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
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

static void
print_human(struct check *check, const struct rule_set *rules,
    int64_t started_us)
{
	struct buffer out = BUFFER_INIT;
	size_t errors = diag_errors(check->diag);
	size_t warnings = diag_warnings(check->diag);

	ctl_print_diag(check->diag, CTL_HUMAN, check->options->color);
	ctl_print(&check->failures, STDOUT_FILENO);
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
	ctl_print(&out, STDOUT_FILENO);
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
	bool ok = rule_load(&load, check->diag, &result);

	if (ok && !check->options->no_tests)
		run_tests(check, result.rules);
	if (check->options->format == CTL_HUMAN)
		print_human(check, result.rules, started_us);
	else
		ctl_print_diag(check->diag, CTL_NDJSON, CTL_COLOR_NEVER);
	rule_set_free(result.rules);
	if (!ok)
		return CTL_RULES;
	return check->counts.failed > 0 || diag_errors(check->diag) > 0 ?
	    CTL_FINDINGS :
	    CTL_OK;
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
