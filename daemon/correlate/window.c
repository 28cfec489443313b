/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "correlate/window_internal.h"

#include "correlate/window.h"

#define COMPACT_MIN 16

void
window_init(struct window *window, const struct window_terms *terms)
{
	*window = (struct window){
		.terms = terms,
		.compact_at = COMPACT_MIN,
		.judged_us = INT64_MIN,
	};
}

void
window_done(struct window *window)
{
	for (size_t i = 0; i < window->len; i++)
		evidence_release(window->terms->store, window->entries[i].kept);
	for (uint32_t i = 0; i < window->episode_count; i++)
		episode_done(window, &window->episodes[i]);
	window_distinct_done(window);
	mem_free(window->entries);
	mem_free(window->episodes);
}

size_t
window_find(const struct window *window, int64_t at_us)
{
	size_t low = 0, high = window->len;

	if (high > 0 && window->entries[high - 1].at_us < at_us)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (window->entries[middle].at_us < at_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Behind the entries of its time that stand before it in their topics. */
static size_t
find_place(const struct window *window, int64_t at_us,
    const struct evidence_kept *kept)
{
	size_t i = window_find(window, window_time_add(at_us, 1));

	for (; i > 0 && kept != NULL; i--) {
		const struct window_entry *entry = &window->entries[i - 1];

		if (entry->at_us != at_us || entry->kept == NULL ||
		    evidence_compare(&entry->kept->evidence, &kept->evidence) <=
			0)
			break;
	}
	return i;
}

struct window_entry *
window_insert(struct window *window, size_t index, int64_t at_us)
{
	struct window_entry *entry;

	window->entries = mem_grow(window->entries, &window->cap,
	    window->len + 1, sizeof(*window->entries));
	entry = &window->entries[index];
	if (index < window->len)
		memmove(entry + 1, entry,
		    (window->len - index) * sizeof(*entry));
	window->len++;
	*entry = (struct window_entry){ .at_us = at_us };
	return entry;
}

static bool
is_satisfied(const struct window *window, uint64_t measure)
{
	const struct condition *condition = &window->terms->condition;

	return condition->is_monotone ? measure >= condition->cap :
					condition_holds(condition, measure);
}

void
window_note_change(const struct window *window, int64_t at_us, int64_t before,
    uint32_t measure, struct window_change *change)
{
	if (!is_satisfied(window, measure))
		return;
	if (measure > change->peak) {
		change->peak = measure;
		change->peak_us = at_us;
	}
	if (before >= 0 && is_satisfied(window, (uint64_t)before))
		return;
	if (at_us < change->low_us)
		change->low_us = at_us;
	if (at_us > change->high_us)
		change->high_us = at_us;
}

static void
compact(struct window *window, int64_t settled_us)
{
	episode_spare_evidence(window);
	if (window->terms->is_distinct)
		window_distinct_compact(window, settled_us);
	else
		window_count_compact(window, settled_us);
	window->compact_at = 2 * window->len;
	if (window->compact_at < COMPACT_MIN)
		window->compact_at = COMPACT_MIN;
	if (window->cap > 2 * window->compact_at) {
		window->cap = window->compact_at;
		window->entries = mem_resize(window->entries, window->cap,
		    sizeof(*window->entries));
	}
}

static void
judge_change(struct window *window, const struct window_change *change,
    const struct evidence_kept *kept)
{
	if (!window->terms->condition.is_monotone)
		return;
	if (change->low_us <= change->high_us)
		episode_satisfy(window, change, kept);
	else if (change->peak > 0)
		episode_raise_peak(window, change);
}

void
window_observe(struct window *window, int64_t settled_us, int64_t at_us,
    const struct window_value *values, uint32_t value_count,
    struct evidence_kept *kept)
{
	size_t index = find_place(window, at_us, kept);
	uint32_t count = window->terms->is_distinct ? value_count : 1;

	for (uint32_t i = 0; i < count; i++) {
		struct window_change change = WINDOW_NO_CHANGE;
		struct window_entry *entry = window_insert(window, index + i,
		    at_us);

		entry->weight = i == 0;
		entry->kept = i == 0 ? kept : NULL;
		if (window->terms->is_distinct)
			window_distinct_insert(window, index + i, at_us,
			    &values[i], &change);
		else
			window_count_insert(window, index + i, at_us, &change);
		if (i == 0)
			episode_cover(window, at_us, 1);
		judge_change(window, &change, kept);
	}
	episode_tell_due(window, INT64_MIN);
	if (window->terms->is_distinct)
		window_distinct_compact_evidence(window);
	if (window->len >= window->compact_at)
		compact(window, settled_us);
}

/* What only settles can be judged: in order of time, in one go for a time. */
static void
judge_settled(struct window *window, int64_t settled_us)
{
	size_t i = window_find(window, window->judged_us);

	while (i < window->len && window->entries[i].at_us < settled_us) {
		const struct window_entry *entry = &window->entries[i];
		int64_t at_us = entry->at_us;
		struct window_change change = { at_us, at_us, entry->measure,
			at_us };
		const struct evidence_kept *kept = entry->kept;

		if (is_satisfied(window, entry->measure)) {
			episode_satisfy(window, &change, kept);
			episode_tell_due(window, INT64_MIN);
		}
		while (i < window->len && window->entries[i].at_us == at_us)
			i++;
	}
	window->judged_us = settled_us;
}

bool
window_is_empty(const struct window *window, int64_t settled_us)
{
	return window->episode_count == 0 &&
	    (window->len == 0 ||
		window_time_add(window->entries[window->len - 1].at_us,
		    window->terms->span_us) < settled_us);
}

void
window_settle(struct window *window, int64_t settled_us)
{
	const struct window_terms *terms = window->terms;

	if (!terms->condition.is_monotone)
		judge_settled(window, settled_us);
	episode_close_due(window, settled_us);
	episode_tell_due(window,
	    settled_us == INT64_MAX ?
		INT64_MIN :
		window_time_add(settled_us, terms->lateness_us));
	if (window->len >= window->compact_at)
		compact(window, settled_us);
}

int64_t
window_due(const struct window *window)
{
	const struct window_terms *terms = window->terms;
	int64_t due_us = INT64_MAX, at_us;

	if (!terms->condition.is_monotone) {
		size_t i = window_find(window, window->judged_us);

		if (i < window->len)
			due_us = window_time_add(window->entries[i].at_us, 1);
	}
	for (uint32_t i = 0; i < window->episode_count; i++) {
		const struct episode *episode = &window->episodes[i];

		at_us = window_time_add(episode->last_us, terms->span_us);
		at_us = window_time_add(at_us, 1);
		if (episode->count > episode->told_count) {
			int64_t renew_us = window_time_add(episode->told_us,
			    terms->renew_us);

			renew_us = window_time_add(renew_us,
			    -terms->lateness_us);
			at_us = renew_us < at_us ? renew_us : at_us;
		}
		due_us = at_us < due_us ? at_us : due_us;
	}
	if (window->episode_count == 0) {
		at_us = window->len == 0 ?
		    INT64_MIN :
		    window_time_add(window->entries[window->len - 1].at_us,
			terms->span_us);
		at_us = window_time_add(at_us, 1);
		due_us = at_us < due_us ? at_us : due_us;
	}
	return due_us;
}

size_t
window_bytes(const struct window *window)
{
	return sizeof(*window) + window->cap * sizeof(*window->entries) +
	    window->episode_cap * sizeof(*window->episodes) +
	    window_distinct_bytes(window);
}

static int
compare_kept(const void *a, const void *b)
{
	const struct evidence_kept *const *first = a, *const *second = b;

	return evidence_compare(&(*first)->evidence, &(*second)->evidence);
}

struct evidence_kept **
window_evidence(const struct window *window, const struct episode *episode,
    struct arena *arena, uint32_t *ret_count)
{
	const struct evidence_ends ends = window->terms->ends;
	uint32_t count = 0, limit = ends.first + ends.last;
	size_t i = window_find(window,
	    window_time_add(episode->from_us, -window->terms->span_us));
	size_t end = window_find(window, window_time_add(episode->last_us, 1));
	struct evidence_kept **list = arena_array(arena,
	    episode->samples.count + (end - i), sizeof(struct evidence_kept *));

	for (uint32_t k = 0; k < episode->samples.count; k++)
		list[count++] = episode->samples.items[k];
	for (; i < end; i++) {
		if (window->entries[i].kept != NULL)
			list[count++] = window->entries[i].kept;
	}
	if (count > 1)
		qsort(list, count, sizeof(struct evidence_kept *),
		    compare_kept);
	if (count > limit) {
		memmove(list + ends.first, list + count - ends.last,
		    ends.last * sizeof(struct evidence_kept *));
		count = limit;
	}
	for (uint32_t k = 0; k < count; k++)
		evidence_seal(window->terms->store, list[k]);
	*ret_count = count;
	return list;
}
