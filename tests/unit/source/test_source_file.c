/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/buffer.h"
#include "source/source_file.h"

#include "support/testing.h"

#define LIMIT 40

static char path[] = "/tmp/integrity-source-XXXXXX";
static struct source_file_options given = {
	.input = 3, .feed = 7, .record_bytes = LIMIT
};

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

/*
 * Every record in a line: its bytes, ` <- original` if they were made of
 * others, ` !defect`.  Or the error.  `step` records a read.
 */
static void
show_file(const char *name, size_t step, uint64_t limit, struct buffer *out)
{
	struct source_file *source = NULL;
	struct error err = ERROR_NONE;
	struct arena *arena = arena_new(4096);
	struct record *records;
	size_t count;
	int64_t offset = 0;
	bool ok;

	buffer_reset(out);
	given.record_bytes = limit;
	ok = source_file_open(name, &given, &source, &err);
	while (ok) {
		ok = source_file_read(source, arena, step, &records, &count,
		    &err);
		if (!ok || count == 0)
			break;
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(records[i].position.offset, offset++);
			assert_int_equal(records[i].position.partition, 0);
			assert_int_equal(records[i].input, 3);
			assert_int_equal(records[i].feed, 7);
			assert_true(records[i].broker_us == RECORD_NO_TIME);
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
	if (err.text[0] != '\0') {
		/* The path differs from run to run. */
		const char *text = strstr(err.text, ": ");

		buffer_printf(out, "error%s\n", text != NULL ? text : "?");
	}
	source_file_close(source);
	arena_free(arena);
}

static const struct {
	const char *name;
	struct span bytes;
	struct span want;
} cases[] = {
	{ "empty", SPAN(""), SPAN("") },
	{ "white space only", SPAN(" \n\r\n\t"), SPAN("") },
	{ "two lines", SPAN("{\"a\":1}\n{\"a\":2}\n"),
	    SPAN("{\"a\":1}\n{\"a\":2}\n") },
	{ "no last line feed", SPAN("{\"a\":1}\n{\"a\":2}"),
	    SPAN("{\"a\":1}\n{\"a\":2}\n") },
	{ "carriage returns", SPAN("{\"a\":1}\r\n{\"a\":2}\r\n"),
	    SPAN("{\"a\":1}\n{\"a\":2}\n") },
	{ "empty lines are no records", SPAN("\n{}\n\n \n[]\n"),
	    SPAN("{}\n[]\n") },
	{ "a byte order mark", SPAN("\xef\xbb\xbf{}\n"), SPAN("{}\n") },
	{ "a NUL", SPAN("{}\0\n{}\n"), SPAN("{}\0\n{}\n") },
	{ "as long as the limit",
	    SPAN("{\"a\":\"456789012345678901234567890123456\"}\r\n{}\n"),
	    SPAN("{\"a\":\"456789012345678901234567890123456\"}\n{}\n") },
	{ "longer: one byte too many is kept",
	    SPAN("{\"a\":\"45678901234567890123456789012345678901234\"}\n{}"),
	    SPAN("{\"a\":\"45678901234567890123456789012345678\n{}\n") },
	{ "UTF-16", SPAN("\xff\xfe{\0}\0\n\0"), SPAN("{} <- {\0}\0\n") },

	{ "CSV", SPAN("a,b\n1,x\n"),
	    SPAN("{\"a\":\"1\",\"b\":\"x\"} <- 1,x\n") },
	{ "CSV, names only", SPAN("a,b\n"), SPAN("") },
	{ "CSV, names only, no line feed", SPAN("a,b"), SPAN("") },
	{ "CSV, no last line feed", SPAN("a,b\n1,x"),
	    SPAN("{\"a\":\"1\",\"b\":\"x\"} <- 1,x\n") },
	{ "CSV with mark, returns and quotes",
	    SPAN("\xef\xbb\xbf\"a\",\"b\"\r\n\"1\",\"x\"\r\n"),
	    SPAN("{\"a\":\"1\",\"b\":\"x\"} <- \"1\",\"x\"\n") },
	{ "empty fields", SPAN("a,b,c\n,,\n\"\",x,\n"),
	    SPAN("{\"a\":\"\",\"b\":\"\",\"c\":\"\"} <- ,,\n"
		 "{\"a\":\"\",\"b\":\"x\",\"c\":\"\"} <- \"\",x,\n") },
	{ "separator and line break in quotes",
	    SPAN("a,b\n\"1,2\r\n3\",x\n4,y\n"),
	    SPAN("{\"a\":\"1,2\\u000d\\u000a3\",\"b\":\"x\"} <- "
		 "\"1,2\r\n3\",x\n"
		 "{\"a\":\"4\",\"b\":\"y\"} <- 4,y\n") },
	{ "line break in the last quotes of the file", SPAN("a,b\n1,\"x\ny\""),
	    SPAN("{\"a\":\"1\",\"b\":\"x\\u000ay\"} <- 1,\"x\ny\"\n") },
	{ "doubled quotes", SPAN("a\n\"say \"\"no\"\"\"\n\"\"\"\"\n"),
	    SPAN("{\"a\":\"say \\\"no\\\"\"} <- \"say \"\"no\"\"\"\n"
		 "{\"a\":\"\\\"\"} <- \"\"\"\"\n") },
	{ "a quote inside a field is text", SPAN("a,b\n5\" pipe,x\"\"y\n"),
	    SPAN("{\"a\":\"5\\\" pipe\",\"b\":\"x\\\"\\\"y\"} <- "
		 "5\" pipe,x\"\"y\n") },
	{ "backslash and control characters", SPAN("a\n\\\x01\t\n"),
	    SPAN("{\"a\":\"\\\\\\u0001\\u0009\"} <- \\\x01\t\n") },
	{ "a NUL in CSV", SPAN("a\nx\0y\n"),
	    SPAN("{\"a\":\"x\\u0000y\"} <- x\0y\n") },
	{ "bytes that are no UTF-8 pass", SPAN("a\n\xff\n"),
	    SPAN("{\"a\":\"\xff\"} <- \xff\n") },
	{ "a short row", SPAN("a,b\n1\n2,x\n"),
	    SPAN("1 !1 field, where the header has 2\n"
		 "{\"a\":\"2\",\"b\":\"x\"} <- 2,x\n") },
	{ "a long row", SPAN("a,b\n1,2,3\n"),
	    SPAN("1,2,3 !3 fields, where the header has 2\n") },
	{ "text behind a closing quote", SPAN("a,b\n\"1\"2,x\n3,y\n"),
	    SPAN("\"1\"2,x !text after the closing quote of field 1\n"
		 "{\"a\":\"3\",\"b\":\"y\"} <- 3,y\n") },
	{ "a quote that does not close hides no row",
	    SPAN("a,b\n\"1,x\n2,y\n3,z\n"),
	    SPAN("\"1,x !a quoted field is not closed\n"
		 "{\"a\":\"2\",\"b\":\"y\"} <- 2,y\n"
		 "{\"a\":\"3\",\"b\":\"z\"} <- 3,z\n") },
	{ "nor one that closes beyond the limit",
	    SPAN("a,b\n\"1,x\n2,yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n"
		 "3,\"\n"),
	    SPAN("\"1,x !a quoted field is not closed\n"
		 "{\"a\":\"2\",\"b\":"
		 "\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"} <- "
		 "2,yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n"
		 "3,\" !a quoted field is not closed\n") },
	{ "a row beyond the limit",
	    SPAN("a,b\n1,yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n"
		 "2,z\n"),
	    SPAN("1,yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy "
		 "!the row is too long\n"
		 "{\"a\":\"2\",\"b\":\"z\"} <- 2,z\n") },
	{ "semicolons", SPAN("a;b,c;d\n1;2,5;3\n"),
	    SPAN("{\"a\":\"1\",\"b,c\":\"2,5\",\"d\":\"3\"} <- 1;2,5;3\n") },
	{ "tabs", SPAN("a\tb\n1,5\tx\n"),
	    SPAN("{\"a\":\"1,5\",\"b\":\"x\"} <- 1,5\tx\n") },
	{ "names in blanks, and none", SPAN(" a ,,b\n1,2,3\n"),
	    SPAN("{\"a\":\"1\",\"column2\":\"2\",\"b\":\"3\"} <- "
		 "1,2,3\n") },
	{ "a name with quotes", SPAN("\"a\"\"b\"\n1\n"),
	    SPAN("{\"a\\\"b\":\"1\"} <- 1\n") },
	{ "two columns of one name", SPAN("a,b,a\n1,2,3\n"),
	    SPAN("error: two columns are called \"a\"\n") },
	{ "a name that is no UTF-8", SPAN("a\xe9\n1\n"),
	    SPAN("{\"a\xef\xbf\xbd\":\"1\"} <- 1\n") },
	{ "two that repair makes one", SPAN("\xe9,\xe8\n1,2\n"),
	    SPAN("error: two columns are called \"\xef\xbf\xbd\"\n") },
	{ "names that do not close", SPAN("\"a,b\n1,2\n"),
	    SPAN("error: a quoted name in the first row is not closed\n") },
};

