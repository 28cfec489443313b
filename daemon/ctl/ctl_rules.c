/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "rule/rule_load.h"

#include "ctl/ctl_rules.h"

bool
ctl_rules_load(const struct ctl_rules_options *options,
    struct rule_set **ret_rules)
{
	struct rule_load_options load = {
		.paths = options->paths->items,
		.path_count = options->paths->count,
		.list_folders = options->lists->items,
		.list_folder_count = options->lists->count,
		.is_strict = options->is_strict,
		.keep_going = options->keep_going,
	};
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();
	struct buffer out = BUFFER_INIT;
	bool ok = rule_load(&load, diag, &result);

	diag_render_summary(diag, ctl_use_color(options->color, STDERR_FILENO),
	    &out);
	ctl_print(&out, STDERR_FILENO);
	diag_free(diag);
	*ret_rules = result.rules;
	return ok;
}
