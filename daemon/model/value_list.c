/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/check.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"

#include "model/value_list.h"

struct value_list {
	struct arena *arena;
	struct span name;
	struct table *raw;
	struct table *folded;
	struct list_value {
		struct span raw, folded;
	} *values;
	size_t count;
	size_t cap;
};

struct value_list *
value_list_new(struct span name)
{
	struct value_list *list = mem_zalloc(sizeof(*list));

	list->arena = arena_new(64 * 1024);
	list->name = arena_dup(list->arena, name);
	list->raw = table_new();
	list->folded = table_new();
	return list;
}

void
value_list_free(struct value_list *list)
{
	if (list == NULL)
		return;
	arena_free(list->arena);
	table_free(list->raw);
	table_free(list->folded);
	mem_free(list->values);
	mem_free(list);
}

void
value_list_add(struct value_list *list, struct span value)
{
	struct list_value *added;

	if (table_find(list->raw, value) != NULL)
		return;
	list->values = mem_grow(list->values, &list->cap, list->count + 1,
	    sizeof(*list->values));
	added = &list->values[list->count++];
	added->raw = arena_dup(list->arena, value);
	added->folded = fold_span(list->arena, added->raw);
	table_set(list->raw, added->raw, list);
	table_set(list->folded, added->folded, list);
}

bool
value_list_has(const struct value_list *list, struct span value, bool cased)
{
	return table_find(cased ? list->raw : list->folded, value) != NULL;
}

struct span
value_list_name(const struct value_list *list)
{
	return list->name;
}

size_t
value_list_count(const struct value_list *list)
{
	return list->count;
}

struct span
value_list_get(const struct value_list *list, size_t index, bool cased)
{
	CHECK(index < list->count);
	return cased ? list->values[index].raw : list->values[index].folded;
}
