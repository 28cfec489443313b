/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits kept as evidence.  Within the batch that brought it a hit is only
 * pointed at; what is still kept when the batch ends is sealed: its values
 * are copied and its record's SHA-256 is computed, once per record.
 */
#ifndef CORRELATE_EVIDENCE_H
#define CORRELATE_EVIDENCE_H

#include "model/detection.h"
#include "model/hit.h"

struct evidence_store;

struct evidence_kept {
	struct evidence evidence; /* values: NULL until sealed */
	int64_t broker_us;
	/* until sealed */
	const struct event *event;
	const struct rule *rule; /* whose kept_slots */
	uint32_t ordinal;	 /* of the event in the batch */
	size_t value_bytes;
	size_t pending; /* place among the unsealed, from 1 */
	struct evidence_kept *next_free;
};

/* Texts longer than `text_bytes` (0: 32 KiB) are kept cut, and lists after
 * 4,096 members. */
struct evidence_store *evidence_new(uint64_t text_bytes);
void evidence_free(struct evidence_store *store);

/* What is kept now takes so much. */
size_t evidence_bytes(const struct evidence_store *store);

/* A batch of at most `events` events begins; `arena` lives as long as it. */
void evidence_begin(struct evidence_store *store, struct arena *arena,
    size_t events);

/* Seals all that is kept of the batch. */
void evidence_seal_all(struct evidence_store *store);

/* `ordinal`: below `events`, the same for hits of one event. */
struct evidence_kept *evidence_keep(struct evidence_store *store,
    const struct hit *hit, const struct rule *rule, uint32_t ordinal);
void evidence_release(struct evidence_store *store,
    struct evidence_kept *kept); /* accepts NULL */
void evidence_seal(struct evidence_store *store, struct evidence_kept *kept);

/* Replaces sealed values by `count` new ones: new[i] = old[from[i]], a
 * missing value where from[i] is UINT32_MAX. */
void evidence_remap(struct evidence_store *store, struct evidence_kept *kept,
    const uint32_t *from, uint32_t count);

/* A copy that lives in `arena`, with `value_count` values. */
struct evidence evidence_copy(const struct evidence *evidence,
    uint32_t value_count, struct arena *arena);

/* Of one hit that is not kept at all; values and digest live in `arena`. */
struct evidence evidence_of_hit(struct evidence_store *store,
    const struct hit *hit, const struct rule *rule, uint32_t ordinal,
    struct arena *arena);

/* By time, then position. */
int evidence_compare(const struct evidence *a, const struct evidence *b);

/* ---- The first and the last of a row of hits ---- */

/* By time; owns what it holds. */
struct evidence_samples {
	struct evidence_kept **items;
	uint32_t count;
	uint32_t cap;
};

struct evidence_ends {
	uint32_t first, last; /* how many to keep of either end */
};

/* Takes `kept` (NULL: nothing); releases what it crowds out. */
void evidence_samples_add(struct evidence_samples *samples,
    struct evidence_ends ends, struct evidence_store *store,
    struct evidence_kept *kept);

/* Moves all of `from` behind. */
void evidence_samples_append(struct evidence_samples *samples,
    struct evidence_ends ends, struct evidence_store *store,
    struct evidence_samples *from);
void evidence_samples_done(struct evidence_samples *samples,
    struct evidence_store *store);

#endif
