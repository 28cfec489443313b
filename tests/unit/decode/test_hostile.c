/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as somebody would write them who wants not to be seen, in
 * tests/data/hostile/: each is rejected with its reason, or decoded to what
 * an honest reader sees.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit/decode/decoding.h"

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static const struct {
	const char *file;
	struct span want; /* user.id; reason.text; n */
} cases[] = {
	{ "array_at_top", SPAN("IR1006") },
	{ "bad_escape", SPAN("IR1001") },
	{ "bad_escape_and_byte", SPAN("IR1007") },
	{ "beyond_unicode",
	    SPAN("string P1; string " BAD BAD BAD BAD "; missing (repaired)") },
	{ "bracket_in_reason",
	    SPAN("string P1; string x] [origin ip=\"1.2.3.4\"]; missing") },
	{ "byte_order_mark", SPAN("string P1; missing; int 1") },
	{ "byte_order_marks", SPAN("IR1001") },
	{ "colliding_keys", SPAN("string P1; missing; missing") },
	{ "comment", SPAN("IR1001") },
	{ "control_escaped",
	    SPAN("string P1; string \x1b[2J\xe2\x80\xae\x7f; missing") },
	{ "cut_utf8",
	    SPAN("string P1; string caf" BAD "; missing (repaired)") },
	{ "duplicate_flat_and_nested", SPAN("string P1; missing; missing") },
	{ "duplicate_key", SPAN("IR1002") },
	{ "duplicate_key_deep", SPAN("IR1002") },
	{ "duplicate_key_escaped", SPAN("IR1002") },
	{ "duplicate_key_of_400", SPAN("IR1002") },
	{ "empty", SPAN("IR1001") },
	{ "empty_key", SPAN("string P1; missing; missing") },
	{ "hexadecimal", SPAN("IR1001") },
	{ "huge_key", SPAN("string P1; missing; missing") },
	{ "id_beyond_2_53",
	    SPAN("int 9007199254740993; missing; big 18446744073709551615") },
	{ "id_beyond_2_64",
	    SPAN("string 184467440737095516160; missing; "
		 "string -9223372036854775809 (repaired)") },
	{ "infinity", SPAN("IR1001") },
	{ "key_is_number", SPAN("IR1001") },
	{ "latin1", SPAN("string P1; string caf" BAD "; missing (repaired)") },
	{ "leading_zero", SPAN("IR1001") },
	{ "lone_surrogate_high",
	    SPAN("string P1; string a" BAD "b; missing (repaired)") },
	{ "lone_surrogate_low",
	    SPAN("string P1; string a" BAD "b; missing (repaired)") },
	{ "nan", SPAN("IR1001") },
	{ "nested_10000", SPAN("IR1003") },
	{ "nested_10000_open", SPAN("IR1001") },
	{ "nested_64", SPAN("string P1; missing; list[int 1]") },
	{ "nested_65", SPAN("IR1003") },
	{ "newline_escaped",
	    SPAN("string P1; string stop\n<13>1 - - - - -] forged; "
		 "missing") },
	{ "newline_raw", SPAN("IR1001") },
	{ "no_value", SPAN("IR1001") },
	{ "nul_after", SPAN("IR1001") },
	{ "nul_escaped", SPAN("string P1\0; missing; int 1") },
	{ "nul_raw", SPAN("IR1001") },
	{ "null_at_top", SPAN("IR1006") },
	{ "only_open_brace", SPAN("IR1001") },
	/* C0 is never part of UTF-8: each byte is one ill-formed part. */
	{ "overlong_utf8",
	    SPAN("string P1; string " BAD BAD BAD BAD
		 "/; missing (repaired)") },
	{ "prototype", SPAN("string P1; missing; missing") },
	{ "real_1e999", SPAN("string P1; missing; string -1e999 (repaired)") },
	{ "real_1e_minus_999", SPAN("string P1; missing; real 0") },
	{ "single_quotes", SPAN("IR1001") },
	{ "string_at_top", SPAN("IR1006") },
	{ "surrogate_utf8",
	    SPAN("string P1; string " BAD BAD BAD "; missing (repaired)") },
	{ "surrogates_swapped",
	    SPAN("string P1; string " BAD BAD "; missing (repaired)") },
	{ "trailing_comma", SPAN("IR1001") },
	{ "truncated", SPAN("IR1001") },
	{ "truncated_escape", SPAN("IR1001") },
	{ "two_records", SPAN("IR1001") },
	{ "user_is_list",
	    SPAN("list[string P1, string P2, null]; missing; missing") },
	{ "utf16", SPAN("IR1007") },
	{ "utf16_no_mark", SPAN("IR1007") },
	{ "utf8_in_key", SPAN("string P1; missing; int 2 (repaired)") },
	{ "utf8_keys_become_one", SPAN("IR1002") },
	{ "white_space", SPAN("IR1001") },
	{ "wire_registry_avro", SPAN("IR1008") },
	{ "wire_registry_json", SPAN("IR1008") },
	{ "year_292277026596", SPAN("IR1005") },
	{ "year_minus_1", SPAN("IR1005") },
};

