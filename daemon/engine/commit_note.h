/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands with a committed offset of an input, printable ASCII:
 *
 *	v1 t=1772486047412000 n=17
 *
 * t: the partition's greatest event time, microseconds since the epoch, left
 * out if there is none; n: number of the batch.  Unknown words are passed
 * over; another version is read as nothing.
 */
#ifndef ENGINE_COMMIT_NOTE_H
#define ENGINE_COMMIT_NOTE_H

#include <stdint.h>

#include "model/ports.h"

void commit_note_write(int64_t time_us, uint64_t number,
    char ret_text[PORT_METADATA_MAX]);

/* RECORD_NO_TIME and 0 where nothing is said. */
void commit_note_read(struct span text, int64_t *ret_time_us,
    uint64_t *ret_number);

#endif
