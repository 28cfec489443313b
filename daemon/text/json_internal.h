/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEXT_JSON_INTERNAL_H
#define TEXT_JSON_INTERNAL_H

#include "base/buffer.h"
#include "text/json_read.h"
#include "text/json_tape.h"

#define JSON_TAPE_HIDDEN '-'

static inline char
json_tape_kind(const struct json_tape *tape, size_t index)
{
	return (char)(tape->words[index] >> 56);
}

/* simdjson takes no text of 4 GiB, so a string's place needs 32 bits. */
static inline struct span
json_tape_string(const struct json_tape *tape, size_t index)
{
	const char *at = tape->strings + (uint32_t)tape->words[index];
	uint32_t len;

	memcpy(&len, at, sizeof(len));
	return span_make(at + sizeof(len), len);
}

/* The 24 bits between hold the hash of a key, see json_duplicate_check(). */
static inline uint32_t
json_tape_hash(const struct json_tape *tape, size_t index)
{
	return (uint32_t)(tape->words[index] >> 32) & 0xffffff;
}

/* The index after the value at `index`. */
static inline size_t
json_tape_after(const struct json_tape *tape, size_t index)
{
	switch (json_tape_kind(tape, index)) {
	case '{':
	case '[':
		return (uint32_t)tape->words[index];
	case 'l':
	case 'u':
	case 'd':
		return index + 2;
	default:
		return index + 1;
	}
}

/* ---- json_hash.c ---- */

/*
 * Of the first and last eight bytes and the length: quick, but anybody can
 * make keys that have the same.  Reads eight bytes at the start in any case,
 * for simdjson's string buffer is padded.
 */
static inline uint64_t
json_hash_sign(struct span key, bool *ret_has_blank)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t first, last = 0, a, b;

	memcpy(&first, key.ptr, sizeof(first));
	if (key.len < sizeof(first))
		first &= (UINT64_C(1) << (8 * key.len)) - 1;
	else
		memcpy(&last, key.ptr + key.len - sizeof(last), sizeof(last));
	/* Is one of the bytes a blank, that is zero now?  (Mycroft) */
	a = first ^ (ones * ' ');
	b = last ^ (ones * ' ');
	a = (a - ones) & ~a & (ones << 7);
	b = (b - ones) & ~b & (ones << 7);
	*ret_has_blank = (a | b) != 0 ||
	    (key.len > 16 && memchr(key.ptr, ' ', key.len) != NULL);
	return (first ^ (last << 23 | last >> 41) ^ key.len) *
	    UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t
json_hash_of_sign(uint64_t sign, bool has_blank)
{
	return ((uint32_t)(sign >> 32) & (JSON_HASH_BLANK - 1)) |
	    (has_blank ? JSON_HASH_BLANK : 0);
}

/* ---- json_duplicate.c ---- */

struct json_duplicate; /* memory, reused */

struct json_duplicate *json_duplicate_new(void);
void json_duplicate_free(struct json_duplicate *duplicate);

/*
 * Looks through all objects and writes the hash of each key into its word, so
 * that who looks for one need not compute it again.  `hide`: all but the last of equal keys become
 * JSON_TAPE_HIDDEN, and the answer is true.  Else false at the first pair,
 * with its key.
 */
bool json_duplicate_check(struct json_duplicate *duplicate,
    struct json_tape *tape, bool hide, struct span *ret_key);

/* ---- json_repair.c ---- */

struct json_repair {
	bool bytes;   /* bad UTF-8, lone surrogates */
	bool numbers; /* whole beyond 64 bits, reals beyond a double */
};

/* Appends the repaired text and says what had to be done. */
struct json_repair json_repair_text(struct span text, struct buffer *out);

#endif
