/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that came in another encoding, made UTF-8 by iconv(3).  In each of
 * them the characters of ASCII are one unit of a fixed size, so that lines
 * and rows can be found before anything is converted.
 */
#ifndef TEXT_ENCODING_H
#define TEXT_ENCODING_H

#include <stdbool.h>

#include "base/buffer.h"

enum encoding {
	ENCODING_UTF8,
	ENCODING_ISO_8859_1,
	ENCODING_ISO_8859_15,
	ENCODING_WINDOWS_1252,
	ENCODING_UTF16, /* its mark says which; else big-endian (RFC 2781) */
	ENCODING_UTF16LE,
	ENCODING_UTF16BE
};

/* Their names, NULL-ended; the index is the encoding. */
extern const char *const encoding_names[];

/* By its name in any case, or by another one in use (latin1, cp1252). */
bool encoding_find(const char *name, enum encoding *ret_encoding);

/* Bytes of one unit: 1 or 2. */
unsigned encoding_unit(enum encoding encoding);

/*
 * Takes a byte order mark off the front and says which encoding it tells:
 * any mark if `is_start_of_file`, else only one of the encoding's own.
 * UTF-16 becomes one of its two orders, with a mark or without.
 */
enum encoding encoding_skip_mark(enum encoding encoding, bool is_start_of_file,
    struct span *text);

/* Is it UTF-16, as its mark or the zeros of its first two characters say? */
bool encoding_is_utf16(struct span text, enum encoding *ret_order);

/* Opened once, for many texts of one encoding that is not UTF-8. */
struct encoding_converter;

/* NULL if the C library cannot convert from it. */
struct encoding_converter *encoding_open(enum encoding encoding);
void encoding_close(struct encoding_converter *converter); /* accepts NULL */

/*
 * Appends the text, without its mark, as UTF-8.  Each unit that is no
 * character becomes a byte FF, which is no UTF-8 either: who reads the text
 * repairs it as any other, and flags it.
 */
void encoding_convert(struct encoding_converter *converter, struct span text,
    struct buffer *out);

#endif
