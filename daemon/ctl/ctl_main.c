/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl VERB: a table of verbs. */
#include <stdio.h>
#include <string.h>

#include "text/suggest.h"

#include "ctl/ctl.h"

static const struct ctl_verb *const verbs[] = {
	&ctl_check,
	&ctl_explain,
	&ctl_backtest,
	&ctl_alerts,
	&ctl_demo,
	&ctl_status,
	&ctl_health,
	&ctl_reload,
	&ctl_log_level,
	&ctl_config,
	&ctl_explain_code,
};

#define VERB_COUNT (sizeof(verbs) / sizeof(*verbs))

static void
print_verbs(FILE *out)
{
	fprintf(out, "Usage: integrityctl VERB [OPTION..] [ARGUMENT..]\n\n");
	for (size_t i = 0; i < VERB_COUNT; i++)
		fprintf(out, "  %-14s %s\n", verbs[i]->name, verbs[i]->summary);
	fprintf(out,
	    "\n`integrityctl VERB --help` says more.\n"
	    "Exit status: 0 ok, 1 findings, 2 rules do not load, "
	    "3 configuration, I/O or daemon,\n64 usage.\n");
}

static int
unknown_verb(const char *word)
{
	const char *names[VERB_COUNT];
	const char *nearest;

	for (size_t i = 0; i < VERB_COUNT; i++)
		names[i] = verbs[i]->name;
	nearest = suggest_nearest(span_of(word), names, VERB_COUNT);
	fprintf(stderr, "integrityctl: unknown verb `%s`", word);
	if (nearest != NULL)
		fprintf(stderr, ", did you mean `%s`?", nearest);
	fprintf(stderr, "\nTry `integrityctl --help`.\n");
	return CTL_USAGE;
}

static bool
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
		if (strcmp(argv[i], "--") == 0)
			return false;
	}
	return false;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		print_verbs(stderr);
		return CTL_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_verbs(stdout);
		return CTL_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("integrityctl %s\n", INTEGRITY_VERSION);
		return CTL_OK;
	}
	for (size_t i = 0; i < VERB_COUNT; i++) {
		if (strcmp(argv[1], verbs[i]->name) != 0)
			continue;
		if (wants_help(argc - 1, argv + 1)) {
			ctl_help(verbs[i]);
			return CTL_OK;
		}
		return verbs[i]->run(argc - 1, argv + 1, verbs[i]);
	}
	return unknown_verb(argv[1]);
}
