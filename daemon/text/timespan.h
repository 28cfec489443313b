/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durations as people write them: a whole number and a unit, several joined
 * ("1h30m").  Sigma: s m h d w M y (M = 2,629,746 s, y = 31,556,952 s, the
 * mean Gregorian month and year); also ms and us.
 */
#ifndef TEXT_TIMESPAN_H
#define TEXT_TIMESPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* Greater than 0 and at most 100 years; anything else is refused. */
bool timespan_parse(struct span text, int64_t *ret_us, struct error *err);

/* "10 min", "24 h", "30 days": exact, as short as possible, for sentences. */
void timespan_format(int64_t span_us, struct buffer *out);

/* "64 KiB", "480 bytes": exact. */
void timespan_format_size(uint64_t bytes, struct buffer *out);

/* Sizes: 512, 8KiB, 1MiB, 2GiB, also kB MB GB (powers of 1000). */
bool timespan_parse_size(struct span text, uint64_t *ret_bytes,
    struct error *err);

#endif
