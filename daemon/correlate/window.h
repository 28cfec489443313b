/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hits of one group under one rule, as far as they can still change an
 * answer, and the episodes that are open.
 *
 * Hits are kept sorted, so a late one is judged as if it had come in order:
 * the episodes found depend on the hits alone.  `settled_us` below is the
 * time before which no hit will come any more.
 *
 * Which hits may be forgotten, and why (tests/unit/correlate/test_random.c):
 *
 * Let C be the condition's cap or more: all measures from C on give the same
 * answer.  Call a window full if its measure is at least C.
 * 1. Inside a full run.  Let b be a hit with C others (value_count: C distinct
 *    values) kept at or before it, from b - x on, and C kept at or after it,
 *    up to b + y, with x + y <= timespan.  Every window that holds b holds all
 *    of the one or all of the other: it stays full without b, so no other
 *    hit's answer changes.  b's neighbours p and q have full windows too, so
 *    p, b, q are satisfied or not together and at most a timespan apart: an
 *    episode covers all or none of them.  So b's multiplicity can move to p.
 *    (If full means unsatisfied: no satisfied hit's window holds b, hence no
 *    episode begins or ends between p and b.)  Not while an episode counts p
 *    and b is still to be judged, though.
 * 2. Inside an episode of a monotone condition: let b lie between its first
 *    and last satisfied hits, and hits of b's own value on both sides of b
 *    within one timespan, so that any window that holds b holds one of those.
 *    b is counted, and whether b itself is satisfied cuts nothing any more.
 * 3. value_count, settled hits that an episode covers: they are counted, and
 *    later windows need only each value's last time.
 * A hit older than settled_us - timespan is in no window any more.
 */
#ifndef CORRELATE_WINDOW_H
#define CORRELATE_WINDOW_H

#include "base/heap.h"
#include "correlate/condition.h"
#include "correlate/evidence.h"

#define WINDOW_VALUE_LEN 16

/*
 * A counted value: itself up to 15 bytes (the last one is its length), else
 * 15 bytes of its SHA-256 and 0xff.  So no value costs more than another.
 */
struct window_value {
	uint8_t bytes[WINDOW_VALUE_LEN];
};

struct window_entry {
	int64_t at_us;
	uint32_t weight;  /* hits it stands for; 0: a further value of one */
	uint32_t measure; /* of [at - timespan, at], exact below C */
	uint32_t value;	  /* value_count: index into values */
	struct evidence_kept *kept; /* NULL: none, or crowded out */
};

struct episode {
	int64_t from_us, last_us; /* first and last satisfied hit */
	int64_t first_us;	  /* earliest hit covered */
	uint64_t count;
	uint64_t peak;
	struct alert_id id;
	uint32_t revision;
	uint64_t told_count;
	int64_t told_us;		 /* last_us when last told */
	int64_t event_us, broker_us;	 /* of the hit that decided last */
	struct evidence_samples samples; /* of forgotten hits it covers */
};

struct window;

typedef void window_tell(void *context, struct window *window,
    enum detection_kind kind, const struct episode *episode,
    const struct episode *into);

/* What is the same for all windows of a rule. */
struct window_terms {
	struct condition condition;
	/* Up to which measures are exact: the cap at least; C below. */
	uint32_t exact;
	bool is_distinct; /* value_count */
	int64_t span_us;
	int64_t renew_us;
	int64_t lateness_us; /* between watermark and settled_us, for renew */
	struct evidence_ends ends;
	struct evidence_store *store;
	struct alert_id (*id)(void *context, const struct window *window,
	    const struct record_position *position);
	window_tell *tell;
	void *context;
};

struct window_values; /* window_distinct.c's */

struct window {
	struct heap_node due;
	const struct window_terms *terms;
	struct window_entry *entries; /* by time, then position */
	size_t len, cap;
	size_t compact_at; /* len at which it is worth trying */
	int64_t judged_us; /* not monotone: older hits have been judged */
	/* The hits in the latest window (event_count). */
	size_t left;
	uint64_t tail_sum;
	struct window_values *values; /* value_count */
	uint32_t crowd; /* value_count: hits since records were crowded out */
	struct episode *episodes; /* by time, apart by over a timespan */
	uint32_t episode_count, episode_cap;
};

void window_init(struct window *window, const struct window_terms *terms);
void window_done(struct window *window);

/*
 * Records a hit that is not older than `settled_us`, in any order, with its
 * distinct counted values (event_count: none).  Takes `kept`.
 */
void window_observe(struct window *window, int64_t settled_us, int64_t at_us,
    const struct window_value *values, uint32_t value_count,
    struct evidence_kept *kept);

/* Nothing older than `settled_us` will come any more. */
void window_settle(struct window *window, int64_t settled_us);

/* From which settled_us on window_settle() has something to do. */
int64_t window_due(const struct window *window);

/* It holds nothing that could matter. */
bool window_is_empty(const struct window *window, int64_t settled_us);

/* Bytes held. */
size_t window_bytes(const struct window *window);

/* First entry that is not older than `at_us`; `len` if none. */
size_t window_find(const struct window *window, int64_t at_us);

/* An episode's evidence by time, at most ends.first + ends.last, sealed.
 * `arena` holds the array. */
struct evidence_kept **window_evidence(const struct window *window,
    const struct episode *episode, struct arena *arena, uint32_t *ret_count);

/* ---- Times that cannot wrap ---- */

static inline int64_t
window_time_add(int64_t at_us, int64_t span_us)
{
	int64_t sum;

	if (__builtin_add_overflow(at_us, span_us, &sum))
		return span_us > 0 ? INT64_MAX : INT64_MIN;
	return sum;
}

#endif
