/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of one batch, or of one immutable object such as a rule set: many
 * allocations, one release.  Released memory is poisoned for ASan.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena;

/* `chunk_bytes` is how much is taken from malloc at a time. */
struct arena *arena_new(size_t chunk_bytes);
void arena_free(struct arena *arena); /* accepts NULL */

/* Aligned for any type; not zeroed.  Valid until reset or free. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_zalloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size); /* zeroed */

struct span arena_dup(struct arena *arena, struct span bytes);
char *arena_strdup(struct arena *arena, struct span bytes); /* adds a NUL */
struct span arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets everything; keeps the chunks, but none larger than `chunk_bytes`. */
void arena_reset(struct arena *arena);

/* Takes back all that was handed out since the mark was taken. */
struct arena_mark {
	void *chunk;
	void *large;
	char *at;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

#endif
