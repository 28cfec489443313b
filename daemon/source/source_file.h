/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from files: NDJSON or CSV (RFC 4180, first row names the columns;
 * told by the first byte that is no white space: '{' or '['?), plain or .gz,
 * "-" is standard input.  A CSV row is handed on as a JSON object of strings,
 * its bytes as evidence are that row's own.
 */
#ifndef SOURCE_SOURCE_FILE_H
#define SOURCE_SOURCE_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "model/record.h"

struct source_file;

/* The format is told by the content, not by the name. */
bool source_file_open(const char *path, uint32_t input, uint32_t feed,
    uint64_t record_bytes_limit, struct source_file **ret_source,
    struct error *err);
void source_file_close(struct source_file *source); /* accepts NULL */

/* What evidence calls it: the base name, "-" for standard input. */
struct span source_file_topic(const struct source_file *source);

/*
 * The next records, up to `limit`, into the arena (their bytes too); fewer
 * only at the end, 0 when it has been reached.  Empty lines are no records
 * but a line longer than the limit is one, cut, that decode will reject.
 * False if the file cannot be read on (I/O, damaged gzip); the records
 * before that are returned first.
 */
bool source_file_read(struct source_file *source, struct arena *arena,
    size_t limit, struct record **ret_records, size_t *ret_count,
    struct error *err);

#endif
