/* SPDX-License-Identifier: Apache-2.0 */
/* What diag.c gathers and diag_render.c shows. */
#ifndef TEXT_DIAG_INTERNAL_H
#define TEXT_DIAG_INTERNAL_H

#include "base/arena.h"
#include "text/diag.h"

struct diag_source {
	const char *path;
	struct span text;
	const size_t *lines; /* byte where each begins; at least one */
	size_t line_count;
	bool hides_secrets;
	/* The last place asked for: the next is mostly behind it. */
	struct diag_memo {
		size_t line, offset, columns;
	} *memo;
};

/* The strings are clean: valid UTF-8 without control characters. */
struct diag_finding {
	struct diag_place place;
	const char *code;
	const char *reason;
	const char *hint; /* NULL if none */
	const char *help; /* lines parted by '\n'; NULL if none */
};

struct diag {
	struct arena *arena;
	struct diag_finding *findings;
	size_t count, cap;
	size_t errors, warnings; /* dropped ones included */
	size_t dropped;		 /* beyond the limits below */
	struct diag_place near;	 /* the last finding's, and how many there */
	size_t near_count[2];	 /* warnings, errors */
	bool last_dropped;
	bool hides_secrets; /* of sources added from now on */
};

/* A file of a million mistakes must not fill the memory. */
#define DIAG_FINDINGS_MAX 10000

/* Each finding quotes its line: a long one must not be read a thousand
 * times. */
#define DIAG_LINE_FINDINGS_MAX 100

bool diag_is_error(const struct diag_finding *finding);

/* By file, line, column, code, reason; what stands nowhere comes first. */
int diag_compare(const struct diag_finding *a, const struct diag_finding *b);

/* "path:line:column", or "path" if it is the file as a whole. */
void diag_place_write(struct diag_place place, struct buffer *out);

/* The text of one line (from 1) without its end, empty beyond the last. */
struct span diag_source_line(const struct diag_source *source, size_t line);

/* Adds the line with stars for what its keys call a secret. */
void diag_mask(struct span line, struct buffer *out);

/* Code points, as far as columns are concerned: bytes that begin one. */
size_t diag_columns(struct span text);

/*
 * Adds `text` so that a terminal or log can be trusted with it: what is no
 * UTF-8, controls and direction marks become U+FFFD, white space a space;
 * a tab stays if `keep_tabs`.  One code point in, one out.
 */
void diag_clean(struct span text, bool keep_tabs, struct buffer *out);

#endif
