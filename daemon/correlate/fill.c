/* SPDX-License-Identifier: Apache-2.0 */
#include "correlate/correlate_internal.h"

#include "correlate/fill.h"

static void
see_window(const struct group_window *window, correlate_see_fill *see,
    void *context)
{
	const struct window *hits = &window->window;
	const struct window_entry *newest;
	struct correlate_fill fill;
	size_t first;

	if (hits->len == 0)
		return;
	newest = &hits->entries[hits->len - 1];
	first = window_find(hits,
	    window_time_add(newest->at_us, -hits->terms->span_us));
	fill = (struct correlate_fill){
		.group = window->group->values,
		.oldest_us = hits->entries[first].at_us,
		.newest_us = newest->at_us,
		.measure = newest->measure,
		.is_full = newest->measure >= hits->terms->condition.cap,
	};
	see(context, &fill);
}

void
correlate_fills(const struct correlate *correlate, const struct rule *rule,
    correlate_see_fill *see, void *context)
{
	for (size_t i = 0; i < correlate->track_count; i++) {
		const struct track *track = correlate->tracks[i];

		if (track->rule != rule)
			continue;
		for (size_t k = 1; k <= track->due.count; k++)
			see_window((const struct group_window *)
				       track->due.nodes[k],
			    see, context);
	}
}
