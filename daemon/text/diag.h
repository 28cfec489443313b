/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong in files that people write: every finding of a run, with
 * place, caret, reason, suggestion and a stable code, rendered as
 *
 *	error[IR0102]: unknown key `treshold`
 *	  --> rules.d/lookups.yml:14:7
 *	   |
 *	14 |       treshold: { gte: 40 }
 *	   |       ^~~~~~~~ did you mean `threshold`?
 *	   = help: keys allowed here: threshold, timespan
 *
 * or as a JSON object per finding.  The codes stand in diag_codes.h.
 */
#ifndef TEXT_DIAG_H
#define TEXT_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Where something stands.  Lines and columns count from 1; columns count
 * code points; line 0: the file as a whole.  `source` is borrowed from
 * diag_add_source() and lives as long as the diag. */
struct diag_source;
struct diag_place {
	const struct diag_source *source; /* NULL: nowhere */
	uint32_t line;
	uint32_t column;
	uint32_t width; /* code points under the caret, at least 1 */
};

struct diag;

struct diag *diag_new(void);
void diag_free(struct diag *diag);

/* Copies the text (needed to quote lines) and the name shown. */
const struct diag_source *diag_add_source(struct diag *diag, const char *path,
    struct span text);
/* Whether lines of sources added from now on are quoted with stars for what
 * their keys call a secret. */
void diag_hide_secrets(struct diag *diag, bool hide);
const char *diag_source_path(const struct diag_source *source);

/* The place of `len` bytes from byte `offset` of the source's text. */
struct diag_place diag_source_place(const struct diag_source *source,
    size_t offset, size_t len);

/* The byte at which a place begins, and the whole text. */
size_t diag_source_offset(struct diag_place place);
struct span diag_source_text(const struct diag_source *source);

/*
 * Adds a finding.  `code` begins with "IR" (error) or "IW" (warning) and
 * must stand in diag_codes.h; the format gives the reason without full stop.
 * diag_hint() and diag_help() add to the finding just made; hint stands
 * after the caret ("did you mean `x`?").
 */
void diag_at(struct diag *diag, struct diag_place place, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_hint(struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diag_help(struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

size_t diag_errors(const struct diag *diag);
size_t diag_warnings(const struct diag *diag);

/* True if an error was added since `mark` = diag_errors() then. */
bool diag_failed_since(const struct diag *diag, size_t mark);

/* All findings, sorted by file, line, column; equal ones once. */
void diag_render_human(const struct diag *diag, bool color, struct buffer *out);
void diag_render_ndjson(const struct diag *diag, struct buffer *out);

/* Warnings as one line per code ("IW0304 (12 times): ..."), errors whole. */
void diag_render_summary(const struct diag *diag, bool color,
    struct buffer *out);

/* A line "path:line:col: error[CODE]: reason (hint)" for each error, without
 * the text that it stands in; then a line per code of the warnings. */
void diag_render_log(const struct diag *diag, struct buffer *out);

/* One line "path:line:col: error[CODE]: reason" of the first error, for logs;
 * empty if there is none. */
void diag_first_error(const struct diag *diag, struct buffer *out);

/* Title and explanation of a code, or NULL. */
const char *diag_code_title(const char *code);
const char *diag_code_explanation(const char *code);

#endif
