/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "engine/rule_test.h"

#include "engine/rules.h"

void
rules_log(const struct diag *diag)
{
	struct buffer out = BUFFER_INIT;
	struct span rest, line;

	diag_render_log(diag, &out);
	rest = buffer_span(&out);
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		if (line.len > 0)
			log_warning(SPAN_FMT, SPAN_ARG(line));
	}
	buffer_done(&out);
}

/* "FAIL name" and, below, "  --> path:line"; the values stay out of the log. */
static void
log_failures(struct span text)
{
	static const struct span place = { "  --> ", 6 };
	struct span line, name = SPAN_NONE;

	while (text.len > 0 && span_split(&text, '\n', &line)) {
		if (span_starts_with(line, SPAN("FAIL "))) {
			name = span_make(line.ptr + 5, line.len - 5);
		} else if (span_starts_with(line, place) && name.len > 0) {
			log_error(SPAN_FMT ": the rule test `" SPAN_FMT
					   "` fails",
			    (int)(line.len - place.len), line.ptr + place.len,
			    SPAN_ARG(name));
			name = SPAN_NONE;
		}
	}
}

static bool
tests_pass(const struct config *config, const struct rule_set *rules,
    struct diag *diag, struct buffer *failures)
{
	struct rule_test_options options = {
		.rule_paths = config->rules.items,
		.rule_path_count = config->rules.count,
		.list_folders = config->lists.items,
		.list_folder_count = config->lists.count,
	};
	struct rule_test_counts counts = { 0 };

	rule_test_all(&options, rules, diag, failures, &counts);
	log_failures(buffer_span(failures));
	return counts.failed == 0;
}

bool
rules_load(const struct config *config, bool at_start, struct diag *diag,
    struct buffer *failures, struct rule_load_result *ret_result)
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
	if (at_start || tests_pass(config, ret_result->rules, diag, failures))
		return true;
	rule_set_free(ret_result->rules);
	ret_result->rules = NULL;
	return false;
}
