/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "unit/decode/decoding.h"

#define NONE RECORD_NO_TIME
#define MINUTE INT64_C(60000000)

/* 2026-03-02T21:14:07Z, by date(1): date -u -d 2026-03-02T21:14:07Z +%s */
#define T INT64_C(1772486047000000)

static const struct {
	const char *name;
	const char *format; /* of the input; NULL: iso */
	const char *zone;
	const char *json;
	int64_t broker_us;
	int64_t want_us;
	uint32_t want_flags;
} times[] = {
	{ "RFC 3339", NULL, NULL, "{\"t\":\"2026-03-02T21:14:07Z\"}", NONE, T,
	    0 },
	{ "fraction", NULL, NULL, "{\"t\":\"2026-03-02T21:14:07.412345Z\"}",
	    NONE, T + 412345, 0 },
	{ "offset", NULL, NULL, "{\"t\":\"2026-03-02T22:14:07+01:00\"}", NONE,
	    T, 0 },
	{ "blanks around", NULL, NULL, "{\"t\":\" 2026-03-02T21:14:07Z \"}",
	    NONE, T, 0 },
	{ "local in winter", NULL, "Europe/Berlin",
	    "{\"t\":\"2026-03-02 22:14:07\"}", NONE, T, 0 },
	/* date -u -d 2026-07-01T12:00:00Z +%s; Berlin is 2 h ahead */
	{ "local in summer", NULL, "Europe/Berlin",
	    "{\"t\":\"2026-07-01 14:00:00\"}", NONE, INT64_C(1782907200000000),
	    0 },
	{ "format", "%Y-%m-%d %H:%M:%S.%f", NULL,
	    "{\"t\":\"2026-03-02 21:14:07.412\"}", NONE, T + 412000, 0 },
	{ "format of a number", "%Y%m%d%H%M%S", NULL, "{\"t\":20260302211407}",
	    NONE, T, 0 },
	{ "seconds", "epoch_s", NULL, "{\"t\":1772486047}", NONE, T, 0 },
	{ "seconds with fraction", "epoch_s", NULL, "{\"t\":1772486047.412345}",
	    NONE, T + 412345, 0 },
	{ "seconds in text", "epoch_s", NULL, "{\"t\":\"1772486047.4\"}", NONE,
	    T + 400000, 0 },
	{ "more digits than microseconds", "epoch_s", NULL,
	    "{\"t\":\"1772486047.4123456789\"}", NONE, T + 412345, 0 },
	{ "seconds with exponent", "epoch_s", NULL, "{\"t\":\"1.772486047e9\"}",
	    NONE, T, 0 },
	{ "before 1970", "epoch_s", NULL, "{\"t\":\"-1.5\"}", NONE, -1500000,
	    0 },
	{ "milliseconds", "epoch_ms", NULL, "{\"t\":1772486047412}", NONE,
	    T + 412000, 0 },
	{ "milliseconds with fraction", "epoch_ms", NULL,
	    "{\"t\":\"1772486047412.5\"}", NONE, T + 412500, 0 },
	{ "microseconds", "epoch_us", NULL, "{\"t\":1772486047412345}", NONE,
	    T + 412345, 0 },
	{ "flat key", NULL, NULL, "{\"t\":\"2026-03-02T21:14:07Z\"}", T, T, 0 },

	{ "none in a file: the one before", NULL, NULL, "{}", NONE, 77,
	    EVENT_TIME_ASSUMED },
	{ "null in a file", NULL, NULL, "{\"t\":null}", NONE, 77,
	    EVENT_TIME_ASSUMED },
	{ "empty in a file", NULL, NULL, "{\"t\":\" \"}", NONE, 77,
	    EVENT_TIME_ASSUMED },
	{ "none in Kafka: the broker's", NULL, NULL, "{}", T, T,
	    EVENT_TIME_ASSUMED },
	{ "none in Kafka, broker at the epoch", NULL, NULL, "{}", 0, 0,
	    EVENT_TIME_ASSUMED },

	{ "a little ahead of the broker", NULL, NULL,
	    "{\"t\":\"2026-03-02T21:14:07Z\"}", T - 5 * MINUTE, T, 0 },
	{ "too far ahead", NULL, NULL, "{\"t\":\"2026-03-02T21:14:07Z\"}",
	    T - 5 * MINUTE - 1, T - 5 * MINUTE - 1, EVENT_TIME_CLAMPED },
	{ "year 9999", NULL, NULL, "{\"t\":\"9999-12-31T23:59:59Z\"}", T, T,
	    EVENT_TIME_CLAMPED },
	{ "the past is not rewritten", NULL, NULL,
	    "{\"t\":\"2026-03-02T21:14:07Z\"}", T + 1000000 * MINUTE, T, 0 },
	{ "year 9999 in a file", NULL, NULL, "{\"t\":\"9999-12-31T23:59:59Z\"}",
	    NONE, INT64_C(253402300799000000), 0 },
};

