/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl health: ready or not, as an exit status. */
#include <stdio.h>

#include "ctl/ctl_daemon.h"

static const struct ctl_option options[] = { CTL_DAEMON_OPTIONS };

static void
print_human(struct json_value root)
{
	struct json_iterator reasons = ctl_daemon_list(root, "reasons");
	struct json_value reason;
	struct span key;

	printf("%s\n", ctl_daemon_bool(root, "ready") ? "ready" : "not ready");
	while (json_next(&reasons, &key, &reason))
		printf("  " SPAN_FMT "\n", SPAN_ARG(json_value_string(reason)));
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct ctl_daemon_options given = { 0 };
	struct ctl_daemon_answer answer;
	int status = CTL_BROKEN;

	if (!ctl_parse(verb, argc, argv, &given, NULL))
		return CTL_USAGE;
	if (!ctl_daemon_ask(&given, "{\"request\":\"health\"}\n", &answer))
		return CTL_BROKEN;
	if (answer.ok)
		status = ctl_daemon_bool(answer.root, "ready") ? CTL_OK :
								 CTL_FINDINGS;
	if (!ctl_daemon_print_json(&given, &answer)) {
		if (answer.ok)
			print_human(answer.root);
		else
			ctl_daemon_print_message(&answer);
	}
	ctl_daemon_done(&answer);
	return status;
}

const struct ctl_verb ctl_health = {
	.name = "health",
	.arguments = "[OPTION..]",
	.summary = "whether a running integrityd is ready; exits with 1 if not",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
