/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl reload: the rules anew, between two batches. */
#include <stdio.h>
#include <unistd.h>

#include "ctl/ctl_daemon.h"

struct reload_options {
	struct ctl_daemon_options daemon; /* first: as in the table */
	bool wait, force;
};

#define AT(member) offsetof(struct reload_options, member)

static const struct ctl_option options[] = {
	{ "--wait", 0, CTL_FLAG, AT(wait), NULL, NULL,
	    "wait, and tell what was refused or which windows start anew" },
	{ "--force", 0, CTL_FLAG, AT(force), NULL, NULL,
	    "even if none or a tenth fewer rules would be left" },
	CTL_DAEMON_OPTIONS,
};

static void
print_human(struct ctl_daemon_answer *answer)
{
	struct json_iterator reset = ctl_daemon_list(answer->root, "reset");
	struct buffer text = BUFFER_INIT;
	struct json_value label;
	struct span key;

	buffer_add_span(&text, ctl_daemon_text(answer->root, "text"));
	ctl_print(&text, STDERR_FILENO);
	ctl_daemon_print_message(answer);
	while (json_next(&reset, &key, &label))
		printf("the windows of " SPAN_FMT " start anew\n",
		    SPAN_ARG(json_value_string(label)));
}

static int
status_of(const struct ctl_daemon_answer *answer)
{
	if (answer->ok)
		return CTL_OK;
	if (ctl_daemon_bool(answer->root, "too_few"))
		return CTL_FINDINGS;
	/* A refusal of the request itself knows of no rules. */
	return ctl_daemon_is_null(answer->root, "before") ? CTL_BROKEN :
							    CTL_RULES;
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct reload_options given = { 0 };
	struct ctl_daemon_answer answer;
	char request[80];
	int status;

	if (!ctl_parse(verb, argc, argv, &given, NULL))
		return CTL_USAGE;
	(void)snprintf(request, sizeof(request),
	    "{\"request\":\"reload\",\"wait\":%s,\"force\":%s}\n",
	    given.wait ? "true" : "false", given.force ? "true" : "false");
	if (!ctl_daemon_ask(&given.daemon, request, &answer))
		return CTL_BROKEN;
	if (!ctl_daemon_print_json(&given.daemon, &answer))
		print_human(&answer);
	status = status_of(&answer);
	ctl_daemon_done(&answer);
	return status;
}

const struct ctl_verb ctl_reload = {
	.name = "reload",
	.arguments = "[--wait] [--force] [OPTION..]",
	.summary = "load the rules of a running integrityd anew",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
