/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"

#include "correlate/key.h"

#define TUPLE_INLINE (WINDOW_VALUE_LEN - 1)
#define LONG_VALUE 0xff

static bool
has_text(const struct value *value)
{
	switch (value->kind) {
	case VALUE_MISSING:
	case VALUE_NULL:
	case VALUE_LIST:
	case VALUE_OBJECT:
		return false;
	default:
		return true;
	}
}

static bool
is_known(const struct span *texts, uint32_t count, struct span text)
{
	for (uint32_t i = 0; i < count; i++) {
		if (span_equal(texts[i], text))
			return true;
	}
	return false;
}

/*
 * Up to `limit` members with a text; only small numbers of them are compared
 * with each other, for that is quadratic.
 */
static struct span *
collect_members(struct arena *arena, const struct value *value, uint32_t limit,
    uint32_t *ret_count, uint64_t *dropped)
{
	uint32_t member_count, count = 0;
	const struct value *members = value_members(value, &member_count);
	uint32_t room = member_count < limit ? member_count : limit;
	struct span *texts = arena_alloc(arena, room * sizeof(*texts) + 1);

	for (uint32_t i = 0; i < member_count; i++) {
		if (!has_text(&members[i]))
			continue;
		if (limit <= KEY_GROUPS_MAX &&
		    is_known(texts, count, members[i].text))
			continue;
		if (count < limit)
			texts[count++] = members[i].text;
		else
			(*dropped)++;
	}
	*ret_count = count;
	return texts;
}

struct axis {
	struct span *texts;
	uint32_t count, at;
};

/* The last axis turns fastest; false after the last combination. */
static bool
turn(struct axis *axes, uint32_t count)
{
	for (uint32_t i = count; i > 0; i--) {
		if (++axes[i - 1].at < axes[i - 1].count)
			return true;
		axes[i - 1].at = 0;
	}
	return false;
}

static bool
multiply(struct arena *arena, const struct event *event, const uint32_t *slots,
    uint32_t count, uint32_t limit, struct key_product *ret_product)
{
	struct key_product product = { NULL, 1, 0 };
	struct axis *axes = arena_array(arena, count, sizeof(*axes));
	uint64_t total = 1;

	for (uint32_t i = 0; i < count; i++) {
		axes[i].texts = collect_members(arena,
		    event_value(event, slots[i]), limit, &axes[i].count,
		    &product.dropped);
		if (axes[i].count == 0)
			return false;
		if (total <= limit)
			total *= axes[i].count;
	}
	product.count = total < limit ? (uint32_t)total : limit;
	product.dropped += total - product.count;
	product.texts = arena_alloc(arena,
	    (size_t)product.count * count * sizeof(*product.texts) + 1);
	for (uint32_t row = 0; row < product.count; row++) {
		for (uint32_t i = 0; i < count; i++)
			product.texts[row * count + i] = axes[i]
							     .texts[axes[i].at];
		(void)turn(axes, count);
	}
	*ret_product = product;
	return true;
}

bool
key_groups(struct arena *arena, const struct event *event,
    const uint32_t *slots, uint32_t count, struct key_product *ret_product)
{
	return multiply(arena, event, slots, count, KEY_GROUPS_MAX,
	    ret_product);
}

static struct window_value
make_value(struct span bytes)
{
	struct window_value value = { { 0 } };
	uint8_t digest[HASH_SHA256_LEN];

	if (bytes.len <= TUPLE_INLINE) {
		if (bytes.len > 0)
			memcpy(value.bytes, bytes.ptr, bytes.len);
		value.bytes[TUPLE_INLINE] = (uint8_t)bytes.len;
		return value;
	}
	hash_sha256(bytes, digest);
	memcpy(value.bytes, digest, TUPLE_INLINE);
	value.bytes[TUPLE_INLINE] = LONG_VALUE;
	return value;
}

static int
compare_values(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct window_value));
}

static uint32_t
drop_repeats(struct window_value *values, uint32_t count)
{
	uint32_t kept = 1;

	if (count < 2)
		return count;
	qsort(values, count, sizeof(*values), compare_values);
	for (uint32_t i = 1; i < count; i++) {
		if (compare_values(&values[i], &values[kept - 1]) != 0)
			values[kept++] = values[i];
	}
	return kept;
}

bool
key_values(struct arena *arena, const struct event *event,
    const uint32_t *slots, uint32_t count, struct window_value **ret_values,
    uint32_t *ret_count, uint64_t *ret_dropped)
{
	struct key_product product;
	struct window_value *values;
	struct buffer joined = BUFFER_INIT;

	if (!multiply(arena, event, slots, count, KEY_VALUES_MAX, &product))
		return false;
	values = arena_alloc(arena, product.count * sizeof(*values));
	for (uint32_t row = 0; row < product.count; row++) {
		if (count == 1) {
			values[row] = make_value(product.texts[row]);
			continue;
		}
		buffer_reset(&joined);
		key_join(&joined, &product.texts[row * count], count);
		values[row] = make_value(buffer_span(&joined));
	}
	buffer_done(&joined);
	*ret_values = values;
	*ret_count = drop_repeats(values, product.count);
	*ret_dropped = product.dropped;
	return true;
}

void
key_join(struct buffer *buffer, const struct span *texts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t len = (uint32_t)texts[i].len;

		buffer_add(buffer, &len, sizeof(len));
		buffer_add_span(buffer, texts[i]);
	}
}
