/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/testing.h"

#include "base/zone.h"

#define US INT64_C(1000000)
#define YEAR_1900_S INT64_C(-2208988800)
#define YEAR_2101_S INT64_C(4133980800)

static struct zone *
open_zone(const char *name)
{
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;

	if (!zone_open(name, &zone, &err))
		testing_fail(name, "%s", err.text);
	return zone;
}

/* What glibc says of `at_s` in the zone of TZ. */
static struct tm
glibc_at(int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct tm tm;

	assert_non_null(localtime_r(&at, &tm));
	return tm;
}

static bool
same_fields(const struct zone_civil *civil, const struct tm *tm)
{
	return civil->year == tm->tm_year + 1900 &&
	    civil->month == tm->tm_mon + 1 && civil->day == tm->tm_mday &&
	    civil->hour == tm->tm_hour && civil->minute == tm->tm_min &&
	    civil->second == tm->tm_sec;
}

/*
 * There and back.  A local time that happens twice comes back as the first,
 * at which glibc must have the same fields.
 */
static void
check_instant(const char *name, const struct zone *zone, int64_t at_s)
{
	struct tm tm = glibc_at(at_s), first_tm;
	struct zone_civil civil;
	int64_t back_us = 0;

	zone_to_civil(zone, at_s * US + 999999, &civil);
	if (!same_fields(&civil, &tm) || civil.offset_seconds != tm.tm_gmtoff ||
	    civil.weekday % 7 != tm.tm_wday || civil.microsecond != 999999)
		testing_fail(name,
		    "%lld: got %d-%02d-%02d %02d:%02d:%02d %+d, want "
		    "%d-%02d-%02d %02d:%02d:%02d %+ld",
		    (long long)at_s, civil.year, civil.month, civil.day,
		    civil.hour, civil.minute, civil.second,
		    civil.offset_seconds, tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_gmtoff);
	assert_true(zone_to_utc(zone, &civil, &back_us));
	first_tm = glibc_at((back_us - 999999) / US);
	if (back_us > at_s * US + 999999 || !same_fields(&civil, &first_tm))
		testing_fail(name, "%lld: came back as %lld", (long long)at_s,
		    (long long)back_us);
}

/* Finds the change of offset between the two and looks at its sides. */
static void
check_edge(const char *name, const struct zone *zone, int64_t from_s,
    int64_t to_s)
{
	long before = glibc_at(from_s).tm_gmtoff;
	int64_t middle;

	while (to_s - from_s > 1) {
		middle = from_s + (to_s - from_s) / 2;
		if (glibc_at(middle).tm_gmtoff == before)
			from_s = middle;
		else
			to_s = middle;
	}
	for (int64_t i = -2; i <= 2; i++)
		check_instant(name, zone, to_s + i);
	for (int64_t i = -8; i <= 8; i++)
		check_instant(name, zone, to_s + i * 900);
}

static void
test_against_glibc(void **state)
{
	static const char *const names[] = { "UTC", "Europe/London",
		"Europe/Dublin", "America/Los_Angeles", "America/St_Johns",
		"Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
		"Pacific/Apia" };
	const int64_t step_s = 5 * 86400 + 7 * 3600 + 11 * 60 + 13;
	struct zone *zone = NULL;
	unsigned edges;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		setenv("TZ", names[i], 1);
		tzset();
		zone = open_zone(names[i]);
		edges = 0;
		for (int64_t at_s = YEAR_1900_S; at_s < YEAR_2101_S;
		    at_s += step_s) {
			check_instant(names[i], zone, at_s);
			if (glibc_at(at_s).tm_gmtoff ==
			    glibc_at(at_s + step_s).tm_gmtoff)
				continue;
			check_edge(names[i], zone, at_s, at_s + step_s);
			edges++;
		}
		if (i > 0 && edges == 0)
			testing_fail(names[i], "glibc does not know it");
		zone_free(zone);
	}
	unsetenv("TZ");
	tzset();
}

