/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "support/testing.h"

#include "base/fold.h"

/* Lines of CaseFolding.txt 15.0.0, status C or S, or none. */
static const struct {
	const char *name;
	uint32_t from, want;
} code_points[] = {
	{ "LATIN CAPITAL LETTER A", 0x41, 0x61 },
	{ "LATIN CAPITAL LETTER Z", 0x5a, 0x7a },
	{ "before A", 0x40, 0x40 },
	{ "after Z", 0x5b, 0x5b },
	{ "a stays", 0x61, 0x61 },
	{ "MICRO SIGN", 0xb5, 0x3bc },
	{ "A WITH GRAVE", 0xc0, 0xe0 },
	{ "MULTIPLICATION SIGN", 0xd7, 0xd7 },
	{ "THORN", 0xde, 0xfe },
	{ "SHARP S is not expanded", 0xdf, 0xdf },
	{ "A WITH MACRON", 0x100, 0x101 },
	{ "its small form stays", 0x101, 0x101 },
	{ "I WITH DOT ABOVE has only F and T", 0x130, 0x130 },
	{ "DOTLESS I", 0x131, 0x131 },
	{ "L WITH CARON", 0x13d, 0x13e },
	{ "N PRECEDED BY APOSTROPHE has only F", 0x149, 0x149 },
	{ "Y WITH DIAERESIS", 0x178, 0xff },
	{ "Z WITH CARON", 0x17d, 0x17e },
	{ "LONG S", 0x17f, 0x73 },
	{ "DZ WITH CARON", 0x1c4, 0x1c6 },
	{ "D WITH SMALL Z WITH CARON", 0x1c5, 0x1c6 },
	{ "A WITH STROKE, one byte longer", 0x23a, 0x2c65 },
	{ "YPOGEGRAMMENI", 0x345, 0x3b9 },
	{ "SIGMA", 0x3a3, 0x3c3 },
	{ "FINAL SIGMA", 0x3c2, 0x3c3 },
	{ "KAPPA SYMBOL", 0x3f0, 0x3ba },
	{ "ZHE", 0x416, 0x436 },
	{ "ARMENIAN AYB", 0x531, 0x561 },
	{ "GEORGIAN AN", 0x10a0, 0x2d00 },
	{ "CHEROKEE SMALL YE to the capital", 0x13f8, 0x13f0 },
	{ "GEORGIAN MTAVRULI AN", 0x1c90, 0x10d0 },
	{ "CAPITAL SHARP S", 0x1e9e, 0xdf },
	{ "GREEK ALPHA PROSGEGRAMMENI", 0x1fbc, 0x1fb3 },
	{ "OHM SIGN", 0x2126, 0x3c9 },
	{ "KELVIN SIGN", 0x212a, 0x6b },
	{ "ANGSTROM SIGN", 0x212b, 0xe5 },
	{ "ROMAN NUMERAL ONE", 0x2160, 0x2170 },
	{ "CHEROKEE SMALL A", 0xab70, 0x13a0 },
	{ "LIGATURE FF has only F", 0xfb00, 0xfb00 },
	{ "FULLWIDTH A", 0xff21, 0xff41 },
	{ "DESERET LONG I", 0x10400, 0x10428 },
	{ "ADLAM ALIF", 0x1e900, 0x1e922 },
	{ "ADLAM SHA, the last one", 0x1e921, 0x1e943 },
	{ "after it", 0x1e922, 0x1e922 },
	{ "CJK", 0x4e00, 0x4e00 },
	{ "the last code point", 0x10ffff, 0x10ffff },
	{ "beyond", UINT32_MAX, UINT32_MAX },
};

static void
test_code_points(void **state)
{
	uint32_t got;

	(void)state;
	for (size_t i = 0; i < sizeof(code_points) / sizeof(code_points[0]);
	    i++) {
		got = fold_code_point(code_points[i].from);
		if (got != code_points[i].want)
			testing_fail(code_points[i].name,
			    "got U+%04X, want U+%04X", got,
			    code_points[i].want);
	}
}

