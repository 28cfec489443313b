/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/fold.h"
#include "base/json.h"

#include "alert/frame_text.h"

#define REPLACEMENT 0xfffdu
#define ELLIPSIS "\\u2026"

void
frame_text_name(struct buffer *out, struct span text, size_t limit)
{
	if (text.len == 0)
		buffer_add_char(out, '-');
	for (size_t i = 0; i < text.len && i < limit; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		buffer_add_char(out, c >= 33 && c <= 126 ? (char)c : '?');
	}
}

/* The next character, U+FFFD for bad bytes; returns its bytes. */
static size_t
next(struct span text, uint32_t *ret_code_point)
{
	size_t used = fold_decode(text, ret_code_point);

	if (used > 0)
		return used;
	*ret_code_point = REPLACEMENT;
	return fold_ill_formed(text);
}

/* What ends a line, or hides one, in some reader or terminal. */
static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	    c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

static struct span
skip(struct span text, size_t len)
{
	return span_make(text.ptr + len, text.len - len);
}

void
frame_text_param(struct buffer *out, const char *name, struct span text,
    size_t limit)
{
	size_t taken = 0, used, len;
	uint32_t c;
	char bytes[4];

	if (text.len == 0)
		return;
	buffer_printf(out, " %s=\"", name);
	for (; text.len > 0; text = skip(text, used)) {
		used = next(text, &c);
		len = fold_encode(is_control(c) ? REPLACEMENT : c, bytes);
		taken += len;
		if (taken > limit)
			break;
		if (c == '"' || c == '\\' || c == ']')
			buffer_add_char(out, '\\');
		buffer_add(out, bytes, len);
	}
	buffer_add_char(out, '"');
}

size_t
frame_text_plain(struct buffer *out, struct span text, size_t limit)
{
	struct span rest = text;
	size_t used, len;
	uint32_t c;
	char bytes[4];

	for (; rest.len > 0; rest = skip(rest, used)) {
		used = next(rest, &c);
		len = fold_encode(is_control(c) ? REPLACEMENT : c, bytes);
		if (len > limit)
			break;
		limit -= len;
		buffer_add(out, bytes, len);
	}
	return text.len - rest.len;
}

/* ---- JSON in ASCII ---- */

/* One character as it stands in a JSON string; returns its bytes. */
static size_t
escape(uint32_t c, char ret_text[16])
{
	if (c == '"' || c == '\\')
		return (size_t)snprintf(ret_text, 16, "\\%c", (char)c);
	if (c >= 0x20 && c < 0x7f) {
		ret_text[0] = (char)c;
		return 1;
	}
	if (c < 0x10000)
		return (size_t)snprintf(ret_text, 16, "\\u%04x", c);
	c -= 0x10000;
	return (size_t)snprintf(ret_text, 16, "\\u%04x\\u%04x",
	    0xd800u + (c >> 10), 0xdc00u + (c & 0x3ff));
}

/* Bytes that stand in a JSON string as they are: most of all text. */
static size_t
plain_length(struct span text)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] >= 0x20 &&
	    text.ptr[len] < 0x7f && text.ptr[len] != '"' &&
	    text.ptr[len] != '\\')
		len++;
	return len;
}

void
frame_text_json(struct buffer *out, struct span text)
{
	char escaped[16];
	uint32_t c;
	size_t used;

	buffer_add_char(out, '"');
	while (text.len > 0) {
		used = plain_length(text);
		buffer_add(out, text.ptr, used);
		text = skip(text, used);
		if (text.len == 0)
			break;
		used = next(text, &c);
		buffer_add(out, escaped, escape(c, escaped));
		text = skip(text, used);
	}
	buffer_add_char(out, '"');
}

void
frame_text_json_cut(struct buffer *out, struct span text, size_t limit)
{
	size_t start = out->len, kept, used, len;
	char escaped[16];
	uint32_t c;

	buffer_add_char(out, '"');
	kept = out->len;
	for (; text.len > 0; text = skip(text, used)) {
		used = next(text, &c);
		len = escape(c, escaped);
		if (out->len - start + len + 1 > limit) {
			out->len = kept;
			buffer_add_string(out, ELLIPSIS);
			break;
		}
		buffer_add(out, escaped, len);
		if (out->len - start + sizeof(ELLIPSIS) <= limit)
			kept = out->len;
	}
	buffer_add_char(out, '"');
}

size_t
frame_text_json_piece(struct buffer *out, struct span text, size_t limit)
{
	size_t start = out->len, whole = text.len, used, len;
	char escaped[16];
	uint32_t c;

	buffer_add_char(out, '"');
	for (; text.len > 0; text = skip(text, used)) {
		used = next(text, &c);
		len = escape(c, escaped);
		if (out->len - start + len + 1 > limit)
			break;
		buffer_add(out, escaped, len);
	}
	buffer_add_char(out, '"');
	return whole - text.len;
}

static void
add_real(struct buffer *out, double real)
{
	struct json json;

	json_init(&json, out);
	json_real(&json, real);
}

static void
add_container(struct buffer *out, struct json_value value, bool is_object)
{
	struct json_iterator members = json_iterate(value);
	struct json_value member;
	const char *comma = "";
	struct span key;

	buffer_add_char(out, is_object ? '{' : '[');
	while (json_next(&members, &key, &member)) {
		buffer_add_string(out, comma);
		if (is_object) {
			frame_text_json(out, key);
			buffer_add_char(out, ':');
		}
		frame_text_json_value(out, member);
		comma = ",";
	}
	buffer_add_char(out, is_object ? '}' : ']');
}

/* Recursion ends at the reader's limit of depth. */
void
frame_text_json_value(struct buffer *out, struct json_value value)
{
	switch (json_value_kind(value)) {
	case JSON_KIND_NULL:
		buffer_add_string(out, "null");
		return;
	case JSON_KIND_BOOL:
		buffer_add_string(out,
		    json_value_bool(value) ? "true" : "false");
		return;
	case JSON_KIND_INT:
		buffer_add_i64(out, json_value_int(value));
		return;
	case JSON_KIND_UINT:
		buffer_add_u64(out, json_value_uint(value));
		return;
	case JSON_KIND_REAL:
		add_real(out, json_value_real(value));
		return;
	case JSON_KIND_STRING:
		frame_text_json(out, json_value_string(value));
		return;
	case JSON_KIND_ARRAY:
		add_container(out, value, false);
		return;
	case JSON_KIND_OBJECT:
		add_container(out, value, true);
		return;
	}
}