/* Checked with python3's zoneinfo (PEP 495, fold=0). */
static const struct {
	const char *name, *zone;
	struct zone_civil civil;
	const char *want;
} local_times[] = {
	{ "spring gap", "Europe/London", { 2026, 3, 29, 1, 30, 0, 0, 0, 0 },
	    "2026-03-29T01:30:00.000Z" },
	{ "last second before it", "Europe/London",
	    { 2026, 3, 29, 0, 59, 59, 0, 0, 0 }, "2026-03-29T00:59:59.000Z" },
	{ "first second after it", "Europe/London",
	    { 2026, 3, 29, 2, 0, 0, 0, 0, 0 }, "2026-03-29T01:00:00.000Z" },
	{ "autumn, twice", "Europe/London", { 2026, 10, 25, 1, 30, 0, 0, 0, 0 },
	    "2026-10-25T00:30:00.000Z" },
	{ "autumn, once again", "Europe/London",
	    { 2026, 10, 25, 2, 0, 0, 0, 0, 0 }, "2026-10-25T02:00:00.000Z" },
	{ "double summer time of the war", "Europe/London",
	    { 1944, 7, 1, 12, 0, 0, 0, 0, 0 }, "1944-07-01T10:00:00.000Z" },
	{ "beyond the table", "Europe/London",
	    { 2500, 7, 1, 12, 0, 0, 0, 0, 0 }, "2500-07-01T11:00:00.000Z" },
	{ "far beyond the table", "Europe/London",
	    { 9998, 7, 1, 12, 0, 0, 0, 0, 0 }, "9998-07-01T11:00:00.000Z" },
	{ "spring gap", "America/Los_Angeles",
	    { 2026, 3, 8, 2, 30, 0, 0, 0, 0 }, "2026-03-08T10:30:00.000Z" },
	{ "autumn, twice", "America/Los_Angeles",
	    { 2026, 11, 1, 1, 30, 0, 0, 0, 0 }, "2026-11-01T08:30:00.000Z" },
	{ "gap of half an hour", "Australia/Lord_Howe",
	    { 2026, 10, 4, 2, 15, 0, 0, 0, 0 }, "2026-10-03T15:45:00.000Z" },
	{ "half an hour twice", "Australia/Lord_Howe",
	    { 2026, 4, 5, 1, 45, 0, 0, 0, 0 }, "2026-04-04T14:45:00.000Z" },
	{ "05:45", "Asia/Kathmandu", { 2026, 1, 1, 0, 0, 0, 0, 0, 0 },
	    "2025-12-31T18:15:00.000Z" },
	{ "gap of a quarter", "Asia/Kathmandu",
	    { 1986, 1, 1, 0, 10, 0, 0, 0, 0 }, "1985-12-31T18:40:00.000Z" },
	{ "Ramadan begins", "Africa/Casablanca",
	    { 2020, 4, 19, 2, 30, 0, 0, 0, 0 }, "2020-04-19T01:30:00.000Z" },
	{ "Ramadan ends", "Africa/Casablanca",
	    { 2020, 5, 31, 2, 30, 0, 0, 0, 0 }, "2020-05-31T02:30:00.000Z" },
	{ "leap second", "UTC", { 2016, 12, 31, 23, 59, 60, 5000, 0, 0 },
	    "2017-01-01T00:00:00.005Z" },
	{ "29 February", "UTC", { 2000, 2, 29, 0, 0, 0, 0, 0, 0 },
	    "2000-02-29T00:00:00.000Z" },
};

static void
test_local_times(void **state)
{
	struct zone *zone = NULL;
	int64_t time_us;
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(local_times) / sizeof(local_times[0]);
	    i++) {
		zone = open_zone(local_times[i].zone);
		if (!zone_to_utc(zone, &local_times[i].civil, &time_us))
			testing_fail(local_times[i].name, "refused");
		zone_format_utc_ms(time_us, text);
		assert_span_equal_in(local_times[i].name, span_of(text),
		    span_of(local_times[i].want));
		zone_free(zone);
	}
}

