/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door to simdjson, whose parsed document is a tape of 64-bit words
 * (simdjson's doc/tape.md).  A word is a kind in its upper 8 bits and 56 bits
 * of payload:
 *
 *	r	root; the document's value stands at index 1
 *	{ [	payload & 0xffffffff: index just after the closing word
 *	} ]	closing word
 *	"	payload: place in `strings` of a u32 length, then the bytes;
 *		in objects keys and values alternate
 *	l u d	int64_t, uint64_t or double in the next word
 *	t f n	true, false, null
 *
 * Ours in addition, written by json.c: '-', a key that is not to be seen.
 */
#ifndef TEXT_JSON_TAPE_H
#define TEXT_JSON_TAPE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct json_tape {
	uint64_t *words;
	const char *strings;
};

enum json_tape_result {
	JSON_TAPE_OK,
	JSON_TAPE_SYNTAX,
	JSON_TAPE_EMPTY,
	JSON_TAPE_DEPTH,
	JSON_TAPE_CAPACITY,
	JSON_TAPE_MEMORY
};

/* This many bytes after the text must be readable. */
#define JSON_TAPE_PADDING 64

struct json_tape_parser;

/* NULL if out of memory. */
struct json_tape_parser *json_tape_new(unsigned depth_limit);
void json_tape_free(struct json_tape_parser *parser); /* accepts NULL */

/* `*ret_tape` is valid until the next parse; `*ret_reason` is static. */
enum json_tape_result json_tape_parse(struct json_tape_parser *parser,
    const char *text, size_t len, struct json_tape *ret_tape,
    const char **ret_reason);

#ifdef __cplusplus
}
#endif

#endif
