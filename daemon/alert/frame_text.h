/* SPDX-License-Identifier: Apache-2.0 */
/* Text made fit for a syslog message, whatever it holds: nothing in a value
 * can end a line, a parameter or a frame. */
#ifndef ALERT_FRAME_TEXT_H
#define ALERT_FRAME_TEXT_H

#include "base/buffer.h"
#include "text/json_read.h"

/* A header field (RFC 5424, 6): PRINTUSASCII, others become '?'; at most
 * `limit` bytes; "-" if empty. */
void frame_text_name(struct buffer *out, struct span text, size_t limit);

/*
 * A parameter of structured data (RFC 5424, 6.3.3) with a blank before it:
 * at most `limit` bytes of the text, cut at a character; `"`, `\` and `]` are
 * escaped.  Left out if empty.
 */
void frame_text_param(struct buffer *out, const char *name, struct span text,
    size_t limit);

/* UTF-8 (RFC 3629) for a message: control characters, line and paragraph
 * separators and bad bytes become U+FFFD.  At most `limit` bytes, cut at a
 * character.  Returns how much of the text was taken. */
size_t frame_text_plain(struct buffer *out, struct span text, size_t limit);

/* A JSON string in printable ASCII, with its quotes. */
void frame_text_json(struct buffer *out, struct span text);

/* The same in at most `limit` (at least 8) bytes; if cut it ends in U+2026. */
void frame_text_json_cut(struct buffer *out, struct span text, size_t limit);

/* As much of it as `limit` (at least 16) bytes hold; returns how many bytes of
 * the text that is, at least one unless it is empty. */
size_t frame_text_json_piece(struct buffer *out, struct span text,
    size_t limit);

/* Any JSON value, in printable ASCII without blanks between. */
void frame_text_json_value(struct buffer *out, struct json_value value);

#endif