static void
test_formats(void **state)
{
	struct buffer shown = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].bytes);
		show_file(path, 100, LIMIT, &shown);
		assert_span_equal_in(cases[i].name, buffer_span(&shown),
		    cases[i].want);
		show_file(path, 1, LIMIT, &shown);
		assert_span_equal_in(cases[i].name, buffer_span(&shown),
		    cases[i].want);
	}
	buffer_done(&shown);
}

/* RFC 1952, 2.2: a file is a series of members. */
static void
add_gzip(struct buffer *out, const char *text)
{
	z_stream stream = { 0 };
	size_t len = strlen(text);

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)text;
	stream.avail_in = (uInt)len;
	stream.next_out = (Bytef *)buffer_reserve(out, len + 100);
	stream.avail_out = (uInt)len + 100;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->len += stream.total_out;
	deflateEnd(&stream);
}

static void
add_zstd(struct buffer *out, const char *text)
{
	size_t len = strlen(text), cap = ZSTD_compressBound(len);
	size_t got = ZSTD_compress(buffer_reserve(out, cap), cap, text, len, 3);

	assert_false(ZSTD_isError(got));
	out->len += got;
}

static void
check_packed(const char *name, struct span bytes, const char *want)
{
	struct buffer shown = BUFFER_INIT;

	write_file(bytes);
	show_file(path, 2, LIMIT, &shown);
	assert_span_equal_in(name, buffer_span(&shown), span_of(want));
	buffer_done(&shown);
}

