/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/mem.h"

#include "text/json_internal.h"

/*
 * Objects of up to SMALL keys are checked as their keys go by: a filter of
 * 512 bits, and where that says "maybe" a look at the keys before.  Larger
 * ones, which somebody may have made to be slow, go through a keyed hash set.
 */
#define SMALL 64
#define FILTER_WORDS 8

struct key {
	uint64_t sign; /* equal keys have equal ones */
	size_t index;  /* in the tape */
};

struct json_duplicate {
	struct key *keys; /* a stack over the open objects */
	size_t key_count;
	size_t key_cap;
	uint32_t *slots; /* hash set: position in `keys` + 1 */
	size_t slot_cap;
	struct json_tape *tape;
	bool hide;
	struct span found;
};

struct json_duplicate *
json_duplicate_new(void)
{
	return mem_zalloc(sizeof(struct json_duplicate));
}

void
json_duplicate_free(struct json_duplicate *duplicate)
{
	if (duplicate == NULL)
		return;
	mem_free(duplicate->keys);
	mem_free(duplicate->slots);
	mem_free(duplicate);
}

static struct span
text_of(const struct json_duplicate *duplicate, const struct key *key)
{
	return json_tape_string(duplicate->tape, key->index);
}

static bool
is_same(const struct json_duplicate *duplicate, const struct key *a,
    const struct key *b)
{
	return a->sign == b->sign &&
	    span_equal(text_of(duplicate, a), text_of(duplicate, b));
}

static void
hide_key(struct json_duplicate *duplicate, const struct key *key)
{
	uint64_t *word = &duplicate->tape->words[key->index];

	*word = (*word & UINT64_C(0x00ffffffffffffff)) |
	    (uint64_t)JSON_TAPE_HIDDEN << 56;
}

/* False if the pair ends the check. */
static bool
note_pair(struct json_duplicate *duplicate, const struct key *earlier)
{
	duplicate->found = text_of(duplicate, earlier);
	if (duplicate->hide)
		hide_key(duplicate, earlier);
	return duplicate->hide;
}

static bool
check_before(struct json_duplicate *duplicate, size_t from)
{
	const struct key *last = &duplicate->keys[duplicate->key_count - 1];

	for (struct key *key = &duplicate->keys[from]; key < last; key++) {
		if (is_same(duplicate, key, last) && !note_pair(duplicate, key))
			return false;
	}
	return true;
}

static bool
check_large(struct json_duplicate *duplicate, size_t from)
{
	size_t count = duplicate->key_count - from, cap = 4 * SMALL, at;

	while (cap < 2 * count)
		cap *= 2;
	duplicate->slots = mem_grow(duplicate->slots, &duplicate->slot_cap, cap,
	    sizeof(*duplicate->slots));
	memset(duplicate->slots, 0, cap * sizeof(*duplicate->slots));
	for (size_t i = from; i < duplicate->key_count; i++) {
		const struct key *key = &duplicate->keys[i];

		at = hash_siphash13(hash_key(), text_of(duplicate, key)) &
		    (cap - 1);
		for (; duplicate->slots[at] != 0; at = (at + 1) & (cap - 1)) {
			const struct key
			    *other = &duplicate->keys[duplicate->slots[at] - 1];

			if (!is_same(duplicate, other, key))
				continue;
			if (!note_pair(duplicate, other))
				return false;
			break;
		}
		duplicate->slots[at] = (uint32_t)(i + 1);
	}
	return true;
}

static bool check_array(struct json_duplicate *duplicate, size_t *index);
static bool check_object(struct json_duplicate *duplicate, size_t *index);

/* Moves `*index` past the value. */
static inline bool
check_value(struct json_duplicate *duplicate, size_t *index)
{
	switch (json_tape_kind(duplicate->tape, *index)) {
	case '{':
		return check_object(duplicate, index);
	case '[':
		return check_array(duplicate, index);
	default:
		*index = json_tape_after(duplicate->tape, *index);
		return true;
	}
}

static bool
check_array(struct json_duplicate *duplicate, size_t *index)
{
	size_t end = json_tape_after(duplicate->tape, *index);
	bool ok = true;

	for (++*index; ok && *index < end - 1;)
		ok = check_value(duplicate, index);
	*index = end;
	return ok;
}

static inline bool
check_key(struct json_duplicate *duplicate, size_t index, size_t from,
    uint64_t *filter)
{
	uint64_t *word = &duplicate->tape->words[index];
	struct key *key;
	uint64_t bit;
	bool maybe, has_blank;

	if (duplicate->key_count == duplicate->key_cap)
		duplicate->keys = mem_grow(duplicate->keys, &duplicate->key_cap,
		    duplicate->key_count + 1, sizeof(*duplicate->keys));
	key = &duplicate->keys[duplicate->key_count++];
	key->sign = json_hash_sign(json_tape_string(duplicate->tape, index),
	    &has_blank);
	key->index = index;
	*word |= (uint64_t)json_hash_of_sign(key->sign, has_blank) << 32;
	bit = key->sign >> 55;
	maybe = filter[bit >> 6] >> (bit & 63) & 1;
	filter[bit >> 6] |= UINT64_C(1) << (bit & 63);
	return !maybe || duplicate->key_count - from > SMALL ||
	    check_before(duplicate, from);
}

static bool
check_object(struct json_duplicate *duplicate, size_t *index)
{
	size_t end = json_tape_after(duplicate->tape, *index);
	size_t from = duplicate->key_count;
	uint64_t filter[FILTER_WORDS] = { 0 };
	bool ok = true;

	for (++*index; ok && *index < end - 1;) {
		ok = check_key(duplicate, *index, from, filter);
		++*index;
		ok = ok && check_value(duplicate, index);
	}
	if (ok && duplicate->key_count - from > SMALL)
		ok = check_large(duplicate, from);
	duplicate->key_count = from;
	*index = end;
	return ok;
}

bool
json_duplicate_check(struct json_duplicate *duplicate, struct json_tape *tape,
    bool hide, struct span *ret_key)
{
	size_t index = 1;
	bool ok;

	duplicate->tape = tape;
	duplicate->hide = hide;
	duplicate->key_count = 0;
	ok = check_value(duplicate, &index);
	if (!ok)
		*ret_key = duplicate->found;
	return ok;
}
