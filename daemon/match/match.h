/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events against rules.  Plain evaluation behind an interface that lets an
 * index take its place: callers see hits only.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "base/arena.h"
#include "model/hit.h"
#include "model/verdict.h"

struct matcher;

/* What an input declares of its logsource. */
struct match_input {
	struct logsource logsource;
};

/* Borrows the rule set and the inputs until free. */
struct matcher *matcher_new(const struct rule_set *rules,
    const struct match_input *inputs, size_t input_count);
void matcher_free(struct matcher *matcher); /* accepts NULL */

/* Hits of a batch; arrays grow in the arena. */
struct match_result {
	struct arena *arena;
	struct hit *hits;
	size_t hit_count, hit_cap;
	struct unknown_hit *unknowns;
	size_t unknown_count, unknown_cap;
};

void match_result_init(struct match_result *result, struct arena *arena);

/* Adds the hits of one event, in the order of the rule set. */
void matcher_run(struct matcher *matcher, const struct event *event,
    struct match_result *result);

/* One rule's expression (a condition, an identifier) over one event. */
enum verdict match_expr(const struct expr *expr, const struct event *event,
    struct arena *scratch);

/* True unless the input declares another value for an attribute the rule
 * names (SIGMA: logsource). */
bool match_logsource(const struct logsource *rule,
    const struct logsource *input);

#endif
