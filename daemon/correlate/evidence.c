/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "correlate/evidence.h"

#define VALUES_ON_STACK 64
#define TEXT_BYTES_DEFAULT (32 * 1024)
/* A record of a MiB may have half a million members, of 40 bytes each. */
#define MEMBERS_MAX 4096

struct digest {
	bool is_known;
	uint8_t sha256[HASH_SHA256_LEN];
};

struct evidence_store {
	struct evidence_kept *free_list;
	struct evidence_kept **pending; /* NULL: released meanwhile */
	size_t pending_count, pending_cap;
	struct digest *digests; /* by ordinal, in the batch's arena */
	size_t digest_count;
	size_t bytes; /* of what is kept */
	uint64_t text_bytes;
};

struct evidence_store *
evidence_new(uint64_t text_bytes)
{
	struct evidence_store *store = mem_zalloc(sizeof(*store));

	store->text_bytes = text_bytes > 0 ? text_bytes : TEXT_BYTES_DEFAULT;
	return store;
}

void
evidence_free(struct evidence_store *store)
{
	while (store->free_list != NULL) {
		struct evidence_kept *kept = store->free_list;

		store->free_list = kept->next_free;
		mem_free(kept);
	}
	mem_free(store->pending);
	mem_free(store);
}

size_t
evidence_bytes(const struct evidence_store *store)
{
	return store->bytes;
}

void
evidence_begin(struct evidence_store *store, struct arena *arena, size_t events)
{
	CHECK(store->pending_count == 0);
	store->digests = arena_array(arena, events, sizeof(*store->digests));
	store->digest_count = events;
}

/* ---- Values: copied into one block, texts and members behind them ---- */

