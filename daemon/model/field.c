/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/check.h"
#include "base/mem.h"
#include "base/table.h"

#include "model/field.h"

struct field_set {
	struct arena *names;
	struct table *slots; /* name -> slot + 1, as a pointer */
	struct span *by_slot;
	size_t cap;
	uint32_t count;
	bool wants_all_values;
};

struct field_set *
field_set_new(void)
{
	struct field_set *fields = mem_zalloc(sizeof(*fields));

	fields->names = arena_new(4096);
	fields->slots = table_new();
	return fields;
}

void
field_set_free(struct field_set *fields)
{
	if (fields == NULL)
		return;
	arena_free(fields->names);
	table_free(fields->slots);
	mem_free(fields->by_slot);
	mem_free(fields);
}

static struct span
without_blanks(struct arena *arena, struct span name)
{
	char *copy;
	size_t len = 0;

	if (span_find(name, SPAN(" ")) < 0)
		return name;
	copy = arena_alloc(arena, name.len);
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] != ' ')
			copy[len++] = name.ptr[i];
	}
	return span_make(copy, len);
}

uint32_t
field_set_add(struct field_set *fields, struct span name)
{
	uint32_t slot = field_set_find(fields, name);

	if (slot != FIELD_NONE)
		return slot;
	CHECK(fields->count < FIELD_SLOTS_MAX);
	slot = fields->count++;
	fields->by_slot = mem_grow(fields->by_slot, &fields->cap, fields->count,
	    sizeof(*fields->by_slot));
	name = without_blanks(fields->names, name);
	fields->by_slot[slot] = arena_dup(fields->names, name);
	table_set(fields->slots, fields->by_slot[slot],
	    (void *)((uintptr_t)slot + 1));
	return slot;
}

uint32_t
field_set_find(const struct field_set *fields, struct span name)
{
	void *found;

	name = without_blanks(fields->names, name);
	found = table_find(fields->slots, name);
	return found == NULL ? FIELD_NONE : (uint32_t)((uintptr_t)found - 1);
}

struct span
field_set_name(const struct field_set *fields, uint32_t slot)
{
	CHECK(slot < fields->count);
	return fields->by_slot[slot];
}

uint32_t
field_set_count(const struct field_set *fields)
{
	return fields->count;
}

void
field_set_want_all_values(struct field_set *fields)
{
	fields->wants_all_values = true;
}

bool
field_set_wants_all_values(const struct field_set *fields)
{
	return fields->wants_all_values;
}
