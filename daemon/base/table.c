/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"

#include "base/table.h"

#define SUB_TABLES 256
#define FIRST_SLOTS 8
#define FIRST_ENTRIES_LOG2 6 /* 2 KiB */
#define CHUNKS (32 - FIRST_ENTRIES_LOG2)
#define KEY_INLINE 20

#define ENTRIES_MAX (UINT32_MAX - (1u << FIRST_ENTRIES_LOG2))

/* key_len of an entry on the free list. */
#define FREE UINT32_MAX

/* 32 bytes: two to a cache line. */
struct entry {
	void *value;
	uint32_t key_len;
	union {
		char bytes[KEY_INLINE]; /* key_len <= KEY_INLINE */
		uint32_t next_free;	/* number + 1, 0 ends the list */
		struct {
			uint32_t unused;
			char *heap; /* copied out by memcpy: not aligned */
		} __attribute__((packed)) far;
	} key;
};

/*
 * `tag` is the lower half of the hash: it gives the slot's home, so that
 * growing and deleting never hash a key again.
 */
struct slot {
	uint32_t tag;
	uint32_t number; /* of the entry, + 1; 0: empty */
};

/* Linear probing.  slot_count is 0 or a power of 2; at most 3/4 are full. */
struct sub_table {
	struct slot *slots;
	uint32_t slot_count;
	uint32_t used;
};

/*
 * Entries never move, so a cursor is an entry's number.  Each chunk is twice
 * as large as the one before: the pointers to them stay in the cache, and
 * what malloc maps of a large one is only touched when it is used.
 */
struct table {
	struct hash_key key;
	struct sub_table sub[SUB_TABLES];
	struct entry *chunks[CHUNKS];
	uint32_t entry_count; /* ever handed out */
	uint32_t first_free;  /* number + 1 */
	size_t count;
	size_t bytes;
};

struct table *
table_new(void)
{
	struct table *table = mem_zalloc(sizeof(*table));

	table->key = *hash_key();
	table->bytes = sizeof(*table);
	return table;
}

/* Chunk k begins with entry 2^(k + 6) - 2^6 and holds 2^(k + 6). */
static inline struct entry *
entry_at(const struct table *table, uint32_t number)
{
	uint32_t from_one = number + (1u << FIRST_ENTRIES_LOG2);
	unsigned log2 = 31 - (unsigned)__builtin_clz(from_one);

	return &table->chunks[log2 - FIRST_ENTRIES_LOG2]
			     [from_one - (1u << log2)];
}

static struct span
entry_key(const struct entry *entry)
{
	if (entry->key_len <= KEY_INLINE)
		return span_make(entry->key.bytes, entry->key_len);
	return span_make(entry->key.far.heap, entry->key_len);
}

void
table_free(struct table *table)
{
	struct entry *entry;

	if (table == NULL)
		return;
	for (uint32_t i = 0; i < table->entry_count; i++) {
		entry = entry_at(table, i);
		if (entry->key_len != FREE && entry->key_len > KEY_INLINE)
			mem_free(entry->key.far.heap);
	}
	for (unsigned i = 0; i < CHUNKS; i++)
		mem_free(table->chunks[i]);
	for (unsigned i = 0; i < SUB_TABLES; i++)
		mem_free(table->sub[i].slots);
	mem_free(table);
}

static uint32_t
entry_take_free(struct table *table)
{
	uint32_t number = table->first_free, from_one;
	unsigned chunk;

	if (number > 0) {
		table->first_free = entry_at(table, number - 1)->key.next_free;
		return number - 1;
	}
	CHECK(table->entry_count < ENTRIES_MAX);
	number = table->entry_count++;
	from_one = number + (1u << FIRST_ENTRIES_LOG2);
	if ((from_one & (from_one - 1)) == 0) {
		chunk = 31 - (unsigned)__builtin_clz(from_one) -
		    FIRST_ENTRIES_LOG2;
		table->chunks[chunk] = mem_alloc((size_t)from_one *
		    sizeof(struct entry));
	}
	table->bytes += sizeof(struct entry);
	return number;
}

static uint32_t
entry_new(struct table *table, struct span key, void *value)
{
	uint32_t number = entry_take_free(table);
	struct entry *entry = entry_at(table, number);

	entry->value = value;
	entry->key_len = (uint32_t)key.len;
	if (key.len > KEY_INLINE) {
		entry->key.far.heap = mem_dup(key.ptr, key.len);
		table->bytes += key.len;
	} else if (key.len > 0) {
		memcpy(entry->key.bytes, key.ptr, key.len);
	}
	table->count++;
	return number;
}