static void
test_times(void **state)
{
	struct decoding decoding;

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct record record = {
			.bytes = span_of(times[i].json),
			.broker_us = times[i].broker_us,
			.input = 3,
		};
		struct event event;
		struct error err = ERROR_NONE;

		decoding_start(&decoding, mapping_identity(), "");
		assert_true(mapping_set_time(decoding.mapping, "t",
		    times[i].format, times[i].zone, &err));
		decoding.decoder = decoder_new(decoding.mapping,
		    decoding.fields, &decoding.limits);
		if (!decoder_run(decoding.decoder, &record, 77, decoding.arena,
			&event, &err))
			testing_fail(times[i].name, "%s", err.text);
		if (event.time_us != times[i].want_us ||
		    event.flags != times[i].want_flags)
			testing_fail(times[i].name,
			    "got %" PRId64 " flags %x, want %" PRId64 " %x",
			    event.time_us, event.flags, times[i].want_us,
			    times[i].want_flags);
		assert_ptr_equal(event.record, &record);
		assert_int_equal(event.input, 3);
		decoding_stop(&decoding);
	}
}

static const struct {
	const char *name;
	const char *format;
	struct span json;
	const char *want;
} refusals[] = {
	{ "no such day", NULL, SPAN("{\"t\":\"2026-02-30T00:00:00Z\"}"),
	    "time `2026-02-30T00:00:00Z` in `t` cannot be read" },
	{ "a date alone", NULL, SPAN("{\"t\":\"2026-02-28\"}"),
	    "time `2026-02-28` in `t` cannot be read" },
	{ "a number where text is due", NULL, SPAN("{\"t\":1772486047}"),
	    "time `1772486047` in `t` cannot be read" },
	{ "a year beyond reason", NULL,
	    SPAN("{\"t\":\"292277026596-12-04T15:30:08Z\"}"),
	    "time `292277026596-12-04T15:30:08Z` in `t` cannot be read" },
	{ "control characters and quotes", NULL,
	    SPAN("{\"t\":\"a\\n\\u001b[31m\\\"\\\\\\u00e9\"}"),
	    "time `a\\x0a\\x1b[31m\"\\x5c\\xc3\\xa9` in `t` cannot be "
	    "read" },
	{ "a long text is cut", NULL,
	    SPAN("{\"t\":\"0123456789012345678901234567890123456789"
		 "0123456789012345678901234567890123456789\"}"),
	    "time `01234567890123456789012345678901234567890123456789"
	    "01234567890123..."
	    "` in `t` cannot be read" },
	{ "a list", NULL, SPAN("{\"t\":[\"2026-03-02T21:14:07Z\"]}"),
	    "time `` in `t` cannot be read" },
	{ "true", "epoch_s", SPAN("{\"t\":true}"),
	    "time `true` in `t` cannot be read" },
	{ "beyond int64_t", "epoch_s", SPAN("{\"t\":9223372036854775807}"),
	    "time `9223372036854775807` in `t` cannot be read" },
	{ "beyond uint64_t", "epoch_us",
	    SPAN("{\"t\":99999999999999999999999}"),
	    "time `99999999999999999999999` in `t` cannot be read" },
	{ "a tiny bit too late", "epoch_s", SPAN("{\"t\":253402300800}"),
	    "time `253402300800` in `t` cannot be read" },
	{ "1e300 seconds", "epoch_s", SPAN("{\"t\":1e300}"),
	    "time `1e+300` in `t` cannot be read" },
	{ "two points", "epoch_s", SPAN("{\"t\":\"1.2.3\"}"),
	    "time `1.2.3` in `t` cannot be read" },
	{ "a sign alone", "epoch_s", SPAN("{\"t\":\"-\"}"),
	    "time `-` in `t` cannot be read" },
	{ "hexadecimal", "epoch_s", SPAN("{\"t\":\"0x10\"}"),
	    "time `0x10` in `t` cannot be read" },
	{ "not a number", "epoch_s", SPAN("{\"t\":\"nan\"}"),
	    "time `nan` in `t` cannot be read" },
};