static void
test_packed(void **state)
{
	static const struct {
		const char *name;
		void (*add)(struct buffer *out, const char *text);
		const char *want_cut;
	} packers[] = {
		{ "gzip", add_gzip,
		    "error: the packed file is damaged: it ends early\n" },
		{ "zstd", add_zstd,
		    "error: the packed file is damaged: it ends early\n" },
	};
	struct buffer packed = BUFFER_INIT;
	struct span whole;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		buffer_reset(&packed);
		packers[i].add(&packed, "{\"a\":1}\n{\"a\"");
		packers[i].add(&packed, "");
		packers[i].add(&packed, ":2}\n");
		whole = buffer_span(&packed);
		check_packed(packers[i].name, whole, "{\"a\":1}\n{\"a\":2}\n");
		whole.len -= 3;
		write_file(whole);
		buffer_reset(&packed);
		packers[i].add(&packed, "{}");
		whole = buffer_span(&packed);
		whole.len /= 2;
		check_packed(packers[i].name, whole, packers[i].want_cut);
	}
	buffer_reset(&packed);
	add_gzip(&packed, "{}\n");
	buffer_add(&packed, "\0\0\0", 3);
	check_packed("zeros behind it", buffer_span(&packed), "{}\n");
	buffer_add(&packed, "x", 1);
	check_packed("text behind it", buffer_span(&packed),
	    "{}\nerror: the packed file is damaged: other data behind it\n");
	buffer_done(&packed);
}

