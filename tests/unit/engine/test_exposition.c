/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Prometheus text format, read back by a small parser that was written
 * from its description ("Exposition formats", text-based format, 0.0.4).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/exposition.h"
#include "support/testing.h"

struct sample {
	char name[100];
	char labels[4][2][100]; /* name, unescaped value */
	size_t label_count;
	char value[40];
};

static const char *
take_name(const char *text, char *name, size_t size)
{
	size_t len = strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:"
	    "0123456789");

	assert_true(len > 0 && len < size && (*text < '0' || *text > '9'));
	memcpy(name, text, len);
	name[len] = '\0';
	return text + len;
}

static const char *
take_value(const char *text, char *value, size_t size)
{
	size_t len = 0;

	assert_int_equal(*text++, '"');
	while (*text != '"') {
		char c = *text++;

		assert_true(c != '\0' && c != '\n' && len + 1 < size);
		if (c == '\\') {
			c = *text++;
			assert_true(c == '\\' || c == '"' || c == 'n');
			c = c == 'n' ? '\n' : c;
		}
		value[len++] = c;
	}
	value[len] = '\0';
	return text + 1;
}

/* Reads one sample and its line feed; returns what stands behind. */
static const char *
take_sample(const char *text, struct sample *sample)
{
	size_t len;

	memset(sample, 0, sizeof(*sample));
	text = take_name(text, sample->name, sizeof(sample->name));
	if (*text == '{') {
		do {
			char(*label)[100];

			assert_true(sample->label_count < 4);
			label = sample->labels[sample->label_count++];
			text = take_name(text + 1, label[0], 100);
			assert_int_equal(*text, '=');
			text = take_value(text + 1, label[1], 100);
		} while (*text == ',');
		assert_int_equal(*text++, '}');
	}
	assert_int_equal(*text++, ' ');
	len = strcspn(text, " \n");
	assert_true(len > 0 && len < sizeof(sample->value) &&
	    text[len] == '\n');
	memcpy(sample->value, text, len);
	return text + len + 1;
}

static void
test_label_values(void **state)
{
	static const struct {
		const char *name;
		struct span value;
		const char *want; /* as read back */
	} cases[] = {
		{ "plain", { "bait", 4 }, "bait" },
		{ "empty", { "", 0 }, "" },
		{ "quote", { "say \"hm\"", 8 }, "say \"hm\"" },
		{ "backslash", { "C:\\new", 6 }, "C:\\new" },
		{ "line feed", { "a\nb 1", 5 }, "a\nb 1" },
		{ "braces", { "a\"} 1\n#", 7 }, "a\"} 1\n#" },
		{ "UTF-8", { "Z\xc3\xbcrich", 7 }, "Z\xc3\xbcrich" },
		{ "no UTF-8", { "a\xff\xc3", 3 }, "a\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a surrogate", { "\xed\xa0\x80", 3 },
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "too long a form", { "\xc0\xaf", 2 },
		    "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "NUL and escape", { "a\0\x1b", 3 },
		    "a\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buffer out = BUFFER_INIT;
		struct exposition exposition;
		struct sample sample;
		const char *text;

		exposition_init(&exposition, &out);
		exposition_family(&exposition, "x_total", EXPOSITION_COUNTER,
		    "What x is.");
		exposition_begin(&exposition, "");
		exposition_label(&exposition, "rule", cases[i].value);
		exposition_label(&exposition, "kind", SPAN("open"));
		exposition_uint(&exposition, UINT64_MAX);
		text = strstr(buffer_string(&out), "counter\n");
		assert_non_null(text);
		text = take_sample(text + strlen("counter\n"), &sample);
		assert_string_equal(sample.name, "x_total");
		assert_int_equal(sample.label_count, 2);
		assert_string_equal(sample.labels[0][0], "rule");
		assert_span_equal_in(cases[i].name,
		    span_of(sample.labels[0][1]), span_of(cases[i].want));
		assert_string_equal(sample.labels[1][1], "open");
		assert_string_equal(sample.value, "18446744073709551615");
		assert_string_equal(text, "");
		buffer_done(&out);
	}
}

static void
test_family(void **state)
{
	struct buffer out = BUFFER_INIT;
	struct exposition exposition;

	(void)state;
	exposition_init(&exposition, &out);
	exposition_family(&exposition, "up", EXPOSITION_GAUGE, "Is it?");
	exposition_one(&exposition, NULL, SPAN_NONE, 1);
	exposition_family(&exposition, "lag_seconds", EXPOSITION_GAUGE, "L.");
	exposition_begin(&exposition, "");
	exposition_label(&exposition, "input", SPAN("a"));
	exposition_real(&exposition, 0.25);
	exposition_begin(&exposition, "");
	exposition_label(&exposition, "input", SPAN("b"));
	exposition_int(&exposition, -3);
	assert_span_equal(buffer_span(&out),
	    SPAN("# HELP up Is it?\n# TYPE up gauge\nup 1\n"
		 "# HELP lag_seconds L.\n# TYPE lag_seconds gauge\n"
		 "lag_seconds{input=\"a\"} 0.25\n"
		 "lag_seconds{input=\"b\"} -3\n"));
	buffer_done(&out);
}

/* Times on a bound count below it: "le" is less or equal. */
static void
test_histogram(void **state)
{
	static const int64_t bounds_us[] = { 5000, 100000, 2500000 };
	static const uint64_t counts[] = { 4, 0, 2, 1 };
	static const char *const want[][2] = {
		{ "0.005", "4" },
		{ "0.1", "4" },
		{ "2.5", "6" },
		{ "+Inf", "7" },
	};
	struct buffer out = BUFFER_INIT;
	struct exposition exposition;
	struct sample sample;
	const char *text;

	(void)state;
	exposition_init(&exposition, &out);
	exposition_family(&exposition, "d_seconds", EXPOSITION_HISTOGRAM, "D.");
	exposition_seconds(&exposition, bounds_us, 3, counts,
	    12 * CLOCK_US_PER_S + 500000);
	text = strstr(buffer_string(&out), "histogram\n");
	assert_non_null(text);
	text += strlen("histogram\n");
	for (size_t i = 0; i < 4; i++) {
		text = take_sample(text, &sample);
		assert_string_equal(sample.name, "d_seconds_bucket");
		assert_string_equal(sample.labels[0][0], "le");
		assert_string_equal(sample.labels[0][1], want[i][0]);
		assert_string_equal(sample.value, want[i][1]);
	}
	text = take_sample(text, &sample);
	assert_string_equal(sample.name, "d_seconds_sum");
	assert_string_equal(sample.value, "12.5");
	text = take_sample(text, &sample);
	assert_string_equal(sample.name, "d_seconds_count");
	assert_string_equal(sample.value, "7");
	assert_string_equal(text, "");
	buffer_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_label_values),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_histogram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
