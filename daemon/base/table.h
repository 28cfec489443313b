/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hash table from bytes to a pointer: open addressing with 8-byte slots
 * {tag, index} over a slab of entries, split into sub-tables so that no
 * rehash pauses the loop, keyed SipHash-1-3.  Keys are copied.
 *
 * Iteration order means nothing: no output may depend on it.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct table;

struct table *table_new(void);
void table_free(struct table *table); /* accepts NULL; values are not freed */

/* NULL if absent.  Values are never NULL. */
void *table_find(const struct table *table, struct span key);

/* Sets or replaces. */
void table_set(struct table *table, struct span key, void *value);

/* The value that was there, now the caller's; NULL if absent. */
void *table_take(struct table *table, struct span key);

size_t table_count(const struct table *table);

/* Bytes held, for limits and metrics. */
size_t table_bytes(const struct table *table);

/*
 * Iterates: start with *cursor = 0; false at the end.  Between calls the
 * entry just returned may be taken; nothing may be added.
 */
bool table_next(const struct table *table, uint64_t *cursor,
    struct span *ret_key, void **ret_value);

#endif
