/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings, dialects of CSV, and what is no text at all. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "source/source_file.h"

#include "support/testing.h"

#define LIMIT 40

static char path[] = "/tmp/integrity-formats-XXXXXX";

static const struct span names[] = { { "user", 4 }, { "when", 4 } };
static const struct csv_dialect named = { ';', names, 2 };
static const struct csv_dialect bars = { '|', NULL, 0 };

static int
make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : -1;
}

static int
remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static void
write_file(struct span bytes)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
	close(fd);
}

/* `bytes <- original !defect` of each record, and the error. */
static void
show_file(const struct source_file_options *options, size_t step,
    struct buffer *out)
{
	struct source_file *source = NULL;
	struct error err = ERROR_NONE;
	struct arena *arena = arena_new(4096);
	struct record *records;
	size_t count = 1;
	bool ok;

	buffer_reset(out);
	ok = source_file_open(path, options, &source, &err);
	while (ok && count > 0) {
		ok = source_file_read(source, arena, step, &records, &count,
		    &err);
		for (size_t i = 0; ok && i < count; i++) {
			buffer_add_span(out, records[i].bytes);
			if (records[i].original.len > 0)
				buffer_add_string(out, " <- ");
			buffer_add_span(out, records[i].original);
			if (records[i].defect != NULL)
				buffer_printf(out, " !%s", records[i].defect);
			buffer_add_char(out, '\n');
		}
		arena_reset(arena);
	}
	if (!ok)
		buffer_printf(out, "error%s\n", strstr(err.text, ": "));
	source_file_close(source);
	arena_free(arena);
}

static const struct {
	const char *name;
	enum encoding encoding;
	const struct csv_dialect *csv;
	struct span bytes;
	struct span want;
} cases[] = {
	{ "windows-1252, JSON", ENCODING_WINDOWS_1252, NULL,
	    SPAN("{\"a\":\"O\x92N\"}\n"),
	    SPAN("{\"a\":\"O\xe2\x80\x99N\"} <- {\"a\":\"O\x92N\"}\n") },
	{ "windows-1252, CSV, and its header", ENCODING_WINDOWS_1252, NULL,
	    SPAN("n\xe9;b\n\x80;2\n"),
	    SPAN("{\"n\xc3\xa9\":\"\xe2\x82\xac\",\"b\":\"2\"} <- \x80;2\n") },
	{ "no character of it", ENCODING_WINDOWS_1252, NULL,
	    SPAN("a;b\n\x81;2\n"),
	    SPAN("{\"a\":\"\xff\",\"b\":\"2\"} <- \x81;2\n") },
	{ "a mark of UTF-8 is stronger", ENCODING_WINDOWS_1252, NULL,
	    SPAN("\xef\xbb\xbf{\"a\":\"\xc3\xa9\"}\n"),
	    SPAN("{\"a\":\"\xc3\xa9\"} <- {\"a\":\"\xc3\xa9\"}\n") },
	{ "UTF-16LE by its mark, JSON", ENCODING_UTF8, NULL,
	    SPAN("\xff\xfe{\0}\0\n\0{\0\"\0\xe9\0\"\0:\0\x31\0}\0"),
	    SPAN("{} <- {\0}\0\n"
		 "{\"\xc3\xa9\":1} <- {\0\"\0\xe9\0\"\0:\0\x31\0}\0\n") },
	{ "UTF-16BE by its mark, CSV", ENCODING_UTF8, NULL,
	    SPAN("\xfe\xff\0a\0;\0b\0\r\0\n\x20\xac\0;\0\"\0\n\0\"\0\r\0\n"),
	    SPAN("{\"a\":\"\xe2\x82\xac\",\"b\":\"\\u000a\"} <- "
		 "\x20\xac\0;\0\"\0\n\0\"\n") },
	{ "UTF-16LE as said", ENCODING_UTF16LE, NULL, SPAN("{\0}\0\n\0"),
	    SPAN("{} <- {\0}\0\n") },
	{ "UTF-16LE as nobody said", ENCODING_UTF8, NULL, SPAN("{\0}\0\n\0"),
	    SPAN("error: the file looks like UTF-16 without a byte order "
		 "mark: say `encoding: utf-16le` in its mapping\n") },
	{ "UTF-16BE as nobody said", ENCODING_UTF8, NULL, SPAN("\0{\0}\0\n"),
	    SPAN("error: the file looks like UTF-16 without a byte order "
		 "mark: say `encoding: utf-16be` in its mapping\n") },
	/* U+0A0A and U+2C2C are neither a line feed nor commas. */
	{ "bytes within units are no line feeds", ENCODING_UTF16BE, NULL,
	    SPAN("\0a\0\n\x0a\x0a\x2c\x2c\0\n"),
	    SPAN("{\"a\":\"\xe0\xa8\x8a\xe2\xb0\xac\"} <- "
		 "\x0a\x0a\x2c\x2c\n") },
	{ "half a unit at the end", ENCODING_UTF8, NULL,
	    SPAN("\xff\xfe{\0}\0\n\0{"),
	    SPAN("{} <- {\0}\0\n"
		 "error: it ends within a character of UTF-16\n") },
	{ "a limit is in bytes", ENCODING_UTF8, NULL,
	    SPAN("\xff\xfe[\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0"
		 "\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0"
		 "\x31\0]\0]\0]\0\n\0{\0}\0"),
	    SPAN("[\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0"
		 "\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0\x31\0"
		 "\x31\0]\0\n{} <- {\0}\0\n") },

	{ "a delimiter against the header", ENCODING_UTF8, &bars,
	    SPAN("a,b|c\n1,2|3\n"),
	    SPAN("{\"a,b\":\"1,2\",\"c\":\"3\"} <- 1,2|3\n") },
	{ "with a delimiter, JSON is JSON", ENCODING_UTF8, &bars, SPAN("{}\n"),
	    SPAN("{}\n") },
	{ "names from the mapping", ENCODING_UTF8, &named,
	    SPAN("P1;now\n{x};\n"),
	    SPAN("{\"user\":\"P1\",\"when\":\"now\"} <- P1;now\n"
		 "{\"user\":\"{x}\",\"when\":\"\"} <- {x};\n") },
	{ "and in the file", ENCODING_UTF8, &named,
	    SPAN("\"user\" ; when\r\nP1;now\n"),
	    SPAN("{\"user\":\"P1\",\"when\":\"now\"} <- P1;now\n") },
	{ "and in the file, as it is", ENCODING_UTF8, &named,
	    SPAN("user;when\r\nP1;now\n"),
	    SPAN("{\"user\":\"P1\",\"when\":\"now\"} <- P1;now\n") },
	{ "names, and nothing else", ENCODING_UTF8, &named, SPAN("user;when"),
	    SPAN("") },
	{ "names from the mapping, of UTF-16", ENCODING_UTF8, &named,
	    SPAN("\xff\xfeP\0;\0q\0\n\0"),
	    SPAN("{\"user\":\"P\",\"when\":\"q\"} <- P\0;\0q\0\n") },

	{ "zip", ENCODING_UTF8, NULL, SPAN("PK\x03\x04\x14\0\0\0"),
	    SPAN("error: the file is a zip archive: unpack it first\n") },
	{ "xz", ENCODING_UTF8, NULL,
	    SPAN("\xfd"
		 "7zXZ\0\0\4"),
	    SPAN("error: the file is packed by xz: unpack it first\n") },
	{ "Avro", ENCODING_UTF8, NULL, SPAN("Obj\x01\x04\x16"),
	    SPAN("error: the file is Avro: unpack it first\n") },
};

