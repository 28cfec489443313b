/* SPDX-License-Identifier: Apache-2.0 */
/* integrityd: options, start order, loop, exit status. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/log.h"
#include "engine/service.h"

#define PROGRAM_MAGIC 0x16762d00u
#define CONFIG_PATH "/etc/integrityd/integrityd.yaml"

struct program {
	uint32_t magic;
	const char *config_path, *instance;
	bool only_check, is_forced;
	struct arena *arena;
	struct diag *diag; /* the configuration's places point into it */
	struct config config;
	struct event_base *base;
	struct service *service;
	int status;
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "instance", required_argument, NULL, 'i' },
	{ "check", no_argument, NULL, 'n' },
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
	    "[--force]\n\n"
	    "  -c, --config FILE    default " CONFIG_PATH "\n"
	    "  -i, --instance NAME  unique in its consumer group\n"
	    "  -n, --check          check configuration and rules, then exit\n"
	    "  -f, --force          start with far fewer rules than before, "
	    "too\n"
	    "  -h, --help, -V, --version\n\n"
	    "Runs in the foreground.  SIGHUP loads the rules anew, SIGTERM "
	    "commits and ends.\n");
}

/* -1: go on; else the exit status. */
static int
parse_options(struct program *program, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "c:i:nfhV", long_options,
		    NULL)) >= 0) {
		switch (letter) {
		case 'c':
			program->config_path = optarg;
			break;
		case 'i':
			program->instance = optarg;
			break;
		case 'n':
			program->only_check = true;
			break;
		case 'f':
			program->is_forced = true;
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

static void
print_findings(const struct diag *diag)
{
	struct buffer out = BUFFER_INIT;

	diag_render_human(diag, isatty(STDERR_FILENO), &out);
	fputs(buffer_string(&out), stderr);
	buffer_done(&out);
}

static bool
read_config(struct program *program)
{
	bool ok = config_read(program->config_path, program->arena,
	    program->diag, &program->config);

	if (ok && program->only_check)
		ok = service_check(&program->config, program->diag);
	print_findings(program->diag);
	if (ok && !program->only_check)
		log_set_level((enum log_level)program->config.log.level);
	return ok;
}

static void
choose_instance(struct program *program)
{
	static char host_name[256];

	if (program->instance == NULL)
		program->instance = program->config.kafka.instance;
	if (program->instance != NULL)
		return;
	if (gethostname(host_name, sizeof(host_name) - 1) != 0)
		log_fatal(EX_OSERR, "no host name: give --instance");
	program->instance = host_name;
}

static void
on_ended(void *context, int status)
{
	struct program *program = CHECK_CAST(program, PROGRAM_MAGIC, context);

	program->status = status;
	(void)event_base_loopbreak(program->base);
}

static void
on_signal(evutil_socket_t number, short what, void *context)
{
	struct program *program = CHECK_CAST(program, PROGRAM_MAGIC, context);

	(void)what;
	if (number == SIGHUP)
		(void)service_reload(program->service);
	else
		service_stop(program->service);
}

static struct event *
watch_signal(struct program *program, int number)
{
	struct event *event = evsignal_new(program->base, number, on_signal,
	    program);

	(void)event_add(event, NULL);
	return event;
}

/*
 * A SIGHUP is remembered from the start on: the rules may have been read
 * before it.  SIGTERM ends a start at once, for there is nothing to commit.
 */
static int
run(struct program *program)
{
	struct event *hangup, *terminate, *interrupt;
	struct error err = ERROR_NONE;
	struct service_options options = {
		.config = &program->config,
		.instance = program->instance,
		.is_forced = program->is_forced,
		.ended = on_ended,
		.context = program,
	};

	program->base = event_base_new();
	hangup = watch_signal(program, SIGHUP);
	if (service_open(program->base, &options, &program->service,
		&program->status, &err)) {
		terminate = watch_signal(program, SIGTERM);
		interrupt = watch_signal(program, SIGINT);
		(void)event_base_dispatch(program->base);
		service_free(program->service);
		event_free(terminate);
		event_free(interrupt);
	} else {
		log_error("%s", err.text);
	}
	event_free(hangup);
	event_base_free(program->base);
	return program->status;
}

int
main(int argc, char **argv)
{
	struct program program = { .magic = PROGRAM_MAGIC,
		.config_path = CONFIG_PATH };
	int status = parse_options(&program, argc, argv);

	if (status >= 0)
		return status;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN); /* no rule was read yet */
	program.arena = arena_new(65536);
	program.diag = diag_new();
	if (!read_config(&program)) {
		status = EX_CONFIG;
	} else if (program.only_check) {
		printf("%s: ok\n", program.config_path);
		status = EX_OK;
	} else {
		choose_instance(&program);
		status = run(&program);
	}
	arena_free(program.arena);
	diag_free(program.diag);
	return status;
}
