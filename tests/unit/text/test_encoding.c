/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is expected comes from the tables of the Unicode Consortium (CP1252,
 * 8859-15, as Python's codecs have them too) and from RFC 2781, section 5.
 */
#include "base/fold.h"
#include "text/encoding.h"

#include "support/testing.h"

static const struct {
	const char *name;
	enum encoding encoding;
	struct span bytes;
	struct span want;
} cases[] = {
	{ "nothing", ENCODING_ISO_8859_1, SPAN(""), SPAN("") },
	{ "latin1", ENCODING_ISO_8859_1, SPAN("caf\xe9 \xa4"),
	    SPAN("caf\xc3\xa9 \xc2\xa4") },
	{ "latin9 has the euro", ENCODING_ISO_8859_15,
	    SPAN("\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe\xe9"),
	    SPAN("\xe2\x82\xac\xc5\xa0\xc5\xa1\xc5\xbd\xc5\xbe\xc5\x92\xc5\x93"
		 "\xc5\xb8\xc3\xa9") },
	{ "windows-1252 has quotes", ENCODING_WINDOWS_1252,
	    SPAN("O\x92"
		 "Brien \x80\x85"),
	    SPAN("O\xe2\x80\x99"
		 "Brien \xe2\x82\xac\xe2\x80\xa6") },
	{ "and holes", ENCODING_WINDOWS_1252, SPAN("a\x81\x8d\x8f\x90\x9d"),
	    SPAN("a\xff\xff\xff\xff\xff") },
	{ "a NUL", ENCODING_WINDOWS_1252, SPAN("a\0b"), SPAN("a\0b") },

	/* RFC 2781, 5: the text is U+12345, "=Ra". */
	{ "RFC 2781, big-endian without a mark", ENCODING_UTF16,
	    SPAN("\xd8\x08\xdf\x45\x00\x3d\x00\x52\x00\x61"),
	    SPAN("\xf0\x92\x8d\x85=Ra") },
	{ "RFC 2781, little-endian without a mark", ENCODING_UTF16LE,
	    SPAN("\x08\xd8\x45\xdf\x3d\x00\x52\x00\x61\x00"),
	    SPAN("\xf0\x92\x8d\x85=Ra") },
	{ "RFC 2781, big-endian with a mark", ENCODING_UTF16,
	    SPAN("\xfe\xff\xd8\x08\xdf\x45\x00\x3d\x00\x52\x00\x61"),
	    SPAN("\xf0\x92\x8d\x85=Ra") },
	{ "RFC 2781, little-endian with a mark", ENCODING_UTF16,
	    SPAN("\xff\xfe\x08\xd8\x45\xdf\x3d\x00\x52\x00\x61\x00"),
	    SPAN("\xf0\x92\x8d\x85=Ra") },
	{ "the order's own mark", ENCODING_UTF16LE, SPAN("\xff\xfe=\0"),
	    SPAN("=") },
	{ "the other order's mark is no character", ENCODING_UTF16LE,
	    SPAN("\xfe\xff=\0"),
	    SPAN("\xef\xbf\xbe"
		 "=") },
	{ "a second mark is a character", ENCODING_UTF16BE,
	    SPAN("\xfe\xff\xfe\xff\0="),
	    SPAN("\xef\xbb\xbf"
		 "=") },
	{ "a lone high surrogate", ENCODING_UTF16BE, SPAN("\xd8\x08\0a"),
	    SPAN("\xff"
		 "a") },
	{ "a lone low surrogate", ENCODING_UTF16BE, SPAN("\xdf\x45\0a"),
	    SPAN("\xff"
		 "a") },
	{ "a high surrogate at the end", ENCODING_UTF16LE, SPAN("a\0\x08\xd8"),
	    SPAN("a\xff") },
	{ "half a unit at the end", ENCODING_UTF16LE, SPAN("a\0b"),
	    SPAN("a\xff") },
};

static void
test_convert(void **state)
{
	struct encoding_converter *converter;
	struct buffer out = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		converter = encoding_open(cases[i].encoding);
		assert_non_null(converter);
		/* Twice: nothing of a text may be left for the next. */
		for (int j = 0; j < 2; j++) {
			buffer_reset(&out);
			encoding_convert(converter, cases[i].bytes, &out);
			assert_span_equal_in(cases[i].name, buffer_span(&out),
			    cases[i].want);
		}
		encoding_close(converter);
	}
	buffer_done(&out);
}

