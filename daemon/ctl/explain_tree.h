/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a rule's condition over one event, node by node, as the
 * matcher sees it.
 */
#ifndef CTL_EXPLAIN_TREE_H
#define CTL_EXPLAIN_TREE_H

#include "base/buffer.h"
#include "match/match.h"

/*
 * The shape is the rule's, but that a reference leads to what it names and a
 * `not` of one thing is that thing's node with is_negated: its verdict is
 * that of the whole, and what is below it has its own.
 */
struct explain_node {
	const struct expr *expr; /* below the `not` */
	bool is_negated;
	/* Here it was decided: the first that explains a FAIL of the whole. */
	bool is_decisive;
	enum verdict verdict;
	/* Of an OR or AND over values of one field; else FIELD_NONE. */
	uint32_t slot;
	struct explain_node *const *children;
	uint32_t count;
};

/* Everything is in the arena and borrows rule and event. */
struct explain_node *explain_tree(const struct rule *rule,
    const struct event *event, struct arena *arena);

/* Identifiers that the condition wants and that hold, joined by " and "; what
 * it excludes by is left out. */
void explain_tree_matched(const struct explain_node *root, struct buffer *out);

/* The identifier that the decisive node is of; NULL: none.  `ret_excludes`:
 * it holds, and the condition wants it not to. */
const struct rule_ident *explain_tree_decider(const struct explain_node *root,
    bool *ret_excludes);

#endif
