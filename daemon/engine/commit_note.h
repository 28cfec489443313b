/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands with a committed offset of an input, printable ASCII:
 *
 *	v1 t=1772486047412000 n=17 r=37
 *
 * t: the partition's greatest event time, microseconds since the epoch, left
 * out if there is none; n: number of the batch; r: how many rules judged it,
 * left out if none did.  Unknown words are passed
 * over; another version is read as nothing.
 */
#ifndef ENGINE_COMMIT_NOTE_H
#define ENGINE_COMMIT_NOTE_H

#include <stdint.h>

#include "model/ports.h"

void commit_note_write(int64_t time_us, uint64_t number, uint32_t rules,
    char ret_text[PORT_METADATA_MAX]);

/* RECORD_NO_TIME and 0 where nothing is said. */
void commit_note_read(struct span text, int64_t *ret_time_us,
    uint64_t *ret_number);

/* How many rules were working then; 0 where nothing is said. */
uint32_t commit_note_rules(struct span text);

#endif
