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
	mem_free(slot->firsts);
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

/* SIZE_MAX: none. */
static size_t
find(const struct slot *slot, uint32_t feed)
{
	for (size_t i = 0; i < slot->offset_count; i++) {
		if (slot->offsets[i].feed == feed)
			return i;
	}
	return SIZE_MAX;
}

bool
slot_has_offset(const struct slot *slot, uint32_t feed)
{
	return find(slot, feed) != SIZE_MAX;
}

struct port_offset *
slot_set_offset(struct slot *slot, uint32_t feed, int64_t first_offset,
    int64_t next_offset)
{
	size_t at = find(slot, feed);

	if (at == SIZE_MAX) {
		at = slot->offset_count++;
		slot->offsets = mem_grow(slot->offsets, &slot->offset_cap,
		    slot->offset_count, sizeof(*slot->offsets));
		slot->firsts = mem_grow(slot->firsts, &slot->first_cap,
		    slot->offset_count, sizeof(*slot->firsts));
		slot->offsets[at].feed = feed;
		slot->firsts[at] = first_offset;
	}
	slot->offsets[at].next_offset = next_offset;
	return &slot->offsets[at];
}

/* A position that did not move is told from an older one by its note, which
 * numbers the batches. */
static enum slot_settled
settle_feed(const struct port_offset *offset, int64_t first_offset,
    const struct port_feed *feed)
{
	if (feed->committed == offset->next_offset)
		return first_offset < offset->next_offset ||
			span_is(feed->metadata, offset->metadata) ?
		    SLOT_DONE :
		    SLOT_AGAIN;
	return feed->committed <= first_offset ? SLOT_AGAIN : SLOT_LOST;
}

enum slot_settled
slot_settle(const struct slot *slot, const struct port_feed *feeds,
    size_t count)
{
	enum slot_settled settled = SLOT_AGAIN;

	for (size_t i = 0; i < count && settled == SLOT_AGAIN; i++) {
		size_t at = find(slot, feeds[i].feed);

		if (at != SIZE_MAX)
			settled = settle_feed(&slot->offsets[at],
			    slot->firsts[at], &feeds[i]);
	}
	return settled;
}
