/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/fold.h"

#include "text/json_internal.h"

struct scan {
	struct span rest;
	struct buffer *out;
	struct json_repair done;
};

static void
copy(struct scan *scan, size_t len)
{
	buffer_add(scan->out, scan->rest.ptr, len);
	scan->rest.ptr += len;
	scan->rest.len -= len;
}

static void
drop(struct scan *scan, size_t len)
{
	scan->rest.ptr += len;
	scan->rest.len -= len;
}

/* The four hexadecimal digits of \uXXXX at `offset`, or -1. */
static long
escape_at(const struct scan *scan, size_t offset)
{
	long code = 0;

	if (scan->rest.len < offset + 6 || scan->rest.ptr[offset] != '\\' ||
	    scan->rest.ptr[offset + 1] != 'u')
		return -1;
	for (size_t i = offset + 2; i < offset + 6; i++) {
		char c = scan->rest.ptr[i];
		long digit = c >= '0' && c <= '9' ? c - '0' :
		    c >= 'a' && c <= 'f'	  ? c - 'a' + 10 :
		    c >= 'A' && c <= 'F'	  ? c - 'A' + 10 :
						    -1;

		if (digit < 0)
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

static void
scan_escape(struct scan *scan)
{
	long code = escape_at(scan, 0), next;

	if (code < 0xd800 || code > 0xdfff) {
		copy(scan, code >= 0 ? 6 : scan->rest.len > 1 ? 2 : 1);
		return;
	}
	next = escape_at(scan, 6);
	if (code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
		copy(scan, 12);
		return;
	}
	buffer_add_string(scan->out, "\\ufffd");
	drop(scan, 6);
	scan->done.bytes = true;
}

static void
scan_string(struct scan *scan)
{
	copy(scan, 1);
	while (scan->rest.len > 0) {
		char c = *scan->rest.ptr;

		if (c == '\\') {
			scan_escape(scan);
			continue;
		}
		copy(scan, 1);
		if (c == '"')
			return;
	}
}

static size_t
digits_at(struct span text, size_t at)
{
	size_t i = at;

	while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
		i++;
	return i - at;
}

/* By the grammar of RFC 8259, section 6; else it is left as it is. */
static bool
is_number(struct span text, bool *ret_is_whole)
{
	size_t at = text.len > 0 && text.ptr[0] == '-' ? 1 : 0;
	size_t len = digits_at(text, at);

	if (len == 0 || (len > 1 && text.ptr[at] == '0'))
		return false;
	at += len;
	*ret_is_whole = at == text.len;
	if (at < text.len && text.ptr[at] == '.') {
		len = digits_at(text, ++at);
		at += len;
		if (len == 0)
			return false;
	}
	if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
		at++;
		if (at < text.len &&
		    (text.ptr[at] == '+' || text.ptr[at] == '-'))
			at++;
		len = digits_at(text, at);
		at += len;
		if (len == 0)
			return false;
	}
	return at == text.len;
}

/* Digits without leading zeros (the grammar has none) against a limit. */
static bool
is_beyond_64_bits(struct span text)
{
	bool is_negative = text.ptr[0] == '-';
	struct span digits = span_make(text.ptr + is_negative,
	    text.len - is_negative);
	struct span limit = is_negative ? SPAN("9223372036854775808") :
					  SPAN("18446744073709551615");

	return digits.len > limit.len ||
	    (digits.len == limit.len && span_compare(digits, limit) > 0);
}

static bool
is_beyond_double(struct span text)
{
	struct buffer copy = BUFFER_INIT;
	double real;

	buffer_add_span(&copy, text);
	real = strtod(buffer_string(&copy), NULL);
	buffer_done(&copy);
	return !isfinite(real);
}

static void
scan_number(struct scan *scan)
{
	size_t len = 1;
	bool is_whole;
	struct span text;

	while (len < scan->rest.len && scan->rest.ptr[len] != '\0' &&
	    strchr("0123456789+-.eE", scan->rest.ptr[len]) != NULL)
		len++;
	text = span_make(scan->rest.ptr, len);
	if (is_number(text, &is_whole) &&
	    (is_whole ? is_beyond_64_bits(text) : is_beyond_double(text))) {
		buffer_add_char(scan->out, '"');
		copy(scan, len);
		buffer_add_char(scan->out, '"');
		scan->done.numbers = true;
		return;
	}
	copy(scan, len);
}

struct json_repair
json_repair_text(struct span text, struct buffer *out)
{
	struct arena *arena = arena_new(4096);
	struct scan scan = { .out = out };

	scan.done.bytes = !fold_is_utf8(text);
	scan.rest = scan.done.bytes ? fold_repair(arena, text) : text;
	while (scan.rest.len > 0) {
		char c = *scan.rest.ptr;

		if (c == '"')
			scan_string(&scan);
		else if (c == '-' || (c >= '0' && c <= '9'))
			scan_number(&scan);
		else
			copy(&scan, 1);
	}
	arena_free(arena);
	return scan.done;
}
