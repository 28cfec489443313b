/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was read of a file and is not yet handed on.
 *
 * Lines and rows are looked for in `text`, one byte a unit.  Of UTF-16 that
 * is a stand-in, in which all that is not ASCII is FF, and `wide` holds the
 * file's own bytes: so one search finds the rows of every encoding, and
 * evidence is what stands in the file.
 */
#ifndef SOURCE_WINDOW_H
#define SOURCE_WINDOW_H

#include "source/stream.h"
#include "text/encoding.h"

struct source_window {
	struct source_stream *stream;
	enum encoding encoding; /* as its mark has it, if it has one */
	char *text;		/* [at, len) is pending */
	char *wide;		/* [2 * at, 2 * len); NULL: as `text` */
	size_t cap, wide_cap;
	size_t at, len;
	bool is_end;	 /* nothing more to read */
	bool has_failed; /* why there is nothing more */
	struct error failure;
	char half; /* of a unit, while `has_half` */
	bool has_half;
};

/*
 * `encoding` is that of a file without a byte order mark.  False if it cannot
 * be read, or is no text but something packed.  Call done() in any case.
 */
bool source_window_open(struct source_window *window, const char *path,
    enum encoding encoding, struct error *err);
void source_window_done(struct source_window *window);

/* Reads on behind what is pending; at the end or a failure sets is_end.  What
 * was pending may move. */
void source_window_fill(struct source_window *window);

struct span source_window_pending(const struct source_window *window);

/* The file's own bytes of a part of `text`. */
struct span source_window_original(const struct source_window *window,
    struct span part);

#endif
