/* SPDX-License-Identifier: Apache-2.0 */
/* TZif files made by hand, as RFC 8536 describes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/zone.h"

#define US INT64_C(1000000)

static char folder[] = "/tmp/test_tzif.XXXXXX";

struct tzif {
	char version; /* 0, '2', '3' */
	uint32_t leap_count;
	uint32_t time_count;
	int64_t times[4];
	uint8_t types[4];
	uint32_t type_count;
	int32_t offsets[3];
	const char *footer; /* NULL: none */
};

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	return setenv("TZDIR", folder, 1);
}

static int
tear_down(void **state)
{
	char path[64];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/Test", folder);
	(void)unlink(path);
	return rmdir(folder);
}

static void
add_number(struct buffer *file, int64_t number, unsigned bytes)
{
	for (unsigned i = bytes; i > 0; i--)
		buffer_add_char(file,
		    (char)((uint64_t)number >> (8 * (i - 1)) & 0xff));
}

static void
add_block(struct buffer *file, const struct tzif *tzif, unsigned time_bytes)
{
	buffer_add(file, "TZif", 4);
	buffer_add_char(file, tzif->version);
	buffer_add(file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
	add_number(file, 0, 4);
	add_number(file, 0, 4);
	add_number(file, tzif->leap_count, 4);
	add_number(file, tzif->time_count, 4);
	add_number(file, tzif->type_count, 4);
	add_number(file, 4, 4);
	for (uint32_t i = 0; i < tzif->time_count; i++)
		add_number(file, tzif->times[i], time_bytes);
	for (uint32_t i = 0; i < tzif->time_count; i++)
		add_number(file, tzif->types[i], 1);
	for (uint32_t i = 0; i < tzif->type_count; i++) {
		add_number(file, tzif->offsets[i], 4);
		add_number(file, 0, 2);
	}
	buffer_add(file, "AAA", 4);
	for (uint32_t i = 0; i < tzif->leap_count; i++) {
		add_number(file, 78796800, time_bytes);
		add_number(file, 1, 4);
	}
}

static void
make_file(struct buffer *file, const struct tzif *tzif)
{
	add_block(file, tzif, 4);
	if (tzif->version >= '2')
		add_block(file, tzif, 8);
	if (tzif->footer != NULL)
		buffer_printf(file, "\n%s\n", tzif->footer);
}

static bool
open_bytes(struct span bytes, struct zone **ret_zone, struct error *err)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/Test", folder);
	file = fopen(path, "w");
	if (file == NULL) {
		fail_msg("cannot write %s", path);
		return false;
	}
	(void)fwrite(bytes.ptr, 1, bytes.len, file);
	assert_int_equal(fclose(file), 0);
	return zone_open("Test", ret_zone, err);
}

static bool
open_tzif(const struct tzif *tzif, struct zone **ret_zone, struct error *err)
{
	struct buffer file = BUFFER_INIT;
	bool ok;

	make_file(&file, tzif);
	ok = open_bytes(buffer_span(&file), ret_zone, err);
	buffer_done(&file);
	return ok;
}

/* Seconds of a UTC time, by our own parser, which its test checks. */
static int64_t
at(const char *text)
{
	int64_t time_us;

	assert_true(zone_parse_iso(NULL, text, strlen(text), &time_us));
	return time_us / US;
}

static void
check_offset(const char *name, const struct zone *zone, int64_t at_s,
    int32_t want)
{
	struct zone_civil civil;

	zone_to_civil(zone, at_s * US, &civil);
	if (civil.offset_seconds != want)
		testing_fail(name, "at %lld: got %d, want %d", (long long)at_s,
		    civil.offset_seconds, want);
}

/* Version 1 has no footer: the last type goes on. */
static void
test_version_1(void **state)
{
	const struct tzif tzif = { 0, 0, 2, { -1000, 1000 }, { 1, 2 }, 3,
		{ 60, 3600, -7200 }, NULL };
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;

	(void)state;
	assert_true(open_tzif(&tzif, &zone, &err));
	check_offset("before", zone, -1001, 60);
	check_offset("first", zone, -1000, 3600);
	check_offset("last of the first", zone, 999, 3600);
	check_offset("second", zone, 1000, -7200);
	check_offset("for ever", zone, at("9999-01-01T00:00Z"), -7200);
	zone_free(zone);
}

/*
 * RFC 8536 appendix B.3: "IST-2IDT,M3.4.4/26,M10.5.0" begins 26 hours into
 * the fourth Thursday of March.  That of 2040 is the 22nd, for 1 March is a
 * Thursday; of 2041 the 28th.  The last Sunday of October 2040 is the 28th.
 */
