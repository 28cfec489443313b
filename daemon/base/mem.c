/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"

#include "base/mem.h"

/*
 * Small: of the arrays that windows keep most hold one or two elements, and
 * there are millions of them.
 */
#define FIRST_COUNT 2

static size_t
total(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		log_fatal(EX_OSERR, "out of memory: %zu times %zu bytes", count,
		    size);
	return bytes;
}

static void *
must(void *pointer, size_t size)
{
	if (pointer == NULL)
		log_fatal(EX_OSERR, "out of memory: %zu bytes", size);
	return pointer;
}

/* malloc(0) may be NULL, which would look like a failure. */
static size_t
at_least_one(size_t size)
{
	return size > 0 ? size : 1;
}

void *
mem_alloc(size_t size)
{
	return must(malloc(at_least_one(size)), size);
}

void *
mem_zalloc(size_t size)
{
	return must(calloc(1, at_least_one(size)), size);
}

void *
mem_array(size_t count, size_t size)
{
	return mem_zalloc(total(count, size));
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	size_t bytes = total(count, size);

	return must(realloc(old, at_least_one(bytes)), bytes);
}

char *
mem_strdup(const char *string)
{
	return mem_dup(string, strlen(string) + 1);
}

void *
mem_dup(const void *bytes, size_t len)
{
	void *copy = mem_alloc(len);

	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

void
mem_free(void *pointer)
{
	free(pointer);
}

void *
mem_grow(void *array, size_t *cap, size_t need, size_t size)
{
	size_t count = *cap;

	if (need <= count)
		return array;
	count = count > SIZE_MAX / 2 ? need : count * 2;
	if (count < FIRST_COUNT)
		count = FIRST_COUNT;
	if (count < need)
		count = need;
	array = mem_resize(array, count, size);
	*cap = count;
	return array;
}
