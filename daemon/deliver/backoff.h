/* SPDX-License-Identifier: Apache-2.0 */
/* When to try again: 0.1 s doubling to 30 s, each less up to a quarter
 * that comes from the name, so that destinations do not try in step. */
#ifndef DELIVER_BACKOFF_H
#define DELIVER_BACKOFF_H

#include <stdint.h>

#include "base/span.h"

struct backoff {
	uint64_t seed;
	unsigned failures;
};

void backoff_init(struct backoff *backoff, struct span name);
void backoff_reset(struct backoff *backoff);
int64_t backoff_next_us(struct backoff *backoff);

#endif
