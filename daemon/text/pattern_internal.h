/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small reading of PCRE2's syntax: enough to tell groups, quantifiers and
 * the constructs that are not allowed, through classes, quotes and escapes.
 * It is no judge of correctness, which is PCRE2's.
 */
#ifndef TEXT_PATTERN_INTERNAL_H
#define TEXT_PATTERN_INTERNAL_H

#include <stdbool.h>

#include "base/span.h"

enum pattern_token_kind {
	PATTERN_ATOM,  /* a character, class, escape, anchor, bar */
	PATTERN_OPEN,  /* of a group */
	PATTERN_CLOSE, /* of a group */
	PATTERN_REPEAT /* any quantifier */
};

struct pattern_token {
	enum pattern_token_kind kind;
	size_t at, len;
	bool is_unbounded;  /* REPEAT: * + {n,} */
	bool is_possessive; /* REPEAT: ++ and the like; OPEN: (?> */
	const char *full;   /* names what only the full syntax has, or NULL */
	const char *never;  /* names what is refused in any case, or NULL */
};

/* The next token from byte *at; false at the end. */
bool pattern_scan_next(struct span text, size_t *at,
    struct pattern_token *ret_token);

#endif
