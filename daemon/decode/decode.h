/* SPDX-License-Identifier: Apache-2.0 */
/* Records become events: JSON or CSV rows into the slots of a field set. */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "base/arena.h"
#include "decode/mapping.h"
#include "model/event.h"

struct decoder;

struct decode_limits {
	uint64_t record_bytes; /* 1 MiB */
	unsigned json_depth;   /* 64 */
	int64_t max_future_us; /* 5 min */
	bool last_duplicate_wins;
};

extern const struct decode_limits decode_limits_default;

/*
 * Borrows mapping and fields; see mapping_lacks_hash_key().  One decoder serves one input; `fields` decides
 * what is decoded.
 */
struct decoder *decoder_new(const struct mapping *mapping,
    const struct field_set *fields, const struct decode_limits *limits);
void decoder_free(struct decoder *decoder); /* accepts NULL */

/*
 * Decodes a record into the arena; nothing in the event points into
 * record->bytes.  They are one JSON object, or one row if the mapping has a
 * header, in the mapping's encoding; where the source made JSON of them
 * already (record->original) that is read as it is.  Values are whole,
 * however long: padding hides nothing.
 *
 * A path a.b.c is found as a > b > c, flat as a.b.c, or in between; the more
 * of it stands in one key, the sooner it counts.  It goes through arrays to
 * all their elements.  A record without a time (missing, null or blank) gets
 * the broker's time, or `assumed_us` where there is none, and is flagged.
 *
 * False: the record goes to integrity.rejected with err's code and text
 * (codes IR10xx: 1001 syntax or record->defect, 1002 duplicate key, 1003 too
 * deep, 1004 too large, 1005 unreadable time, 1006 no object, 1007 bytes
 * beyond repair, 1008 the header of a schema registry).  What the text quotes of the record is short and printable
 * ASCII.
 */
bool decoder_run(struct decoder *decoder, const struct record *record,
    int64_t assumed_us, struct arena *arena, struct event *ret_event,
    struct error *err);

#endif
