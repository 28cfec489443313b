/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/mem.h"

#include "source/source_file.h"
#include "source/window.h"

/* A line that goes on so long is none; four times the largest limit. */
/* Of one read: thousands of the longest records are gigabytes. */
#define READ_BYTES ((size_t)16 * 1024 * 1024)
#define PACKED_LINE_BYTES ((uint64_t)256 * 1024 * 1024)

struct source_file {
	struct source_window window;
	struct encoding_converter *converter; /* NULL: UTF-8 */
	struct buffer utf8;
	struct csv *csv; /* NULL: NDJSON */
	char *topic;
	struct source_file_options options;
	int64_t next_offset;
	size_t limit;	  /* units of a record */
	bool is_own_form; /* the mapping's encoding is not for these bytes */
	bool is_skipping; /* the rest of a line that was cut */
};

/* In UTF-8; valid until the next call. */
static struct span
converted(struct source_file *source, struct span original)
{
	if (source->converter == NULL)
		return original;
	buffer_reset(&source->utf8);
	encoding_convert(source->converter, original, &source->utf8);
	return buffer_span(&source->utf8);
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
	struct source_window *window = &source->window;
	struct span text;
	size_t i = 0;

	for (;;) {
		text = source_window_pending(window);
		for (; i < text.len; i++) {
			if (!is_blank(text.ptr[i]))
				return text.ptr[i];
		}
		if (window->is_end)
			return '\0';
		source_window_fill(window);
	}
}

/* The first row, with the names of the columns, and its line break. */
static bool
find_header(struct source_file *source, char separator, struct span *ret_row,
    size_t *ret_len, struct error *err)
{
	struct source_window *window = &source->window;
	enum csv_end end;
	struct span text;
	size_t len;

	for (;;) {
		text = source_window_pending(window);
		end = csv_row(NULL, separator, text, &len);
		if (end == CSV_ROW || window->is_end)
			break;
		if (text.len > source->limit)
			return error_set(err, NULL,
			    "the first row, with the "
			    "names of the columns, does not end within %zu "
			    "bytes",
			    source->limit);
		source_window_fill(window);
	}
	if (end == CSV_QUOTED)
		return error_set(err, NULL,
		    "a quoted name in the first row is not closed");
	if (end == CSV_MORE)
		len = text.len;
	*ret_row = converted(source,
	    source_window_original(window, span_make(text.ptr, len)));
	*ret_len = len + (end == CSV_ROW);
	return true;
}

static bool
read_header(struct source_file *source, const struct csv_dialect *dialect,
    struct error *err)
{
	struct source_window *window = &source->window;
	char separator = dialect != NULL ? dialect->separator : 0;
	struct span row;
	size_t len;

	while (window->at < window->len && is_blank(window->text[window->at]))
		window->at++;
	if (!find_header(source, separator, &row, &len, err) ||
	    !csv_new(row, separator, &source->csv, err))
		return false;
	window->at += len;
	return true;
}

/* The mapping names the columns; the file may do so too. */
static bool
start_named(struct source_file *source, const struct csv_dialect *dialect,
    struct error *err)
{
	struct error no_row = ERROR_NONE;
	struct span row;
	size_t len;

	if (!csv_named(dialect, &source->csv, err))
		return false;
	if (first_byte(source) != '\0' &&
	    find_header(source, dialect->separator, &row, &len, &no_row) &&
	    csv_is_header(source->csv, row))
		source->window.at += len;
	return true;
}

/* A log that was rotated may well begin in the middle of a record. */
static bool
is_named_json(const char *topic)
{
	static const char *const packings[] = { ".gz", ".zst" };
	static const char *const suffixes[] = { ".ndjson", ".jsonl", ".json" };
	struct span name = span_of(topic);

	for (size_t i = 0; i < sizeof(packings) / sizeof(*packings); i++) {
		if (span_ends_with(name, span_of(packings[i])))
			name.len -= strlen(packings[i]);
	}
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		if (span_ends_with(name, span_of(suffixes[i])))
			return true;
	}
	return false;
}

static bool
start(struct source_file *source, const char *path, struct error *err)
{
	const struct csv_dialect *dialect = source->options.csv;
	enum encoding encoding;
	char first;

	if (!source_window_open(&source->window, path, source->options.encoding,
		err))
		return false;
	encoding = source->window.encoding;
	source->limit = source->options.record_bytes / encoding_unit(encoding);
	source->is_own_form = source->options.encoding != ENCODING_UTF8;
	if (encoding != ENCODING_UTF8) {
		source->converter = encoding_open(encoding);
		if (source->converter == NULL)
			return error_set(err, NULL,
			    "the C library has no encoding %s",
			    encoding_names[encoding]);
	}
	if (dialect != NULL && dialect->header != NULL)
		return start_named(source, dialect, err);
	first = first_byte(source);
	if (is_named_json(source->topic) && dialect == NULL)
		return true;
	if (first == '\0' || first == '{' || first == '[')
		return true;
	return read_header(source, dialect, err);
}

bool
source_file_open(const char *path, const struct source_file_options *options,
    struct source_file **ret_source, struct error *err)
{
	struct source_file *source = mem_zalloc(sizeof(*source));

	source->topic = mem_strdup(strcmp(path, "-") != 0 ?
		file_base_name(path) :
		path);
	source->options = *options;
	if (!start(source, path, err)) {
		error_prefix(err, "%s", path);
		source_file_close(source);
		return false;
	}
	source->options.csv = NULL;
	*ret_source = source;
	return true;
}