/* All bytes: of latin1 each is the code point of its number. */
static void
test_latin1_whole(void **state)
{
	struct encoding_converter *converter = encoding_open(
	    ENCODING_ISO_8859_1);
	struct buffer out = BUFFER_INIT, want = BUFFER_INIT;
	char bytes[256], encoded[4];

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		bytes[i] = (char)i;
		buffer_add(&want, encoded, fold_encode(i, encoded));
	}
	encoding_convert(converter, span_make(bytes, 256), &out);
	assert_span_equal(buffer_span(&out), buffer_span(&want));
	encoding_close(converter);
	buffer_done(&out);
	buffer_done(&want);
}

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		enum encoding want;
	} names[] = {
		{ "utf-8", ENCODING_UTF8 },
		{ "UTF8", ENCODING_UTF8 },
		{ "Latin1", ENCODING_ISO_8859_1 },
		{ "ISO-8859-15", ENCODING_ISO_8859_15 },
		{ "CP1252", ENCODING_WINDOWS_1252 },
		{ "Windows-1252", ENCODING_WINDOWS_1252 },
		{ "UTF-16LE", ENCODING_UTF16LE },
	};
	enum encoding got = ENCODING_UTF16;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!encoding_find(names[i].name, &got) || got != names[i].want)
			testing_fail(names[i].name, "got %d, want %d", (int)got,
			    (int)names[i].want);
	}
	assert_false(encoding_find("utf-7", &got));
	assert_false(encoding_find("", &got));
	/* Every encoding is found by its own name, and can be read. */
	for (int i = 1; encoding_names[i] != NULL; i++) {
		assert_true(encoding_find(encoding_names[i], &got));
		assert_int_equal(got, i);
		encoding_close(encoding_open(got));
	}
}

static void
test_marks(void **state)
{
	static const struct {
		enum encoding encoding;
		bool is_start_of_file;
		struct span text;
		enum encoding want;
		size_t want_skipped;
	} marks[] = {
		{ ENCODING_UTF8, true, SPAN("\xff\xfe{"), ENCODING_UTF16LE, 2 },
		{ ENCODING_UTF8, true, SPAN("\xfe\xff{"), ENCODING_UTF16BE, 2 },
		{ ENCODING_UTF8, true, SPAN("\xef\xbb\xbf{"), ENCODING_UTF8,
		    3 },
		{ ENCODING_UTF8, true, SPAN("\xef\xbb"), ENCODING_UTF8, 0 },
		{ ENCODING_WINDOWS_1252, true, SPAN("\xef\xbb\xbf{"),
		    ENCODING_UTF8, 3 },
		{ ENCODING_WINDOWS_1252, false, SPAN("\xef\xbb\xbf{"),
		    ENCODING_WINDOWS_1252, 0 },
		{ ENCODING_UTF8, false, SPAN("\xff\xfe{"), ENCODING_UTF8, 0 },
		{ ENCODING_UTF16, false, SPAN(""), ENCODING_UTF16BE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct span text = marks[i].text;

		assert_int_equal(encoding_skip_mark(marks[i].encoding,
				     marks[i].is_start_of_file, &text),
		    marks[i].want);
		assert_int_equal(marks[i].text.len - text.len,
		    marks[i].want_skipped);
	}
}

static void
test_is_utf16(void **state)
{
	static const struct {
		struct span text;
		enum encoding want; /* UTF-8: it is not */
	} texts[] = {
		{ SPAN("\xff\xfe"), ENCODING_UTF16LE },
		{ SPAN("\xfe\xff\0{"), ENCODING_UTF16BE },
		{ SPAN("{\0\"\0"), ENCODING_UTF16LE },
		{ SPAN("\0{\0\""), ENCODING_UTF16BE },
		{ SPAN("{\"a\""), ENCODING_UTF8 },
		{ SPAN("{\0\""), ENCODING_UTF8 },
		{ SPAN("\0\0\0\7{"), ENCODING_UTF8 },
		{ SPAN("\0\0\0\0"), ENCODING_UTF8 },
		{ SPAN("{\0\0\0\"\0\0\0"), ENCODING_UTF8 },
		{ SPAN(""), ENCODING_UTF8 },
	};
	enum encoding got;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		got = ENCODING_UTF8;
		(void)encoding_is_utf16(texts[i].text, &got);
		if (got != texts[i].want)
			testing_fail("UTF-16", "%zu: got %d, want %d", i,
			    (int)got, (int)texts[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_convert),
		cmocka_unit_test(test_latin1_whole),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_is_utf16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
