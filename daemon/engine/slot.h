/* SPDX-License-Identifier: Apache-2.0 */
/* A batch that is computed and not yet committed, with its offsets. */
#ifndef ENGINE_SLOT_H
#define ENGINE_SLOT_H

#include "engine/engine.h"

struct slot {
	struct batch *batch;
	struct port_batch *records; /* owed to the source; NULL: none */
	struct port_offset *offsets;
	size_t offset_count, offset_cap;
	bool is_used;
};

void slot_init(struct slot *slot);
void slot_done(struct slot *slot);

/* What it holds is committed, or given up; records go back to the source. */
void slot_empty(struct slot *slot, const struct port_source *source);

/* The caller writes the metadata; valid until the next call. */
struct port_offset *slot_add_offset(struct slot *slot, uint32_t feed,
    int64_t next_offset);
bool slot_has_offset(const struct slot *slot, uint32_t feed);

#endif
