/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include "base/arena.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN
#endif

/* Bytes kept poisoned behind each allocation, to catch what runs over it. */
#if defined(UNDER_ASAN) && __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#define GAP_BYTES 16
#define POISON(ptr, len) ASAN_POISON_MEMORY_REGION((ptr), (len))
#define UNPOISON(ptr, len) ASAN_UNPOISON_MEMORY_REGION((ptr), (len))
#else
#define GAP_BYTES 0
#define POISON(ptr, len) ((void)0)
#define UNPOISON(ptr, len) ((void)0)
#endif

#define ALIGN alignof(max_align_t)

struct chunk {
	struct chunk *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

/* Between `at` and `end` the chunk `current` is free; all of `spare` is. */
struct arena {
	char *at;
	char *end;
	struct chunk *current; /* and those full, behind it */
	struct chunk *spare;
	struct chunk *large; /* one allocation each, larger than a chunk */
	size_t chunk_bytes;
	size_t used;
};

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *chunk = mem_alloc(sizeof(*chunk) + size);

	chunk->size = size;
	POISON(chunk->bytes, size);
	return chunk;
}

static void
chunk_free_all(struct chunk *chunk)
{
	struct chunk *next;

	for (; chunk != NULL; chunk = next) {
		next = chunk->next;
		UNPOISON(chunk->bytes, chunk->size);
		mem_free(chunk);
	}
}

struct arena *
arena_new(size_t chunk_bytes)
{
	struct arena *arena = mem_zalloc(sizeof(*arena));

	CHECK(chunk_bytes > 0);
	arena->chunk_bytes = (chunk_bytes + ALIGN - 1) & ~(ALIGN - 1);
	return arena;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	chunk_free_all(arena->current);
	chunk_free_all(arena->spare);
	chunk_free_all(arena->large);
	mem_free(arena);
}

static void
next_chunk(struct arena *arena)
{
	struct chunk *chunk = arena->spare;

	if (chunk != NULL)
		arena->spare = chunk->next;
	else
		chunk = chunk_new(arena->chunk_bytes);
	chunk->next = arena->current;
	arena->current = chunk;
	arena->at = chunk->bytes;
	arena->end = chunk->bytes + chunk->size;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct chunk *chunk;
	size_t step;
	char *ptr;

	if (size > SIZE_MAX / 2)
		log_fatal(EX_OSERR, "out of memory: %zu bytes", size);
	step = (size + GAP_BYTES + ALIGN - 1) & ~(ALIGN - 1);
	arena->used += size;
	if (step > arena->chunk_bytes) {
		chunk = chunk_new(step);
		chunk->next = arena->large;
		arena->large = chunk;
		ptr = chunk->bytes;
	} else {
		if (step > (size_t)(arena->end - arena->at))
			next_chunk(arena);
		ptr = arena->at;
		arena->at += step;
	}
	UNPOISON(ptr, size);
	return ptr;
}

void *
arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		log_fatal(EX_OSERR, "out of memory: %zu times %zu bytes", count,
		    size);
	return arena_zalloc(arena, bytes);
}

struct span
arena_dup(struct arena *arena, struct span bytes)
{
	if (bytes.len == 0)
		return bytes.ptr != NULL ? SPAN("") : SPAN_NONE;
	return span_make(memcpy(arena_alloc(arena, bytes.len), bytes.ptr,
			     bytes.len),
	    bytes.len);
}

char *
arena_strdup(struct arena *arena, struct span bytes)
{
	char *string = arena_alloc(arena, bytes.len + 1);

	if (bytes.len > 0)
		memcpy(string, bytes.ptr, bytes.len);
	string[bytes.len] = '\0';
	return string;
}

struct span
arena_printf(struct arena *arena, const char *format, ...)
{
	char small[256], *string;
	va_list args, again;
	size_t len;
	int want;

	va_start(args, format);
	va_copy(again, args);
	want = vsnprintf(small, sizeof(small), format, args);
	CHECK(want >= 0);
	len = (size_t)want;
	string = arena_alloc(arena, len + 1);
	if (len < sizeof(small))
		memcpy(string, small, len + 1);
	else
		(void)vsnprintf(string, len + 1, format, again);
	va_end(again);
	va_end(args);
	return span_make(string, len);
}

/* Chunks opened after `until` become spare ones. */
static void
spare_chunks(struct arena *arena, const struct chunk *until)
{
	struct chunk *chunk;

	while ((chunk = arena->current) != until) {
		arena->current = chunk->next;
		chunk->next = arena->spare;
		arena->spare = chunk;
		POISON(chunk->bytes, chunk->size);
	}
}

/* The large ones go: one huge batch must not pin its memory for ever. */
static void
free_large(struct arena *arena, const struct chunk *until)
{
	struct chunk *chunk;

	while ((chunk = arena->large) != until) {
		arena->large = chunk->next;
		chunk->next = NULL;
		chunk_free_all(chunk);
	}
}

void
arena_reset(struct arena *arena)
{
	arena_rewind(arena, (struct arena_mark){ 0 });
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	return (struct arena_mark){ .chunk = arena->current,
		.large = arena->large,
		.at = arena->at,
		.used = arena->used };
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
	struct chunk *chunk = mark.chunk;

	spare_chunks(arena, chunk);
	free_large(arena, mark.large);
	arena->at = mark.at;
	arena->end = chunk == NULL ? NULL : chunk->bytes + chunk->size;
	arena->used = mark.used;
	if (chunk != NULL)
		POISON(arena->at, (size_t)(arena->end - arena->at));
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}
