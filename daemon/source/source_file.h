/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from files: NDJSON, where the first byte that is no white space is
 * { or [, else CSV whose first row names the columns (text/csv.h); plain,
 * gzip or Zstandard; "-" is standard input.  A CSV row is handed on as a JSON
 * object of strings, with the row's own bytes as `original`; one that is no
 * such row is handed on with its `defect`.
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