static void
test_refused_fields(void **state)
{
	static const struct {
		const char *name;
		struct zone_civil civil;
	} cases[] = {
		{ "month 0", { 2026, 0, 1, 0, 0, 0, 0, 0, 0 } },
		{ "month 13", { 2026, 13, 1, 0, 0, 0, 0, 0, 0 } },
		{ "day 0", { 2026, 1, 0, 0, 0, 0, 0, 0, 0 } },
		{ "31 April", { 2026, 4, 31, 0, 0, 0, 0, 0, 0 } },
		{ "29 February", { 2026, 2, 29, 0, 0, 0, 0, 0, 0 } },
		{ "1900 was no leap year", { 1900, 2, 29, 0, 0, 0, 0, 0, 0 } },
		{ "hour 24", { 2026, 1, 1, 24, 0, 0, 0, 0, 0 } },
		{ "minute 60", { 2026, 1, 1, 0, 60, 0, 0, 0, 0 } },
		{ "second 61", { 2026, 1, 1, 0, 0, 61, 0, 0, 0 } },
		{ "a million", { 2026, 1, 1, 0, 0, 0, 1000000, 0, 0 } },
		{ "year 10000", { 10000, 1, 1, 0, 0, 0, 0, 0, 0 } },
		{ "9999 ends", { 9999, 12, 31, 23, 59, 60, 0, 0, 0 } },
		{ "year -1", { -1, 12, 31, 23, 59, 59, 0, 0, 0 } },
		{ "any year", { INT32_MIN, 1, 1, 0, 0, 0, 0, 0, 0 } },
	};
	int64_t time_us = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (zone_to_utc(NULL, &cases[i].civil, &time_us))
			testing_fail(cases[i].name, "got %lld, want a refusal",
			    (long long)time_us);
		assert_int_equal(time_us, 42);
	}
}

/* Before the epoch and before the common era. */
static void
test_dates(void **state)
{
	static const struct {
		const char *name;
		int64_t time_us;
		struct zone_civil want;
	} cases[] = {
		{ "epoch, a Thursday", 0, { 1970, 1, 1, 0, 0, 0, 0, 4, 0 } },
		{ "one before", -1,
		    { 1969, 12, 31, 23, 59, 59, 999999, 3, 0 } },
		{ "0000-01-01, a Saturday", INT64_C(-62167219200) * US,
		    { 0, 1, 1, 0, 0, 0, 0, 6, 0 } },
		{ "-0001-12-31", INT64_C(-62167219201) * US,
		    { -1, 12, 31, 23, 59, 59, 0, 5, 0 } },
		{ "9999 ends on a Friday", INT64_C(253402300800) * US - 1,
		    { 9999, 12, 31, 23, 59, 59, 999999, 5, 0 } },
		{ "a Monday", INT64_C(1772486047412999),
		    { 2026, 3, 2, 21, 14, 7, 412999, 1, 0 } },
	};
	struct zone_civil got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		zone_to_civil(NULL, cases[i].time_us, &got);
		if (got.year != cases[i].want.year ||
		    got.month != cases[i].want.month ||
		    got.day != cases[i].want.day ||
		    got.hour != cases[i].want.hour ||
		    got.minute != cases[i].want.minute ||
		    got.second != cases[i].want.second ||
		    got.microsecond != cases[i].want.microsecond ||
		    got.weekday != cases[i].want.weekday ||
		    got.offset_seconds != 0)
			testing_fail(cases[i].name,
			    "got %d-%d-%d %d:%d:%d.%06u, day %d of the week",
			    got.year, got.month, got.day, got.hour, got.minute,
			    got.second, got.microsecond, got.weekday);
	}
	zone_to_civil(NULL, INT64_MAX, &got);
	assert_int_equal(got.year, 294247);
	zone_to_civil(NULL, INT64_MIN, &got);
	assert_int_equal(got.year, -290308);
}

