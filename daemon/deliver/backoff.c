/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include "deliver/backoff.h"

#define FIRST_US INT64_C(100000)
#define LAST_US INT64_C(30000000)

void
backoff_init(struct backoff *backoff, struct span name)
{
	static const struct hash_key public_key = { 0x696e74, 0x646573 };

	backoff->seed = hash_siphash13(&public_key, name);
	backoff->failures = 0;
}

void
backoff_reset(struct backoff *backoff)
{
	backoff->failures = 0;
}

int64_t
backoff_next_us(struct backoff *backoff)
{
	int64_t delay_us = FIRST_US, quarter;
	unsigned shift = 4 * (backoff->failures % 16);

	for (unsigned i = 0; i < backoff->failures && delay_us < LAST_US; i++)
		delay_us *= 2;
	if (delay_us > LAST_US)
		delay_us = LAST_US;
	if (backoff->failures < 1000)
		backoff->failures++;

	/* Never longer than the longest: 3/4 to 4/4. */
	quarter = delay_us / 4;
	return delay_us -
	    quarter * (int64_t)((backoff->seed >> shift) & 15) / 15;
}