static void
test_footer_of_version_3(void **state)
{
	const struct tzif tzif = { '3', 0, 1, { 2145916800 }, { 0 }, 1,
		{ 7200 }, "IST-2IDT,M3.4.4/26,M10.5.0" };
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;
	int64_t at_s;

	(void)state;
	assert_true(open_tzif(&tzif, &zone, &err));
	at_s = at("2040-03-23T00:00Z");
	check_offset("before spring", zone, at_s - 1, 7200);
	check_offset("spring", zone, at_s, 10800);
	at_s = at("2041-03-29T00:00Z");
	check_offset("before the next", zone, at_s - 1, 7200);
	check_offset("the next", zone, at_s, 10800);
	at_s = at("2040-10-27T23:00Z");
	check_offset("before autumn", zone, at_s - 1, 10800);
	check_offset("autumn", zone, at_s, 7200);

	/* 400 and 7,600 years later, for the calendar repeats itself. */
	check_offset("2440", zone, at("2440-03-22T23:59:59Z"), 7200);
	check_offset("2440", zone, at("2440-03-23T00:00:00Z"), 10800);
	check_offset("9640", zone, at("9640-03-22T23:59:59Z"), 7200);
	check_offset("9640", zone, at("9640-03-23T00:00:00Z"), 10800);
	zone_free(zone);
}

static const struct {
	const char *name, *footer, *at;
	int32_t want;
} rules[] = {
	/* RFC 8536 3.3.1: all year round. */
	{ "all-year DST, new year", "AAA3EDT4,0/0,J365/23",
	    "2050-01-01T03:30:00Z", -14400 },
	{ "all-year DST, its seam", "AAA3EDT4,0/0,J365/23",
	    "2050-01-01T02:59:59Z", -14400 },
	{ "all-year DST, summer", "AAA3EDT4,0/0,J365/23",
	    "2950-07-01T00:00:00Z", -14400 },
	{ "no DST", "<+0545>-5:45", "2050-07-01T00:00:00Z", 20700 },
	{ "southern summer", "AEST-10AEDT,M10.1.0,M4.1.0/3",
	    "2050-01-01T00:00:00Z", 39600 },
	{ "southern winter", "AEST-10AEDT,M10.1.0,M4.1.0/3",
	    "2050-07-01T00:00:00Z", 36000 },
	{ "negative DST in winter", "IST-1GMT0,M10.5.0,M3.5.0/1",
	    "2050-01-01T00:00:00Z", 0 },
	{ "negative DST in summer", "IST-1GMT0,M10.5.0,M3.5.0/1",
	    "2050-07-01T00:00:00Z", 3600 },
	{ "negative hour: 22:00 the day before",
	    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z", -7200 },
	{ "and then", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z",
	    -3600 },

	/* J60 is 1 March in every year, 59 in none but leap years. */
	{ "J60 of a leap year, before", "AAA0BBB,J60/0,J300/0",
	    "2048-02-29T23:59:59Z", 0 },
	{ "J60 of a leap year", "AAA0BBB,J60/0,J300/0", "2048-03-01T00:00:00Z",
	    3600 },
	{ "J60 of another year", "AAA0BBB,J60/0,J300/0", "2049-03-01T00:00:00Z",
	    3600 },
	{ "59 of a leap year", "AAA0BBB,59/0,300/0", "2048-02-29T00:00:00Z",
	    3600 },
	{ "59 of another year, before", "AAA0BBB,59/0,300/0",
	    "2049-02-28T23:59:59Z", 0 },
	{ "59 of another year", "AAA0BBB,59/0,300/0", "2049-03-01T00:00:00Z",
	    3600 },
	{ "empty", "", "2050-07-01T00:00:00Z", 77 },
};

static void
test_footers(void **state)
{
	struct tzif tzif = { '3', 0, 1, { 2145916800 }, { 0 }, 1, { 77 },
		NULL };
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		tzif.footer = rules[i].footer;
		/* Wrong, so that it must come of the rule, if it has dates. */
		tzif.offsets[0] = strchr(rules[i].footer, ',') != NULL ?
		    77 :
		    rules[i].want;
		if (!open_tzif(&tzif, &zone, &err))
			testing_fail(rules[i].name, "%s", err.text);
		check_offset(rules[i].name, zone, at(rules[i].at),
		    rules[i].want);
		zone_free(zone);
	}
}

/* Without a transition the footer rules all time. */
static void
test_footer_alone(void **state)
{
	const struct tzif tzif = { '2', 0, 0, { 0 }, { 0 }, 1, { -18000 },
		"EST5EDT,M3.2.0,M11.1.0" };
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;

	(void)state;
	assert_true(open_tzif(&tzif, &zone, &err));
	check_offset("1800", zone, at("1800-07-01T00:00Z"), -14400);
	check_offset("winter of 1800", zone, at("1800-01-01T00:00Z"), -18000);
	check_offset("5000", zone, at("5000-07-01T00:00Z"), -14400);
	zone_free(zone);
}

