/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl config: what is known of the configuration. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"

#include "ctl/ctl.h"

static int
run_word(const struct ctl_strings *words)
{
	struct buffer out = BUFFER_INIT;

	if (words->count != 1 || strcmp(words->items[0], "example") != 0) {
		fprintf(stderr, "Usage: integrityctl config example\n");
		return CTL_USAGE;
	}
	config_example(&out);
	ctl_print(&out, STDOUT_FILENO);
	return CTL_OK;
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct ctl_strings words = { 0 };
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, NULL, &words))
		status = run_word(&words);
	ctl_strings_done(&words);
	return status;
}

const struct ctl_verb ctl_config = {
	.name = "config",
	.arguments = "example",
	.summary = "print a commented example with every key and its default",
	.run = run,
};