/*
 * Against the whole of the file: how many lines of status C or S it has, and
 * the sum of (code point xor folded form) over them, taken by a script from
 * the text.  Folding twice is folding once.
 */
static void
test_whole_table(void **state)
{
	uint32_t folded, count = 0;
	uint64_t sum = 0;

	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		folded = fold_code_point(c);
		count += folded != c;
		sum += folded ^ c;
		assert_int_equal(fold_code_point(folded), folded);
	}
	assert_int_equal(count, 1454);
	assert_int_equal(sum, 5411153);
}

static void
test_spans(void **state)
{
	static const struct {
		const char *name;
		struct span text, want;
	} cases[] = {
		{ "ASCII, short", { "JAMES", 5 }, { "james", 5 } },
		{ "ASCII, more than a word", { "@AZ[`az{ 012 ZZZZZZZZZ", 22 },
		    { "@az[`az{ 012 zzzzzzzzz", 22 } },
		{ "change after many plain bytes",
		    { "0123456789 abcdefghij K", 23 },
		    { "0123456789 abcdefghij k", 23 } },
		{ "O WITH DIAERESIS", { "J\xc3\x96RG", 5 },
		    { "j\xc3\xb6rg", 5 } },
		{ "final sigma",
		    { "\xce\xa3\xce\x9f\xce\xa6\xce\x9f\xcf\x82", 10 },
		    { "\xcf\x83\xce\xbf\xcf\x86\xce\xbf\xcf\x83", 10 } },
		{ "Kelvin sign, two bytes shorter", { "3\xe2\x84\xaa", 4 },
		    { "3k", 2 } },
		{ "grows by half", { "\xc8\xba\xc8\xba\xc8\xba", 6 },
		    { "\xe2\xb1\xa5\xe2\xb1\xa5\xe2\xb1\xa5", 9 } },
		{ "dotted I stays itself", { "\xc4\xb0X", 3 },
		    { "\xc4\xb0x", 3 } },
		{ "bad bytes are kept", { "A\xff\xc3(\xed\xa0\x80Z", 8 },
		    { "a\xff\xc3(\xed\xa0\x80z", 8 } },
		{ "a character cut short", { "A\xc3", 2 }, { "a\xc3", 2 } },
		{ "NUL", { "A\0B", 3 }, { "a\0b", 3 } },
	};
	struct arena *arena = arena_new(4096);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span_equal_in(cases[i].name,
		    fold_span(arena, cases[i].text), cases[i].want);
	arena_free(arena);
}

static void
test_unchanged_is_not_copied(void **state)
{
	static const struct span texts[] = { { NULL, 0 },
		{ "already small, 100 %", 20 },
		{ "stra\xc3\x9f"
		  "e",
		    7 },
		{ "\xff\xfe", 2 } };
	struct arena *arena = arena_new(4096);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_ptr_equal(fold_span(arena, texts[i]).ptr, texts[i].ptr);
	assert_int_equal(arena_used(arena), 0);
	arena_free(arena);
}

