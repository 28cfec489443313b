/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is worth telling once an hour: the first time at once, then what has
 * added up when an hour of event time has passed.
 */
#ifndef ENGINE_THROTTLE_H
#define ENGINE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct throttle;

struct throttle *throttle_new(int64_t interval_us);
void throttle_free(struct throttle *throttle); /* accepts NULL */

/*
 * Adds `count` to what happened of one kind under `key`.  True if it is to be
 * told now: *ret_count is then all that was not told before.
 */
bool throttle_add(struct throttle *throttle, unsigned kind, struct span key,
    int64_t at_us, uint64_t count, uint64_t *ret_count);

struct throttle_rest {
	unsigned kind;
	struct span key;
	int64_t at_us; /* when it happened last; later than what was told */
	uint64_t count;
};

/*
 * The next of those, as they were first added, whose interval has passed at
 * `now_us` and of which something is not told yet: it counts as told.
 */
bool throttle_take(struct throttle *throttle, int64_t now_us,
    struct throttle_rest *ret_rest);

#endif
