/* SPDX-License-Identifier: Apache-2.0 */
/* Sigma documents -> checked, immutable rule set. */
#ifndef RULE_RULE_LOAD_H
#define RULE_RULE_LOAD_H

#include "model/rule.h"
#include "text/diag.h"

struct rule_load_options {
	/* Folders (searched recursively for *.yml, *.yaml; *.test.yml are
	 * passed over) or files. */
	const char *const *paths;
	size_t path_count;
	/* Folders of NAME.txt; besides `lists/` beside each rule file. */
	const char *const *list_folders;
	size_t list_folder_count;
	/* Lists that replace those of the same name (rule tests). */
	const struct value_list *const *lists;
	size_t list_count;
	/* Warnings that change nothing become errors. */
	bool is_strict;
	/* Refuse a bad rule and load the others (start of the daemon). */
	bool keep_going;
};

/* A rule that was refused under keep_going. */
struct rule_refused {
	const char *path;
	uint32_t line;
	struct span label;
};

struct rule_load_result {
	struct rule_set *rules;		    /* NULL if refused as a whole */
	const struct rule_refused *refused; /* in the set's arena */
	size_t refused_count;
};

/*
 * Loads everything; all findings of all files go to diag.  False, and no rule
 * set, if there was an error (unless keep_going) or nothing could be read.
 * The caller frees ret_result->rules with rule_set_free().
 */
bool rule_load(const struct rule_load_options *options, struct diag *diag,
    struct rule_load_result *ret_result);

#endif