#define COUNT (sizeof(cases) / sizeof(cases[0]))

static void
test_files(void **state)
{
	struct buffer path = BUFFER_INIT;
	struct decoding decoding;
	char *bytes;
	size_t len;

	(void)state;
	/* One decoder for all: none may spoil the next. */
	decoding_start(&decoding, mapping_identity(), "user.id,reason.text,n");
	for (size_t i = 0; i < 2 * COUNT; i++) {
		buffer_reset(&path);
		buffer_printf(&path, "hostile/%s.json", cases[i % COUNT].file);
		bytes = testing_read_data(buffer_string(&path), &len);
		assert_span_equal_in(cases[i % COUNT].file,
		    decoding_of(&decoding, span_make(bytes, len)),
		    cases[i % COUNT].want);
		free(bytes);
	}
	decoding_stop(&decoding);
	buffer_done(&path);
}

/* A file that nobody expects anything of proves nothing. */
static void
test_no_file_forgotten(void **state)
{
	DIR *folder = opendir(TEST_DATA_DIR "/hostile");
	const struct dirent *entry;
	const char *end;
	size_t count = 0;

	(void)state;
	if (folder == NULL) {
		testing_fail("hostile", "no such folder");
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		end = strrchr(entry->d_name, '.');
		count += end != NULL && !strcmp(end, ".json");
	}
	closedir(folder);
	assert_int_equal(count, COUNT);
}

static void
test_huge_string(void **state)
{
	struct decoding decoding;
	struct buffer text = BUFFER_INIT;
	size_t len = 2 * 1024 * 1024;

	(void)state;
	buffer_add_string(&text, "{\"user.id\":\"");
	memset(buffer_reserve(&text, len), 'P', len);
	text.len += len;
	buffer_add_string(&text, "\"}");
	decoding_start(&decoding, mapping_identity(), "user.id");
	assert_span_equal(decoding_of(&decoding, buffer_span(&text)),
	    SPAN("IR1004"));
	decoding.limits.record_bytes = 4 * 1024 * 1024;
	decoder_free(decoding.decoder);
	decoding.decoder = NULL;
	/* Whole: what stands behind much padding is seen too. */
	assert_int_equal(decoding_of(&decoding, buffer_span(&text)).len,
	    sizeof("string ") - 1 + len);
	decoding_stop(&decoding);
	buffer_done(&text);
}

/* Cut anywhere, a record is refused or whole: nothing is half read. */
static void
test_cut_anywhere(void **state)
{
	static const char text[] = "{\"user.id\":\"P1\",\"n\":[1,2.5,"
				   "{\"a\":null}],\"reason.text\":"
				   "\"caf\\u00e9 \xc3\xa9\",\"b\":true}";
	struct decoding decoding;
	struct span shown;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "user.id,n");
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		/* Exactly as long, so that ASan sees a byte too many. */
		char *copy = mem_dup(text, len > 0 ? len : 1);

		shown = decoding_of(&decoding, span_make(copy, len));
		if (!span_is(shown, "IR1001") && !span_is(shown, "IR1007"))
			testing_fail("cut", "at %zu: " SPAN_FMT, len,
			    SPAN_ARG(shown));
		mem_free(copy);
	}
	assert_span_equal(decoding_of(&decoding, span_of(text)),
	    SPAN("string P1; list[int 1, real 2.5, object]"));
	decoding_stop(&decoding);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_no_file_forgotten),
		cmocka_unit_test(test_huge_string),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
