/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/mem.h"
#include "text/csv.h"

#include "source/source_file.h"
#include "source/stream.h"

#define READ_BYTES ((size_t)256 * 1024)

struct source_file {
	struct source_stream *stream;
	struct csv *csv; /* NULL: NDJSON */
	char *topic;
	uint32_t input;
	uint32_t feed;
	int64_t next_offset;
	size_t limit; /* bytes of a record */

	/* What was read: [at, len) is not yet handed on. */
	char *bytes;
	size_t cap;
	size_t at;
	size_t len;
	bool is_end; /* nothing more to read */
	bool is_csv;
	bool is_skipping; /* the rest of a line that was cut */
	bool has_failed;  /* told once the records before it are */
	struct error failure;
};

static struct span
pending(const struct source_file *source)
{
	return span_make(source->bytes + source->at, source->len - source->at);
}

/* Reads on behind what is pending; at the end or a failure sets is_end. */
static void
fill(struct source_file *source)
{
	size_t len = source->len - source->at, got;

	if (source->cap - len < READ_BYTES)
		source->bytes = mem_grow(source->bytes, &source->cap,
		    len + READ_BYTES, 1);
	if (source->cap - source->len < READ_BYTES) {
		memmove(source->bytes, source->bytes + source->at, len);
		source->at = 0;
		source->len = len;
	}
	if (!source_stream_read(source->stream, source->bytes + source->len,
		source->cap - source->len, &got, &source->failure)) {
		source->has_failed = true;
		got = 0;
	}
	source->is_end = got == 0;
	source->len += got;
}

/* ---- Opening ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first byte that says what the file is; 0 if there is none. */
static char
first_byte(struct source_file *source)
{
	size_t i = 0;

	for (;;) {
		for (; i < source->len - source->at; i++) {
			if (!is_blank(source->bytes[source->at + i]))
				return source->bytes[source->at + i];
		}
		if (source->is_end)
			return '\0';
		fill(source);
	}
}

static bool
skip_mark(struct source_file *source, struct error *err)
{
	while (source->len < 3 && !source->is_end)
		fill(source);
	if (span_starts_with(pending(source), SPAN("\xff\xfe")) ||
	    span_starts_with(pending(source), SPAN("\xfe\xff")))
		return error_set(err, NULL,
		    "the file is UTF-16: convert it "
		    "with iconv -f UTF-16 -t UTF-8");
	if (span_starts_with(pending(source), SPAN("\xef\xbb\xbf")))
		source->at = 3;
	return true;
}

static bool
read_header(struct source_file *source, struct error *err)
{
	enum csv_end end;
	size_t len;

	while (source->at < source->len && is_blank(source->bytes[source->at]))
		source->at++;
	for (;;) {
		end = csv_row(NULL, pending(source), &len);
		if (end == CSV_ROW || source->is_end)
			break;
		if (source->len - source->at > source->limit)
			return error_set(err, NULL,
			    "the first row, with the "
			    "names of the columns, does not end within %zu "
			    "bytes",
			    source->limit);
		fill(source);
	}
	if (end == CSV_QUOTED)
		return error_set(err, NULL,
		    "a quoted name in the first row is not closed");
	if (end == CSV_MORE)
		len = source->len - source->at;
	if (!csv_new(span_make(source->bytes + source->at, len),
		&source->csv, err))
		return false;
	source->at += len + (end == CSV_ROW);
	return true;
}

static bool
start(struct source_file *source, struct error *err)
{
	char first;

	if (!skip_mark(source, err))
		return false;
	first = first_byte(source);
	source->is_csv = first != '\0' && first != '{' && first != '[';
	return !source->is_csv || read_header(source, err);
}

bool
source_file_open(const char *path, uint32_t input, uint32_t feed,
    uint64_t record_bytes_limit, struct source_file **ret_source,
    struct error *err)
{
	struct source_file *source = mem_zalloc(sizeof(*source));
	bool ok;

	source->topic = mem_strdup(strcmp(path, "-") != 0 ?
		file_base_name(path) :
		path);
	source->input = input;
	source->feed = feed;
	source->limit = record_bytes_limit;
	ok = source_stream_open(path, &source->stream, err) &&
	    start(source, err);
	if (!ok) {
		error_prefix(err, "%s", path);
		source_file_close(source);
		return false;
	}
	*ret_source = source;
	return true;
}

void
source_file_close(struct source_file *source)
{
	if (source == NULL)
		return;
	source_stream_close(source->stream);
	csv_free(source->csv);
	mem_free(source->topic);
	mem_free(source->bytes);
	mem_free(source);
}

