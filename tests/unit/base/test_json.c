/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Five functions of jansson have names of ours; none of them is called. */
#define json_object jansson_object
#define json_array jansson_array
#define json_string jansson_string
#define json_real jansson_real
#define json_null jansson_null
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_string
#undef json_real
#undef json_null

#include "unit/base/child.h"

#include "base/json.h"

static json_t *
parse(const char *name, const struct buffer *buffer)
{
	json_error_t err;
	json_t *root = json_loadb(buffer->ptr, buffer->len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &err);

	if (root == NULL)
		testing_fail(name, "jansson: %s in: " SPAN_FMT, err.text,
		    SPAN_ARG(buffer_span(buffer)));
	return root;
}

static void
test_text_of_a_document(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	(void)state;
	json_init(&json, &buffer);
	json_object(&json);
	json_key(&json, "empty");
	json_object(&json);
	json_end(&json);
	json_key(&json, "list");
	json_array(&json);
	json_int(&json, INT64_MIN);
	json_uint(&json, INT64_MAX);
	json_array(&json);
	json_end(&json);
	json_object(&json);
	json_key_span(&json, SPAN("a\"b"));
	json_bool(&json, true);
	json_end(&json);
	json_null(&json);
	json_end(&json);
	json_key(&json, "no");
	json_bool(&json, false);
	json_key(&json, "raw");
	json_raw(&json, SPAN("[1, 2]"));
	json_key(&json, "hex");
	json_hex(&json, "\x00\x7f\xab\xff", 4);
	json_key(&json, "at");
	json_time(&json, INT64_C(1772486047412999));
	json_end(&json);
	assert_span_equal(buffer_span(&buffer),
	    SPAN("{\"empty\":{},\"list\":[-9223372036854775808,"
		 "9223372036854775807,[],{\"a\\\"b\":true},null],"
		 "\"no\":false,\"raw\":[1, 2],\"hex\":\"007fabff\","
		 "\"at\":\"2026-03-02T21:14:07.412Z\"}"));
	json_decref(parse("document", &buffer));
	buffer_done(&buffer);
}

/* jansson reads back what was written. */
static void
test_strings(void **state)
{
	static const struct {
		const char *name;
		struct span text;
		struct span want; /* if other than text */
	} cases[] = {
		{ "empty", { "", 0 }, { NULL, 0 } },
		{ "plain, longer than a word", { "0123456789abcdef!", 17 },
		    { NULL, 0 } },
		{ "quote in the second word", { "01234567\"9abcdef", 16 },
		    { NULL, 0 } },
		{ "backslash last", { "0123456\\", 8 }, { NULL, 0 } },
		{ "all controls",
		    { "\0\1\2\3\4\5\6\7\10\t\n\13\f\r\16\17\20\21\22\23\24"
		      "\25\26\27\30\31\32\33\34\35\36\37\40\177",
			34 },
		    { NULL, 0 } },
		{ "slash is not escaped", { "a/b", 3 }, { NULL, 0 } },
		{ "UTF-8 of 2, 3, 4 bytes",
		    { "\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x92", 9 },
		    { NULL, 0 } },
		{ "line separator U+2028", { "\xe2\x80\xa8", 3 }, { NULL, 0 } },
		{ "Latin-1", { "J\xf6rg", 4 }, { "J\xef\xbf\xbdrg", 6 } },
		{ "surrogate", { "\xed\xa0\x80", 3 },
		    { "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 9 } },
		{ "overlong quote", { "\xc0\xa2", 2 },
		    { "\xef\xbf\xbd\xef\xbf\xbd", 6 } },
		{ "cut at the end", { "a\xe2\x82", 3 },
		    { "a\xef\xbf\xbd", 4 } },
	};
	struct buffer buffer = BUFFER_INIT;
	struct json json;
	json_t *root;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_reset(&buffer);
		json_init(&json, &buffer);
		json_span(&json, cases[i].text);
		root = parse(cases[i].name, &buffer);
		assert_span_equal_in(cases[i].name,
		    span_make(json_string_value(root),
			json_string_length(root)),
		    cases[i].want.len > 0 ? cases[i].want : cases[i].text);
		json_decref(root);
	}
	buffer_done(&buffer);
}

/* Every byte at every place of a word. */
static void
test_every_byte(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;
	char text[17];
	json_t *root;

	(void)state;
	for (int byte = 0; byte < 0x80; byte++) {
		for (size_t at = 0; at < sizeof(text); at++) {
			memset(text, '~', sizeof(text));
			text[at] = (char)byte;
			buffer_reset(&buffer);
			json_init(&json, &buffer);
			json_span(&json, span_make(text, sizeof(text)));
			root = parse("byte", &buffer);
			assert_span_equal(span_make(json_string_value(root),
					      json_string_length(root)),
			    span_make(text, sizeof(text)));
			json_decref(root);
		}
	}
	buffer_done(&buffer);
}

static void
test_reals(void **state)
{
	static const struct {
		double number;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 0.1, "0.1" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1e22, "1e+22" },
		{ -2.5, "-2.5" },
		{ 3, "3" },
		{ -7, "-7" },
		{ 9007199254740991.0, "9007199254740991" },
		{ 5e-324, "5e-324" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ 100000000000000000000.0, "1e+20" },
	};
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_reset(&buffer);
		json_init(&json, &buffer);
		json_real(&json, cases[i].number);
		assert_span_equal(buffer_span(&buffer), span_of(cases[i].want));
		assert_true(strtod(buffer_string(&buffer), NULL) ==
		    cases[i].number);
	}
	buffer_reset(&buffer);
	json_init(&json, &buffer);
	json_array(&json);
	json_real(&json, NAN);
	json_real(&json, INFINITY);
	json_real(&json, -INFINITY);
	json_end(&json);
	assert_span_equal(buffer_span(&buffer), SPAN("[null,null,null]"));
	buffer_done(&buffer);
}

