/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "correlate/evidence.h"

/* One too many for a moment: whatever order they come in, the one that is
 * neither among the first nor the last then goes. */
void
evidence_samples_add(struct evidence_samples *samples,
    struct evidence_ends ends, struct evidence_store *store,
    struct evidence_kept *kept)
{
	uint32_t limit = ends.first + ends.last, i = samples->count;

	if (kept == NULL)
		return;
	if (samples->count == samples->cap) {
		samples->cap = limit + 1 > samples->count ? limit + 1 :
							    samples->count + 1;
		samples->items = mem_resize(samples->items, samples->cap,
		    sizeof(*samples->items));
	}
	for (; i > 0 &&
	    evidence_compare(&samples->items[i - 1]->evidence,
		&kept->evidence) > 0;
	    i--)
		samples->items[i] = samples->items[i - 1];
	samples->items[i] = kept;
	samples->count++;
	while (samples->count > limit) {
		evidence_release(store, samples->items[ends.first]);
		samples->count--;
		memmove(&samples->items[ends.first],
		    &samples->items[ends.first + 1],
		    (samples->count - ends.first) * sizeof(*samples->items));
	}
}

void
evidence_samples_append(struct evidence_samples *samples,
    struct evidence_ends ends, struct evidence_store *store,
    struct evidence_samples *from)
{
	for (uint32_t i = 0; i < from->count; i++)
		evidence_samples_add(samples, ends, store, from->items[i]);
	from->count = 0;
}

void
evidence_samples_done(struct evidence_samples *samples,
    struct evidence_store *store)
{
	for (uint32_t i = 0; i < samples->count; i++)
		evidence_release(store, samples->items[i]);
	mem_free(samples->items);
	*samples = (struct evidence_samples){ 0 };
}
