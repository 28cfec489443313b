/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/log.h"
#include "engine/service.h"

#include "engine/program.h"

#define PROGRAM_MAGIC 0x16762d00u

struct program {
	uint32_t magic;
	const struct program_options *options;
	const char *instance;
	struct arena *arena;
	struct diag *diag; /* the configuration's places point into it */
	struct config config;
	struct event_base *base;
	struct service *service;
	int status;
};

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
	bool ok = config_read(program->options->config_path, program->arena,
	    program->diag, &program->config);

	if (ok && program->options->only_check)
		ok = service_check(&program->config, program->diag);
	print_findings(program->diag);
	if (ok && !program->options->only_check)
		log_set_level((enum log_level)program->config.log.level);
	return ok;
}

static void
choose_instance(struct program *program)
{
	static char host_name[256];

	program->instance = program->options->instance;
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
		.start_from = program->options->start_from,
		.is_forced = program->options->is_forced,
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
program_run(const struct program_options *options)
{
	struct program program = {
		.magic = PROGRAM_MAGIC,
		.options = options,
		.arena = arena_new(65536),
		.diag = diag_new(),
		.status = EX_CONFIG,
	};

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN); /* no rule was read yet */
	if (read_config(&program)) {
		if (options->only_check) {
			printf("%s: ok\n", options->config_path);
			program.status = EX_OK;
		} else {
			choose_instance(&program);
			program.status = run(&program);
		}
	}
	arena_free(program.arena);
	diag_free(program.diag);
	return program.status;
}
