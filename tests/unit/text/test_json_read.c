/* SPDX-License-Identifier: Apache-2.0 */
/* Against jansson, the strictest of the parsers at hand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buffer.h"
#include "text/json_read.h"

#include "support/testing.h"

#define LIMIT 100000
#define DEPTH 64

static bool is_same(json_t *want, struct json_value got);

static bool
is_same_array(json_t *want, struct json_value got)
{
	struct json_iterator iterator = json_iterate(got);
	struct json_value value;
	struct span key;
	size_t count = 0;

	while (json_next(&iterator, &key, &value)) {
		if (count >= json_array_size(want) ||
		    !is_same(json_array_get(want, count++), value))
			return false;
	}
	return count == json_array_size(want);
}

static bool
is_same_object(json_t *want, struct json_value got)
{
	struct json_iterator iterator = json_iterate(got);
	struct json_value value, member;
	struct span key;
	size_t count = 0;
	char *name;
	json_t *other;
	bool ok;

	while (json_next(&iterator, &key, &value)) {
		name = span_strdup(key);
		other = json_object_get(want, name);
		ok = strlen(name) == key.len && other != NULL &&
		    is_same(other, value) && json_member(got, key, &member) &&
		    member.index == value.index;
		free(name);
		if (!ok)
			return false;
		count++;
	}
	return count == json_object_size(want);
}

static bool
is_same(json_t *want, struct json_value got)
{
	struct span text;

	switch (json_value_kind(got)) {
	case JSON_KIND_NULL:
		return json_is_null(want);
	case JSON_KIND_BOOL:
		return json_is_boolean(want) &&
		    json_value_bool(got) == json_is_true(want);
	case JSON_KIND_INT:
		return json_is_integer(want) &&
		    json_value_int(got) == json_integer_value(want);
	case JSON_KIND_REAL:
		return json_is_real(want) &&
		    !(json_value_real(got) < json_real_value(want)) &&
		    !(json_value_real(got) > json_real_value(want));
	case JSON_KIND_STRING:
		text = json_value_string(got);
		return json_is_string(want) &&
		    span_equal(text,
			span_make(json_string_value(want),
			    json_string_length(want)));
	case JSON_KIND_ARRAY:
		return json_is_array(want) && is_same_array(want, got);
	case JSON_KIND_OBJECT:
		return json_is_object(want) && is_same_object(want, got);
	default:
		return false;
	}
}

/* What jansson cannot hold: says nothing about the text. */
static bool
is_beyond_jansson(const json_error_t *err)
{
	switch (json_error_code(err)) {
	case json_error_numeric_overflow:
	case json_error_null_byte_in_key:
		return true;
	default:
		return false;
	}
}

static void
compare(struct json_reader *reader, const char *name, struct span text)
{
	json_error_t theirs;
	struct error err = ERROR_NONE;
	struct json_value root;
	enum json_status status = json_read(reader, text, false, &root, &err);
	json_t *want = json_loadb(text.ptr, text.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &theirs);

	if (want == NULL && is_beyond_jansson(&theirs))
		return;
	if ((want != NULL) != (status == JSON_OK))
		testing_fail(name, "got status %d (%s), want %s: " SPAN_FMT,
		    status, err.text, want != NULL ? "a value" : theirs.text,
		    SPAN_ARG(text));
	if (want == NULL && err.text[0] == '\0')
		testing_fail(name, "no reason given");
	if (want != NULL && !is_same(want, root))
		testing_fail(name, "another value: " SPAN_FMT, SPAN_ARG(text));
	json_decref(want);
	if (status == JSON_OK)
		return;
	/* Nothing but a duplicate key is wrong with it. */
	want = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL,
	    &theirs);
	if (want == NULL && is_beyond_jansson(&theirs))
		return;
	if ((want != NULL) != (status == JSON_DUPLICATE_KEY))
		testing_fail(name, "got status %d: " SPAN_FMT, status,
		    SPAN_ARG(text));
	json_decref(want);
}

