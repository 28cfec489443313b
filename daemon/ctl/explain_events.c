/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "decode/decode.h"
#include "source/source_file.h"
#include "text/json_read.h"

#include "ctl/explain_events.h"

#define BATCH_RECORDS 4096 /* as backtest: what is late depends on it */
#define COPY_BYTES 65536

struct explain_events {
	struct source_file *source; /* NULL: `whole` is the only record */
	struct buffer whole;
	struct span topic;
	bool at_end;
};

/* Standard input is read twice: from a copy. */
static bool
rewind_input(struct error *err)
{
	FILE *copy = tmpfile();
	char *bytes = mem_alloc(COPY_BYTES);
	ssize_t len = -1;
	bool ok = copy != NULL;

	while (ok && (len = read(STDIN_FILENO, bytes, COPY_BYTES)) != 0) {
		if (len < 0 && errno == EINTR)
			continue;
		ok = len > 0 &&
		    fwrite(bytes, 1, (size_t)len, copy) == (size_t)len;
	}
	ok = ok && fflush(copy) == 0 && lseek(fileno(copy), 0, SEEK_SET) == 0 &&
	    dup2(fileno(copy), STDIN_FILENO) == STDIN_FILENO;
	if (!ok)
		error_set(err, NULL, "standard input: %s", strerror(errno));
	if (copy != NULL)
		(void)fclose(copy);
	mem_free(bytes);
	return ok;
}

/* Too large for a record is also too large to be one over many lines. */
static bool
read_whole(const char *path, struct buffer *into)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : -1;
	size_t limit = decode_limits_default.record_bytes;
	struct error err = ERROR_NONE;
	ssize_t len;

	if (fd < 0)
		return file_read(path, limit, into, &err);
	do {
		len = read(fd, buffer_reserve(into, COPY_BYTES), COPY_BYTES);
		into->len += len > 0 ? (size_t)len : 0;
	} while (len > 0 && into->len <= limit);
	return lseek(fd, 0, SEEK_SET) == 0 && into->len <= limit;
}

/* Also one that will be rejected, as long as it is one. */
static bool
is_one_object(struct span text)
{
	struct json_reader *reader = json_reader_new(text.len + 1,
	    decode_limits_default.json_depth);
	struct error err = ERROR_NONE;
	struct json_value root;
	enum json_status status;

	text = span_trim(text);
	status = json_read_repair(reader, text, true, &root, &err);
	json_reader_free(reader);
	return text.len > 0 && text.ptr[0] == '{' && status == JSON_OK;
}

static bool
is_regular(const char *path)
{
	struct stat stat;

	return strcmp(path, "-") == 0 ||
	    (lstat(path, &stat) == 0 && S_ISREG(stat.st_mode));
}

/* Lines of a table, and text that is not UTF-8, are read as backtest does. */
static bool
is_one(struct explain_events *events, const char *path,
    const struct mapping *mapping)
{
	const struct csv_dialect *csv = mapping_csv(mapping);

	if (csv != NULL || !is_regular(path) ||
	    !read_whole(path, &events->whole))
		return false;
	return is_one_object(buffer_span(&events->whole));
}

bool
explain_events_open(const char *path, const struct mapping *mapping,
    struct explain_events **ret_events, struct error *err)
{
	struct source_file_options options = {
		.record_bytes = decode_limits_default.record_bytes,
		.encoding = mapping_encoding(mapping),
		.csv = mapping_csv(mapping),
	};
	struct explain_events *events;

	if (strcmp(path, "-") == 0 && !rewind_input(err))
		return false;
	events = mem_zalloc(sizeof(*events));
	events->topic = span_of(file_base_name(path));
	if (!is_one(events, path, mapping) &&
	    !source_file_open(path, &options, &events->source, err)) {
		explain_events_close(events);
		return false;
	}
	*ret_events = events;
	return true;
}

void
explain_events_close(struct explain_events *events)
{
	if (events == NULL)
		return;
	source_file_close(events->source);
	buffer_done(&events->whole);
	mem_free(events);
}

bool
explain_events_read(struct explain_events *events, struct arena *arena,
    struct record **ret_records, size_t *ret_count, struct error *err)
{
	*ret_count = 0;
	if (events->source != NULL)
		return source_file_read(events->source, arena, BATCH_RECORDS,
		    ret_records, ret_count, err);
	if (events->at_end)
		return true;
	events->at_end = true;
	*ret_records = arena_array(arena, 1, sizeof(**ret_records));
	(*ret_records)[0] = (struct record){
		.position = { .topic = events->topic },
		.bytes = span_trim(buffer_span(&events->whole)),
		.broker_us = RECORD_NO_TIME,
	};
	*ret_count = 1;
	return true;
}