/* Not through the middle of a code point. */
static struct span
cut_text(struct span text, uint64_t limit)
{
	if (text.len <= limit)
		return text;
	text.len = limit;
	while (text.len > 0 && (text.ptr[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

static uint32_t
cut_count(const struct value *list)
{
	return list->count < MEMBERS_MAX ? list->count : MEMBERS_MAX;
}

static size_t
value_room(const struct value *value, uint64_t limit)
{
	size_t room = cut_text(value->text, limit).len;

	if (value->kind == VALUE_LIST) {
		/* The members' own alignment may cost up to a slot. */
		room += (cut_count(value) + (size_t)1) * sizeof(*value);
		for (uint32_t i = 0; i < cut_count(value); i++)
			room += value_room(&value->items[i], limit);
	}
	return room;
}

static void
copy_value(const struct value *from, uint64_t limit, struct value *to,
    char **at)
{
	struct span text = cut_text(from->text, limit);

	*to = *from;
	if (from->kind == VALUE_LIST && from->count > 0) {
		size_t align = _Alignof(struct value);
		uintptr_t start = ((uintptr_t)*at + align - 1) / align * align;
		struct value *items = (struct value *)start;

		to->items = items;
		to->count = cut_count(from);
		*at = (char *)(items + to->count);
		for (uint32_t i = 0; i < to->count; i++)
			copy_value(&from->items[i], limit, &items[i], at);
	}
	to->text = SPAN_NONE;
	if (text.len > 0) {
		memcpy(*at, text.ptr, text.len);
		to->text = span_make(*at, text.len);
		*at += text.len;
	}
}

/* One block, from `arena` unless NULL. */
static struct value *
copy_values(const struct value *values, uint32_t count, uint64_t limit,
    struct arena *arena, size_t *ret_bytes)
{
	size_t room = count * sizeof(*values);
	struct value *copy;
	char *at;

	*ret_bytes = 0;
	if (count == 0)
		return NULL;
	for (uint32_t i = 0; i < count; i++)
		room += value_room(&values[i], limit);
	*ret_bytes = room;
	copy = arena != NULL ? arena_alloc(arena, room) : mem_alloc(room);
	at = (char *)(copy + count);
	for (uint32_t i = 0; i < count; i++)
		copy_value(&values[i], limit, &copy[i], &at);
	return copy;
}

static struct value *
pick_values(const struct evidence_store *store, const struct event *event,
    const struct rule *rule, struct arena *arena, size_t *ret_bytes)
{
	struct value stack[VALUES_ON_STACK], *picked = stack, *copy;

	if (rule->kept_count == 0) {
		*ret_bytes = 0;
		return NULL;
	}
	if (rule->kept_count > VALUES_ON_STACK)
		picked = mem_array(rule->kept_count, sizeof(*picked));
	for (uint32_t i = 0; i < rule->kept_count; i++)
		picked[i] = *event_value(event, rule->kept_slots[i]);
	copy = copy_values(picked, rule->kept_count, store->text_bytes, arena,
	    ret_bytes);
	if (picked != stack)
		mem_free(picked);
	return copy;
}

/* ---- Keeping ---- */

static struct evidence
describe(const struct hit *hit)
{
	const struct event *event = hit->event;

	return (struct evidence){
		.position = event->record->position,
		.time_us = event->time_us,
		.flags = event->flags,
		.rule = hit->rule->index,
	};
}

static void
digest_record(struct evidence_store *store, const struct event *event,
    uint32_t ordinal, uint8_t ret_sha256[HASH_SHA256_LEN])
{
	struct digest *digest;

	CHECK(ordinal < store->digest_count);
	digest = &store->digests[ordinal];
	if (!digest->is_known) {
		hash_sha256(record_evidence(event->record), digest->sha256);
		digest->is_known = true;
	}
	memcpy(ret_sha256, digest->sha256, HASH_SHA256_LEN);
}

struct evidence_kept *
evidence_keep(struct evidence_store *store, const struct hit *hit,
    const struct rule *rule, uint32_t ordinal)
{
	struct evidence_kept *kept = store->free_list;

	if (kept != NULL)
		store->free_list = kept->next_free;
	else
		kept = mem_alloc(sizeof(*kept));
	*kept = (struct evidence_kept){
		.evidence = describe(hit),
		.broker_us = hit->event->record->broker_us,
		.event = hit->event,
		.rule = rule,
		.ordinal = ordinal,
	};
	store->pending = mem_grow(store->pending, &store->pending_cap,
	    store->pending_count + 1, sizeof(*store->pending));
	store->pending[store->pending_count++] = kept;
	kept->pending = store->pending_count;
	store->bytes += sizeof(*kept);
	return kept;
}

void
evidence_release(struct evidence_store *store, struct evidence_kept *kept)
{
	if (kept == NULL)
		return;
	if (kept->pending > 0)
		store->pending[kept->pending - 1] = NULL;
	store->bytes -= sizeof(*kept) + kept->value_bytes;
	mem_free((void *)kept->evidence.values);
	kept->next_free = store->free_list;
	store->free_list = kept;
}

void
evidence_seal(struct evidence_store *store, struct evidence_kept *kept)
{
	if (kept->event == NULL)
		return;
	digest_record(store, kept->event, kept->ordinal, kept->evidence.sha256);
	kept->evidence.values = pick_values(store, kept->event, kept->rule,
	    NULL, &kept->value_bytes);
	store->bytes += kept->value_bytes;
	store->pending[kept->pending - 1] = NULL;
	kept->pending = 0;
	kept->event = NULL;
	kept->rule = NULL;
}

void
evidence_seal_all(struct evidence_store *store)
{
	for (size_t i = 0; i < store->pending_count; i++) {
		if (store->pending[i] != NULL)
			evidence_seal(store, store->pending[i]);
	}
	store->pending_count = 0;
	store->digests = NULL;
	store->digest_count = 0;
}

void
evidence_remap(struct evidence_store *store, struct evidence_kept *kept,
    const uint32_t *from, uint32_t count)
{
	const struct value *old = kept->evidence.values;
	struct value *picked = mem_array(count, sizeof(*picked));

	for (uint32_t i = 0; i < count; i++) {
		if (from[i] != UINT32_MAX)
			picked[i] = old[from[i]];
	}
	store->bytes -= kept->value_bytes;
	kept->evidence.values = copy_values(picked, count, UINT64_MAX, NULL,
	    &kept->value_bytes);
	store->bytes += kept->value_bytes;
	mem_free(picked);
	mem_free((void *)old);
}

struct evidence
evidence_copy(const struct evidence *evidence, uint32_t value_count,
    struct arena *arena)
{
	struct evidence copy = *evidence;
	size_t bytes;

	copy.values = copy_values(evidence->values, value_count, UINT64_MAX,
	    arena, &bytes);
	return copy;
}

struct evidence
evidence_of_hit(struct evidence_store *store, const struct hit *hit,
    const struct rule *rule, uint32_t ordinal, struct arena *arena)
{
	struct evidence evidence = describe(hit);
	size_t bytes;

	digest_record(store, hit->event, ordinal, evidence.sha256);
	evidence.values = pick_values(store, hit->event, rule, arena, &bytes);
	return evidence;
}

int
evidence_compare(const struct evidence *a, const struct evidence *b)
{
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	return record_position_compare(&a->position, &b->position);
}
