/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions (PCRE2 with PCRE2_UTF, without UCP), bounded by match,
 * depth and heap limits.  No JIT: it needs writable executable memory.
 */
#ifndef TEXT_PATTERN_H
#define TEXT_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

struct pattern;

struct pattern_options {
	bool ignore_case; /* i */
	bool multiline;	  /* m */
	bool dot_all;	  /* s */
	bool allow_full;  /* look-around, backreferences, recursion */
};

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_LIMIT };

/*
 * err->text says what is wrong; *ret_error_offset is the byte in `text` where.
 */
bool pattern_new(struct span text, const struct pattern_options *options,
    struct pattern **ret_pattern, size_t *ret_error_offset, struct error *err);
void pattern_free(struct pattern *pattern); /* accepts NULL */

/*
 * Is there a match anywhere in `subject`?  It must be UTF-8.  PATTERN_LIMIT
 * if a limit was hit: the answer is unknown, never "no".
 */
enum pattern_result pattern_match(const struct pattern *pattern,
    struct span subject);

/*
 * Tightens or widens the limits of all patterns from now on.  `match_limit`
 * is in steps from one starting point; all of a subject's together may take
 * 20 times that.
 */
void pattern_set_limits(uint32_t match_limit, uint32_t depth_limit,
    uint32_t heap_limit_kib);

/* True if unbounded quantifiers are nested, as in (a+)+. */
bool pattern_is_risky(struct span text);

#endif
