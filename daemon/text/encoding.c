/* SPDX-License-Identifier: Apache-2.0 */
#include <iconv.h>
#include <strings.h>

#include "base/mem.h"

#include "text/encoding.h"

#define NO_CHARACTER '\xff'

/* The most bytes of UTF-8 that a unit of any of them becomes. */
#define UTF8_PER_UNIT 3

struct encoding_converter {
	enum encoding encoding;
	iconv_t iconv; /* of UTF-16: the big-endian one */
	iconv_t little_endian;
};

const char *const encoding_names[] = {
	[ENCODING_UTF8] = "utf-8",
	[ENCODING_ISO_8859_1] = "iso-8859-1",
	[ENCODING_ISO_8859_15] = "iso-8859-15",
	[ENCODING_WINDOWS_1252] = "windows-1252",
	[ENCODING_UTF16] = "utf-16",
	[ENCODING_UTF16LE] = "utf-16le",
	[ENCODING_UTF16BE] = "utf-16be",
	NULL,
};

static const struct {
	const char *name;
	enum encoding encoding;
} aliases[] = {
	{ "utf8", ENCODING_UTF8 },
	{ "us-ascii", ENCODING_UTF8 },
	{ "ascii", ENCODING_UTF8 },
	{ "latin1", ENCODING_ISO_8859_1 },
	{ "latin-1", ENCODING_ISO_8859_1 },
	{ "iso8859-1", ENCODING_ISO_8859_1 },
	{ "latin9", ENCODING_ISO_8859_15 },
	{ "latin-9", ENCODING_ISO_8859_15 },
	{ "iso8859-15", ENCODING_ISO_8859_15 },
	{ "cp1252", ENCODING_WINDOWS_1252 },
	{ "utf16", ENCODING_UTF16 },
	{ "utf16le", ENCODING_UTF16LE },
	{ "utf16be", ENCODING_UTF16BE },
};

static const struct {
	struct span bytes;
	enum encoding encoding;
} marks[] = {
	{ { "\xef\xbb\xbf", 3 }, ENCODING_UTF8 },
	{ { "\xff\xfe", 2 }, ENCODING_UTF16LE },
	{ { "\xfe\xff", 2 }, ENCODING_UTF16BE },
};

bool
encoding_find(const char *name, enum encoding *ret_encoding)
{
	size_t i;

	for (i = 0; encoding_names[i] != NULL; i++) {
		if (strcasecmp(encoding_names[i], name) == 0) {
			*ret_encoding = (enum encoding)i;
			return true;
		}
	}
	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcasecmp(aliases[i].name, name) == 0) {
			*ret_encoding = aliases[i].encoding;
			return true;
		}
	}
	return false;
}

static bool
is_utf16(enum encoding encoding)
{
	return encoding == ENCODING_UTF16 || encoding == ENCODING_UTF16LE ||
	    encoding == ENCODING_UTF16BE;
}

unsigned
encoding_unit(enum encoding encoding)
{
	return is_utf16(encoding) ? 2 : 1;
}

enum encoding
encoding_skip_mark(enum encoding encoding, bool is_start_of_file,
    struct span *text)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		bool is_own = encoding == marks[i].encoding ||
		    (encoding == ENCODING_UTF16 && is_utf16(marks[i].encoding));

		if (!(is_own || is_start_of_file) ||
		    !span_starts_with(*text, marks[i].bytes))
			continue;
		text->ptr += marks[i].bytes.len;
		text->len -= marks[i].bytes.len;
		return marks[i].encoding;
	}
	return encoding == ENCODING_UTF16 ? ENCODING_UTF16BE : encoding;
}

bool
encoding_is_utf16(struct span text, enum encoding *ret_order)
{
	const char *bytes = text.ptr;

	if (is_utf16(encoding_skip_mark(ENCODING_UTF8, true, &text))) {
		*ret_order = bytes[0] == '\xff' ? ENCODING_UTF16LE :
						  ENCODING_UTF16BE;
		return true;
	}
	/* Of JSON and CSV they are ASCII, or nearly always. */
	if (text.len < 4 || (bytes[0] == 0) != (bytes[2] == 0) ||
	    (bytes[1] == 0) != (bytes[3] == 0) ||
	    (bytes[0] == 0) == (bytes[1] == 0))
		return false;
	*ret_order = bytes[0] == 0 ? ENCODING_UTF16BE : ENCODING_UTF16LE;
	return true;
}

struct encoding_converter *
encoding_open(enum encoding encoding)
{
	struct encoding_converter *converter = mem_zalloc(sizeof(*converter));
	bool is_either = encoding == ENCODING_UTF16;

	converter->encoding = encoding;
	converter->iconv = iconv_open("UTF-8",
	    encoding_names[is_either ? ENCODING_UTF16BE : encoding]);
	converter->little_endian = is_either ?
	    iconv_open("UTF-8", encoding_names[ENCODING_UTF16LE]) :
	    converter->iconv;
	if (converter->iconv == (iconv_t)-1 ||
	    converter->little_endian == (iconv_t)-1) {
		encoding_close(converter);
		return NULL;
	}
	return converter;
}

void
encoding_close(struct encoding_converter *converter)
{
	if (converter == NULL)
		return;
	if (converter->little_endian != converter->iconv &&
	    converter->little_endian != (iconv_t)-1)
		iconv_close(converter->little_endian);
	if (converter->iconv != (iconv_t)-1)
		iconv_close(converter->iconv);
	mem_free(converter);
}

static void
convert(iconv_t from, unsigned unit, struct span text, struct buffer *out)
{
	char *in = (char *)(uintptr_t)text.ptr, *into;
	size_t left = text.len, room, cap, status;

	(void)iconv(from, NULL, NULL, NULL, NULL);
	while (left > 0) {
		/* Enough for all that is left: E2BIG cannot be. */
		cap = UTF8_PER_UNIT * (left / unit + 1);
		room = cap;
		into = buffer_reserve(out, cap);
		status = iconv(from, &in, &left, &into, &room);
		out->len += cap - room;
		if (status != (size_t)-1)
			break;
		/* EILSEQ, or EINVAL: cut within a character. */
		buffer_add_char(out, NO_CHARACTER);
		in += left < unit ? left : unit;
		left -= left < unit ? left : unit;
	}
}

void
encoding_convert(struct encoding_converter *converter, struct span text,
    struct buffer *out)
{
	enum encoding encoding = encoding_skip_mark(converter->encoding, false,
	    &text);

	convert(encoding == ENCODING_UTF16LE ? converter->little_endian :
					       converter->iconv,
	    encoding_unit(encoding), text, out);
}