struct span
source_file_topic(const struct source_file *source)
{
	return span_of(source->topic);
}

/* ---- Reading ---- */

static struct span
without_return(struct span line)
{
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* One byte too many is kept, so that decode finds it too long. */
static struct span
cut(const struct source_file *source, struct span line)
{
	line = without_return(line);
	if (line.len > source->limit)
		line.len = source->limit + 1;
	return line;
}

static bool
next_line(struct source_file *source, struct span *ret_line)
{
	size_t seen = 0, len;
	const char *feed;

	for (;;) {
		len = source->len - source->at;
		feed = len > seen ? memchr(source->bytes + source->at + seen,
					'\n', len - seen) :
				    NULL;
		if (feed != NULL || source->is_end || len > source->limit + 1)
			break;
		seen = len;
		fill(source);
	}
	if (feed != NULL)
		len = (size_t)(feed - source->bytes) - source->at;
	*ret_line = cut(source, span_make(source->bytes + source->at, len));
	source->at += len + (feed != NULL);
	source->is_skipping = feed == NULL && !source->is_end;
	return len > 0 || feed != NULL;
}

static void
skip_line(struct source_file *source)
{
	const char *feed;

	while (source->is_skipping) {
		feed = memchr(source->bytes + source->at, '\n',
		    source->len - source->at);
		if (feed != NULL)
			source->at = (size_t)(feed - source->bytes) + 1;
		else
			source->at = source->len;
		source->is_skipping = feed == NULL && !source->is_end;
		if (source->is_skipping)
			fill(source);
	}
}

/* A row within the limit and its line break, and no further, whatever else
 * has been read: the records must not depend on the size of reads. */
static struct span
row_window(const struct source_file *source)
{
	struct span window = pending(source);

	if (window.len > source->limit + 2)
		window.len = source->limit + 2;
	return window;
}

/*
 * The next row.  Where a quote does not close before the limit or the end,
 * only its first line is taken, as a defect: one stray quote must not hide
 * the rows behind it.
 */
static bool
next_row(struct source_file *source, struct span *ret_row,
    const char **ret_defect)
{
	enum csv_end end;
	size_t len;

	for (;;) {
		end = csv_row(source->csv, row_window(source), &len);
		if (end == CSV_ROW || source->is_end ||
		    source->len - source->at >= source->limit + 2)
			break;
		fill(source);
	}
	if (end == CSV_QUOTED)
		*ret_defect = "a quoted field is not closed";
	else if (end == CSV_MORE &&
	    source->len - source->at > source->limit)
		*ret_defect = "the row is too long";
	if (*ret_defect != NULL)
		return next_line(source, ret_row);
	if (end == CSV_MORE)
		len = source->len - source->at;
	*ret_row = cut(source, span_make(source->bytes + source->at, len));
	source->at += len + (end == CSV_ROW);
	return len > 0 || end == CSV_ROW;
}

/* False at the end. */
static bool
next_bytes(struct source_file *source, struct span *ret_bytes,
    const char **ret_defect)
{
	bool ok;

	do {
		*ret_defect = NULL;
		skip_line(source);
		ok = source->is_csv ? next_row(source, ret_bytes, ret_defect) :
				      next_line(source, ret_bytes);
	} while (ok && span_trim(*ret_bytes).len == 0);
	return ok;
}

static void
make_record(struct source_file *source, struct arena *arena, struct span bytes,
    const char *defect, struct record *record)
{
	*record = (struct record){
		.position = { source_file_topic(source), 0,
		    source->next_offset++ },
		.bytes = arena_dup(arena, bytes),
		.defect = defect,
		.broker_us = RECORD_NO_TIME,
		.input = source->input,
		.feed = source->feed,
	};
	if (!source->is_csv || defect != NULL ||
	    record->bytes.len > source->limit)
		return;
	record->original = record->bytes;
	if (!csv_json(source->csv, arena, record->original,
		&record->bytes, &record->defect))
		record->original = SPAN_NONE;
}

bool
source_file_read(struct source_file *source, struct arena *arena, size_t limit,
    struct record **ret_records, size_t *ret_count, struct error *err)
{
	struct record *records = arena_array(arena, limit, sizeof(*records));
	struct span bytes;
	const char *defect;
	size_t count = 0;

	while (count < limit && next_bytes(source, &bytes, &defect))
		make_record(source, arena, bytes, defect, &records[count++]);
	if (count == 0 && source->has_failed) {
		*err = source->failure;
		return error_prefix(err, "%s", source->topic);
	}
	*ret_records = records;
	*ret_count = count;
	return true;
}
