/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The synthetic force: staff with units, shifts, sites and systems at their
 * ordinary work, planted abuse, and decoys that look like it and are innocent.
 *
 * What somebody does on a day is a function of (seed, person, day) alone, so
 * the same options give the same records, byte for byte, and a longer feed
 * begins with the shorter one.
 */
#ifndef CTL_FORCE_H
#define CTL_FORCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define FORCE_STAFF_MIN 100
#define FORCE_STAFF_MAX 100000

struct force;

struct force_options {
	uint64_t seed;
	uint32_t staff;	  /* FORCE_STAFF_MIN to FORCE_STAFF_MAX */
	uint32_t days;	  /* 14 hold every planted case */
	int64_t start_us; /* midnight, UTC, of the first day */
};

/* The caller owns the result. */
struct force *force_new(const struct force_options *options);
void force_free(struct force *force); /* accepts NULL */

/* One audit record; the spans are valid until the next call. */
struct force_record {
	int64_t time_us;
	struct span actor; /* user.id, the record's key */
	struct span json;  /* canonical fields, dotted keys */
};

/* The next record in time order; false at the end. */
bool force_next(struct force *force, struct force_record *ret_record);

enum force_part { FORCE_PLANTED, FORCE_DECOY };

/*
 * What was planted, and where it must be found; or who only looks like it, and
 * which rules are known to report it all the same.
 */
struct force_case {
	enum force_part part;
	const char *key;	  /* the officer's user.id, or a subject.id */
	const char *title;	  /* "the stalker" */
	const char *story;	  /* what happens, in a few words */
	const char *const *rules; /* names, NULL-ended, may be empty */
};

/* Owned by the force. */
const struct force_case *force_cases(const struct force *force,
    size_t *ret_count);

/* Values of the lists that the rules of such a force need. */
struct force_list {
	const char *name; /* "bulk_readers" */
	const char *value;
};
const struct force_list *force_lists(const struct force *force,
    size_t *ret_count);

#endif
