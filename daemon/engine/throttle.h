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
 * Adds `count` to what happened under `key`.  True if it is to be told now:
 * *ret_count is then all that was not told before.
 */
bool throttle_add(struct throttle *throttle, struct span key, int64_t at_us,
    uint64_t count, uint64_t *ret_count);

#endif
