/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "engine/slot.h"

void
slot_init(struct slot *slot)
{
	*slot = (struct slot){ .batch = batch_new() };
}

void
slot_done(struct slot *slot)
{
	batch_free(slot->batch);
	mem_free(slot->offsets);
}

void
slot_empty(struct slot *slot, const struct port_source *source)
{
	if (slot->records != NULL)
		source->release(source->port, slot->records);
	batch_reset(slot->batch);
	slot->records = NULL;
	slot->offset_count = 0;
	slot->is_used = false;
}

struct port_offset *
slot_add_offset(struct slot *slot, uint32_t feed, int64_t next_offset)
{
	struct port_offset *offset;

	slot->offsets = mem_grow(slot->offsets, &slot->offset_cap,
	    slot->offset_count + 1, sizeof(*slot->offsets));
	offset = &slot->offsets[slot->offset_count++];
	offset->feed = feed;
	offset->next_offset = next_offset;
	return offset;
}

bool
slot_has_offset(const struct slot *slot, uint32_t feed)
{
	for (size_t i = 0; i < slot->offset_count; i++) {
		if (slot->offsets[i].feed == feed)
			return true;
	}
	return false;
}
