/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distinct values of one window's entries, each with the greatest time it
 * was seen at, in the order of those times; how many of them lie in the latest
 * window is kept up to date.
 */
#ifndef CORRELATE_WINDOW_VALUES_H
#define CORRELATE_WINDOW_VALUES_H

#include "correlate/window.h"

#define WINDOW_VALUES_NONE UINT32_MAX

struct window_values_item {
	struct window_value key;
	int64_t last_us;
	uint32_t older, newer; /* by last_us; WINDOW_VALUES_NONE: no more */
	uint32_t mark;	       /* scratch of a scan */
};

struct window_values {
	struct window_values_item *items;
	size_t count, cap;
	uint32_t *slots; /* open addressing, index + 1; NULL while few */
	size_t slot_count;
	uint32_t oldest, newest;
	uint32_t oldest_active; /* the first in the latest window */
	uint32_t active;
	int64_t active_us; /* start of the latest window */
	uint32_t mark;
};

struct window_values *window_values_new(void);
void window_values_free(struct window_values *values); /* accepts NULL */
size_t window_values_bytes(const struct window_values *values);

/* The value's index, added if it is new; `*ret_is_new` then. */
uint32_t window_values_add(struct window_values *values,
    const struct window_value *key, bool *ret_is_new);

/* The latest window starts at `start_us` now; it never moves back. */
void window_values_advance(struct window_values *values, int64_t start_us);

/* The value was seen at `at_us`, if that is not older than known. */
void window_values_touch(struct window_values *values, uint32_t index,
    int64_t at_us, bool is_new);

bool window_values_is_active(const struct window_values *values,
    uint32_t index);

#endif