static void
entry_free(struct table *table, uint32_t number)
{
	struct entry *entry = entry_at(table, number);

	if (entry->key_len > KEY_INLINE) {
		mem_free(entry->key.far.heap);
		table->bytes -= entry->key_len;
	}
	entry->key_len = FREE;
	entry->key.next_free = table->first_free;
	table->first_free = number + 1;
	table->count--;
}

/* The slot of `key`, or the empty one where it belongs; needs one empty. */
static uint32_t
slot_find(const struct table *table, const struct sub_table *sub, uint32_t tag,
    struct span key)
{
	uint32_t mask = sub->slot_count - 1, at;
	const struct slot *slot;

	for (at = tag & mask;; at = (at + 1) & mask) {
		slot = &sub->slots[at];
		if (slot->number == 0)
			return at;
		if (slot->tag == tag &&
		    span_equal(entry_key(entry_at(table, slot->number - 1)),
			key))
			return at;
	}
}

static void
sub_grow(struct table *table, struct sub_table *sub)
{
	struct slot *old = sub->slots;
	uint32_t old_count = sub->slot_count, mask, at;

	CHECK(old_count <= UINT32_MAX / 4);
	sub->slot_count = old_count > 0 ? old_count * 2 : FIRST_SLOTS;
	sub->slots = mem_array(sub->slot_count, sizeof(struct slot));
	table->bytes += (sub->slot_count - old_count) * sizeof(struct slot);
	mask = sub->slot_count - 1;
	for (uint32_t i = 0; i < old_count; i++) {
		if (old[i].number == 0)
			continue;
		at = old[i].tag & mask;
		while (sub->slots[at].number != 0)
			at = (at + 1) & mask;
		sub->slots[at] = old[i];
	}
	mem_free(old);
}

/* Moves back what had to step over the slot: no tombstones. [Knuth 6.4 R] */
static void
slot_clear(struct sub_table *sub, uint32_t hole)
{
	uint32_t mask = sub->slot_count - 1, at = hole, home;

	for (;;) {
		at = (at + 1) & mask;
		if (sub->slots[at].number == 0)
			break;
		home = sub->slots[at].tag & mask;
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		sub->slots[hole] = sub->slots[at];
		hole = at;
	}
	sub->slots[hole].number = 0;
}

static struct sub_table *
sub_of(const struct table *table, struct span key, uint32_t *ret_tag)
{
	uint64_t hash = hash_siphash13(&table->key, key);

	*ret_tag = (uint32_t)hash;
	return (struct sub_table *)&table->sub[hash >> 56];
}

void *
table_find(const struct table *table, struct span key)
{
	uint32_t tag, at;
	const struct sub_table *sub = sub_of(table, key, &tag);

	if (sub->used == 0)
		return NULL;
	at = slot_find(table, sub, tag, key);
	if (sub->slots[at].number == 0)
		return NULL;
	return entry_at(table, sub->slots[at].number - 1)->value;
}

void
table_set(struct table *table, struct span key, void *value)
{
	uint32_t tag, at;
	struct sub_table *sub = sub_of(table, key, &tag);

	CHECK(value != NULL);
	CHECK(key.len < FREE);
	if (sub->used >= sub->slot_count / 4 * 3)
		sub_grow(table, sub);
	at = slot_find(table, sub, tag, key);
	if (sub->slots[at].number != 0) {
		entry_at(table, sub->slots[at].number - 1)->value = value;
		return;
	}
	sub->slots[at].tag = tag;
	sub->slots[at].number = entry_new(table, key, value) + 1;
	sub->used++;
}

void *
table_take(struct table *table, struct span key)
{
	uint32_t tag, at, number;
	struct sub_table *sub = sub_of(table, key, &tag);
	void *value;

	if (sub->used == 0)
		return NULL;
	at = slot_find(table, sub, tag, key);
	number = sub->slots[at].number;
	if (number == 0)
		return NULL;
	value = entry_at(table, number - 1)->value;
	slot_clear(sub, at);
	sub->used--;
	entry_free(table, number - 1);
	return value;
}

size_t
table_count(const struct table *table)
{
	return table->count;
}

size_t
table_bytes(const struct table *table)
{
	return table->bytes;
}

bool
table_next(const struct table *table, uint64_t *cursor, struct span *ret_key,
    void **ret_value)
{
	const struct entry *entry;

	while (*cursor < table->entry_count) {
		entry = entry_at(table, (uint32_t)(*cursor)++);
		if (entry->key_len == FREE)
			continue;
		*ret_key = entry_key(entry);
		*ret_value = entry->value;
		return true;
	}
	return false;
}