static void
test_format(void **state)
{
	unsigned short seed[3] = { 5, 8, 13 };
	int64_t time_us;
	char got[32], want[64], date[32];
	time_t seconds;
	struct tm tm;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		seconds = nrand48(seed) * (time_t)4 - 4000000000;
		time_us = seconds * US + nrand48(seed) % US;
		assert_non_null(gmtime_r(&seconds, &tm));
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
		(void)snprintf(want, sizeof(want), "%s.%03dZ", date,
		    (int)(time_us - seconds * US) / 1000);
		zone_format_utc_ms(time_us, got);
		assert_string_equal(got, want);
	}
	zone_format_utc_ms(INT64_MIN, got);
	assert_string_equal(got, "0000-01-01T00:00:00.000Z");
	zone_format_utc_ms(INT64_MAX, got);
	assert_string_equal(got, "9999-12-31T23:59:59.999Z");
}

/* The first second of the day, checked with python3's zoneinfo. */
static void
test_midnight(void **state)
{
	static const struct {
		const char *name, *zone;
		int64_t at_s;
		const char *want;
	} cases[] = {
		{ "UTC", "UTC", 1772486047, "2026-03-02T00:00:00.000Z" },
		{ "before the epoch", "UTC", -1, "1969-12-31T00:00:00.000Z" },
		{ "summer", "Europe/London", 1782907200,
		    "2026-06-30T23:00:00.000Z" },
		{ "the day of the spring gap", "Europe/London", 1774785600,
		    "2026-03-29T00:00:00.000Z" },
		{ "midnight itself", "Europe/London", 1782860400,
		    "2026-06-30T23:00:00.000Z" },
		{ "the second before", "Europe/London", 1782860399,
		    "2026-06-29T23:00:00.000Z" },
		{ "00:00 is in a gap", "Africa/Cairo", 1682676000,
		    "2023-04-27T22:00:00.000Z" },
		{ "the gap begins at 23:30", "America/Toronto", -1601751600,
		    "1919-03-31T04:30:00.000Z" },
		{ "00:01 back to 23:01", "America/St_Johns", 1162123200,
		    "2006-10-29T02:30:00.000Z" },
		{ "after a day that was left out", "Pacific/Apia", 1325242800,
		    "2011-12-30T10:00:00.000Z" },
		{ "beyond the table", "America/Los_Angeles", 16756200000,
		    "2500-12-25T08:00:00.000Z" },
	};
	struct zone *zone = NULL;
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		zone = open_zone(cases[i].zone);
		zone_format_utc_ms(zone_midnight(zone, cases[i].at_s * US),
		    text);
		assert_span_equal_in(cases[i].name, span_of(text),
		    span_of(cases[i].want));
		zone_free(zone);
	}
}

static void
test_names(void **state)
{
	static const char *const refused[] = { "", "/etc/localtime",
		"../zoneinfo/UTC", "Europe/../UTC", "Europe/Lodon", "Europe",
		"Europe/London\n", "Europe London", "zone.tab" };
	struct error err;
	struct zone *zone = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		err = (struct error)ERROR_NONE;
		if (zone_open(refused[i], &zone, &err))
			testing_fail(refused[i], "accepted");
		assert_null(zone);
		assert_true(err.text[0] != '\0');
	}
	zone_open("Europe/Lodon", &zone, &err);
	assert_non_null(strstr(err.text, "time zone \"Europe/Lodon\""));
	assert_non_null(strstr(err.text, "No such file"));
	zone_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_glibc),
		cmocka_unit_test(test_local_times),
		cmocka_unit_test(test_refused_fields),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("base_zone", tests, NULL, NULL);
}
