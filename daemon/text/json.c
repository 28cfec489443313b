/* SPDX-License-Identifier: Apache-2.0 */
#include <sysexits.h>

#include "base/log.h"
#include "base/mem.h"

#include "text/json_internal.h"

struct json_reader {
	struct json_tape_parser *parser;
	struct json_tape tape;
	struct json_duplicate *duplicate;
	struct buffer text; /* padded copy */
	struct buffer repaired;
	size_t limit_bytes;
	unsigned depth_limit;
};

struct json_reader *
json_reader_new(size_t limit_bytes, unsigned depth_limit)
{
	struct json_reader *reader = mem_zalloc(sizeof(*reader));

	reader->parser = json_tape_new(depth_limit);
	if (reader->parser == NULL)
		log_fatal(EX_OSERR, "out of memory for a JSON parser");
	reader->duplicate = json_duplicate_new();
	reader->limit_bytes = limit_bytes;
	reader->depth_limit = depth_limit;
	return reader;
}

void
json_reader_free(struct json_reader *reader)
{
	if (reader == NULL)
		return;
	json_tape_free(reader->parser);
	json_duplicate_free(reader->duplicate);
	buffer_done(&reader->text);
	buffer_done(&reader->repaired);
	mem_free(reader);
}

void
json_quote(struct span text, char ret_quoted[JSON_QUOTE_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	size_t limit = (JSON_QUOTE_BYTES - sizeof("...")) / 4;
	size_t len = text.len < limit ? text.len : limit;
	char *at = ret_quoted;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= 0x20 && c < 0x7f && c != '\\') {
			*at++ = (char)c;
			continue;
		}
		*at++ = '\\';
		*at++ = 'x';
		*at++ = hex[c >> 4];
		*at++ = hex[c & 15];
	}
	memcpy(at, len < text.len ? "..." : "", len < text.len ? 4 : 1);
}

static enum json_status
fail(const struct json_reader *reader, enum json_tape_result result,
    struct span text, const char *reason, struct error *err)
{
	struct buffer ignored = BUFFER_INIT;
	struct json_repair repair;

	switch (result) {
	case JSON_TAPE_MEMORY:
		log_fatal(EX_OSERR, "out of memory: JSON of %zu bytes",
		    text.len);
	case JSON_TAPE_DEPTH:
		error_set(err, NULL, "nested more than %u deep",
		    reader->depth_limit);
		return JSON_TOO_DEEP;
	case JSON_TAPE_CAPACITY:
		error_set(err, NULL, "longer than %zu bytes",
		    reader->limit_bytes);
		return JSON_TOO_LARGE;
	case JSON_TAPE_EMPTY:
		error_set(err, NULL, "not JSON: empty");
		return JSON_SYNTAX;
	default:
		break;
	}
	/* Of several faults a release of simdjson tells one or another. */
	repair = json_repair_text(text, &ignored);
	buffer_done(&ignored);
	error_set(err, NULL, "not JSON: %s", reason);
	return repair.bytes ? JSON_BAD_UTF8 :
	    repair.numbers  ? JSON_BAD_NUMBER :
			      JSON_SYNTAX;
}

static struct span
without_mark(struct span text)
{
	if (!span_starts_with(text, SPAN("\xef\xbb\xbf")))
		return text;
	return span_make(text.ptr + 3, text.len - 3);
}

enum json_status
json_read(struct json_reader *reader, struct span text, bool allow_duplicates,
    struct json_value *ret_root, struct error *err)
{
	char quoted[JSON_QUOTE_BYTES];
	const char *reason;
	enum json_tape_result result;
	struct span key;
	char *copy;