void
source_file_close(struct source_file *source)
{
	if (source == NULL)
		return;
	source_window_done(&source->window);
	encoding_close(source->converter);
	buffer_done(&source->utf8);
	csv_free(source->csv);
	mem_free(source->topic);
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

/* One unit too many is kept, so that decode finds it too long. */
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
	struct source_window *window = &source->window;
	const char *feed = NULL;
	struct span text;
	size_t seen = 0;

	for (;;) {
		text = source_window_pending(window);
		if (text.len > seen)
			feed = memchr(text.ptr + seen, '\n', text.len - seen);
		if (feed != NULL || window->is_end ||
		    text.len > source->limit + 1)
			break;
		seen = text.len;
		source_window_fill(window);
	}
	if (feed != NULL)
		text.len = (size_t)(feed - text.ptr);
	*ret_line = cut(source, text);
	window->at += text.len + (feed != NULL);
	source->is_skipping = feed == NULL && !window->is_end;
	return text.len > 0 || feed != NULL;
}

/* Of a packed file: one that is not is no longer than it is. */
static void
check_skipped(struct source_file *source, uint64_t skipped)
{
	struct source_window *window = &source->window;

	if (skipped <= PACKED_LINE_BYTES ||
	    !source_stream_is_packed(window->stream))
		return;
	error_set(&window->failure, NULL,
	    "a line of more than %llu MiB in a packed file",
	    (unsigned long long)(PACKED_LINE_BYTES >> 20));
	window->has_failed = true;
	window->is_end = true;
	window->at = window->len;
	source->is_skipping = false;
}

static void
skip_line(struct source_file *source)
{
	struct source_window *window = &source->window;
	uint64_t skipped = 0;
	const char *feed;
	struct span text;

	while (source->is_skipping) {
		text = source_window_pending(window);
		feed = memchr(text.ptr, '\n', text.len);
		window->at += feed != NULL ? (size_t)(feed - text.ptr) + 1 :
					     text.len;
		source->is_skipping = feed == NULL && !window->is_end;
		skipped += text.len;
		if (source->is_skipping)
			check_skipped(source, skipped);
		if (source->is_skipping)
			source_window_fill(window);
	}
}

/* A row within the limit and its line break, and no further, whatever else
 * has been read: the records must not depend on the size of reads. */
static struct span
row_window(const struct source_file *source)
{
	struct span text = source_window_pending(&source->window);

	if (text.len > source->limit + 2)
		text.len = source->limit + 2;
	return text;
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
	struct source_window *window = &source->window;
	struct span text;
	enum csv_end end;
	size_t len;

	for (;;) {
		text = row_window(source);
		end = csv_row(source->csv, 0, text, &len);
		if (end == CSV_ROW || window->is_end ||
		    text.len == source->limit + 2)
			break;
		source_window_fill(window);
	}
	if (end == CSV_QUOTED)
		*ret_defect = "a quoted field is not closed";
	else if (end == CSV_MORE && text.len > source->limit)
		*ret_defect = "the row is too long";
	if (*ret_defect != NULL)
		return next_line(source, ret_row);
	if (end == CSV_MORE)
		len = text.len;
	*ret_row = cut(source, span_make(text.ptr, len));
	window->at += len + (end == CSV_ROW);
	return len > 0 || end == CSV_ROW;
}

/* False at the end. */
static bool
next_part(struct source_file *source, struct span *ret_part,
    const char **ret_defect)
{
	bool ok;

	do {
		*ret_defect = NULL;
		skip_line(source);
		ok = source->csv != NULL ?
		    next_row(source, ret_part, ret_defect) :
		    next_line(source, ret_part);
	} while (ok && span_trim(*ret_part).len == 0);
	return ok;
}

/* What decode reads, of the file's own bytes in record->bytes. */
static void
make_readable(struct source_file *source, struct arena *arena,
    struct record *record)
{
	struct span text = converted(source, record->bytes);

	record->original = record->bytes;
	if (source->csv == NULL)
		record->bytes = source->converter != NULL ?
		    arena_dup(arena, text) :
		    text;
	else if (!csv_json(source->csv, arena, text, &record->bytes,
		     &record->defect))
		record->original = SPAN_NONE;
}

static void
make_record(struct source_file *source, struct arena *arena, struct span part,
    const char *defect, struct record *record)
{
	*record = (struct record){
		.position = { source_file_topic(source), 0,
		    source->next_offset++ },
		.bytes = arena_dup(arena,
		    source_window_original(&source->window, part)),
		.defect = defect,
		.broker_us = RECORD_NO_TIME,
		.input = source->options.input,
		.feed = source->options.feed,
	};
	if (defect != NULL || part.len > source->limit)
		return;
	if (source->csv != NULL || source->converter != NULL ||
	    source->is_own_form)
		make_readable(source, arena, record);
}

bool
source_file_read(struct source_file *source, struct arena *arena, size_t limit,
    struct record **ret_records, size_t *ret_count, struct error *err)
{
	struct record *records = arena_array(arena, limit, sizeof(*records));
	size_t begin = arena_used(arena), count = 0;
	struct span part;
	const char *defect;

	while (count < limit && arena_used(arena) - begin < READ_BYTES &&
	    next_part(source, &part, &defect))
		make_record(source, arena, part, defect, &records[count++]);
	if (count == 0 && source->window.has_failed) {
		*err = source->window.failure;
		return error_prefix(err, "%s", source->topic);
	}
	*ret_records = records;
	*ret_count = count;
	return true;
}
