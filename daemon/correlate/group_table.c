/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"
#include "base/table.h"

#include "correlate/group_table.h"

struct group_table {
	struct span *names; /* copies */
	uint32_t width;
	struct table *groups;
};

struct group_table *
group_table_new(const struct span *names, uint32_t count)
{
	struct group_table *table = mem_zalloc(sizeof(*table));

	table->names = mem_array(count, sizeof(*names));
	table->width = count;
	for (uint32_t i = 0; i < count; i++)
		table->names[i] = span_of(span_strdup(names[i]));
	table->groups = table_new();
	return table;
}

void
group_table_free(struct group_table *table)
{
	CHECK(table_count(table->groups) == 0);
	table_free(table->groups);
	for (uint32_t i = 0; i < table->width; i++)
		mem_free((void *)table->names[i].ptr);
	mem_free(table->names);
	mem_free(table);
}

bool
group_table_is_by(const struct group_table *table, const struct span *names,
    uint32_t count)
{
	if (table->width != count)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!span_equal(table->names[i], names[i]))
			return false;
	}
	return true;
}

uint32_t
group_table_width(const struct group_table *table)
{
	return table->width;
}

struct span
group_table_name(const struct group_table *table, uint32_t index)
{
	return table->names[index];
}

struct group *
group_table_find(const struct group_table *table, struct span key)
{
	return table_find(table->groups, key);
}

struct group *
group_table_add(struct group_table *table, struct span key)
{
	size_t values = table->width * sizeof(struct span);
	struct group *group = mem_zalloc(sizeof(*group) + values + key.len);
	char *at = (char *)(group + 1) + values;

	group->table = table;
	group->values = (struct span *)(group + 1);
	if (key.len > 0)
		memcpy(at, key.ptr, key.len);
	group->key = span_make(at, key.len);
	for (uint32_t i = 0; i < table->width; i++) {
		uint32_t len;

		memcpy(&len, at, sizeof(len));
		group->values[i] = span_make(at + sizeof(len), len);
		at += sizeof(len) + len;
	}
	table_set(table->groups, group->key, group);
	return group;
}

struct group_window *
group_table_window(const struct group *group, const struct track *track)
{
	for (size_t i = 0; i < group->count; i++) {
		if (group->windows[i]->track == track)
			return group->windows[i];
	}
	return NULL;
}

struct group_window *
group_table_open(struct group *group, struct track *track,
    const struct window_terms *terms)
{
	struct group_window *window = mem_zalloc(sizeof(*window));

	window_init(&window->window, terms);
	window->group = group;
	window->track = track;
	group->windows = mem_grow(group->windows, &group->cap, group->count + 1,
	    sizeof(*group->windows));
	group->windows[group->count++] = window;
	return window;
}

void
group_table_close(struct group_window *window)
{
	struct group *group = window->group;
	size_t i = 0;

	while (group->windows[i] != window)
		i++;
	group->windows[i] = group->windows[--group->count];
	window_done(&window->window);
	mem_free(window);
	if (group->count > 0)
		return;
	(void)table_take(group->table->groups, group->key);
	mem_free(group->windows);
	mem_free(group);
}
