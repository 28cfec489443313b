/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl demo: the whole path on one screen, in half a minute. */
#include <stddef.h>

#include "ctl/demo.h"

/* 14 days in 24 s. */
#define HOURS_PER_SECOND 14
#define HOURS_PER_SECOND_MAX 100000

static const char *const formats[] = { "human", "ndjson", NULL };
static const int format_values[] = { CTL_HUMAN, CTL_NDJSON };

#define AT(member) offsetof(struct demo_options, member)

static const struct ctl_option options[] = {
	{ "--seed", 0, CTL_UINT, AT(seed), "N", NULL,
	    "another force, with the same stories (default 1)" },
	{ "--speed", 0, CTL_UINT, AT(hours_per_second), "HOURS", NULL,
	    "hours of theirs a second (default 14; 0: no pause)" },
	{ "--rules", 'r', CTL_STRINGS, AT(rules), "PATH", NULL,
	    "other rules than the shipped ones; may be repeated" },
	{ "--output", 'o', CTL_CHOICE, AT(format), "FORMAT", formats,
	    "human (default) or ndjson" },
	{ "--color", 0, CTL_CHOICE, AT(color), "WHEN", ctl_color_words,
	    "auto (default), always or never" },
};

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct demo_options given = {
		.seed = 1,
		.hours_per_second = HOURS_PER_SECOND,
	};
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, &given, NULL)) {
		given.format = format_values[given.format];
		if (given.hours_per_second > HOURS_PER_SECOND_MAX)
			given.hours_per_second = 0;
		status = demo_run(&given);
	}
	ctl_strings_done(&given.rules);
	return status;
}

const struct ctl_verb ctl_demo = {
	.name = "demo",
	.arguments = "[OPTION..]",
	.summary =
	    "a synthetic force, its abuse, and the alerts as they arrive",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
