/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that somebody else owns; no NUL is assumed or excluded. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *ptr; /* may be NULL if len is 0 */
	size_t len;
};

#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
#define SPAN_NONE ((struct span){ NULL, 0 })
#define SPAN_FMT "%.*s"
#define SPAN_ARG(span) (int)(span).len, (span).ptr ? (span).ptr : ""

static inline struct span
span_of(const char *string)
{
	return (struct span){ string, strlen(string) };
}

static inline struct span
span_make(const void *ptr, size_t len)
{
	return (struct span){ ptr, len };
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.ptr, b.ptr, a.len));
}

static inline bool
span_is(struct span a, const char *string)
{
	return span_equal(a, span_of(string));
}

/* As memcmp, a prefix sorts first. */
int span_compare(struct span a, struct span b);

bool span_starts_with(struct span a, struct span prefix);
bool span_ends_with(struct span a, struct span suffix);

/* ASCII case only. */
bool span_equal_nocase(struct span a, struct span b);

/* Position of the first occurrence, or -1. */
ptrdiff_t span_find(struct span a, struct span needle);

/* Without ASCII white space at both ends. */
struct span span_trim(struct span a);

/*
 * Cuts what stands before the next `separator` off `*rest` into `*ret_part`;
 * false when nothing is left.  "a,,b" has three parts, "" has one.
 * Start with rest.ptr not NULL; the end is marked by rest.ptr = NULL.
 */
bool span_split(struct span *rest, char separator, struct span *ret_part);

/* A malloc'ed NUL-terminated copy; the caller frees with mem_free(). */
char *span_strdup(struct span a);

#endif
