/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why bad input was refused.  A fixed buffer on the caller's stack, so that
 * failing cannot fail.  The first to notice sets it, callers prefix where
 * they are.  `err` may be NULL for a caller that does not ask why.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

struct error {
	char code[8];	 /* stable: "IR0102", or empty */
	char text[1016]; /* never empty once set; always NUL-terminated */
};

#define ERROR_NONE { { 0 }, { 0 } }

/* Sets text, and code unless NULL.  Returns false: `return error_set()`. */
bool error_set(struct error *err, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "PREFIX: " before the text.  Returns false. */
bool error_prefix(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
