/* SPDX-License-Identifier: Apache-2.0 */
/* How full a rule's windows are, for those who ask why it has not fired. */
#ifndef CORRELATE_FILL_H
#define CORRELATE_FILL_H

#include "correlate/correlate.h"

/* Of one group: the window that its latest hit ends. */
struct correlate_fill {
	const struct span *group; /* [rule->correlation->group_count] */
	/* Of a full window hits that cannot change an answer are forgotten:
	 * its oldest one is the oldest that is left. */
	int64_t oldest_us, newest_us;
	uint64_t measure; /* hits, distinct values; exact unless full */
	bool is_full;	  /* more would not change the answer */
};

/* All windows of the rule that hold a hit, in no order; borrowed during the
 * call. */
typedef void correlate_see_fill(void *context,
    const struct correlate_fill *fill);
void correlate_fills(const struct correlate *correlate, const struct rule *rule,
    correlate_see_fill *see, void *context);

#endif
