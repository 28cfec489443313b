/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) read into a tape that is walked in place: simdjson's DOM
 * behind a C interface.  Strict: duplicate keys of one object are refused
 * (they hide the actor), so are NaN, trailing text, bad UTF-8.
 */
#ifndef TEXT_JSON_READ_H
#define TEXT_JSON_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

struct json_reader; /* one parser and its memory; reused */

struct json_reader *json_reader_new(size_t limit_bytes, unsigned depth_limit);
void json_reader_free(struct json_reader *reader); /* accepts NULL */

enum json_status {
	JSON_OK,
	JSON_SYNTAX,
	JSON_BAD_UTF8,	 /* or a lone surrogate: see json_read_repair() */
	JSON_BAD_NUMBER, /* out of range: see json_read_repair() */
	JSON_DUPLICATE_KEY,
	JSON_TOO_DEEP,
	JSON_TOO_LARGE
};

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_UINT, /* beyond int64_t */
	JSON_KIND_REAL,
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
};

/* A place in the tape; copied by value, valid until the next parse. */
struct json_value {
	const void *document;
	size_t index;
};

/*
 * Parses one document.  `allow_duplicates`: the last of equal keys counts
 * and the others are not seen.
 */
enum json_status json_read(struct json_reader *reader, struct span text,
    bool allow_duplicates, struct json_value *ret_root, struct error *err);

/*
 * The slow path: bad bytes and lone surrogates become U+FFFD, numbers out of
 * range strings of their text, then as json_read().  Spans point into the
 * reader's memory.
 */
enum json_status json_read_repair(struct json_reader *reader, struct span text,
    bool allow_duplicates, struct json_value *ret_root, struct error *err);

enum json_kind json_value_kind(struct json_value value);
bool json_value_bool(struct json_value value);
int64_t json_value_int(struct json_value value);
uint64_t json_value_uint(struct json_value value);
double json_value_real(struct json_value value);
struct span json_value_string(struct json_value value); /* unescaped */

/* Walks members: start with an iterator of the container, false at the end. */
struct json_iterator {
	struct json_value next;
	size_t end;
	bool is_object;
};
struct json_iterator json_iterate(struct json_value container);
bool json_next(struct json_iterator *iterator, struct span *ret_key,
    struct json_value *ret_value);

/*
 * As json_next(), with the json_hash_key() of the key: quick, not keyed.  It
 * has JSON_HASH_BLANK if there is a blank in the key.
 */
#define JSON_HASH_BLANK 0x800000u
bool json_next_hashed(struct json_iterator *iterator, struct span *ret_key,
    uint32_t *ret_hash, struct json_value *ret_value);
uint32_t json_hash_key(struct span key);

/* An object's member; false if absent or no object. */
bool json_member(struct json_value object, struct span key,
    struct json_value *ret_value);

/*
 * Bytes of a record for a message: printable ASCII whatever they are, others
 * as \xNN, cut after 64 bytes.
 */
#define JSON_QUOTE_BYTES 260
void json_quote(struct span text, char ret_quoted[JSON_QUOTE_BYTES]);

#endif