	text = without_mark(text);
	if (text.len > reader->limit_bytes)
		return fail(reader, JSON_TAPE_CAPACITY, text, "", err);
	/* Releases of simdjson differ in what they do with a second one. */
	if (span_starts_with(text, SPAN("\xef\xbb\xbf")))
		return fail(reader, JSON_TAPE_SYNTAX, text,
		    "two byte order marks", err);
	buffer_reset(&reader->text);
	copy = buffer_reserve(&reader->text, text.len + JSON_TAPE_PADDING);
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	memset(copy + text.len, ' ', JSON_TAPE_PADDING);
	result = json_tape_parse(reader->parser, copy, text.len, &reader->tape,
	    &reason);
	if (result != JSON_TAPE_OK)
		return fail(reader, result, text, reason, err);
	if (!json_duplicate_check(reader->duplicate, &reader->tape,
		allow_duplicates, &key)) {
		json_quote(key, quoted);
		error_set(err, NULL, "key `%s` stands twice in one object",
		    quoted);
		return JSON_DUPLICATE_KEY;
	}
	*ret_root = (struct json_value){ &reader->tape, 1 };
	return JSON_OK;
}

enum json_status
json_read_repair(struct json_reader *reader, struct span text,
    bool allow_duplicates, struct json_value *ret_root, struct error *err)
{
	if (text.len > reader->limit_bytes)
		return fail(reader, JSON_TAPE_CAPACITY, text, "", err);
	buffer_reset(&reader->repaired);
	(void)json_repair_text(text, &reader->repaired);
	return json_read(reader, buffer_span(&reader->repaired),
	    allow_duplicates, ret_root, err);
}

enum json_kind
json_value_kind(struct json_value value)
{
	switch (json_tape_kind(value.document, value.index)) {
	case '{':
		return JSON_KIND_OBJECT;
	case '[':
		return JSON_KIND_ARRAY;
	case '"':
		return JSON_KIND_STRING;
	case 'l':
		return JSON_KIND_INT;
	case 'u':
		return JSON_KIND_UINT;
	case 'd':
		return JSON_KIND_REAL;
	case 't':
	case 'f':
		return JSON_KIND_BOOL;
	default:
		return JSON_KIND_NULL;
	}
}

bool
json_value_bool(struct json_value value)
{
	return json_tape_kind(value.document, value.index) == 't';
}

uint64_t
json_value_uint(struct json_value value)
{
	const struct json_tape *tape = value.document;

	return tape->words[value.index + 1];
}

int64_t
json_value_int(struct json_value value)
{
	return (int64_t)json_value_uint(value);
}

double
json_value_real(struct json_value value)
{
	uint64_t bits = json_value_uint(value);
	double real;

	memcpy(&real, &bits, sizeof(real));
	return real;
}

struct span
json_value_string(struct json_value value)
{
	return json_tape_string(value.document, value.index);
}

struct json_iterator
json_iterate(struct json_value container)
{
	const struct json_tape *tape = container.document;

	return (struct json_iterator){
		.next = { tape, container.index + 1 },
		.end = json_tape_after(tape, container.index) - 1,
		.is_object = json_tape_kind(tape, container.index) == '{',
	};
}

bool
json_next(struct json_iterator *iterator, struct span *ret_key,
    struct json_value *ret_value)
{
	uint32_t ignored;

	return json_next_hashed(iterator, ret_key, &ignored, ret_value);
}

bool
json_next_hashed(struct json_iterator *iterator, struct span *ret_key,
    uint32_t *ret_hash, struct json_value *ret_value)
{
	const struct json_tape *tape = iterator->next.document;
	size_t index = iterator->next.index;

	if (iterator->is_object) {
		while (index < iterator->end &&
		    json_tape_kind(tape, index) == JSON_TAPE_HIDDEN)
			index = json_tape_after(tape, index + 1);
		if (index >= iterator->end)
			return false;
		*ret_hash = json_tape_hash(tape, index);
		*ret_key = json_tape_string(tape, index++);
	} else if (index >= iterator->end) {
		return false;
	}
	*ret_value = (struct json_value){ tape, index };
	iterator->next.index = json_tape_after(tape, index);
	return true;
}

bool
json_member(struct json_value object, struct span key,
    struct json_value *ret_value)
{
	struct json_iterator iterator;
	struct json_value value;
	struct span other;

	if (json_value_kind(object) != JSON_KIND_OBJECT)
		return false;
	iterator = json_iterate(object);
	while (json_next(&iterator, &other, &value)) {
		if (span_equal(key, other)) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}
