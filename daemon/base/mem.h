/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that never returns NULL: out of memory is log_fatal(). */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);		    /* zeroed */
void *mem_array(size_t count, size_t size); /* zeroed; overflow is fatal */
void *mem_resize(void *old, size_t count, size_t size);
char *mem_strdup(const char *string);
void *mem_dup(const void *bytes, size_t len);
void mem_free(void *pointer); /* accepts NULL */

/*
 * Grows `array` so that it holds at least `need` elements; doubles.
 * `*cap` is in elements.
 */
void *mem_grow(void *array, size_t *cap, size_t need, size_t size);

#endif
