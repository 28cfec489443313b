/* SPDX-License-Identifier: Apache-2.0 */
/* Rules as every verb loads them: findings printed, summed up. */
#ifndef CTL_CTL_RULES_H
#define CTL_CTL_RULES_H

#include "ctl/ctl.h"
#include "model/rule.h"

struct ctl_rules_options {
	const struct ctl_strings *paths;
	const struct ctl_strings *lists;
	bool keep_going, is_strict;
	int color;
};

/* Errors whole and warnings summed up, on stderr.  The caller frees. */
bool ctl_rules_load(const struct ctl_rules_options *options,
    struct rule_set **ret_rules);

#endif
