/* SPDX-License-Identifier: Apache-2.0 */
/* integrityd: options and exit status; the rest is engine/program.c. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "engine/program.h"

#define CONFIG_PATH "/etc/integrityd/integrityd.yaml"

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "instance", required_argument, NULL, 'i' },
	{ "check", no_argument, NULL, 'n' },
	{ "start-from", required_argument, NULL, 's' },
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void
print_usage(FILE *out)
{
	fprintf(out,
	    "Usage: integrityd [--config FILE] [--instance NAME] [--check] "
	    "[--force]\n"
	    "                  [--start-from earliest|latest]\n\n"
	    "  -c, --config FILE    default " CONFIG_PATH "\n"
	    "  -i, --instance NAME  unique in its consumer group\n"
	    "  -n, --check          check configuration and rules, then exit\n"
	    "  -f, --force          start with far fewer rules than before, "
	    "too\n"
	    "  -s, --start-from earliest|latest\n"
	    "                       where inputs without a position begin, "
	    "once positions were\n"
	    "                       lost\n"
	    "  -h, --help, -V, --version\n\n"
	    "Runs in the foreground.  SIGHUP loads the rules anew, SIGTERM "
	    "commits and ends.\n");
}

static bool
parse_start(const char *text, enum service_start *ret_start)
{
	if (strcmp(text, "earliest") == 0)
		*ret_start = SERVICE_START_EARLIEST;
	else if (strcmp(text, "latest") == 0)
		*ret_start = SERVICE_START_LATEST;
	else
		return fprintf(stderr,
			   "integrityd: --start-from takes earliest or latest, "
			   "not `%s`\n",
			   text) < 0;
	return true;
}

/* -1: go on; else the exit status. */
static int
parse_options(struct program_options *options, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "c:i:nfs:hV", long_options,
		    NULL)) >= 0) {
		switch (letter) {
		case 'c':
			options->config_path = optarg;
			break;
		case 'i':
			options->instance = optarg;
			break;
		case 'n':
			options->only_check = true;
			break;
		case 'f':
			options->is_forced = true;
			break;
		case 's':
			if (!parse_start(optarg, &options->start_from))
				return EX_USAGE;
			break;
		case 'h':
			print_usage(stdout);
			return EX_OK;
		case 'V':
			printf("integrityd %s\n", INTEGRITY_VERSION);
			return EX_OK;
		default:
			return EX_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "integrityd: unexpected argument `%s`\n", argv[optind]);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	struct program_options options = { .config_path = CONFIG_PATH };
	int status = parse_options(&options, argc, argv);

	return status >= 0 ? status : program_run(&options);
}