static void
test_all(void **state)
{
	struct source_file_options options = { .record_bytes = LIMIT };
	struct buffer shown = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		options.encoding = cases[i].encoding;
		options.csv = cases[i].csv;
		write_file(cases[i].bytes);
		show_file(&options, 100, &shown);
		assert_span_equal_in(cases[i].name, buffer_span(&shown),
		    cases[i].want);
		show_file(&options, 1, &shown);
		assert_span_equal_in(cases[i].name, buffer_span(&shown),
		    cases[i].want);
	}
	buffer_done(&shown);
}

static void
test_tar(void **state)
{
	struct source_file_options options = { .record_bytes = LIMIT };
	struct buffer shown = BUFFER_INIT;
	char block[512] = "audit.ndjson";

	(void)state;
	memcpy(block + 257, "ustar", 5);
	write_file(span_make(block, sizeof(block)));
	show_file(&options, 1, &shown);
	assert_span_equal(buffer_span(&shown),
	    SPAN("error: the file is a tar archive: unpack it first\n"));
	buffer_done(&shown);
}

/* More than is read at a time, so that units fall between two reads. */
static void
test_large(void **state)
{
	struct source_file_options options = { .record_bytes = 1 << 20,
		.encoding = ENCODING_UTF16LE };
	struct buffer file = BUFFER_INIT, shown = BUFFER_INIT;
	struct buffer want = BUFFER_INIT;
	char line[32];
	int len;

	(void)state;
	for (int i = 0; i < 60000; i++) {
		len = snprintf(line, sizeof(line), "{\"id\":%d}", i);
		buffer_printf(&want, "%s <- ", line);
		for (int j = 0; j < len; j++) {
			buffer_add(&file, &line[j], 1);
			buffer_add(&file, "", 1);
			buffer_add(&want, &line[j], 1);
			buffer_add(&want, "", 1);
		}
		buffer_add(&file, "\n\0", 2);
		buffer_add_char(&want, '\n');
	}
	write_file(buffer_span(&file));
	show_file(&options, 1000, &shown);
	assert_true(span_equal(buffer_span(&shown), buffer_span(&want)));
	buffer_done(&file);
	buffer_done(&shown);
	buffer_done(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
