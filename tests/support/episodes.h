/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The episodes of a list of hits, straight from the definitions: slow, without
 * any state, and so simple that it can be checked by reading it.
 *
 *	The window of a hit at t is [t - timespan, t], both ends included.
 *	A hit is satisfied if the condition holds over its window.
 *	An episode: the satisfied hits of a group in the order of time, cut
 *	where neighbours are more than one timespan apart.  It covers the hits
 *	in the windows of its satisfied hits; `first` is the earliest of these,
 *	`last` the latest satisfied one, `count` how many it covers.
 */
#ifndef SUPPORT_EPISODES_H
#define SUPPORT_EPISODES_H

#include "model/rule.h"

#define EPISODES_VALUES_MAX 4

struct episodes_hit {
	uint32_t group;
	int64_t at_us;
	/* value_count: what it counts, several of an array; else unused */
	uint32_t values[EPISODES_VALUES_MAX];
	uint32_t value_count;
};

struct episodes_rule {
	enum correlation_kind kind;
	int64_t span_us;
	struct correlation_bound bounds[2];
	uint32_t bound_count;
};

struct episodes_episode {
	uint32_t group;
	int64_t first_us, last_us;
	uint64_t count;
};

/*
 * Writes the episodes by group, then time, to `ret_episodes` (room for
 * `count`) and returns how many.  `hits` may be in any order.
 */
size_t episodes_find(const struct episodes_rule *rule,
    const struct episodes_hit *hits, size_t count,
    struct episodes_episode *ret_episodes);

/* The measure over the window of hits[index]. */
uint64_t episodes_measure(const struct episodes_rule *rule,
    const struct episodes_hit *hits, size_t count, size_t index);
bool episodes_is_satisfied(const struct episodes_rule *rule, uint64_t measure);

#endif
