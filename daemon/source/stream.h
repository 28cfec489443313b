/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a file, unpacked if it is gzip (RFC 1952) or Zstandard
 * (RFC 8878), which its first bytes tell. */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct source_stream;

/* "-" is standard input. */
bool source_stream_open(const char *path, struct source_stream **ret_stream,
    struct error *err);
void source_stream_close(struct source_stream *stream); /* accepts NULL */

/*
 * At least one byte, at most `size`; 0 at the end.  False if the file cannot
 * be read or is damaged or cut off.
 */
bool source_stream_read(struct source_stream *stream, char *into, size_t size,
    size_t *ret_len, struct error *err);

#endif
