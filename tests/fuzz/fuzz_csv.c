/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of any bytes, packed or not, in any encoding and dialect: every
 * record is within the limit, and those that have no defect are what decode
 * reads.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "source/source_file.h"
#include "text/json_read.h"

#include "fuzz/fuzz.h"

#define LIMIT 100

static struct json_reader *reader;

static const struct span columns[] = { { "user.id", 7 }, { "n", 1 } };
static const struct csv_dialect dialects[] = { { ';', columns, 2 },
	{ 0, columns, 2 }, { '|', NULL, 0 } };

static const struct source_file_options options[] = {
	{ .record_bytes = LIMIT },
	{ .record_bytes = LIMIT, .csv = &dialects[0] },
	{ .record_bytes = LIMIT,
	    .encoding = ENCODING_UTF16LE,
	    .csv = &dialects[1] },
	{ .record_bytes = LIMIT,
	    .encoding = ENCODING_WINDOWS_1252,
	    .csv = &dialects[2] },
};

/* Is the file CSV whatever it begins with? */
static bool
is_named(const struct source_file_options *given)
{
	return given->csv != NULL && given->csv->header != NULL;
}

static void
check_record(const struct source_file_options *given,
    const struct record *record)
{
	struct json_value root;
	struct error err = ERROR_NONE;

	CHECK(record_evidence(record).len > 0);
	/* One unit too many is kept. */
	CHECK(record_evidence(record).len <= LIMIT + 2);
	CHECK(record->original.len == 0 || record->defect == NULL);
	/* Lines of another encoding may be anything. */
	if (record->original.len == 0 ||
	    (!is_named(given) && record->bytes.ptr[0] != '{'))
		return;
	/* Made of a row: JSON, but for bytes that are no UTF-8. */
	if (!is_named(given) &&
	    json_read_repair(reader, record->bytes, false, &root, &err) !=
		JSON_OK)
		return;
	CHECK(json_read_repair(reader, record->bytes, false, &root, &err) ==
	    JSON_OK);
	CHECK(json_value_kind(root) == JSON_KIND_OBJECT);
}

static void
read_all(const char *path, const struct source_file_options *given,
    struct arena *arena)
{
	struct error err = ERROR_NONE;
	struct source_file *source;
	struct record *records;
	size_t count = 1;

	if (!source_file_open(path, given, &source, &err))
		return;
	while (count > 0 &&
	    source_file_read(source, arena, 3, &records, &count, &err)) {
		for (size_t i = 0; i < count; i++)
			check_record(given, &records[i]);
		arena_reset(arena);
	}
	source_file_close(source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(65536);
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];

	if (reader == NULL)
		reader = json_reader_new(1 << 20, 64);
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		read_all(path, &options[i], arena);
	close(fd);
	arena_free(arena);
	return 0;
}
