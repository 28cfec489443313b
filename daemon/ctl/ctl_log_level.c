/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl log-level: more or less, until integrityd ends. */
#include <stdio.h>

#include "ctl/ctl_daemon.h"

static const struct ctl_option options[] = { CTL_DAEMON_OPTIONS };

static int
ask(const struct ctl_daemon_options *given, const char *level)
{
	struct buffer request = BUFFER_INIT;
	struct ctl_daemon_answer answer;
	struct json json;
	int status = CTL_BROKEN;

	json_init(&json, &request);
	json_object(&json);
	json_key(&json, "request");
	json_string(&json, "log-level");
	json_key(&json, "level");
	json_string(&json, level);
	json_end(&json);
	buffer_add_char(&request, '\n');
	if (ctl_daemon_ask(given, buffer_string(&request), &answer)) {
		if (!ctl_daemon_print_json(given, &answer))
			ctl_daemon_print_message(&answer);
		status = answer.ok ? CTL_OK : CTL_BROKEN;
		ctl_daemon_done(&answer);
	}
	buffer_done(&request);
	return status;
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct ctl_daemon_options given = { 0 };
	struct ctl_strings words = { 0 };
	enum log_level level;
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, &given, &words)) {
		if (words.count == 1 && log_level_of(words.items[0], &level))
			status = ask(&given, words.items[0]);
		else
			fprintf(stderr,
			    "Usage: integrityctl log-level "
			    "error|warning|info|debug\n");
	}
	ctl_strings_done(&words);
	return status;
}

const struct ctl_verb ctl_log_level = {
	.name = "log-level",
	.arguments = "error|warning|info|debug [OPTION..]",
	.summary = "what a running integrityd logs, until it ends",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
