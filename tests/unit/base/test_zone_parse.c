/* SPDX-License-Identifier: Apache-2.0 */
/* The times wanted were taken with python3's datetime and zoneinfo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/testing.h"

#include "base/zone.h"

static void
check_time(const char *name, bool ok, int64_t got, int64_t want)
{
	if (!ok)
		testing_fail(name, "refused");
	if (got != want)
		testing_fail(name, "got %lld, want %lld", (long long)got,
		    (long long)want);
}

static const struct {
	const char *name, *text;
	int64_t want;
} iso_times[] = {
	{ "RFC 3339", "2026-03-02T21:14:07Z", INT64_C(1772486047000000) },
	{ "milliseconds", "2026-03-02T21:14:07.412Z",
	    INT64_C(1772486047412000) },
	{ "comma, ISO 8601", "2026-03-02T21:14:07,412Z",
	    INT64_C(1772486047412000) },
	{ "one digit", "2026-03-02T21:14:07.4Z", INT64_C(1772486047400000) },
	{ "nine digits are cut, not rounded", "2026-03-02T21:14:07.123456999Z",
	    INT64_C(1772486047123456) },
	{ "thirty digits",
	    "2026-03-02T21:14:07.000001999999999999999999999999Z",
	    INT64_C(1772486047000001) },
	{ "small letters (RFC 3339 5.6)", "2026-03-02t21:14:07z",
	    INT64_C(1772486047000000) },
	{ "blank instead of T", "2026-03-02 21:14:07Z",
	    INT64_C(1772486047000000) },
	{ "offset of hours", "2026-03-02T22:14:07+01",
	    INT64_C(1772486047000000) },
	{ "offset without colon", "2026-03-02T22:14:07+0100",
	    INT64_C(1772486047000000) },
	{ "offset with colon", "2026-03-02T22:14:07+01:00",
	    INT64_C(1772486047000000) },
	{ "offset after a fraction", "2026-03-02T22:14:07.5+01:00",
	    INT64_C(1772486047500000) },
	{ "west", "2026-03-02T13:14:07-08:00", INT64_C(1772486047000000) },
	{ "half an hour", "2026-03-03T02:59:07+05:45",
	    INT64_C(1772486047000000) },
	{ "-00:00 (RFC 3339 4.3)", "2026-03-02T21:14:07-00:00",
	    INT64_C(1772486047000000) },
	{ "over midnight and new year", "2026-01-01T00:30:00+01:00",
	    INT64_C(1767223800000000) },
	{ "minutes only", "2026-03-02T21:14Z", INT64_C(1772486040000000) },
	{ "minutes and offset", "2026-03-02T22:14+01:00",
	    INT64_C(1772486040000000) },
	{ "leap second (RFC 3339 5.8)", "1990-12-31T23:59:60Z",
	    INT64_C(662688000000000) },
	{ "RFC 3339 5.8, Amsterdam of 1937", "1937-01-01T12:00:27.87+00:20",
	    INT64_C(-1041337172130000) },
	{ "29 February", "2024-02-29T12:00:00Z", INT64_C(1709208000000000) },
	{ "before the epoch", "1969-12-31T23:59:59.999999Z", INT64_C(-1) },
	{ "year 0", "0000-01-01T00:00:00Z", INT64_C(-62167219200000000) },
	{ "end of 9999", "9999-12-31T23:59:59.999999Z",
	    INT64_C(253402300799999999) },
};

static void
test_iso(void **state)
{
	int64_t got;
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof(iso_times) / sizeof(iso_times[0]); i++) {
		got = 0;
		ok = zone_parse_iso(NULL, iso_times[i].text,
		    strlen(iso_times[i].text), &got);
		check_time(iso_times[i].name, ok, got, iso_times[i].want);
	}
}

static void
test_iso_local(void **state)
{
	static const struct {
		const char *name, *text;
		int64_t want;
	} cases[] = {
		{ "winter", "2026-03-02T21:14:07", INT64_C(1772486047000000) },
		{ "summer", "2026-07-01T12:00:00.25",
		    INT64_C(1782903600250000) },
		{ "twice: the first", "2026-10-25 01:30:00",
		    INT64_C(1792888200000000) },
		{ "in the gap", "2026-03-29 01:30:00",
		    INT64_C(1774747800000000) },
		{ "an offset counts more", "2026-07-01T12:00:00Z",
		    INT64_C(1782907200000000) },
		{ "minutes only", "2026-07-01 12:00",
		    INT64_C(1782903600000000) },
	};
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;
	int64_t got;
	bool ok;

	(void)state;
	assert_true(zone_open("Europe/London", &zone, &err));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = 0;
		ok = zone_parse_iso(zone, cases[i].text, strlen(cases[i].text),
		    &got);
		check_time(cases[i].name, ok, got, cases[i].want);
	}
	zone_free(zone);
}

static void
test_iso_refused(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "nothing", "" },
		{ "a date alone", "2026-03-02" },
		{ "a date and T", "2026-03-02T" },
		{ "hour alone", "2026-03-02T21Z" },
		{ "basic form", "20260302T211407Z" },
		{ "another letter", "2026-03-02X21:14:07Z" },
		{ "two blanks", "2026-03-02  21:14:07Z" },
		{ "month 13", "2026-13-02T21:14:07Z" },
		{ "day 30 of February", "2026-02-30T21:14:07Z" },
		{ "29 February of no leap year", "2025-02-29T21:14:07Z" },
		{ "hour 24", "2026-03-02T24:00:00Z" },
		{ "minute 60", "2026-03-02T21:60:00Z" },
		{ "second 61", "2026-03-02T21:14:61Z" },
		{ "one-digit second", "2026-03-02T21:14:7Z" },
		{ "no digit of a fraction", "2026-03-02T21:14:07.Z" },
		{ "fraction of minutes", "2026-03-02T21:14.5Z" },
		{ "trailing blank", "2026-03-02T21:14:07Z " },
		{ "leading blank", " 2026-03-02T21:14:07Z" },
		{ "blank before the offset", "2026-03-02T21:14:07 +01:00" },
		{ "offset of one digit", "2026-03-02T21:14:07+1" },
		{ "offset of three digits", "2026-03-02T21:14:07+010" },
		{ "colon without minutes", "2026-03-02T21:14:07+01:" },
		{ "offset of 24 hours", "2026-03-02T21:14:07+24:00" },
		{ "offset of 60 minutes", "2026-03-02T21:14:07+00:60" },
		{ "offset of seconds", "2026-03-02T21:14:07+01:00:00" },
		{ "two offsets", "2026-03-02T21:14:07ZZ" },
		{ "sign in a number", "2026-03-02T+1:14:07Z" },
		{ "a letter in the year", "2O26-03-02T21:14:07Z" },
		{ "slash for dash", "2026/03/02T21:14:07Z" },
		{ "before year 0", "0000-01-01T00:00:00+00:01" },
		{ "after year 9999", "9999-12-31T23:59:59-00:01" },
		{ "five digits of a year", "12026-03-02T21:14:07Z" },
		{ "fullwidth digit", "2026-03-02T21:14:0\xef\xbc\x97Z" },
	};
	int64_t got = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (zone_parse_iso(NULL, cases[i].text, strlen(cases[i].text),
			&got))
			testing_fail(cases[i].name, "got %lld, want a refusal",
			    (long long)got);
		assert_int_equal(got, 42);
	}
	assert_false(zone_parse_iso(NULL, NULL, 0, &got));
}

/* Cut anywhere and changed anywhere; ASan sees what reads beyond the end. */
static void
test_iso_bounds(void **state)
{
	static const char text[] = "2026-03-02T21:14:07.412345+05:45";
	const size_t full = sizeof(text) - 1;
	int64_t got;
	char *copy;

	(void)state;
	for (size_t len = 0; len <= full; len++) {
		copy = malloc(len > 0 ? len : 1);
		memcpy(copy, text, len);
		(void)zone_parse_iso(NULL, copy, len, &got);
		for (size_t i = 0; i < len; i++) {
			for (int byte = 0; byte < 256; byte++) {
				copy[i] = (char)byte;
				(void)zone_parse_iso(NULL, copy, len, &got);
			}
			copy[i] = text[i];
		}
		free(copy);
	}
}

