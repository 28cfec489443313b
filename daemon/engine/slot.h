/* SPDX-License-Identifier: Apache-2.0 */
/* A batch that is computed and not yet committed, with its offsets. */
#ifndef ENGINE_SLOT_H
#define ENGINE_SLOT_H

#include "engine/engine.h"

struct slot {
	struct batch *batch;
	struct port_batch *records; /* owed to the source; NULL: none */
	struct port_offset *offsets;
	int64_t *firsts; /* where it began in each of them */
	size_t offset_count, offset_cap, first_cap;
	bool is_used;
};

void slot_init(struct slot *slot);
void slot_done(struct slot *slot);

/* What it holds is committed, or given up; records go back to the source. */
void slot_empty(struct slot *slot, const struct port_source *source);

/* Or moves the one that it has.  The caller writes the metadata; valid until
 * the next call. */
struct port_offset *slot_set_offset(struct slot *slot, uint32_t feed,
    int64_t first_offset, int64_t next_offset);
bool slot_has_offset(const struct slot *slot, uint32_t feed);

enum slot_settled { SLOT_DONE, SLOT_AGAIN, SLOT_LOST };

/*
 * What became of its transaction, by what is committed: it is, it is not, or
 * another has gone on from there.
 */
enum slot_settled slot_settle(const struct slot *slot,
    const struct port_feed *feeds, size_t count);

#endif
