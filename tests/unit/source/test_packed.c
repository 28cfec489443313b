/* SPDX-License-Identifier: Apache-2.0 */
/* Packed files that are cut, joined, wrong or made to harm. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "source/source_file.h"

#include "support/testing.h"

#define MIB ((size_t)1024 * 1024)

static char path[] = "/tmp/integrity-packed-XXXXXX";

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

struct result {
	uint64_t records;
	struct buffer first; /* record */
	struct error err;
};

static void
read_file(struct span bytes, struct result *result)
{
	struct source_file_options options = { .record_bytes = MIB };
	struct source_file *source = NULL;
	struct arena *arena = arena_new(4096);
	struct record *records;
	size_t count = 1;
	bool ok;

	write_file(bytes);
	*result = (struct result){ 0 };
	ok = source_file_open(path, &options, &source, &result->err);
	while (ok && count > 0) {
		ok = source_file_read(source, arena, 100, &records, &count,
		    &result->err);
		if (ok && count > 0 && result->records == 0)
			buffer_add_span(&result->first, records[0].bytes);
		result->records += ok ? count : 0;
		arena_reset(arena);
	}
	source_file_close(source);
	arena_free(arena);
}

static void
check(const char *name, struct span bytes, uint64_t want_records,
    const char *want_error)
{
	struct result result;
	const char *error;

	read_file(bytes, &result);
	error = strstr(result.err.text, ": ");
	error = error != NULL ? error + 2 : "";
	if (result.records != want_records)
		testing_fail(name, "got %llu records, want %llu",
		    (unsigned long long)result.records,
		    (unsigned long long)want_records);
	assert_span_equal_in(name, span_of(error), span_of(want_error));
	buffer_done(&result.first);
}

static void
add_zstd(struct buffer *out, struct span text)
{
	size_t cap = ZSTD_compressBound(text.len);
	size_t got = ZSTD_compress(buffer_reserve(out, cap), cap, text.ptr,
	    text.len, 1);

	assert_false(ZSTD_isError(got));
	out->len += got;
}

static void
add_gzip(struct buffer *out, struct span text)
{
	z_stream stream = { 0 };
	size_t cap = text.len / 100 + 1000;

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)text.ptr;
	stream.avail_in = (uInt)text.len;
	stream.next_out = (Bytef *)buffer_reserve(out, cap);
	stream.avail_out = (uInt)cap;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->len += stream.total_out;
	deflateEnd(&stream);
}

static const char too_far[] = "it unpacks to more than 1000 times its size: "
			      "unpack it first if that is right";

/* 64 MiB out of 64 KiB of gzip, and out of 6 KiB of Zstandard. */
static void
test_bombs(void **state)
{
	struct buffer packed = BUFFER_INIT;
	char *zeros = mem_zalloc(64 * MIB);
	struct span text = span_make(zeros, 64 * MIB);

	(void)state;
	memcpy(zeros, "{}\n{", 4);
	add_gzip(&packed, text);
	check("gzip", buffer_span(&packed), 2, too_far);
	buffer_reset(&packed);
	add_zstd(&packed, text);
	check("zstd", buffer_span(&packed), 2, too_far);
	/* Blank lines only: nothing would ever come of it. */
	memset(zeros, '\n', 64 * MIB);
	buffer_reset(&packed);
	add_zstd(&packed, text);
	check("blank lines", buffer_span(&packed), 0, too_far);
	buffer_done(&packed);
	mem_free(zeros);
}

/* Within the ratio, but a line without end. */
static void
test_endless_line(void **state)
{
	struct buffer packed = BUFFER_INIT;
	char *line = mem_alloc(MIB / 4);
	uint32_t seed = 1;

	(void)state;
	memset(line, 'x', MIB / 4);
	for (size_t i = 0; i < 1024; i++) {
		seed = seed * 1664525 + 1013904223;
		line[i] = (char)('a' + (seed >> 24) % 26);
	}
	add_zstd(&packed, SPAN("{}\n{"));
	for (size_t i = 0; i < 4 * 300; i++)
		add_zstd(&packed, span_make(line, MIB / 4));
	check("endless", buffer_span(&packed), 2,
	    "a line of more than 256 MiB in a packed file");
	buffer_done(&packed);
	mem_free(line);
}

/* The header of a frame with a window of 2 GiB (RFC 8878, 3.1.1.1.2). */
static void
test_window(void **state)
{
	(void)state;
	check("window of 2 GiB", SPAN("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"),
	    0,
	    "it was packed with a window of more than 128 MiB: pack it again "
	    "without --long");
}

static void
test_packed_twice(void **state)
{
	struct buffer once = BUFFER_INIT, twice = BUFFER_INIT;

	(void)state;
	add_gzip(&once, SPAN("{}\n"));
	add_zstd(&twice, buffer_span(&once));
	check("gzip in zstd", buffer_span(&twice), 0,
	    "the file is packed twice: unpack it first");
	buffer_reset(&twice);
	add_gzip(&twice, buffer_span(&once));
	check("gzip in gzip", buffer_span(&twice), 0,
	    "the file is packed twice: unpack it first");
	buffer_done(&once);
	buffer_done(&twice);
}

/* Records over the border of frames, an empty frame and a skippable one. */
static void
test_frames(void **state)
{
	struct buffer packed = BUFFER_INIT;

	(void)state;
	add_zstd(&packed, SPAN("{\"a\":1}\n{\"a\""));
	add_zstd(&packed, SPAN(""));
	/* RFC 8878, 3.1.2: magic, length of 3, and what it is about. */
	buffer_add(&packed, "\x50\x2a\x4d\x18\x03\0\0\0{}\n", 11);
	add_zstd(&packed, SPAN(":2}\n{\"a\":3}"));
	check("frames", buffer_span(&packed), 3, "");
	buffer_add_string(&packed, "tail");
	check("and other data", buffer_span(&packed), 3,
	    "the packed file is damaged: Unknown frame descriptor");
	buffer_done(&packed);
}

/*
 * Cut anywhere, no record is lost that could be unpacked, none is made up,
 * and it is told: unless the cut falls between two frames.
 */
static void
test_cut_anywhere(void **state)
{
	void (*const packers[])(struct buffer *, struct span) = { add_gzip,
		add_zstd };
	struct buffer packed = BUFFER_INIT;
	struct result result;
	size_t first_len;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		buffer_reset(&packed);
		packers[i](&packed, SPAN("{\"a\":1}\n{\"a\":2}\n"));
		first_len = packed.len;
		packers[i](&packed, SPAN("{\"a\":3}\n"));
		for (size_t len = 6; len < packed.len; len++) {
			read_file(span_make(packed.ptr, len), &result);
			if (len >= first_len && result.records < 2)
				testing_fail("cut", "%zu: lost", len);
			if (result.records > 3)
				testing_fail("cut", "%zu: made up", len);
			if ((result.err.text[0] != '\0') == (len == first_len))
				testing_fail("cut", "%zu: got `%s`", len,
				    result.err.text);
			buffer_done(&result.first);
		}
	}
	buffer_done(&packed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_packed_twice),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
