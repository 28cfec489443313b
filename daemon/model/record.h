/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bytes of one audit record, and where they stand. */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/span.h"

#define RECORD_NO_TIME INT64_MIN

/*
 * Where a record stands: evidence must lead back to it.  For a file, topic is
 * its base name, partition 0 and offset the number of the record from 0.
 */
struct record_position {
	struct span topic; /* lives as long as the source */
	int32_t partition;
	int64_t offset;
};

struct record {
	struct record_position position;
	struct span bytes;     /* borrowed until the batch is released */
	struct span original;  /* the source's own bytes where `bytes` was made
				   of them (a CSV row, another encoding),
				   or are not to be changed; empty: `bytes` */
	const char *defect;    /* why the source could not read it; NULL */
	int64_t broker_us;     /* the broker's time; RECORD_NO_TIME in files */
	uint32_t input;	       /* index of the input it came from */
	uint32_t feed;	       /* dense number of (input, partition), see
				   correlate's watermarks */
	bool is_producer_time; /* broker_us is CreateTime */
};

/* What the evidence's SHA-256 is taken over. */
static inline struct span
record_evidence(const struct record *record)
{
	return record->original.len > 0 ? record->original : record->bytes;
}

/* By topic, partition, offset: the order of equal times. */
int record_position_compare(const struct record_position *a,
    const struct record_position *b);

#endif
