/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of any bytes, packed or not: every record is within the limit, and
 * those that have no defect are what decode reads.
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

static void
check_record(const struct record *record)
{
	struct json_value root;
	struct error err = ERROR_NONE;

	CHECK(record_evidence(record).len > 0);
	CHECK(record_evidence(record).len <= LIMIT + 1);
	if (record->original.len == 0)
		return;
	/* Made of a row: JSON, but for bytes that are no UTF-8. */
	CHECK(record->defect == NULL);
	CHECK(json_read_repair(reader, record->bytes, false, &root, &err) ==
	    JSON_OK);
	CHECK(json_value_kind(root) == JSON_KIND_OBJECT);
}

static void
read_all(const char *path, struct arena *arena)
{
	struct source_file_options options = { .record_bytes = LIMIT };
	struct error err = ERROR_NONE;
	struct source_file *source;
	struct record *records;
	size_t count = 1;

	if (!source_file_open(path, &options, &source, &err))
		return;
	while (count > 0 &&
	    source_file_read(source, arena, 3, &records, &count, &err)) {
		for (size_t i = 0; i < count; i++)
			check_record(&records[i]);
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
	read_all(path, arena);
	close(fd);
	arena_free(arena);
	return 0;
}
