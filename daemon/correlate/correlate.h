/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits become detections: windows, episodes, watermarks.  Pure: event time is
 * always passed in, so a replayed log reaches the verdicts the live one did.
 *
 * Definitions.  The window of a hit at t is [t - timespan, t], both ends
 * included.  A hit is satisfied if the rule's condition holds over its window.
 * An episode of (rule, group): the satisfied hits in time order, cut where
 * neighbours are more than one timespan apart; it covers the hits in the
 * windows of its satisfied hits.  One episode is one alert.
 *
 * A rule's settling time is its watermark less its lateness; it moves at the
 * end of correlate_hits() alone.  A hit older than it, as it stood before the
 * batch, is late: single-event rules fire with EVENT_LATE, windows do not count
 * it, and a notice says so once per rule, group and episode of lateness.  So
 * how records fall into batches matters only for what is later than its input
 * may be.
 *
 *	watermark.c	feeds -> settling times
 *	key.c		event -> groups, counted values
 *	track.c		rules -> tracks; track_window.c: hits -> windows
 *	window.c	one group's hits under one rule; window_count.c and
 *			window_distinct.c measure, episode.c tells
 */
#ifndef CORRELATE_CORRELATE_H
#define CORRELATE_CORRELATE_H

#include "base/arena.h"
#include "model/detection.h"
#include "model/hit.h"
#include "model/notice.h"

struct correlate;

/* One configured input, as far as time is concerned. */
struct correlate_input {
	int64_t lateness_us;
	struct logsource logsource; /* what it declares; empty: nothing */
};

struct correlate_limits {
	uint64_t groups_per_rule; /* at it no new group is opened */
	/* value_count: so many values of a full window are told apart for
	 * the peak, at least as many as the condition needs; 0: 256 */
	uint32_t peak_values;
	/* Longer texts are cut where they are kept as evidence; 0: 32 KiB. */
	uint64_t text_bytes;
};

/* What the batch in hand led to; everything lives in `arena`. */
struct correlate_result {
	struct arena *arena;
	struct detection *detections; /* in the order decided */
	size_t count;
	size_t cap;
	struct notice_list notices;
};

void correlate_result_init(struct correlate_result *result,
    struct arena *arena);

/* Borrows rules and inputs until free or the next correlate_set_rules(). */
struct correlate *correlate_new(const struct rule_set *rules,
    const struct correlate_input *inputs, size_t input_count,
    const struct correlate_limits *limits);
void correlate_free(struct correlate *correlate); /* accepts NULL */

/*
 * Swaps the rule set between two batches.  Windows of correlations with the
 * same semantic hash are kept; the labels of the others are passed to `reset`.
 */
void correlate_set_rules(struct correlate *correlate,
    const struct rule_set *rules,
    void (*reset)(void *context, struct span rule_label), void *context);

/*
 * Takes the hits of one batch, in any order, and the greatest event time seen
 * in each feed meanwhile (correlate_seen() before it).  Sorts them by (time,
 * topic, partition, offset), judges them and then settles what the watermarks
 * allow: closes episodes, forgets hits.  Events and their records are borrowed
 * during the call only.
 */
void correlate_hits(struct correlate *correlate, const struct hit *hits,
    size_t count, struct correlate_result *result);

/*
 * The greatest event time of a feed rose to `time_us` (never falls).  With
 * INT64_MIN the feed is only made known: from then on it holds the watermark
 * back until something is seen of it, or it is idle.
 */
void correlate_seen(struct correlate *correlate, uint32_t feed, uint32_t input,
    int64_t time_us);

/* The feed is at its end and quiet: it holds no watermark back until
 * correlate_seen() is called for it again. */
void correlate_idle(struct correlate *correlate, uint32_t feed);

/* The feed is no longer ours: it counts no more. */
void correlate_forget(struct correlate *correlate, uint32_t feed);

/* INT64_MIN if nothing was seen. */
int64_t correlate_feed_time(const struct correlate *correlate, uint32_t feed);

/*
 * Nothing will ever come any more (the end of the files): settles everything
 * and closes every episode; those detections have closed_by_end set where the
 * watermark alone would not have closed them.
 */
void correlate_end(struct correlate *correlate,
    struct correlate_result *result);

struct correlate_stats {
	uint64_t groups, hits_held, bytes; /* now */
	/* so far: hits (per window) too late; events without a group or
	 * value; hits and members beyond a limit */
	uint64_t late, no_group, limited;
};
void correlate_get_stats(const struct correlate *correlate,
    struct correlate_stats *ret_stats);

/* What one rule's windows have not counted, or not told. */
struct correlate_drops {
	uint64_t late, no_group, limited; /* as above */
	uint64_t suppressed; /* hits of a rule with `suppress` that were told
				with an alert that was open already */
};

/* Passes on what has come up since the last call, for each rule that has any;
 * labels are by the rules in force. */
void correlate_take_drops(struct correlate *correlate,
    void (*take)(void *context, const struct rule *rule,
	const struct correlate_drops *drops),
    void *context);

#endif
