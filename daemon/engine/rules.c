/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "engine/rule_test.h"

#include "engine/rules.h"

void
rules_log(const struct diag *diag)
{
	struct buffer out = BUFFER_INIT;
	struct span rest, line;

	diag_render_summary(diag, false, &out);
	rest = buffer_span(&out);
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		if (line.len > 0)
			log_warning(SPAN_FMT, SPAN_ARG(line));
	}
	buffer_done(&out);
}

static bool
tests_pass(const struct config *config, const struct rule_set *rules,
    struct diag *diag)
{
	struct rule_test_options options = {
		.rule_paths = config->rules.items,
		.rule_path_count = config->rules.count,
		.list_folders = config->lists.items,
		.list_folder_count = config->lists.count,
	};
	struct rule_test_counts counts = { 0 };
	struct buffer out = BUFFER_INIT;

	rule_test_all(&options, rules, diag, &out, &counts);
	if (counts.failed > 0)
		log_error("%zu rule test(s) failed:\n%s", counts.failed,
		    buffer_string(&out));
	buffer_done(&out);
	return counts.failed == 0;
}

bool
rules_load(const struct config *config, bool at_start, struct diag *diag,
    struct rule_load_result *ret_result)
{
	struct rule_load_options options = {
		.paths = config->rules.items,
		.path_count = config->rules.count,
		.list_folders = config->lists.items,
		.list_folder_count = config->lists.count,
		.keep_going = at_start,
	};

	*ret_result = (struct rule_load_result){ 0 };
	if (!rule_load(&options, diag, ret_result))
		return false;
	if (at_start || tests_pass(config, ret_result->rules, diag))
		return true;
	rule_set_free(ret_result->rules);
	ret_result->rules = NULL;
	return false;
}
