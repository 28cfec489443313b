/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around the JSON of a record: encodings, rows, wire headers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/mapping_internal.h"

#include "unit/decode/decoding.h"

static const struct span names[] = { { "user.id", 7 }, { "n", 1 } };
static const struct csv_dialect commas = { 0, names, 2 };
static const struct csv_dialect semicolons = { ';', names, 2 };

static const struct {
	const char *name;
	enum encoding encoding;
	const struct csv_dialect *csv;
	bool has_wire_header;
	struct span bytes;
	struct span want; /* user.id; n */
} cases[] = {
	{ "windows-1252", ENCODING_WINDOWS_1252, NULL, false,
	    SPAN("{\"user.id\":\"O\x92N\xe9\"}"),
	    SPAN("string O\xe2\x80\x99N\xc3\xa9; missing") },
	{ "a byte that is no character of it", ENCODING_WINDOWS_1252, NULL,
	    false, SPAN("{\"user.id\":\"a\x81\"}"),
	    SPAN("string a\xef\xbf\xbd; missing (repaired)") },
	{ "UTF-16 with a mark", ENCODING_UTF16, NULL, false,
	    SPAN("\xff\xfe{\0\"\0n\0\"\0:\0\"\0\xac\x20\"\0}\0"),
	    SPAN("missing; string \xe2\x82\xac") },
	{ "UTF-16BE begins with a zero too", ENCODING_UTF16BE, NULL, false,
	    SPAN("\0{\0\"\0n\0\"\0:\0\x31\0}"), SPAN("missing; int 1") },
	{ "UTF-16 cut in half", ENCODING_UTF16LE, NULL, false, SPAN("{\0}\0\n"),
	    SPAN("IR1007") },

	{ "a row", ENCODING_UTF8, &commas, false, SPAN("P1,\"2,5\""),
	    SPAN("string P1; string 2,5") },
	{ "a decimal comma is left alone", ENCODING_UTF8, &semicolons, false,
	    SPAN("P1;2,5\r\n"), SPAN("string P1; string 2,5") },
	{ "a row that looks like JSON", ENCODING_UTF8, &semicolons, false,
	    SPAN("{};[]"), SPAN("string {}; string []") },
	{ "a row with a mark", ENCODING_UTF8, &commas, false,
	    SPAN("\xef\xbb\xbfP1,2"), SPAN("string P1; string 2") },
	{ "a row in latin1", ENCODING_ISO_8859_1, &commas, false,
	    SPAN("\xc4,2"), SPAN("string \xc3\x84; string 2") },
	{ "a line break in quotes", ENCODING_UTF8, &commas, false,
	    SPAN("P1,\"a\nb\"\n\n"), SPAN("string P1; string a\nb") },
	{ "bytes that are no UTF-8", ENCODING_UTF8, &commas, false,
	    SPAN("P\xff,2"),
	    SPAN("string P\xef\xbf\xbd; string 2 (repaired)") },
	{ "two rows", ENCODING_UTF8, &commas, false, SPAN("P1,2\nP2,3\n"),
	    SPAN("IR1001") },
	{ "a short row", ENCODING_UTF8, &commas, false, SPAN("P1"),
	    SPAN("IR1001") },
	{ "an open quote", ENCODING_UTF8, &commas, false, SPAN("\"P1,2"),
	    SPAN("IR1001") },
	{ "an empty row", ENCODING_UTF8, &commas, false, SPAN(" \n"),
	    SPAN("IR1001") },
	{ "nothing", ENCODING_UTF8, &commas, false, { NULL, 0 },
	    SPAN("IR1001") },
	{ "nothing in UTF-16", ENCODING_UTF16, &commas, false, SPAN("\xff\xfe"),
	    SPAN("IR1001") },
	{ "nothing in latin1", ENCODING_ISO_8859_1, NULL, false, { NULL, 0 },
	    SPAN("IR1001") },
	{ "the header", ENCODING_UTF8, &commas, false, SPAN("user.id,n\n"),
	    SPAN("IR1001") },

	/* Confluent's wire format: 0, schema 7 (u32, big-endian). */
	{ "a wire header", ENCODING_UTF8, NULL, true,
	    SPAN("\0\0\0\0\7{\"n\":1}"), SPAN("missing; int 1") },
	{ "and white space", ENCODING_UTF8, NULL, true,
	    SPAN("\0\0\0\0\7 \n{\"n\":1}"), SPAN("missing; int 1") },
	{ "a record without one", ENCODING_UTF8, NULL, true, SPAN("{\"n\":1}"),
	    SPAN("missing; int 1") },
	{ "a row with one", ENCODING_UTF8, &commas, true,
	    SPAN("\0\0\0\0\7P1,2"), SPAN("string P1; string 2") },
	{ "one that is not expected", ENCODING_UTF8, NULL, false,
	    SPAN("\0\0\0\0\7{\"n\":1}"), SPAN("IR1008") },
	{ "Avro", ENCODING_UTF8, NULL, false, SPAN("\0\0\0\1\2\x04P1"),
	    SPAN("IR1008") },
	{ "Avro where JSON is expected", ENCODING_UTF8, NULL, true,
	    SPAN("\0\0\0\1\2\x04P1"), SPAN("IR1008") },
	{ "no more than a header", ENCODING_UTF8, NULL, true,
	    SPAN("\0\0\0\1\2"), SPAN("IR1001") },
	{ "two headers", ENCODING_UTF8, NULL, true,
	    SPAN("\0\0\0\1\2\0\0\0\1\2{}"), SPAN("IR1008") },
};