static const char *const texts[] = {
	"{}",
	"[]",
	"null",
	"true",
	"false",
	"0",
	"-0",
	"12",
	"-12",
	"\"\"",
	"\"a\"",
	" { } ",
	"[1,2,3]",
	"{\"a\":{\"b\":[{}]}}",
	"1.5",
	"-1.5e3",
	"1E+2",
	"1e-2",
	"0.1",
	"123456789.123456789",
	"5e-324",
	"2.2250738585072011e-308",
	"1.7976931348623157e308",
	"0.500000000000000166533453693773481063544750213623046875",
	"9007199254740993.0",
	"9223372036854775807",
	"-9223372036854775808",
	"\"\\u00e9\\\\\\/\\b\\f\\n\\r\\t\\\"\"",
	"\"\\ud83d\\ude00\"",
	"\"\\u0000\"",
	"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
	"{\"a\":1,\"b\":1}",
	"{\"a\":1,\"A\":1}",
	"{\"\":1}",

	"",
	" ",
	"{",
	"}",
	"[",
	"]",
	"{]",
	"[}",
	"[1",
	"[1,",
	"[1,]",
	"[,1]",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\":1,}",
	"{,}",
	"{a:1}",
	"{'a':1}",
	"{\"a\" 1}",
	"{1:2}",
	"01",
	"1.",
	".5",
	"+1",
	"-",
	"1e",
	"1e+",
	"0x1",
	"1 2",
	"{}{}",
	"{} x",
	"nul",
	"nulll",
	"True",
	"NaN",
	"Infinity",
	"-Infinity",
	"\"",
	"\"a",
	"\"\\x\"",
	"\"\\u12\"",
	"\"\\u12g4\"",
	"\"\\ud83d\"",
	"\"\\ude00\"",
	"\"\\ud83d\\u0041\"",
	"\"a\nb\"",
	"\"a\tb\"",
	"\"\x01\"",
	"\"\xff\"",
	"\"\xc0\xaf\"",
	"\"\xed\xa0\x80\"",
	"\"\xf4\x90\x80\x80\"",
	"\"\xc3\"",
	"[1/**/]",
	"// x\n1",
	"{\"a\":1,\"a\":2}",
	"{\"a\":1,\"\\u0061\":2}",
	"[{\"a\":[{\"b\":1,\"c\":2,\"b\":3}]}]",
	"{\"\":1,\"\":2}",
	"{\"a\":{\"a\":{\"a\":1}}}",
	"[{\"a\":1},{\"a\":1}]",
};

static void
test_table(void **state)
{
	struct json_reader *reader = json_reader_new(LIMIT, DEPTH);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		compare(reader, texts[i], span_of(texts[i]));
	json_reader_free(reader);
}

/* ---- Generated documents ---- */

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

/* Marsaglia, "Xorshift RNGs" (2003). */
static unsigned
roll(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

static void
make_string(struct buffer *out)
{
	static const char *const pieces[] = { "a", "b", "id", "user", ".", " ",
		"\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9",
		"\\ud83d\\ude00", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x98\x80", "\\u0001", "]", "}", ",", ":",
		"somewhat longer text", "\x7f" };
	unsigned count = roll(5);

	buffer_add_char(out, '"');
	for (; count > 0; count--)
		buffer_add_string(out,
		    pieces[roll(sizeof(pieces) / sizeof(pieces[0]))]);
	buffer_add_char(out, '"');
}

static void
make_number(struct buffer *out)
{
	if (roll(2) == 0)
		buffer_add_char(out, '-');
	if (roll(4) == 0)
		buffer_add_char(out, '0');
	else
		buffer_printf(out, "%u", roll(1u << roll(31)) + 1);
	if (roll(3) == 0)
		buffer_printf(out, ".%0*u", (int)roll(9) + 1, roll(1000));
	if (roll(4) == 0)
		buffer_printf(out, "%s%u", roll(2) == 0 ? "e-" : "E", roll(40));
}

static void
make_value(struct buffer *out, unsigned depth)
{
	static const char *const words[] = { "null", "true", "false" };
	unsigned kind = roll(depth > 5 ? 6 : 10), count = roll(6);

	if (roll(5) == 0)
		buffer_add_string(out, roll(2) == 0 ? " " : "\r\n\t");
	if (kind < 2) {
		buffer_add_string(out, words[roll(3)]);
	} else if (kind < 4) {
		make_number(out);
	} else if (kind < 6) {
		make_string(out);
	} else {
		buffer_add_char(out, kind < 8 ? '[' : '{');
		for (unsigned i = 0; i < count; i++) {
			if (i > 0)
				buffer_add_char(out, ',');
			if (kind >= 8) {
				make_string(out);
				buffer_add_char(out, ':');
			}
			make_value(out, depth + 1);
		}
		buffer_add_char(out, kind < 8 ? ']' : '}');
	}
	if (roll(5) == 0)
		buffer_add_char(out, ' ');
}

/* One byte changed, taken out or doubled. */
static void
spoil(struct buffer *text)
{
	static const char bytes[] = "{}[],:\"\\0e-. x\xff\xc3";
	unsigned at = roll((unsigned)text->len);

	switch (roll(3)) {
	case 0:
		text->ptr[at] = bytes[roll(sizeof(bytes) - 1)];
		break;
	case 1:
		memmove(text->ptr + at, text->ptr + at + 1, text->len - at - 1);
		text->len--;
		break;
	default:
		buffer_reserve(text, 1);
		memmove(text->ptr + at + 1, text->ptr + at, text->len - at);
		text->len++;
		break;
	}
}

