/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "text/timespan.h"

#define S INT64_C(1000000)

/* The month and the year are Sigma's: 2,629,746 s and 31,556,952 s. */
static const struct {
	const char *text;
	int64_t want; /* us; 0: refused */
} spans[] = {
	{ "1us", 1 }, { "1ms", 1000 }, { "30s", 30 * S }, { "15m", 900 * S },
	{ "1h", 3600 * S }, { "24h", 86400 * S }, { "7d", 604800 * S },
	{ "1w", 604800 * S }, { "1M", 2629746 * S }, { "1y", 31556952 * S },
	{ "1h30m", 5400 * S }, { "1d12h30m5s", 131405 * S },
	{ "100y", 3155695200 * S }, { "100y1s", 0 }, { "101y", 0 },
	{ "1201M", 0 }, { "007d", 604800 * S }, { "0s", 0 }, { "0d0s", 0 },
	{ "", 0 }, { "10", 0 }, { "m", 0 }, { "-5m", 0 }, { "1.5h", 0 },
	{ "5 m", 0 }, { " 5m", 0 }, { "5m ", 0 }, { "5min", 0 }, { "5H", 0 },
	{ "5D", 0 }, { "30m1h", 0 }, { "1h1h", 0 }, { "1h30", 0 },
	{ "99999999999999999999s", 0 },
	{ "18446744073709551617us", 0 }, /* 1 if it wrapped */
};

static void
test_parse(void **state)
{
	struct error err;
	int64_t got;
	bool ok;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		err = (struct error)ERROR_NONE;
		got = -1;
		ok = timespan_parse(span_of(spans[i].text), &got, &err);
		if (ok != (spans[i].want != 0) || (ok && got != spans[i].want))
			testing_fail(spans[i].text, "got %d, %jd, want %jd", ok,
			    (intmax_t)got, (intmax_t)spans[i].want);
		if (!ok && (got != -1 || err.text[0] == '\0'))
			testing_fail(spans[i].text,
			    "refused: result touched or no text");
	}
}

static const struct {
	int64_t us;
	const char *want;
} formats[] = {
	{ 600 * S, "10 min" },
	{ 86400 * S, "24 h" },
	{ 30 * 86400 * S, "30 days" },
	{ 2 * 86400 * S, "2 days" },
	{ 604800 * S, "7 days" },
	{ 36 * 3600 * S, "36 h" },
	{ 60 * S, "1 min" },
	{ 90 * S, "90 s" },
	{ 5400 * S, "90 min" },
	{ 3600 * S, "1 h" },
	{ 5430 * S, "1 h 30 min 30 s" },
	{ 90001 * S, "1 day 1 h 1 s" },
	{ 2629746 * S, "1 month" },
	{ 3 * 2629746 * S, "3 months" },
	{ 12 * 2629746 * S, "1 year" },
	{ 2 * 31556952 * S, "2 years" },
	{ 999, "999 us" },
	{ 1500, "1 ms 500 us" },
	{ 840000, "840 ms" },
	{ 1840000, "1 s 840 ms" },
	{ 1000 * 86400 * S, "1000 days" },
	{ 0, "0 s" },
	{ -5 * S, "-5 s" },
};

static void
test_format(void **state)
{
	struct buffer got = BUFFER_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		buffer_reset(&got);
		timespan_format(formats[i].us, &got);
		assert_span_equal(buffer_span(&got), span_of(formats[i].want));
	}
	buffer_done(&got);
}

static const struct {
	const char *text;
	int64_t want; /* -1: refused */
} sizes[] = {
	{ "0", 0 },
	{ "512", 512 },
	{ "512B", 512 },
	{ "8KiB", 8192 },
	{ "1MiB", 1048576 },
	{ "2GiB", 2147483648 },
	{ "1kB", 1000 },
	{ "3MB", 3000000 },
	{ "1GB", 1000000000 },
	{ "9223372036854775807", INT64_MAX },
	{ "9223372036854775808", -1 },
	{ "8589934592GiB", -1 },
	{ "", -1 },
	{ "KiB", -1 },
	{ "1K", -1 },
	{ "1KB", -1 },
	{ "1mib", -1 },
	{ "1 MiB", -1 },
	{ "-1", -1 },
	{ "1.5MiB", -1 },
};

static void
test_size(void **state)
{
	struct error err = ERROR_NONE;
	uint64_t got;
	bool ok;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		got = 77;
		ok = timespan_parse_size(span_of(sizes[i].text), &got, &err);
		if (ok != (sizes[i].want >= 0) ||
		    (ok && got != (uint64_t)sizes[i].want))
			testing_fail(sizes[i].text, "got %d, %ju, want %jd", ok,
			    (uintmax_t)got, (intmax_t)sizes[i].want);
	}
}

static const struct {
	uint64_t bytes;
	const char *want;
} size_formats[] = {
	{ 0, "0 bytes" },
	{ 480, "480 bytes" },
	{ 1000, "1000 bytes" },
	{ 1024, "1 KiB" },
	{ 921600, "900 KiB" },
	{ 67108864, "64 MiB" },
	{ UINT64_C(4398046511104), "4096 GiB" },
};

static void
test_format_size(void **state)
{
	struct buffer got = BUFFER_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(size_formats) / sizeof(size_formats[0]); i++) {
		buffer_reset(&got);
		timespan_format_size(size_formats[i].bytes, &got);
		assert_span_equal(buffer_span(&got),
		    span_of(size_formats[i].want));
	}
	buffer_done(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_format_size),
	};

	return cmocka_run_group_tests_name("text.timespan", tests, NULL, NULL);
}
