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

static inline struct span
json_tape_string(const struct json_tape *tape, size_t index)
{
	const char *at = tape->strings +
	    (tape->words[index] & UINT64_C(0x00ffffffffffffff));
	uint32_t len;

	memcpy(&len, at, sizeof(len));
	return span_make(at + sizeof(len), len);
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

/* ---- json_duplicate.c ---- */

struct json_duplicate; /* memory, reused */

struct json_duplicate *json_duplicate_new(void);
void json_duplicate_free(struct json_duplicate *duplicate);

/*
 * Looks through all objects.  `hide`: all but the last of equal keys become
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