static void
test_generated(void **state)
{
	struct json_reader *reader = json_reader_new(LIMIT, DEPTH);
	struct buffer text = BUFFER_INIT;
	char name[32];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		buffer_reset(&text);
		make_value(&text, 0);
		(void)snprintf(name, sizeof(name), "document %d", i);
		compare(reader, name, buffer_span(&text));
		spoil(&text);
		compare(reader, name, buffer_span(&text));
	}
	buffer_done(&text);
	json_reader_free(reader);
}

/* ---- What jansson does not know ---- */

static const struct {
	const char *text;
	enum json_status want;
} statuses[] = {
	{ "{}", JSON_OK },
	{ "\xef\xbb\xbf{}", JSON_OK },
	{ "\xef\xbb\xbf\xef\xbb\xbf{}", JSON_SYNTAX },
	{ "\xef\xbb\xbf", JSON_SYNTAX },
	{ "18446744073709551615", JSON_OK },
	{ "18446744073709551616", JSON_BAD_NUMBER },
	{ "-9223372036854775809", JSON_BAD_NUMBER },
	{ "1e999", JSON_BAD_NUMBER },
	{ "[1e999", JSON_BAD_NUMBER },
	{ "01", JSON_SYNTAX },
	{ "{\"a\":1.,\"b\":99999999999999999999}", JSON_BAD_NUMBER },
	{ "\"\xff\"", JSON_BAD_UTF8 },
	{ "\"\\ud800\"", JSON_BAD_UTF8 },
	{ "\"\\q\"", JSON_SYNTAX },
	{ "{\"a\":1,\"a\":1}", JSON_DUPLICATE_KEY },
	{ "[[[[[[[[1]]]]]]]]", JSON_OK },
	{ "[[[[[[[[[1]]]]]]]]]", JSON_TOO_DEEP },
	{ "\"34567890123456789012345678901234567890\"", JSON_OK },
	{ "\"345678901234567890123456789012345678901\"", JSON_TOO_LARGE },
};

static void
test_statuses(void **state)
{
	struct json_reader *reader = json_reader_new(40, 8);
	struct json_value root;
	struct error err;
	enum json_status status;

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		status = json_read(reader, span_of(statuses[i].text), false,
		    &root, &err);
		if (status != statuses[i].want)
			testing_fail(statuses[i].text, "got %d, want %d",
			    status, statuses[i].want);
	}
	json_reader_free(reader);
}

static const struct {
	const char *text;
	const char *want; /* the string of the root; NULL: refused */
} repairs[] = {
	{ "\"a\xffz\"", "a\xef\xbf\xbdz" },
	{ "\"\\ud800\"", "\xef\xbf\xbd" },
	{ "\"\\ud800\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
	{ "\"\\\\ud800\"", "\\ud800" },
	{ "\"\\\"1e999\"", "\"1e999" },
	{ "1e999", "1e999" },
	{ "-99999999999999999999", "-99999999999999999999" },
	{ "[1e999", NULL },
	{ "\"\xff", NULL },
	{ "\xff", NULL },
	{ "1e999e", NULL },
	{ "\\", NULL },
	{ "\"\\", NULL },
	{ "\"\\u", NULL },
};

static void
test_repairs(void **state)
{
	struct json_reader *reader = json_reader_new(LIMIT, DEPTH);
	struct json_value root;
	struct error err;
	enum json_status status;

	(void)state;
	for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
		status = json_read_repair(reader, span_of(repairs[i].text),
		    false, &root, &err);
		if ((status == JSON_OK) != (repairs[i].want != NULL))
			testing_fail(repairs[i].text, "got status %d", status);
		if (repairs[i].want == NULL)
			continue;
		assert_int_equal(json_value_kind(root), JSON_KIND_STRING);
		assert_span_equal_in(repairs[i].text, json_value_string(root),
		    span_of(repairs[i].want));
	}
	json_reader_free(reader);
}

static void
test_allowed_duplicates(void **state)
{
	struct json_reader *reader = json_reader_new(LIMIT, DEPTH);
	struct json_value root, value;
	struct json_iterator iterator;
	struct error err;
	struct span key;

	(void)state;
	assert_int_equal(
	    json_read(reader,
		SPAN("{\"a\":{\"x\":1},\"b\":2,\"a\":[1],\"a\":3}"), true,
		&root, &err),
	    JSON_OK);
	iterator = json_iterate(root);
	assert_true(json_next(&iterator, &key, &value));
	assert_span_equal(key, SPAN("b"));
	assert_true(json_next(&iterator, &key, &value));
	assert_span_equal(key, SPAN("a"));
	assert_int_equal(json_value_int(value), 3);
	assert_false(json_next(&iterator, &key, &value));
	assert_true(json_member(root, SPAN("a"), &value));
	assert_int_equal(json_value_int(value), 3);
	json_reader_free(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_repairs),
		cmocka_unit_test(test_allowed_duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