static void
test_unreadable_times(void **state)
{
	struct decoding decoding;
	struct event event;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct record record = { .bytes = refusals[i].json,
			.broker_us = T };

		decoding_start(&decoding, mapping_identity(), "");
		assert_true(mapping_set_time(decoding.mapping, "t",
		    refusals[i].format, NULL, &err));
		if (decoding_run(&decoding, &record, &event, &err))
			testing_fail(refusals[i].name, "was read");
		assert_string_equal(err.code, "IR1005");
		assert_span_equal_in(refusals[i].name, span_of(err.text),
		    span_of(refusals[i].want));
		decoding_stop(&decoding);
	}
}

static void
test_reasons(void **state)
{
	static const struct {
		struct span json;
		const char *code;
		const char *text;
	} reasons[] = {
		{ SPAN(""), "IR1001", "not JSON: empty" },
		{ SPAN(" \n"), "IR1001", "not JSON: empty" },
		{ SPAN("{\"user.id\":1,\"user.id\":2}"), "IR1002",
		    "key `user.id` stands twice in one object" },
		{ SPAN("{\"\\u0000\\n`\":1,\"\\u0000\\n`\":2}"), "IR1002",
		    "key `\\x00\\x0a`` stands twice in one object" },
		{ SPAN("[1]"), "IR1006", "not a JSON object" },
	};
	struct decoding decoding;
	struct event event;
	struct error err;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "a");
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		struct record record = { .bytes = reasons[i].json,
			.broker_us = T };

		assert_false(decoding_run(&decoding, &record, &event, &err));
		assert_string_equal(err.code, reasons[i].code);
		assert_string_equal(err.text, reasons[i].text);
	}
	decoding_stop(&decoding);
}

/* `depth` arrays within an object. */
static struct span
nested(struct buffer *out, size_t depth)
{
	buffer_reset(out);
	buffer_add_string(out, "{\"a\":");
	for (size_t i = 1; i < depth; i++)
		buffer_add_char(out, '[');
	buffer_add_char(out, '1');
	for (size_t i = 1; i < depth; i++)
		buffer_add_char(out, ']');
	buffer_add_char(out, '}');
	return buffer_span(out);
}

static void
test_depth(void **state)
{
	struct decoding decoding;
	struct buffer text = BUFFER_INIT;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "a,*");
	decoding.limits.json_depth = 10;
	assert_span_equal(decoding_of(&decoding, nested(&text, 10)),
	    SPAN("list[int 1]; int 1"));
	assert_span_equal(decoding_of(&decoding, nested(&text, 11)),
	    SPAN("IR1003"));
	decoding_stop(&decoding);
	buffer_done(&text);
}

static void
test_record_limit(void **state)
{
	struct decoding decoding;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "a");
	decoding.limits.record_bytes = 9;
	assert_span_equal(decoding_of(&decoding, SPAN("{\"a\":123}")),
	    SPAN("int 123"));
	assert_span_equal(decoding_of(&decoding, SPAN("{\"a\":1234}")),
	    SPAN("IR1004"));
	decoding_stop(&decoding);
}

/* A row is limited as it came, not as the JSON that was made of it. */
static void
test_row(void **state)
{
	struct record record = { .bytes = SPAN("{\"column\":\"\\u0001\"}"),
		.original = SPAN("\x01"),
		.broker_us = RECORD_NO_TIME };
	struct decoding decoding;
	struct event event;
	struct error err;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "column");
	decoding.limits.record_bytes = 4;
	assert_true(decoding_run(&decoding, &record, &event, &err));
	assert_span_equal(event.values[0].text, SPAN("\x01"));
	record.original = SPAN("12345");
	assert_false(decoding_run(&decoding, &record, &event, &err));
	assert_string_equal(err.code, "IR1004");
	record = (struct record){ .bytes = SPAN("1,2"),
		.defect = "2 fields, where the header has 3" };
	assert_false(decoding_run(&decoding, &record, &event, &err));
	assert_string_equal(err.code, "IR1001");
	assert_string_equal(err.text, record.defect);
	decoding_stop(&decoding);
}

