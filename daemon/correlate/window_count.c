/* SPDX-License-Identifier: Apache-2.0 */
/* event_count: the measure of a window is how many hits it holds. */
#include "correlate/window_internal.h"

static uint32_t
clip(uint64_t sum)
{
	return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

/* Not older than any other: the sum over the latest window moves along. */
static void
measure_tail(struct window *window, size_t index, int64_t at_us,
    struct window_change *change)
{
	struct window_entry *entries = window->entries;
	int64_t start_us = window_time_add(at_us, -window->terms->span_us);
	size_t i = window->len - 1;
	uint32_t measure;

	while (entries[window->left].at_us < start_us)
		window->tail_sum -= entries[window->left++].weight;
	window->tail_sum++;
	measure = clip(window->tail_sum);
	/* Simultaneous hits share one window. */
	for (; entries[i].at_us == at_us; i--) {
		window_note_change(window, at_us,
		    i == index ? -1 : (int64_t)entries[i].measure, measure,
		    change);
		entries[i].measure = measure;
		if (i == 0)
			break;
	}
}

static uint32_t
measure_past(const struct window *window, size_t index, int64_t at_us)
{
	const struct window_entry *entries = window->entries;
	int64_t start_us = window_time_add(at_us, -window->terms->span_us);
	uint64_t sum = 1;
	size_t i;

	if (index > 0 && entries[index - 1].at_us == at_us)
		return clip((uint64_t)entries[index - 1].measure + 1);
	if (entries[index + 1].at_us == at_us)
		return clip((uint64_t)entries[index + 1].measure + 1);
	/* Some of those that an entry stands for may be younger than this. */
	for (i = index; i > 0 && entries[i - 1].at_us >= start_us; i--)
		sum++;
	return clip(sum);
}

static void
insert_past(struct window *window, size_t index, int64_t at_us,
    struct window_change *change)
{
	struct window_entry *entries = window->entries;
	int64_t end_us = window_time_add(at_us, window->terms->span_us);
	uint32_t measure = measure_past(window, index, at_us);
	size_t i = index;

	entries[index].measure = measure;
	window_note_change(window, at_us, -1, measure, change);
	while (i > 0 && entries[i - 1].at_us == at_us)
		i--;
	for (; i < window->len && entries[i].at_us <= end_us; i++) {
		if (i == index)
			continue;
		measure = clip((uint64_t)entries[i].measure + 1);
		window_note_change(window, entries[i].at_us, entries[i].measure,
		    measure, change);
		entries[i].measure = measure;
	}
	if (window_time_add(entries[window->len - 1].at_us,
		-window->terms->span_us) <= at_us)
		window->tail_sum++;
	else
		window->left++;
}

void
window_count_insert(struct window *window, size_t index, int64_t at_us,
    struct window_change *change)
{
	if (window->entries[window->len - 1].at_us <= at_us)
		measure_tail(window, index, at_us, change);
	else
		insert_past(window, index, at_us, change);
}

/* Rule 1 of window.h, wide enough to spare an episode's first and last. */
static bool
is_inside_full_run(const struct window *window, size_t kept, size_t index)
{
	const struct window_terms *terms = window->terms;
	size_t need = terms->exact;

	if (terms->ends.first > need)
		need = terms->ends.first;
	if (terms->ends.last > need)
		need = terms->ends.last;
	return kept >= need && index + need < window->len &&
	    window->entries[index + need].at_us -
		window->entries[kept - need].at_us <=
	    terms->span_us &&
	    !episode_ends_between(window, window->entries[kept - 1].at_us,
		window->entries[index].at_us);
}

void
window_count_compact(struct window *window, int64_t settled_us)
{
	struct window_entry *entries = window->entries;
	size_t i = 0, kept = 0;
	size_t aged = window_find(window,
	    window_time_add(settled_us, -window->terms->span_us));

	for (; i < aged; i++)
		episode_forget(window, &entries[i]);
	for (; i < window->len; i++) {
		if (is_inside_full_run(window, kept, i)) {
			entries[kept - 1].weight += entries[i].weight;
			evidence_release(window->terms->store, entries[i].kept);
		} else {
			entries[kept++] = entries[i];
		}
	}
	window->len = kept;
	window->left = 0;
	window->tail_sum = 0;
	if (kept == 0)
		return;
	window->left = window_find(window,
	    window_time_add(entries[kept - 1].at_us, -window->terms->span_us));
	for (i = window->left; i < kept; i++)
		window->tail_sum += entries[i].weight;
}
