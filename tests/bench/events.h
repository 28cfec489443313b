/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made-up audit records of a force of 5,000, always the same ones: 25 fields
 * and 617 bytes on average, 20 a second of event time.  What rules-50/ looks
 * for is in them at rates of 0.02 to 5 per cent, see events.c.
 */
#ifndef BENCH_EVENTS_H
#define BENCH_EVENTS_H

#include "base/buffer.h"
#include "model/record.h"

struct events {
	struct buffer text; /* one record after the other, a newline each */
	struct record *records;
	size_t count;
};

/* `feeds` partitions take turns.  Readable behind the text: 64 bytes. */
void events_make(struct events *events, size_t count, uint32_t feeds);
void events_done(struct events *events);

#endif