static void
test_last_duplicate(void **state)
{
	struct decoding decoding;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "a,b.c,*");
	decoding.limits.last_duplicate_wins = true;
	assert_span_equal(
	    decoding_of(&decoding,
		SPAN("{\"a\":1,\"b\":{\"c\":1,\"c\":[2]},\"a\":{},\"a\":3}")),
	    SPAN("int 3; list[int 2]; int 2; int 3"));
	decoding_stop(&decoding);
}

/* Many keys go another way than few; the last of them is the second. */
static void
test_many_keys(void **state)
{
	static const int counts[] = { 2, 15, 63, 64, 65, 66, 300, 5000 };
	struct decoding decoding;
	struct buffer text = BUFFER_INIT;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "k1");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		buffer_reset(&text);
		for (int k = 1; k < counts[i]; k++)
			buffer_printf(&text, "%c\"k%d\":%d", k > 1 ? ',' : '{',
			    k, k);
		buffer_add_string(&text, ",\"k0\":0}");
		assert_span_equal(decoding_of(&decoding, buffer_span(&text)),
		    SPAN("int 1"));
		text.ptr[text.len - 5] = '1';
		assert_span_equal(decoding_of(&decoding, buffer_span(&text)),
		    SPAN("IR1002"));
	}
	decoding.limits.last_duplicate_wins = true;
	decoder_free(decoding.decoder);
	decoding.decoder = NULL;
	assert_span_equal(decoding_of(&decoding, buffer_span(&text)),
	    SPAN("int 0"));
	decoding_stop(&decoding);
	buffer_done(&text);
}

/* A path through a long list costs its length, not the square of it. */
static void
test_long_list(void **state)
{
	struct decoding decoding;
	struct buffer text = BUFFER_INIT;
	struct record record = { .broker_us = RECORD_NO_TIME };
	struct event event;
	struct error err;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "a.b");
	buffer_add_string(&text, "{\"a\":[");
	for (int i = 0; i < 100000; i++)
		buffer_printf(&text, "%s{\"b\":%d}", i > 0 ? "," : "", i);
	buffer_add_string(&text, "]}");
	decoding.limits.record_bytes = text.len;
	record.bytes = buffer_span(&text);
	assert_true(decoding_run(&decoding, &record, &event, &err));
	assert_int_equal(event.values[0].count, 100000);
	assert_int_equal(event.values[0].items[99999].integer, 99999);
	decoding_stop(&decoding);
	buffer_done(&text);
}

/* Slots of fields that share names, whatever order they are added in. */
static void
test_many_fields(void **state)
{
	struct buffer fields = BUFFER_INIT, text = BUFFER_INIT;
	struct buffer want = BUFFER_INIT;
	struct decoding decoding;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		buffer_printf(&fields, "%sf%d.x", i > 0 ? "," : "", i);
		buffer_printf(&text, "%c\"f%d\":{\"x\":%d}", i > 0 ? ',' : '{',
		    999 - i, 999 - i);
		buffer_printf(&want, "%sint %d", i > 0 ? "; " : "", i);
	}
	buffer_add_char(&text, '}');
	decoding_start(&decoding, mapping_identity(), buffer_string(&fields));
	assert_span_equal(decoding_of(&decoding, buffer_span(&text)),
	    buffer_span(&want));
	decoding_stop(&decoding);
	buffer_done(&fields);
	buffer_done(&text);
	buffer_done(&want);
}

/* No event sees anything of the one before. */
static void
test_reuse(void **state)
{
	struct decoding decoding;

	(void)state;
	decoding_start(&decoding, mapping_identity(), "a,*");
	assert_span_equal(decoding_of(&decoding, SPAN("{\"a\":[\"\xff\"]}")),
	    SPAN("list[string \xef\xbf\xbd]; string \xef\xbf\xbd "
		 "(repaired)"));
	assert_span_equal(decoding_of(&decoding, SPAN("{\"a\":")),
	    SPAN("IR1001"));
	assert_span_equal(decoding_of(&decoding, SPAN("{}")), SPAN("missing"));
	decoding_stop(&decoding);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_unreadable_times),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_record_limit),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_last_duplicate),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_reuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
