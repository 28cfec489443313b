/* SPDX-License-Identifier: Apache-2.0 */
/* Events through the engine, with one rule looked at. */
#ifndef CTL_EXPLAIN_RUN_H
#define CTL_EXPLAIN_RUN_H

#include "decode/mapping.h"
#include "model/rule.h"

struct explain_options {
	const char *path; /* of the events */
	struct mapping *mapping;
	struct logsource logsource;
	int64_t lateness_us;
	bool is_all; /* of a correlation: every event's tree, not the last */
	bool is_json, is_colored;
};

/*
 * Takes the rule set, which holds `rule`.  Appends what is to be printed.
 * False if the events cannot be read.
 */
bool explain_run(struct rule_set *rules, const struct rule *rule,
    const struct explain_options *options, struct buffer *out, bool *ret_fires,
    struct error *err);

#endif
