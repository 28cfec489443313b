/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "correlate/window_values.h"

#define NONE WINDOW_VALUES_NONE
#define FEW 8 /* so many are searched one by one */

struct window_values *
window_values_new(void)
{
	struct window_values *values = mem_zalloc(sizeof(*values));

	values->oldest = values->newest = values->oldest_active = NONE;
	values->active_us = INT64_MIN;
	return values;
}

void
window_values_free(struct window_values *values)
{
	if (values == NULL)
		return;
	mem_free(values->items);
	mem_free(values->slots);
	mem_free(values);
}

size_t
window_values_bytes(const struct window_values *values)
{
	return sizeof(*values) + values->cap * sizeof(*values->items) +
	    values->slot_count * sizeof(*values->slots);
}

static bool
is_same(const struct window_value *a, const struct window_value *b)
{
	return !memcmp(a->bytes, b->bytes, WINDOW_VALUE_LEN);
}

/* The slot of the key, or the empty one where it belongs. */
static uint32_t *
find_slot(const struct window_values *values, const struct window_value *key)
{
	size_t i = hash_siphash13(hash_key(),
	    span_make(key->bytes, WINDOW_VALUE_LEN));

	for (i &= values->slot_count - 1; values->slots[i] != 0;
	    i = (i + 1) & (values->slot_count - 1)) {
		if (is_same(&values->items[values->slots[i] - 1].key, key))
			break;
	}
	return &values->slots[i];
}

static void
grow_slots(struct window_values *values)
{
	size_t count = values->slot_count == 0 ? 4 * FEW :
						 2 * values->slot_count;

	mem_free(values->slots);
	values->slots = mem_array(count, sizeof(*values->slots));
	values->slot_count = count;
	for (size_t i = 0; i < values->count; i++)
		*find_slot(values, &values->items[i].key) = (uint32_t)i + 1;
}

static uint32_t
find(const struct window_values *values, const struct window_value *key)
{
	if (values->slots != NULL) {
		uint32_t slot = *find_slot(values, key);

		return slot == 0 ? NONE : slot - 1;
	}
	for (size_t i = 0; i < values->count; i++) {
		if (is_same(&values->items[i].key, key))
			return (uint32_t)i;
	}
	return NONE;
}

uint32_t
window_values_add(struct window_values *values, const struct window_value *key,
    bool *ret_is_new)
{
	uint32_t index = find(values, key);

	*ret_is_new = index == NONE;
	if (index != NONE)
		return index;
	index = (uint32_t)values->count;
	values->items = mem_grow(values->items, &values->cap, values->count + 1,
	    sizeof(*values->items));
	values->items[values->count++] = (struct window_values_item){
		.key = *key,
		.last_us = INT64_MIN,
		.older = NONE,
		.newer = NONE,
	};
	if (values->count > FEW && values->count * 2 > values->slot_count)
		grow_slots(values);
	else if (values->slots != NULL)
		*find_slot(values, key) = index + 1;
	return index;
}

void
window_values_advance(struct window_values *values, int64_t start_us)
{
	values->active_us = start_us;
	while (values->oldest_active != NONE) {
		const struct window_values_item
		    *item = &values->items[values->oldest_active];

		if (item->last_us >= start_us)
			break;
		values->oldest_active = item->newer;
		values->active--;
	}
}

bool
window_values_is_active(const struct window_values *values, uint32_t index)
{
	return values->items[index].last_us >= values->active_us;
}

static void
take_out(struct window_values *values, uint32_t index)
{
	struct window_values_item *item = &values->items[index];

	if (values->oldest_active == index)
		values->oldest_active = item->newer;
	if (item->older != NONE)
		values->items[item->older].newer = item->newer;
	else
		values->oldest = item->newer;
	if (item->newer != NONE)
		values->items[item->newer].older = item->older;
	else
		values->newest = item->older;
}

/* Behind the last one that is not newer. */
static void
put_in(struct window_values *values, uint32_t index)
{
	struct window_values_item *item = &values->items[index];
	uint32_t older = values->newest, newer = NONE;

	while (older != NONE && values->items[older].last_us > item->last_us) {
		newer = older;
		older = values->items[older].older;
	}
	item->older = older;
	item->newer = newer;
	if (older != NONE)
		values->items[older].newer = index;
	else
		values->oldest = index;
	if (newer != NONE)
		values->items[newer].older = index;
	else
		values->newest = index;
}

void
window_values_touch(struct window_values *values, uint32_t index, int64_t at_us,
    bool is_new)
{
	struct window_values_item *item = &values->items[index];

	if (!is_new) {
		if (item->last_us >= at_us)
			return;
		if (window_values_is_active(values, index))
			values->active--;
		take_out(values, index);
	}
	item->last_us = at_us;
	put_in(values, index);
	if (!window_values_is_active(values, index))
		return;
	values->active++;
	if (values->oldest_active == NONE ||
	    item->newer == values->oldest_active)
		values->oldest_active = index;
}