static void
test_packed_crc(void **state)
{
	struct buffer packed = BUFFER_INIT;

	(void)state;
	add_gzip(&packed, "{}\n");
	packed.ptr[packed.len - 8] ^= 1;
	check_packed("a wrong sum", buffer_span(&packed),
	    "{}\nerror: the packed file is damaged: incorrect data check\n");
	buffer_done(&packed);
}

/* More than is read at a time, in one line and in many. */
static void
test_large(void **state)
{
	struct buffer file = BUFFER_INIT, shown = BUFFER_INIT;
	struct buffer packed = BUFFER_INIT;

	(void)state;
	buffer_add_string(&file, "{\"a\":\"");
	memset(buffer_reserve(&file, 900000), 'x', 900000);
	file.len += 900000;
	buffer_add_string(&file, "\"}\n");
	for (int i = 0; i < 60000; i++)
		buffer_printf(&file, "{\"id\":%d}\n", i);
	write_file(buffer_span(&file));
	show_file(path, 1000, 1 << 20, &shown);
	assert_true(span_equal(buffer_span(&shown), buffer_span(&file)));
	add_gzip(&packed, buffer_string(&file));
	write_file(buffer_span(&packed));
	show_file(path, 1000, 1 << 20, &shown);
	assert_true(span_equal(buffer_span(&shown), buffer_span(&file)));
	/* The long line beyond the limit: cut, and read on behind it. */
	show_file(path, 1000, 1000, &shown);
	assert_int_equal(shown.len, file.len - 900009 + 1002);
	buffer_done(&file);
	buffer_done(&shown);
	buffer_done(&packed);
}

static void
test_standard_input(void **state)
{
	struct buffer shown = BUFFER_INIT;
	int ends[2], saved = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "{}\n[]\n", 6), 6);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	show_file("-", 10, LIMIT, &shown);
	if (saved >= 0)
		dup2(saved, STDIN_FILENO);
	close(saved);
	assert_span_equal(buffer_span(&shown), SPAN("{}\n[]\n"));
	buffer_done(&shown);
}

static void
test_unreadable(void **state)
{
	struct source_file *source;
	struct error err = ERROR_NONE;

	(void)state;
	assert_false(source_file_open("/nonexistent/x", &given, &source, &err));
	assert_string_equal(err.text,
	    "/nonexistent/x: No such file or directory");
	assert_false(source_file_open("/tmp", &given, &source, &err));
	assert_string_equal(err.text, "/tmp: Is a directory");
}

static void
test_topic(void **state)
{
	struct source_file *source;
	struct error err = ERROR_NONE;

	(void)state;
	write_file(SPAN("{}"));
	assert_true(source_file_open(path, &given, &source, &err));
	assert_span_equal(source_file_topic(source),
	    span_of(strrchr(path, '/') + 1));
	source_file_close(source);
}

/* However many records are asked for, memory has a bound. */
static void
test_long_records_are_read_in_parts(void **state)
{
	struct source_file *source = NULL;
	struct error err = ERROR_NONE;
	struct arena *arena = arena_new(4096);
	struct buffer text = BUFFER_INIT;
	struct record *records;
	size_t count, total = 0, reads = 0;

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		buffer_add_char(&text, '{');
		memset(buffer_reserve(&text, 1000000), ' ', 1000000);
		text.len += 1000000;
		buffer_add_string(&text, "}\n");
	}
	write_file(buffer_span(&text));
	given.record_bytes = 1024 * 1024;
	assert_true(source_file_open(path, &given, &source, &err));
	do {
		assert_true(source_file_read(source, arena, 4096, &records,
		    &count, &err));
		assert_true(arena_used(arena) < 20 * 1000000);
		total += count;
		reads++;
		arena_reset(arena);
	} while (count > 0);
	assert_int_equal(total, 40);
	assert_true(reads > 3);
	source_file_close(source);
	buffer_done(&text);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_packed_crc),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_topic),
		cmocka_unit_test(test_long_records_are_read_in_parts),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