static void
start(struct decoding *decoding, enum encoding encoding,
    const struct csv_dialect *csv, bool has_wire_header)
{
	struct mapping *mapping = mapping_identity();

	mapping->encoding = encoding;
	mapping->has_csv = csv != NULL;
	if (csv != NULL)
		mapping->csv = *csv;
	mapping_set_wire_header(mapping, has_wire_header);
	decoding_start(decoding, mapping, "user.id,n");
}

static void
test_all(void **state)
{
	struct decoding decoding;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&decoding, cases[i].encoding, cases[i].csv,
		    cases[i].has_wire_header);
		for (int j = 0; j < 2; j++)
			assert_span_equal_in(cases[i].name,
			    decoding_of(&decoding, cases[i].bytes),
			    cases[i].want);
		decoding_stop(&decoding);
	}
}

static void
check_reason(struct decoding *decoding, struct span bytes, const char *want)
{
	struct record record = { .bytes = bytes, .broker_us = RECORD_NO_TIME };
	struct event event;
	struct error err;

	assert_false(decoding_run(decoding, &record, &event, &err));
	assert_string_equal(err.text, want);
}

static void
test_reasons(void **state)
{
	struct decoding decoding;

	(void)state;
	start(&decoding, ENCODING_UTF8, NULL, false);
	check_reason(&decoding, SPAN("\0\0\1\0\7{}"),
	    "the header of a schema registry (schema 65543) stands before the "
	    "record: skip it by `wire: registry` in the input");
	check_reason(&decoding, SPAN("\0\xff\xff\xff\xff\2P1"),
	    "not JSON but, by the header of a schema registry, Avro or "
	    "Protobuf of schema 4294967295");
	decoding_stop(&decoding);
	start(&decoding, ENCODING_UTF8, &commas, false);
	check_reason(&decoding, SPAN("a,b,c"),
	    "3 fields, where the header has 2");
	check_reason(&decoding, SPAN("user.id,n"),
	    "the names of the columns instead of a row");
	decoding_stop(&decoding);
}

/* What a source made JSON of is not converted again. */
static void
test_converted_already(void **state)
{
	struct record record = { .bytes = SPAN("{\"n\":\"\xc3\xa9\"}"),
		.original = SPAN("x;\xe9"),
		.broker_us = RECORD_NO_TIME };
	struct decoding decoding;
	struct event event;
	struct error err;

	(void)state;
	start(&decoding, ENCODING_ISO_8859_1, &semicolons, true);
	assert_true(decoding_run(&decoding, &record, &event, &err));
	assert_span_equal(event.values[1].text, SPAN("\xc3\xa9"));
	assert_span_equal(record_evidence(event.record), SPAN("x;\xe9"));
	decoding_stop(&decoding);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_converted_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
