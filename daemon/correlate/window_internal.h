/* SPDX-License-Identifier: Apache-2.0 */
/* What the window's own files share: a kind each, and the episodes. */
#ifndef CORRELATE_WINDOW_INTERNAL_H
#define CORRELATE_WINDOW_INTERNAL_H

#include "correlate/window.h"

/* What a hit did: the span of hits that it made satisfied (low_us > high_us:
 * none) and the greatest measure of the satisfied ones whose measure rose. */
struct window_change {
	int64_t low_us, high_us;
	uint64_t peak;
	int64_t peak_us; /* one of them */
};

#define WINDOW_NO_CHANGE                                                       \
	((struct window_change){ INT64_MAX, INT64_MIN, 0, INT64_MIN })

/* The measure of the hits at `at_us` rose from `before` (-1: a new hit). */
void window_note_change(const struct window *window, int64_t at_us,
    int64_t before, uint32_t measure, struct window_change *change);

/* Makes room at `index`; the entry is zeroed but for its time. */
struct window_entry *window_insert(struct window *window, size_t index,
    int64_t at_us);

/* ---- Kinds: measure a new entry, forget old ones ---- */

void window_count_insert(struct window *window, size_t index, int64_t at_us,
    struct window_change *change);
void window_count_compact(struct window *window, int64_t settled_us);

void window_distinct_insert(struct window *window, size_t index, int64_t at_us,
    const struct window_value *value, struct window_change *change);
void window_distinct_compact(struct window *window, int64_t settled_us);
/* After each hit: not every unsatisfied one keeps its record. */
void window_distinct_compact_evidence(struct window *window);
void window_distinct_done(struct window *window);
size_t window_distinct_bytes(const struct window *window);

/* ---- Episodes ---- */

/* A hit of `weight` at `at_us` is there: counted if an episode covers it. */
void episode_cover(struct window *window, int64_t at_us, uint32_t weight);

/* Hits from `low_us` to `high_us`, at most a timespan apart, have become
 * satisfied: opens, extends or joins.  `decided`: the hit that did it. */
void episode_satisfy(struct window *window, const struct window_change *change,
    const struct evidence_kept *decided);
void episode_raise_peak(struct window *window,
    const struct window_change *change);

/* Tells those that have doubled or were silent for too long. */
void episode_tell_due(struct window *window, int64_t watermark_us);
void episode_close_due(struct window *window, int64_t settled_us);

/* Lets go of evidence that is neither among the first nor the last of an
 * episode, and never will be, for episodes only grow. */
void episode_spare_evidence(struct window *window);

/* The entry is about to be forgotten: to its episode's samples. */
void episode_forget(struct window *window, struct window_entry *entry);
bool episode_covers(const struct window *window, const struct episode *episode,
    int64_t at_us);
/* One has been judged so far that it covers and counts the one, but not yet
 * the other, later one. */
bool episode_ends_between(const struct window *window, int64_t at_us,
    int64_t later_us);
void episode_done(struct window *window, struct episode *episode);

#endif
