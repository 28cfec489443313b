/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/fold.h"
#include "base/zone.h"

#include "base/json.h"

/* U+FFFD */
#define REPLACEMENT "\xef\xbf\xbd"
#define REAL_BYTES 40

/* Every integer up to here is a double of its own. */
#define EXACT_MAX 9007199254740992.0

void
json_init(struct json *json, struct buffer *out)
{
	json->out = out;
	json->depth = 0;
	json->after_key = false;
}

static void
comma(struct json *json)
{
	bool *has_member = &json->has_member[json->depth - 1];

	if (*has_member)
		buffer_add_char(json->out, ',');
	*has_member = true;
}

static void
before_value(struct json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->depth > 0) {
		CHECK(!json->is_object[json->depth - 1]);
		comma(json);
	}
}

static void
open_level(struct json *json, bool is_object)
{
	before_value(json);
	CHECK(json->depth < JSON_DEPTH_MAX);
	json->is_object[json->depth] = is_object;
	json->has_member[json->depth] = false;
	json->depth++;
	buffer_add_char(json->out, is_object ? '{' : '[');
}

void
json_object(struct json *json)
{
	open_level(json, true);
}

void
json_array(struct json *json)
{
	open_level(json, false);
}

void
json_end(struct json *json)
{
	CHECK(json->depth > 0 && !json->after_key);
	json->depth--;
	buffer_add_char(json->out, json->is_object[json->depth] ? '}' : ']');
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))
#define HIGH_BITS EACH_BYTE(0x80)

/*
 * Whether none of 8 bytes needs a second look.  A byte of the differences
 * has its high bit set by a borrow only if a lower one did already.
 */
static inline bool
is_plain(const char *bytes)
{
	uint64_t word, quote, backslash;

	memcpy(&word, bytes, sizeof(word));
	quote = (word ^ EACH_BYTE('"')) - EACH_BYTE(1);
	backslash = (word ^ EACH_BYTE('\\')) - EACH_BYTE(1);
	return ((word | (word - EACH_BYTE(0x20)) | quote | backslash) &
		   HIGH_BITS) == 0;
}

static size_t
plain_length(const char *ptr, size_t len)
{
	size_t at = 0;

	while (at + 8 <= len && is_plain(ptr + at))
		at += 8;
	while (at < len && (unsigned char)ptr[at] >= 0x20 &&
	    (unsigned char)ptr[at] < 0x80 && ptr[at] != '"' && ptr[at] != '\\')
		at++;
	return at;
}

static void
add_escaped(struct buffer *out, unsigned char c)
{
	static const char short_forms[0x20] = {
		['\b'] = 'b',
		['\t'] = 't',
		['\n'] = 'n',
		['\f'] = 'f',
		['\r'] = 'r',
	};

	if (c >= 0x20) {
		buffer_add_char(out, '\\');
		buffer_add_char(out, (char)c);
	} else if (short_forms[c] != '\0') {
		buffer_add_char(out, '\\');
		buffer_add_char(out, short_forms[c]);
	} else {
		buffer_add_string(out, c < 0x10 ? "\\u000" : "\\u001");
		buffer_add_char(out, "0123456789abcdef"[c & 15]);
	}
}

/* The non-ASCII character that `text` starts with; returns its length. */
static size_t
add_character(struct buffer *out, struct span text)
{
	uint32_t code_point;
	size_t len = fold_decode(text, &code_point);

	if (len > 0) {
		buffer_add(out, text.ptr, len);
		return len;
	}
	buffer_add_string(out, REPLACEMENT);
	return fold_ill_formed(text);
}

static void
add_quoted(struct buffer *out, struct span text)
{
	size_t plain;

	buffer_add_char(out, '"');
	for (;;) {
		plain = plain_length(text.ptr, text.len);
		buffer_add(out, text.ptr, plain);
		if (plain == text.len)
			break;
		text.ptr += plain;
		text.len -= plain;
		plain = 1;
		if ((unsigned char)text.ptr[0] < 0x80)
			add_escaped(out, (unsigned char)text.ptr[0]);
		else
			plain = add_character(out, text);
		text.ptr += plain;
		text.len -= plain;
	}
	buffer_add_char(out, '"');
}

void
json_key(struct json *json, const char *key)
{
	json_key_span(json, span_of(key));
}

void
json_key_span(struct json *json, struct span key)
{
	CHECK(json->depth > 0 && json->is_object[json->depth - 1]);
	CHECK(!json->after_key);
	comma(json);
	add_quoted(json->out, key);
	buffer_add_char(json->out, ':');
	json->after_key = true;
}

void
json_string(struct json *json, const char *string)
{
	json_span(json, span_of(string));
}

void
json_span(struct json *json, struct span string)
{
	before_value(json);
	add_quoted(json->out, string);
}

void
json_int(struct json *json, int64_t number)
{
	before_value(json);
	buffer_add_i64(json->out, number);
}

void
json_uint(struct json *json, uint64_t number)
{
	before_value(json);
	buffer_add_u64(json->out, number);
}

/*
 * 15 digits, less their last zeros, are the shortest there is unless more are
 * needed, which 17 always are enough for.  Subnormal numbers have fewer.
 */
static void
add_real(struct buffer *out, double number)
{
	char text[REAL_BYTES], *comma_at;
	int digits = fabs(number) < DBL_MIN ? 1 : 15;

	for (; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}

	/* A plugin may have set a locale that writes 0,5. */
	comma_at = strchr(text, ',');
	if (comma_at != NULL)
		*comma_at = '.';
	buffer_add_string(out, text);
}

void
json_real(struct json *json, double number)
{
	before_value(json);
	if (!isfinite(number))
		buffer_add_string(json->out, "null");
	else if (fabs(number) < EXACT_MAX && number == trunc(number) &&
	    number != 0)
		buffer_add_i64(json->out, (int64_t)number);
	else
		add_real(json->out, number);
}

void
json_bool(struct json *json, bool value)
{
	before_value(json);
	buffer_add_string(json->out, value ? "true" : "false");
}

void
json_null(struct json *json)
{
	before_value(json);
	buffer_add_string(json->out, "null");
}

void
json_raw(struct json *json, struct span json_text)
{
	before_value(json);
	buffer_add_span(json->out, json_text);
}

void
json_time(struct json *json, int64_t time_us)
{
	char text[32];

	zone_format_utc_ms(time_us, text);
	json_string(json, text);
}

void
json_hex(struct json *json, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	char *to;

	before_value(json);
	to = buffer_reserve(json->out, 2 * len + 2);
	*to++ = '"';
	for (size_t i = 0; i < len; i++) {
		*to++ = "0123456789abcdef"[from[i] >> 4];
		*to++ = "0123456789abcdef"[from[i] & 15];
	}
	*to = '"';
	json->out->len += 2 * len + 2;
}
