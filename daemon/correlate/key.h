/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of an event: the texts of some of its fields; an array gives one
 * key per member, several arrays the product.
 */
#ifndef CORRELATE_KEY_H
#define CORRELATE_KEY_H

#include "base/buffer.h"
#include "correlate/window.h"

#define KEY_GROUPS_MAX 64
#define KEY_VALUES_MAX 4096

struct key_product {
	struct span *texts; /* count rows of as many as there are slots */
	uint32_t count;
	uint64_t dropped; /* beyond the limit */
};

/*
 * Distinct groups, in the order of the members.  False if a field is missing,
 * null, or has no member with a text.  Everything lives in `arena`.
 */
bool key_groups(struct arena *arena, const struct event *event,
    const uint32_t *slots, uint32_t count, struct key_product *ret_product);

/* Distinct values (tuples) to count. */
bool key_values(struct arena *arena, const struct event *event,
    const uint32_t *slots, uint32_t count, struct window_value **ret_values,
    uint32_t *ret_count, uint64_t *ret_dropped);

/* Appends the texts, each after its length. */
void key_join(struct buffer *buffer, const struct span *texts, uint32_t count);

#endif