/* RFC 3629 4 (syntax) and 10 (what attackers try). */
static void
test_decode(void **state)
{
	static const struct {
		const char *name;
		struct span text;
		unsigned want_len;
		uint32_t want;
	} cases[] = {
		{ "nothing", { "", 0 }, 0, 0 },
		{ "NUL", { "\0", 1 }, 1, 0 },
		{ "U+007F", { "\x7f", 1 }, 1, 0x7f },
		{ "U+0080", { "\xc2\x80", 2 }, 2, 0x80 },
		{ "U+07FF", { "\xdf\xbf", 2 }, 2, 0x7ff },
		{ "U+0800", { "\xe0\xa0\x80", 3 }, 3, 0x800 },
		{ "U+D7FF", { "\xed\x9f\xbf", 3 }, 3, 0xd7ff },
		{ "U+E000", { "\xee\x80\x80", 3 }, 3, 0xe000 },
		{ "U+FFFF", { "\xef\xbf\xbf", 3 }, 3, 0xffff },
		{ "U+10000", { "\xf0\x90\x80\x80", 4 }, 4, 0x10000 },
		{ "U+10FFFF", { "\xf4\x8f\xbf\xbf", 4 }, 4, 0x10ffff },
		{ "only the first", { "\xc3\xa9x", 3 }, 2, 0xe9 },
		{ "continuation alone", { "\x80", 1 }, 0, 0 },
		{ "overlong slash", { "\xc0\xaf", 2 }, 0, 0 },
		{ "overlong, three bytes", { "\xe0\x9f\xbf", 3 }, 0, 0 },
		{ "overlong, four bytes", { "\xf0\x8f\xbf\xbf", 4 }, 0, 0 },
		{ "surrogate", { "\xed\xa0\x80", 3 }, 0, 0 },
		{ "above U+10FFFF", { "\xf4\x90\x80\x80", 4 }, 0, 0 },
		{ "five bytes", { "\xf8\x88\x80\x80\x80", 5 }, 0, 0 },
		{ "cut", { "\xe2\x82", 2 }, 0, 0 },
		{ "broken off", { "\xe2\x82x", 3 }, 0, 0 },
	};
	uint32_t got;
	unsigned len;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = 0;
		len = fold_decode(cases[i].text, &got);
		if (len != cases[i].want_len || got != cases[i].want)
			testing_fail(cases[i].name,
			    "got U+%04X in %u bytes, want U+%04X in %u", got,
			    len, cases[i].want, cases[i].want_len);
	}
}

static void
test_encode_is_the_inverse(void **state)
{
	char bytes[4];
	uint32_t got;
	unsigned len;

	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		len = fold_encode(c, bytes);
		assert_int_equal(fold_decode(span_make(bytes, len), &got), len);
		assert_int_equal(got, c);
	}
}

/* The examples of Unicode 3.9, tables 3-8 to 3-11, beside simpler ones. */
static void
test_repair(void **state)
{
#define R "\xef\xbf\xbd"
	static const struct {
		const char *name;
		const char *text, *want;
	} cases[] = {
		{ "table 3-8: overlong", "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41",
		    R R R R R R R R "A" },
		{ "table 3-9: surrogates",
		    "\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41",
		    R R R R R R R R "A" },
		{ "table 3-10: others", "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42",
		    R R R R R "A" R R "B" },
		{ "table 3-11: cut sequences",
		    "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", R R R R "A" },
		{ "at the end", "caf\xc3", "caf" R },
		{ "Latin-1", "J\xf6rg M\xfcller", "J" R "rg M" R "ller" },
		{ "good is kept", "\xc3\xb6\xff\xe2\x82\xac",
		    "\xc3\xb6" R "\xe2\x82\xac" },
	};
#undef R
	struct arena *arena = arena_new(4096);
	struct span text, got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = span_of(cases[i].text);
		got = fold_repair(arena, text);
		assert_span_equal_in(cases[i].name, got,
		    span_of(cases[i].want));
		assert_false(fold_is_utf8(text));
		assert_true(fold_is_utf8(got));
	}
	text = SPAN("gr\xc3\xbc\xc3\x9f gott 0123456789");
	assert_true(fold_is_utf8(text));
	assert_ptr_equal(fold_repair(arena, text).ptr, text.ptr);
	assert_true(fold_is_utf8(SPAN_NONE));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code_points),
		cmocka_unit_test(test_whole_table),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_unchanged_is_not_copied),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_encode_is_the_inverse),
		cmocka_unit_test(test_repair),
	};

	return cmocka_run_group_tests_name("base_fold", tests, NULL, NULL);
}
