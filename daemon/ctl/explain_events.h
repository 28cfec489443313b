/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events to explain: one JSON object over any number of lines, as people
 * paste it, else whatever backtest reads, a record per line.
 */
#ifndef CTL_EXPLAIN_EVENTS_H
#define CTL_EXPLAIN_EVENTS_H

#include "decode/mapping.h"
#include "model/record.h"

struct explain_events;

/* "-": standard input.  Borrows the mapping. */
bool explain_events_open(const char *path, const struct mapping *mapping,
    struct explain_events **ret_events, struct error *err);
void explain_events_close(struct explain_events *events); /* accepts NULL */

/* As source_file_read(). */
bool explain_events_read(struct explain_events *events, struct arena *arena,
    struct record **ret_records, size_t *ret_count, struct error *err);

#endif
