/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "correlate/correlate_internal.h"
#include "correlate/key.h"

static void
update_stats(struct group_window *window, size_t len_before)
{
	struct correlate_stats *stats = &window->track->correlate->stats;
	size_t bytes = window_bytes(&window->window);

	stats->hits_held += window->window.len - len_before;
	stats->bytes += bytes - window->bytes;
	window->bytes = bytes;
}

/* NULL at the limit. */
static struct group_window *
open_window(struct track *track, struct group *group, struct span key)
{
	struct correlate *correlate = track->correlate;
	struct group_window *window;

	if (track->due.count >= correlate->limits.groups_per_rule)
		return NULL;
	if (group == NULL)
		group = group_table_add(track->groups, key);
	window = group_table_open(group, track, &track->terms);
	window->window.due.sequence = track->opened++;
	window->window.due.at_us = INT64_MAX;
	heap_add(&track->due, &window->window.due);
	correlate->stats.groups++;
	return window;
}

static struct group_window *
find_window(struct track *track, const struct span *group_values)
{
	struct buffer *key = &track->correlate->key;
	struct group *group;
	struct group_window *window = NULL;

	buffer_reset(key);
	key_join(key, group_values, group_table_width(track->groups));
	group = group_table_find(track->groups, buffer_span(key));
	if (group != NULL)
		window = group_table_window(group, track);
	if (window == NULL)
		window = open_window(track, group, buffer_span(key));
	return window;
}

static void
close_window(struct group_window *window)
{
	struct track *track = window->track;
	struct correlate_stats *stats = &track->correlate->stats;

	stats->groups--;
	stats->hits_held -= window->window.len;
	stats->bytes -= window->bytes;
	heap_remove(&track->due, &window->window.due);
	group_table_close(window);
}

/*
 * A single-event rule still fires for what its windows are too late for, once
 * per episode of lateness: opened and closed in one.
 */
static void
observe_late(struct track *track, const struct hit *hit, uint32_t ordinal,
    const struct span *group)
{
	struct correlate *correlate = track->correlate;
	struct detection *detection;

	correlate->stats.late++;
	track->drops.late++;
	if (!late_note(track, hit, group) ||
	    !track->rule->correlation->is_suppression)
		return;
	detection = tell_hit(correlate, hit, ordinal, group);
	detection->flags |= EVENT_LATE;
	tell_closed(correlate, detection);
}

static void
observe(struct track *track, const struct hit *hit, uint32_t ordinal,
    const struct span *group, const struct window_value *values,
    uint32_t value_count)
{
	struct correlate *correlate = track->correlate;
	int64_t at_us = hit->event->time_us, due_us;
	struct group_window *window;
	size_t len, told;

	if (at_us < track->settled_us) {
		observe_late(track, hit, ordinal, group);
		return;
	}
	window = find_window(track, group);
	if (window == NULL) {
		correlate->stats.limited++;
		track->drops.limited++;
		hourly_add(&track->no_room, at_us, 1);
		return;
	}
	len = window->window.len;
	told = correlate->result->count;
	window_observe(&window->window, track->settled_us, at_us, values,
	    value_count,
	    evidence_keep(correlate->store, hit, track->rule, ordinal));
	update_stats(window, len);
	if (track->rule->correlation->is_suppression &&
	    correlate->result->count == told)
		track->drops.suppressed++;
	due_us = window_due(&window->window);
	if (due_us < window->window.due.at_us) {
		window->window.due.at_us = due_us;
		heap_update(&track->due, &window->window.due);
	}
}

/*
 * An event that lacks a group-by or counted field does not exist for a
 * correlation.  Where the group only serves to say less often what one event
 * tells, it is told by itself: a bait opened by nobody known is no silence.
 */
static void
without_group(struct track *track, const struct hit *hit, uint32_t ordinal)
{
	track->correlate->stats.no_group++;
	track->drops.no_group++;
	if (track->rule->correlation->is_suppression)
		(void)tell_hit(track->correlate, hit, ordinal, NULL);
}

void
track_window_hit(struct track *track, const struct correlation_source *source,
    const struct hit *hit, uint32_t ordinal)
{
	struct correlate *correlate = track->correlate;
	const struct correlation *correlation = track->rule->correlation;
	struct arena *arena = correlate->result->arena;
	struct window_value *values = NULL;
	uint32_t value_count = 0;
	uint64_t dropped = 0;
	struct key_product groups;

	if (!key_groups(arena, hit->event, source->group_slots,
		correlation->group_count, &groups) ||
	    (correlation->kind == CORRELATION_VALUE_COUNT &&
		!key_values(arena, hit->event, source->value_slots,
		    correlation->value_count, &values, &value_count,
		    &dropped))) {
		without_group(track, hit, ordinal);
		return;
	}
	dropped += groups.dropped;
	if (dropped > 0) {
		correlate->stats.limited += dropped;
		track->drops.limited += dropped;
		hourly_add(&track->too_many, hit->event->time_us, dropped);
	}
	for (uint32_t i = 0; i < groups.count; i++)
		observe(track, hit, ordinal,
		    &groups.texts[i * correlation->group_count], values,
		    value_count);
}

void
track_window_settle(struct track *track, int64_t settled_us)
{
	struct heap_node *node;

	while ((node = heap_first(&track->due)) != NULL &&
	    node->at_us <= settled_us) {
		struct group_window *window = (struct group_window *)node;
		int64_t due_us = window_due(&window->window);
		size_t len = window->window.len;

		if (due_us <= settled_us) {
			window_settle(&window->window, settled_us);
			if (window_is_empty(&window->window, settled_us)) {
				update_stats(window, len);
				close_window(window);
				continue;
			}
			update_stats(window, len);
			due_us = window_due(&window->window);
			CHECK(due_us > settled_us);
		}
		node->at_us = due_us;
		heap_update(&track->due, node);
	}
}

void
track_window_drop(struct track *track)
{
	while (heap_first(&track->due) != NULL)
		close_window((struct group_window *)heap_first(&track->due));
}
