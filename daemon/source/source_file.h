/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from files: NDJSON, where the name says so (.ndjson, .jsonl, .json)
 * or the first byte that is no white space is { or [, else CSV whose first row names the columns (text/csv.h); plain,
 * gzip or Zstandard; "-" is standard input.  Text is UTF-8 unless a byte
 * order mark or the options say otherwise.
 *
 * A CSV row is handed on as a JSON object of strings, text of another
 * encoding as UTF-8, and both with the file's own bytes as `original`; what
 * is no row of its file is handed on with its `defect`.
 */
#ifndef SOURCE_SOURCE_FILE_H
#define SOURCE_SOURCE_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "model/record.h"
#include "text/csv.h"
#include "text/encoding.h"

struct source_file;

struct source_file_options {
	uint32_t input;
	uint32_t feed;
	uint64_t record_bytes; /* limit of a record */
	enum encoding encoding;
	/* NULL: as the content tells.  With a header the file is CSV, and a
	 * first row that repeats the names is no record. */
	const struct csv_dialect *csv;
};

/* The options are copied, the dialect is borrowed until it is open. */
bool source_file_open(const char *path,
    const struct source_file_options *options, struct source_file **ret_source,
    struct error *err);
void source_file_close(struct source_file *source); /* accepts NULL */

/* What evidence calls it: the base name, "-" for standard input. */
struct span source_file_topic(const struct source_file *source);

/*
 * The next records, up to `limit`, into the arena (their bytes too); fewer
 * at the end, and after some 16 MiB; 0 when the end has been reached.  Empty lines are no records
 * but a line longer than the limit is one, cut, that decode will reject.
 * False if the file cannot be read on (I/O, damaged or packed beyond the
 * limits of stream.h); the records before that are returned first.
 */
bool source_file_read(struct source_file *source, struct arena *arena,
    size_t limit, struct record **ret_records, size_t *ret_count,
    struct error *err);

#endif
