/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of CSV (RFC 4180):
 *
 *	row	= field *(separator field) [CR] LF	; or the end
 *	field	= *text / quote *(text / 2quote / separator / CR / LF) quote
 *
 * As programs write it, not only as the RFC has it: a quote inside a field
 * that does not begin with one is text.  The separator is comma, semicolon or
 * tab, whichever the first row has most of.
 */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include "base/arena.h"
#include "base/error.h"

struct csv; /* the columns */

/* `header`: the first row.  False if two columns have one name. */
bool csv_new(struct span header, struct csv **ret_csv,
    struct error *err);
void csv_free(struct csv *csv); /* accepts NULL */

enum csv_end {
	CSV_ROW,	  /* `*ret_len` bytes, and its line break */
	CSV_MORE,  /* the text ends before the row does */
	CSV_QUOTED /* and within quotes */
};

/* Where the row at the start of `text` ends.  `csv` NULL: the first row. */
enum csv_end csv_row(const struct csv *csv,
    struct span text, size_t *ret_len);

/*
 * The row as a JSON object of strings, in the arena.  False with the reason
 * (in the arena) if its fields are not those of the header.
 */
bool csv_json(struct csv *csv, struct arena *arena,
    struct span row, struct span *ret_json, const char **ret_defect);

#endif
