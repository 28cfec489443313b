/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a file, unpacked if it is gzip (RFC 1952) or Zstandard
 * (RFC 8878), which its first bytes tell: any number of members or frames,
 * one behind the other, but not one within another.
 *
 * A file cannot make us take more memory than a window (32 KiB of gzip, at
 * most 128 MiB of Zstandard, which `zstd --ultra` needs), nor unpack without
 * end: where 16 MiB come out of less than a thousandth of that, it is refused.
 */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SOURCE_STREAM_RATIO_MAX 1000
#define SOURCE_STREAM_RATIO_BYTES ((uint64_t)16 * 1024 * 1024)
#define SOURCE_STREAM_WINDOW_LOG 27 /* 128 MiB */

struct source_stream;

/* "-" is standard input. */
bool source_stream_open(const char *path, struct source_stream **ret_stream,
    struct error *err);
void source_stream_close(struct source_stream *stream); /* accepts NULL */
bool source_stream_is_packed(const struct source_stream *stream);

/*
 * At least one byte, at most `size`; 0 at the end.  False if the file cannot
 * be read, is damaged or cut off, or is beyond a limit.
 */
bool source_stream_read(struct source_stream *stream, char *into, size_t size,
    size_t *ret_len, struct error *err);

#endif
