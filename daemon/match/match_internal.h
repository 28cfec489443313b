/* SPDX-License-Identifier: Apache-2.0 */
/* What match.c and expr.c share: one test on one field's value. */
#ifndef MATCH_MATCH_INTERNAL_H
#define MATCH_MATCH_INTERNAL_H

#include "base/arena.h"
#include "model/event.h"
#include "model/rule.h"
#include "model/verdict.h"

/*
 * A field's value as tests see it.  The folded texts are made at most once,
 * when the first test wants them.
 */
struct subject {
	const struct value *value;
	const struct value *members;
	uint32_t count;
	const struct span *folded; /* [count]; NULL: not made yet */
	struct span one;	   /* room for a single member's */
};

/* ---- test.c ---- */

void test_subject_init(struct subject *subject, const struct value *value);

/* All keywords of an event are one subject with many members. */
void test_subject_init_keywords(struct subject *subject,
    const struct event *event);

/* `other` is the second field of a FIELDREF, else NULL.  Folded texts go
 * into the arena. */
enum verdict test_subject(const struct rule_test *test, struct subject *subject,
    struct subject *other, struct arena *arena);

/* Is a folded text one of the literals?  What most rules ask, made short. */
bool test_subject_among(struct subject *subject, const struct span *literals,
    uint32_t count, struct arena *arena);

/* Does a folded text match one of the globs? */
struct node;
bool test_subject_globs(struct subject *subject, struct node *const *tests,
    uint32_t count, struct arena *arena);

/* What a test costs, roughly in nanoseconds: cheap ones go first. */
unsigned test_cost(const struct rule_test *test);

/* ---- glob.c ---- */

/*
 * Does the text match the pieces?  Time is at most proportional to the
 * lengths' product.  Both are folded, or neither.
 */
bool glob_match(const struct glob_piece *pieces, uint32_t count,
    struct span text);

/* ---- cidr.c ---- */

/*
 * An address in any spelling of IPv4 (four decimal parts) or IPv6; IPv4
 * becomes ::ffff:a.b.c.d.  Nothing may stand around it.
 */
bool cidr_parse(struct span text, uint8_t ret_address[16], bool *ret_is_v4);

bool cidr_match(const struct rule_test *test, struct span text);

#endif
