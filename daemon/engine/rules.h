/* SPDX-License-Identifier: Apache-2.0 */
/* The configured rules, loaded at start and at every reload. */
#ifndef ENGINE_RULES_H
#define ENGINE_RULES_H

#include "config/config.h"
#include "rule/rule_load.h"

/*
 * At start the good rules run and ret_result tells the refused ones; at a
 * reload any error, or a failed test, refuses the set.  Findings go to diag,
 * failed tests are described in `failures` and named in the log.
 */
bool rules_load(const struct config *config, bool at_start, struct diag *diag,
    struct buffer *failures, struct rule_load_result *ret_result);

/* Every error as a line of the log: place, code, reason; without the text of
 * the rule, which may name people.  Warnings summed up. */
void rules_log(const struct diag *diag);

#endif