static void
test_formats(void **state)
{
	static const struct {
		const char *name, *format, *text;
		int64_t want;
	} cases[] = {
		{ "syslog-like", "%b %e %Y %H:%M:%S", "Mar  2 2026 21:14:07",
		    INT64_C(1772486047000000) },
		{ "names in any case", "%b %d %Y %H:%M", "sEP 30 2026 21:14",
		    INT64_C(1790802840000000) },
		{ "day first, short year", "%d/%m/%y %H:%M:%S",
		    "02/03/26 21:14:07", INT64_C(1772486047000000) },
		{ "one digit each", "%d.%m.%Y %H:%M:%S", "2.3.2026 21:14:7",
		    INT64_C(1772486047000000) },
		{ "century: 69", "%y-%m-%d %H", "69-01-01 00",
		    INT64_C(-31536000000000) },
		{ "century: 68", "%y-%m-%d %H", "68-01-01 00",
		    INT64_C(3092601600000000) },
		{ "no separators", "%Y%m%d%H%M%S", "20260302211407",
		    INT64_C(1772486047000000) },
		{ "fraction", "%Y-%m-%d %H:%M:%S.%f",
		    "2026-03-02 21:14:07.0123456", INT64_C(1772486047012345) },
		{ "offset", "%Y-%m-%dT%H:%M:%S%z", "2026-03-02T22:14:07+0100",
		    INT64_C(1772486047000000) },
		{ "offset after a blank", "%d/%b/%Y:%H:%M:%S %z",
		    "02/Mar/2026:13:14:07 -0800", INT64_C(1772486047000000) },
		{ "epoch", "%s", "1772486047", INT64_C(1772486047000000) },
		{ "epoch with fraction", "%s.%f", "1772486047.5",
		    INT64_C(1772486047500000) },
		{ "before the epoch", "%s.%f", "-1.25", INT64_C(-1250000) },
		{ "epoch twice: the last", "%s%s", "-292244444440-24444444",
		    INT64_C(-24444444000000) },
		{ "percent sign", "%%%Y-%m-%d %H:%M", "%2026-03-02 21:14",
		    INT64_C(1772486040000000) },
		{ "blanks stand for any number", "%Y-%m-%d  %H:%M",
		    "2026-03-02     21:14", INT64_C(1772486040000000) },
		{ "literal text", "at %H:%M on %d.%m.%Y",
		    "at 21:14 on 02.03.2026", INT64_C(1772486040000000) },
	};
	struct error err = ERROR_NONE;
	int64_t got;
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!zone_check_format(cases[i].format, &err))
			testing_fail(cases[i].name, "%s", err.text);
		got = 0;
		ok = zone_parse_format(NULL, cases[i].format, cases[i].text,
		    strlen(cases[i].text), &got);
		check_time(cases[i].name, ok, got, cases[i].want);
	}
}

