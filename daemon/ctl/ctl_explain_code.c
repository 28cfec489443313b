/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl explain-code: why, and what to do. */
#include <stdio.h>

#include "ctl/ctl.h"

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct ctl_strings codes = { 0 };
	int status = CTL_OK;

	if (!ctl_parse(verb, argc, argv, NULL, &codes))
		return CTL_USAGE;
	for (size_t i = 0; i < codes.count; i++) {
		const char *title = diag_code_title(codes.items[i]);

		if (title == NULL) {
			fprintf(stderr, "integrityctl: no code `%s`\n",
			    codes.items[i]);
			status = CTL_FINDINGS;
			continue;
		}
		printf("%s: %s\n\n%s\n", codes.items[i], title,
		    diag_code_explanation(codes.items[i]));
	}
	if (codes.count == 0) {
		fprintf(stderr, "integrityctl explain-code: which code?\n");
		status = CTL_USAGE;
	}
	ctl_strings_done(&codes);
	return status;
}

const struct ctl_verb ctl_explain_code = {
	.name = "explain-code",
	.arguments = "CODE..",
	.summary = "what a code such as IR0102 means and what to do",
	.run = run,
};
