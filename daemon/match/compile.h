/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions made ready for running: identifiers resolved, equal parts of
 * all rules joined into one node (answered once per event), alternatives of
 * whole values of one field joined into one test, the cheap first where the
 * order does not matter.
 */
#ifndef MATCH_COMPILE_H
#define MATCH_COMPILE_H

#include "match/match_internal.h"

enum node_kind {
	NODE_TEST,
	NODE_AMONG, /* one of several whole values of a field */
	NODE_GLOBS, /* one of several globs on a field: the children's */
	NODE_NOT,
	NODE_MANY
};

struct node {
	enum node_kind kind;
	uint32_t need; /* MANY: so many of the children must hold */
	uint32_t count;
	struct node **children;
	uint32_t slot; /* of all tests; keywords: the slot after the last */
	const struct rule_test *test;
	const struct span *literals; /* AMONG [count], sorted */
	uint64_t cost;
	uint32_t number; /* in the order made, so that sorting is stable */
	uint64_t generation;
	enum verdict verdict;
};

struct compiler;

/* Nodes are owned by the arena and outlive the compiler. */
struct compiler *compile_new(struct arena *arena, uint32_t keyword_slot);
void compile_free(struct compiler *compiler);

struct node *compile_expr(struct compiler *compiler, const struct expr *expr);

#endif
