/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of CSV (RFC 4180):
 *
 *	row	= field *(separator field) [CR] LF	; or the end
 *	field	= *text / quote *(text / 2quote / separator / CR / LF) quote
 *
 * As programs write it, not only as the RFC has it: a quote inside a field
 * that does not begin with one is text.  The separator is comma, semicolon,
 * tab or bar, whichever the row with the names has most of, unless a dialect
 * says it.  Text is UTF-8, or another encoding that holds ASCII bytewise.
 */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include "base/arena.h"
#include "base/error.h"

/* What a mapping says of the rows of a source. */
struct csv_dialect {
	char separator;		   /* 0: told by the first row; or comma */
	const struct span *header; /* UTF-8; NULL: the first row names them */
	size_t header_count;
};

struct csv; /* the columns */

/* One of , ; | and tab, or the word tab; false if it is none. */
bool csv_find_separator(struct span text, char *ret_separator);

/*
 * `header`: the first row, in UTF-8; `separator` 0: told by it.  False if two
 * columns have one name.
 */
bool csv_new(struct span header, char separator, struct csv **ret_csv,
    struct error *err);

/* The dialect's own header; without a separator it is the comma. */
bool csv_named(const struct csv_dialect *dialect, struct csv **ret_csv,
    struct error *err);
void csv_free(struct csv *csv); /* accepts NULL */

enum csv_end {
	CSV_ROW,   /* `*ret_len` bytes, and its line break */
	CSV_MORE,  /* the text ends before the row does */
	CSV_QUOTED /* and within quotes */
};

/*
 * Where the row at the start of `text` ends.  `csv` NULL: the first row, with
 * its separator, or 0.
 */
enum csv_end csv_row(const struct csv *csv, char separator, struct span text,
    size_t *ret_len);

/* Are these the names of the columns, as a first row has them? */
bool csv_is_header(const struct csv *csv, struct span row);

/*
 * The row as a JSON object of strings, in the arena.  False with the reason
 * (in the arena) if its fields are not those of the header.
 */
bool csv_json(struct csv *csv, struct arena *arena, struct span row,
    struct span *ret_json, const char **ret_defect);

#endif