static void
test_format_uses_zone(void **state)
{
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;
	int64_t got = 0;
	char text[32];

	(void)state;
	assert_true(zone_open("Asia/Kathmandu", &zone, &err));
	assert_true(zone_parse_format(zone, "%Y%m%d%H", "2026010100", 10,
	    &got));
	zone_format_utc_ms(got, text);
	assert_string_equal(text, "2025-12-31T18:15:00.000Z");
	zone_free(zone);
}

static void
test_texts_refused(void **state)
{
	static const struct {
		const char *name, *format, *text;
	} cases[] = {
		{ "text too short", "%Y-%m-%d %H:%M", "2026-03-02 21:" },
		{ "text too long", "%Y-%m-%d %H", "2026-03-02 21:14" },
		{ "other literal", "%Y/%m/%d %H", "2026-03-02 21" },
		{ "no blank", "%Y-%m-%d %H", "2026-03-0221" },
		{ "no such month", "%b %d %Y %H", "Mai 02 2026 21" },
		{ "month 0", "%Y-%m-%d %H", "2026-00-02 21" },
		{ "short year", "%Y-%m-%d %H", "26-03-02 21" },
		{ "empty", "%Y-%m-%d %H", "" },
		{ "no fraction", "%s.%f", "12." },
		{ "no epoch", "%s", "-" },
		{ "epoch beyond 9999", "%s", "253402300800" },
		{ "epoch before year 0", "%s", "-62167219201" },
		{ "epoch of many digits", "%s", "99999999999999999999" },
		{ "epoch in milliseconds", "%s", "1772486047412" },
		{ "no percent sign", "%%%s", "1772486047" },
	};
	int64_t got = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (zone_parse_format(NULL, cases[i].format, cases[i].text,
			strlen(cases[i].text), &got))
			testing_fail(cases[i].name, "got %lld, want a refusal",
			    (long long)got);
		assert_int_equal(got, 42);
	}
}

static void
test_formats_refused(void **state)
{
	static const struct {
		const char *name, *format, *want;
	} cases[] = {
		{ "unknown", "%Y-%m-%d %I:%M", "\"%I\"" },
		{ "ends in a percent sign", "%Y-%m-%d %H%", "\"%\"" },
		{ "a date alone", "%Y-%m-%d", "hour" },
		{ "no year", "%b %e %H:%M:%S", "year" },
		{ "epoch and more", "%s %H", "%s alone" },
		{ "empty", "", "year" },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct error)ERROR_NONE;
		if (zone_check_format(cases[i].format, &err))
			testing_fail(cases[i].name, "accepted");
		if (strstr(err.text, cases[i].want) == NULL)
			testing_fail(cases[i].name,
			    "got \"%s\", want a part \"%s\"", err.text,
			    cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_iso_local),
		cmocka_unit_test(test_iso_refused),
		cmocka_unit_test(test_iso_bounds),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_format_uses_zone),
		cmocka_unit_test(test_texts_refused),
		cmocka_unit_test(test_formats_refused),
	};

	return cmocka_run_group_tests_name("base_zone_parse", tests, NULL,
	    NULL);
}
