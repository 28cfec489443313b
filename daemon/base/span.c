/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "base/span.h"

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int
span_compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool
span_starts_with(struct span a, struct span prefix)
{
	return a.len >= prefix.len &&
	    span_equal((struct span){ a.ptr, prefix.len }, prefix);
}

bool
span_ends_with(struct span a, struct span suffix)
{
	if (suffix.len == 0)
		return true;
	return a.len >= suffix.len &&
	    memcmp(a.ptr + a.len - suffix.len, suffix.ptr, suffix.len) == 0;
}

bool
span_equal_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

ptrdiff_t
span_find(struct span a, struct span needle)
{
	const char *at;

	if (needle.len == 0)
		return 0;
	if (a.len < needle.len)
		return -1;
	at = memmem(a.ptr, a.len, needle.ptr, needle.len);
	return at != NULL ? at - a.ptr : -1;
}

struct span
span_trim(struct span a)
{
	while (a.len > 0 && is_blank(a.ptr[0])) {
		a.ptr++;
		a.len--;
	}
	while (a.len > 0 && is_blank(a.ptr[a.len - 1]))
		a.len--;
	return a;
}

bool
span_split(struct span *rest, char separator, struct span *ret_part)
{
	const char *at;

	if (rest->ptr == NULL)
		return false;
	at = memchr(rest->ptr, separator, rest->len);
	if (at == NULL) {
		*ret_part = *rest;
		*rest = SPAN_NONE;
		return true;
	}
	*ret_part = (struct span){ rest->ptr, (size_t)(at - rest->ptr) };
	rest->len -= ret_part->len + 1;
	rest->ptr = at + 1;
	return true;
}

char *
span_strdup(struct span a)
{
	char *string = mem_alloc(a.len + 1);

	if (a.len > 0)
		memcpy(string, a.ptr, a.len);
	string[a.len] = '\0';
	return string;
}