/* Random bit patterns read back as the same number. */
static void
test_reals_read_back(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	unsigned short seed[3] = { 2, 7, 1 };
	struct json json;
	uint64_t bits;
	double number;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		bits = (uint64_t)nrand48(seed) << 33 ^
		    (uint64_t)nrand48(seed) << 15 ^ (uint64_t)nrand48(seed);
		memcpy(&number, &bits, sizeof(number));
		if (!isfinite(number))
			continue;
		buffer_reset(&buffer);
		json_init(&json, &buffer);
		json_real(&json, number);
		assert_true(strtod(buffer_string(&buffer), NULL) == number);
	}
	buffer_done(&buffer);
}

/* One value after another, as NDJSON has them. */
static void
test_top_level(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	(void)state;
	json_init(&json, &buffer);
	json_array(&json);
	json_end(&json);
	buffer_add_char(&buffer, '\n');
	json_string(&json, "x");
	buffer_add_char(&buffer, '\n');
	json_uint(&json, UINT64_MAX);
	assert_span_equal(buffer_span(&buffer),
	    SPAN("[]\n\"x\"\n18446744073709551615"));
	buffer_done(&buffer);
}

static void
value_without_key(void)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	json_init(&json, &buffer);
	json_object(&json);
	json_int(&json, 1);
}

static void
key_in_array(void)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	json_init(&json, &buffer);
	json_array(&json);
	json_key(&json, "a");
}

static void
end_after_key(void)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	json_init(&json, &buffer);
	json_object(&json);
	json_key(&json, "a");
	json_end(&json);
}

static void
too_deep(void)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;

	json_init(&json, &buffer);
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_array(&json);
}

static void
test_misuse(void **state)
{
	(void)state;
	child_aborts("value without key", value_without_key, "CHECK");
	child_aborts("key in an array", key_in_array, "CHECK");
	child_aborts("end after key", end_after_key, "CHECK");
	child_aborts("too deep", too_deep, "JSON_DEPTH_MAX");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_of_a_document),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_reals),
		cmocka_unit_test(test_reals_read_back),
		cmocka_unit_test(test_top_level),
		cmocka_unit_test(test_misuse),
	};

	return cmocka_run_group_tests_name("base_json", tests, NULL, NULL);
}
