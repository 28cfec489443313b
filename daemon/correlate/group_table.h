/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups by their key.  All rules with the same group-by share one table, and
 * a group's windows stand together in one block: one lookup for an event.
 */
#ifndef CORRELATE_GROUP_TABLE_H
#define CORRELATE_GROUP_TABLE_H

#include "base/buffer.h"
#include "correlate/window.h"

struct group_table;
struct track;

struct group_window {
	struct window window; /* first, so that a heap node leads here */
	struct group *group;
	struct track *track;
	size_t bytes; /* as last added to the statistics */
};

struct group {
	struct group_table *table;
	struct span key;
	struct span *values; /* [count of names], within key */
	struct group_window **windows;
	size_t count, cap;
};

struct group_table *group_table_new(const struct span *names, uint32_t count);
void group_table_free(struct group_table *table); /* must be empty */
bool group_table_is_by(const struct group_table *table,
    const struct span *names, uint32_t count);
uint32_t group_table_width(const struct group_table *table);
struct span group_table_name(const struct group_table *table, uint32_t index);

/* NULL if absent.  `key`: of key_join(). */
struct group *group_table_find(const struct group_table *table,
    struct span key);
struct group *group_table_add(struct group_table *table, struct span key);

/* NULL if the track has no window there. */
struct group_window *group_table_window(const struct group *group,
    const struct track *track);
struct group_window *group_table_open(struct group *group, struct track *track,
    const struct window_terms *terms);

/* Frees the window, and the group with its last one. */
void group_table_close(struct group_window *window);

#endif
