/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "source/window.h"

#define READ_UNITS ((size_t)256 * 1024)
#define HEAD_BYTES 6	    /* what the marks below need */
#define TAR_MAGIC_AT 257    /* POSIX.1-1988, ustar */
#define BEYOND_ASCII '\xff' /* stands in for a unit of UTF-16 */

static const struct {
	struct span magic;
	const char *name;
} packings[] = {
	/* The outer layer is off already: see stream.h. */
	{ { "\x1f\x8b", 2 }, "packed twice" },
	{ { "\x28\xb5\x2f\xfd", 4 }, "packed twice" },
	{ { "PK\x03\x04", 4 }, "a zip archive" },
	{ { "BZh", 3 }, "packed by bzip2" },
	{ { "\xfd"
	    "7zXZ",
	      5 },
	    "packed by xz" },
	{ { "PAR1", 4 }, "Parquet" },
	{ { "Obj\x01", 4 }, "Avro" },
};

static void
reserve(struct source_window *window, unsigned unit)
{
	size_t len = window->len - window->at;

	if (window->cap - len < READ_UNITS) {
		window->text = mem_grow(window->text, &window->cap,
		    len + READ_UNITS, 1);
		if (unit == 2)
			window->wide = mem_grow(window->wide, &window->wide_cap,
			    window->cap, 2);
	}
	if (window->cap - window->len >= READ_UNITS)
		return;
	memmove(window->text, window->text + window->at, len);
	if (unit == 2)
		memmove(window->wide, window->wide + 2 * window->at, 2 * len);
	window->at = 0;
	window->len = len;
}

/* The units behind `len`, of which the file's bytes have come. */
static void
narrow(struct source_window *window, size_t count)
{
	unsigned low = window->encoding == ENCODING_UTF16LE ? 0 : 1;

	for (; count > 0; count--) {
		const char *unit = window->wide + 2 * window->len;
		bool is_ascii = unit[1 - low] == 0 && (unit[low] & 0x80) == 0;

		window->text[window->len++] = is_ascii ? unit[low] :
							 BEYOND_ASCII;
	}
}

static size_t
read_bytes(struct source_window *window, char *into, size_t size)
{
	size_t got;

	if (source_stream_read(window->stream, into, size, &got,
		&window->failure))
		return got;
	window->has_failed = true;
	return 0;
}

static void
fill_wide(struct source_window *window)
{
	char *into = window->wide + 2 * window->len;
	size_t half = window->has_half, got;

	into[0] = window->half;
	got = read_bytes(window, into + half,
	    2 * (window->cap - window->len) - half);
	window->is_end = got == 0;
	if (window->is_end && half > 0 && !window->has_failed)
		window->has_failed = !error_set(&window->failure, NULL,
		    "it ends within a character of UTF-16");
	got += half;
	window->has_half = got % 2 != 0;
	if (window->has_half)
		window->half = into[got - 1];
	narrow(window, got / 2);
}

void
source_window_fill(struct source_window *window)
{
	unsigned unit = encoding_unit(window->encoding);
	size_t got;

	reserve(window, unit);
	if (unit == 2) {
		fill_wide(window);
		return;
	}
	got = read_bytes(window, window->text + window->len,
	    window->cap - window->len);
	window->is_end = got == 0;
	window->len += got;
}

static bool
check_packing(struct span head, struct error *err)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		if (span_starts_with(head, packings[i].magic))
			return error_set(err, NULL,
			    "the file is %s: unpack it first",
			    packings[i].name);
	}
	if (head.len > TAR_MAGIC_AT &&
	    span_starts_with(span_make(head.ptr + TAR_MAGIC_AT,
				 head.len - TAR_MAGIC_AT),
		SPAN("ustar")))
		return error_set(err, NULL,
		    "the file is a tar archive: unpack it first");
	return true;
}

static bool
check_utf16(struct span head, struct error *err)
{
	enum encoding order;

	if (!encoding_is_utf16(head, &order))
		return true;
	return error_set(err, NULL,
	    "the file looks like UTF-16 without a byte order mark: say "
	    "`encoding: %s` in its mapping",
	    encoding_names[order]);
}

/* Read bytewise so far, before the encoding was known. */
static void
widen(struct source_window *window)
{
	size_t count = window->len - window->at;

	window->wide = mem_array(window->cap, 2);
	window->wide_cap = window->cap;
	memcpy(window->wide, window->text + window->at, count);
	window->has_half = count % 2 != 0;
	if (window->has_half)
		window->half = window->wide[count - 1];
	window->at = 0;
	window->len = 0;
	narrow(window, count / 2);
}

static bool
start(struct source_window *window, enum encoding encoding, struct error *err)
{
	struct span head;

	window->encoding = ENCODING_UTF8;
	while (window->len < HEAD_BYTES && !window->is_end)
		source_window_fill(window);
	head = source_window_pending(window);
	if (!check_packing(head, err))
		return false;
	window->encoding = encoding_skip_mark(encoding, true, &head);
	window->at = window->len - head.len;
	if (encoding_unit(window->encoding) == 1)
		return check_utf16(head, err);
	widen(window);
	return true;
}

bool
source_window_open(struct source_window *window, const char *path,
    enum encoding encoding, struct error *err)
{
	*window = (struct source_window){ 0 };
	return source_stream_open(path, &window->stream, err) &&
	    start(window, encoding, err);
}

void
source_window_done(struct source_window *window)
{
	source_stream_close(window->stream);
	mem_free(window->text);
	mem_free(window->wide);
}

struct span
source_window_pending(const struct source_window *window)
{
	return span_make(window->text + window->at, window->len - window->at);
}

struct span
source_window_original(const struct source_window *window, struct span part)
{
	if (window->wide == NULL)
		return part;
	return span_make(window->wide + 2 * (part.ptr - window->text),
	    2 * part.len);
}
