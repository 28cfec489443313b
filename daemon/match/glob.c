/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "match/match_internal.h"

#define SHORT_TEXT 256

static bool
glob_continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes of the code point at `at`; a stray byte counts as one. */
static size_t
glob_step(struct span text, size_t at)
{
	size_t end = at + 1;

	while (end < text.len && end - at < 4 && glob_continues(text.ptr[end]))
		end++;
	return end - at;
}

static bool
glob_literal_at(struct span literal, struct span text, size_t at)
{
	return text.len - at >= literal.len &&
	    (literal.len == 0 ||
		memcmp(text.ptr + at, literal.ptr, literal.len) == 0);
}

/*
 * memmem() prepares a table of 256 bytes for each search: too much for the
 * short texts of audit records, just right for long ones.
 */
static const char *
glob_find(const char *from, const char *end, struct span literal)
{
	size_t last = literal.len - 1;
	const char *at = from;

	if (end - from > SHORT_TEXT)
		return memmem(from, (size_t)(end - from), literal.ptr,
		    literal.len);
	if ((size_t)(end - from) < literal.len)
		return NULL;
	end -= last;
	while (at < end &&
	    (at = memchr(at, literal.ptr[0], (size_t)(end - at))) != NULL) {
		if (at[last] == literal.ptr[last] &&
		    memcmp(at, literal.ptr, literal.len) == 0)
			return at;
		at++;
	}
	return NULL;
}

/*
 * Where the pieces after an ANY may begin next, at or after `at`: a literal is
 * looked for, so that "*abc" does not try every position.
 */
static bool
glob_seek(const struct glob_piece *piece, struct span text, size_t *at)
{
	const char *found;

	if (piece->kind != GLOB_LITERAL || piece->literal.len == 0)
		return *at <= text.len;
	if (*at >= text.len)
		return false;
	found = glob_find(text.ptr + *at, text.ptr + text.len, piece->literal);
	if (found == NULL)
		return false;
	*at = (size_t)(found - text.ptr);
	return true;
}

/*
 * Only the last ANY needs to be tried again: if an earlier one took more, the
 * later one could take what it left.  That is why there is no recursion.
 */
static bool
glob_general(const struct glob_piece *pieces, uint32_t count, struct span text)
{
	uint32_t piece = 0, retry_piece = 0;
	size_t at = 0, retry_at = 0;
	bool can_retry = false, is_ok;

	for (;;) {
		if (piece == count) {
			if (at == text.len)
				return true;
			is_ok = false;
		} else if (pieces[piece].kind == GLOB_ANY) {
			if (++piece == count)
				return true;
			if (!glob_seek(&pieces[piece], text, &at))
				return false;
			can_retry = true;
			retry_piece = piece;
			retry_at = at;
			continue;
		} else if (pieces[piece].kind == GLOB_LITERAL) {
			is_ok = glob_literal_at(pieces[piece].literal, text,
			    at);
			at += is_ok ? pieces[piece].literal.len : 0;
		} else {
			is_ok = at < text.len;
			at += is_ok ? glob_step(text, at) : 0;
		}
		if (is_ok) {
			piece++;
			continue;
		}
		if (!can_retry || retry_at >= text.len)
			return false;
		retry_at += glob_step(text, retry_at);
		piece = retry_piece;
		at = retry_at;
		if (!glob_seek(&pieces[piece], text, &at))
			return false;
		retry_at = at;
	}
}

bool
glob_match(const struct glob_piece *pieces, uint32_t count, struct span text)
{
	const struct glob_piece *last;

	if (count == 0)
		return text.len == 0;
	if (count == 1 && pieces[0].kind == GLOB_LITERAL)
		return span_equal(pieces[0].literal, text);
	if (count == 1)
		return pieces[0].kind == GLOB_ANY ||
		    (text.len > 0 && glob_step(text, 0) == text.len);
	if (count == 3 && pieces[0].kind == GLOB_ANY &&
	    pieces[1].kind == GLOB_LITERAL && pieces[2].kind == GLOB_ANY)
		return text.len > 0 &&
		    glob_find(text.ptr, text.ptr + text.len,
			pieces[1].literal) != NULL;
	last = &pieces[count - 1];
	if (last->kind == GLOB_LITERAL && !span_ends_with(text, last->literal))
		return false;
	if (count == 2 && pieces[0].kind == GLOB_ANY &&
	    last->kind == GLOB_LITERAL)
		return true;
	return glob_general(pieces, count, text);
}
