/* SPDX-License-Identifier: Apache-2.0 */
/* One look at integrity.alerts from outside: for tools, blocking. */
#ifndef KAFKA_READER_H
#define KAFKA_READER_H

#include "base/buffer.h"
#include "kafka/kafka.h"

/*
 * Passes on every committed record, oldest first, up to the last stable offset
 * of now.  False: `err` says why; also where the oldest are gone, for then
 * nothing can be recomputed.
 */
typedef void kafka_reader_take(void *context, int64_t offset,
    struct span value);
bool kafka_reader_alerts(const struct kafka_options *options,
    kafka_reader_take *take, void *context, struct error *err);

/* Where a destination stands: its committed offset, -1 if there is none, and
 * the metadata, appended. */
bool kafka_reader_position(const struct kafka_options *options,
    const char *destination, int64_t *ret_next_offset, struct buffer *metadata,
    struct error *err);

#endif