static void
check_refused(const char *name, const struct tzif *tzif, const char *want)
{
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;

	if (open_tzif(tzif, &zone, &err))
		testing_fail(name, "accepted");
	if (strstr(err.text, want) == NULL)
		testing_fail(name, "got \"%s\", want a part \"%s\"", err.text,
		    want);
}

static void
test_damage(void **state)
{
	static const struct {
		const char *name;
		struct tzif tzif;
		const char *want;
	} cases[] = {
		{ "leap seconds", { '2', 1, 0, { 0 }, { 0 }, 1, { 0 }, "A" },
		    "leap seconds" },
		{ "no type", { '2', 0, 0, { 0 }, { 0 }, 0, { 0 }, "" },
		    "damaged" },
		{ "type out of range",
		    { '2', 0, 1, { 0 }, { 1 }, 1, { 0 }, "" }, "damaged" },
		{ "not ascending",
		    { '2', 0, 2, { 5, 5 }, { 0, 0 }, 1, { 0 }, "" },
		    "damaged" },
		{ "beyond 26 hours",
		    { '2', 0, 0, { 0 }, { 0 }, 1, { 93600 }, "" }, "damaged" },
		{ "beyond -25 hours",
		    { '2', 0, 0, { 0 }, { 0 }, 1, { -90000 }, "" }, "damaged" },
		{ "time of no calendar",
		    { '2', 0, 1, { INT64_MAX }, { 0 }, 1, { 0 }, "" },
		    "damaged" },
		{ "no footer", { '2', 0, 0, { 0 }, { 0 }, 1, { 0 }, NULL },
		    "cut short" },
	};
	static const char *const footers[] = { "AA0", "AAA", "AAA0YYY",
		"AAA0YYY,M3.2.0", "AAA0YYY,M3.2.0,M13.1.0",
		"AAA0YYY,M3.0.0,M11.1.0", "AAA0YYY,M3.6.0,M11.1.0",
		"AAA0YYY,M3.2.7,M11.1.0", "AAA0YYY,J0,J300", "AAA0YYY,0,366",
		"AAA0YYY,0/168,300", "AAA168", "AAA0:60", "<AAA0",
		"AAA0YYY,M3.2.0,M11.1.0 ", "AAA0YYY,,", "AAA-", "5" };
	struct tzif tzif = { '3', 0, 0, { 0 }, { 0 }, 1, { 0 }, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(cases[i].name, &cases[i].tzif, cases[i].want);
	for (size_t i = 0; i < sizeof(footers) / sizeof(footers[0]); i++) {
		tzif.footer = footers[i];
		check_refused(footers[i], &tzif, "cannot be read");
	}
}

/* A good file cut anywhere is refused. */
static void
test_cut_files(void **state)
{
	const struct tzif tzif = { '2', 0, 2, { -5, 5 }, { 1, 0 }, 2,
		{ 0, 3600 }, "GMT0BST,M3.5.0/1,M10.5.0" };
	struct buffer file = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;

	(void)state;
	make_file(&file, &tzif);
	for (size_t len = 0; len < file.len; len++) {
		if (open_bytes(span_make(file.ptr, len), &zone, &err))
			testing_fail("cut", "%zu bytes accepted", len);
	}
	assert_true(open_bytes(buffer_span(&file), &zone, &err));
	zone_free(zone);
	buffer_done(&file);
}

/* Any byte changed to any of some: refused or read, never out of bounds. */
static void
test_changed_files(void **state)
{
	static const char bytes[] = { 0, 1, '\x7f', '\x80', '\xff', '9', ',' };
	const struct tzif tzif = { '2', 0, 2, { -5, 5 }, { 1, 0 }, 2,
		{ 0, 3600 }, "GMT0BST,M3.5.0/1,M10.5.0" };
	struct buffer file = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct zone_civil civil;
	struct zone *zone = NULL;
	int64_t time_us;
	char kept;

	(void)state;
	make_file(&file, &tzif);
	for (size_t i = 0; i < file.len * sizeof(bytes); i++) {
		kept = file.ptr[i / sizeof(bytes)];
		file.ptr[i / sizeof(bytes)] = bytes[i % sizeof(bytes)];
		if (open_bytes(buffer_span(&file), &zone, &err)) {
			for (int64_t year = -1; year < 10000; year += 77) {
				time_us = (year - 1970) * 31556952 * US;
				zone_to_civil(zone, time_us, &civil);
				(void)zone_to_utc(zone, &civil, &time_us);
				(void)zone_midnight(zone, time_us);
			}
			zone_free(zone);
		}
		file.ptr[i / sizeof(bytes)] = kept;
	}
	buffer_done(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_footer_of_version_3),
		cmocka_unit_test(test_footers),
		cmocka_unit_test(test_footer_alone),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_cut_files),
		cmocka_unit_test(test_changed_files),
	};

	return cmocka_run_group_tests_name("base_zone_tzif", tests, set_up,
	    tear_down);
}
