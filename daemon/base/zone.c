/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#include "base/zone_internal.h"

#define FOLDER "/usr/share/zoneinfo"
#define NAME_MAX_BYTES 255
#define FILE_MAX_BYTES ((size_t)1 << 20)

/* Days from 0000-03-01, where Hinnant's years begin, to 1970-01-01. */
#define EPOCH_DAYS 719468
#define CYCLE_DAYS 146097

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t
zone_days_of(int32_t year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	unsigned year_of_era = (unsigned)(y - era * 400);
	unsigned month_from_march = month > 2 ? month - 3 : month + 9;
	unsigned day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	unsigned day_of_era = year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year;

	return era * CYCLE_DAYS + day_of_era - EPOCH_DAYS;
}

static void
date_of(int64_t days, struct zone_civil *ret_civil)
{
	int64_t from_march = days + EPOCH_DAYS;
	int64_t era = floor_div(from_march, CYCLE_DAYS);
	unsigned day_of_era = (unsigned)(from_march - era * CYCLE_DAYS);
	unsigned year_of_era = (day_of_era - day_of_era / 1460 +
				   day_of_era / 36524 - day_of_era / 146096) /
	    365;
	unsigned day_of_year = day_of_era -
	    (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month_from_march = (5 * day_of_year + 2) / 153;
	unsigned month = month_from_march < 10 ? month_from_march + 3 :
						 month_from_march - 9;

	ret_civil->day = (uint8_t)(day_of_year -
	    (153 * month_from_march + 2) / 5 + 1);
	ret_civil->month = (uint8_t)month;
	ret_civil->year = (int32_t)(year_of_era + era * 400 +
	    (month <= 2 ? 1 : 0));
}

int32_t
zone_year_of(int64_t days)
{
	struct zone_civil civil;

	date_of(days, &civil);
	return civil.year;
}

bool
zone_is_leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

void
zone_add(struct zone *zone, size_t *cap, int64_t at_s, int32_t offset)
{
	size_t i = zone->count, old = *cap;

	if (i > 0 && zone->at_s[i] == at_s) {
		zone->offset[i] = offset;
		return;
	}
	zone->at_s = mem_grow(zone->at_s, cap, i + 3, sizeof(int64_t));
	if (*cap != old) {
		zone->wall_s = mem_resize(zone->wall_s, *cap, sizeof(int64_t));
		zone->offset = mem_resize(zone->offset, *cap, sizeof(int32_t));
	}
	zone->count = ++i;
	zone->at_s[i] = at_s;
	zone->offset[i] = offset;
}

/* Completes what zone_add() leaves open. */
static void
close_ends(struct zone *zone)
{
	int32_t before, after;
	size_t last = zone->count + 1;

	zone->at_s[0] = zone->wall_s[0] = INT64_MIN;
	zone->at_s[last] = zone->wall_s[last] = INT64_MAX;
	for (size_t i = 1; i <= zone->count; i++) {
		before = zone->offset[i - 1];
		after = zone->offset[i];
		zone->wall_s[i] = zone->at_s[i] +
		    (before > after ? before : after);

		/* Two changes within an hour must not disorder the search. */
		if (zone->wall_s[i] < zone->wall_s[i - 1])
			zone->wall_s[i] = zone->wall_s[i - 1];
	}
}

static bool
is_zone_name(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > NAME_MAX_BYTES || name[0] == '/' ||
	    strstr(name, "..") != NULL)
		return false;
	return strspn(name,
		   "abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_/") == len;
}

static bool
read_zone(const char *name, struct zone *zone, struct error *err)
{
	const char *folder = secure_getenv("TZDIR");
	struct buffer path = BUFFER_INIT, file = BUFFER_INIT;
	bool ok;

	buffer_printf(&path, "%s/%s",
	    folder != NULL && folder[0] != '\0' ? folder : FOLDER, name);
	ok = file_read(buffer_string(&path), FILE_MAX_BYTES, &file, err) &&
	    zone_read_tzif(zone, buffer_span(&file), err);
	buffer_done(&path);
	buffer_done(&file);
	return ok || error_prefix(err, "time zone \"%s\"", name);
}

static void
make_utc(struct zone *zone)
{
	size_t cap = 0;

	/* Some transition, for the arrays to be there. */
	zone_add(zone, &cap, 0, 0);
	zone->offset[0] = 0;
}

bool
zone_open(const char *name, struct zone **ret_zone, struct error *err)
{
	struct zone *zone;

	if (!is_zone_name(name))
		return error_set(err, NULL,
		    "\"%s\" is no name of a time zone such as "
		    "\"Europe/London\"",
		    name);
	zone = mem_zalloc(sizeof(*zone));
	zone->memo = mem_zalloc(sizeof(*zone->memo));
	if (strcmp(name, "UTC") == 0) {
		make_utc(zone);
	} else if (!read_zone(name, zone, err)) {
		zone_free(zone);
		return false;
	}
	close_ends(zone);
	*ret_zone = zone;
	return true;
}

void
zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	mem_free(zone->at_s);
	mem_free(zone->wall_s);
	mem_free(zone->offset);
	mem_free(zone->memo);
	mem_free(zone);
}

/* The i with times[i] <= at_s < times[i + 1]. */
static inline size_t
search(const struct zone *zone, const int64_t *times, int64_t at_s,
    size_t *memo)
{
	size_t low, high, middle;

	if (times[*memo] <= at_s && at_s < times[*memo + 1])
		return *memo;
	low = 0;
	high = zone->count + 1;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (times[middle] <= at_s)
			low = middle;
		else
			high = middle;
	}
	*memo = low;
	return low;
}

/* How far to go back to be in the cycle that the table covers. */
static inline int64_t
cycles_beyond(const struct zone *zone, const int64_t *times, int64_t at_s)
{
	int64_t last = times[zone->count];

	if (!zone->repeats || at_s < last)
		return 0;
	return ((at_s - last) / ZONE_CYCLE_S + 1) * ZONE_CYCLE_S;
}

static int32_t
offset_at(const struct zone *zone, int64_t utc_s)
{
	if (zone == NULL)
		return 0;
	utc_s -= cycles_beyond(zone, zone->at_s, utc_s);
	return zone->offset[search(zone, zone->at_s, utc_s, &zone->memo->utc)];
}

int64_t
zone_wall_to_utc(const struct zone *zone, int64_t wall_s)
{
	int64_t near_s;

	if (zone == NULL)
		return wall_s;
	near_s = wall_s - cycles_beyond(zone, zone->wall_s, wall_s);
	return wall_s -
	    zone->offset[search(zone, zone->wall_s, near_s, &zone->memo->wall)];
}

void
zone_to_civil(const struct zone *zone, int64_t time_us,
    struct zone_civil *ret_civil)
{
	int64_t utc_s = floor_div(time_us, CLOCK_US_PER_S), wall_s, days;
	int64_t below = time_us % CLOCK_US_PER_S;
	unsigned second, weekday;

	if (below < 0)
		below += CLOCK_US_PER_S;
	ret_civil->microsecond = (uint32_t)below;
	ret_civil->offset_seconds = offset_at(zone, utc_s);
	wall_s = utc_s + ret_civil->offset_seconds;
	days = floor_div(wall_s, ZONE_DAY_S);
	second = (unsigned)(wall_s - days * ZONE_DAY_S);
	date_of(days, ret_civil);
	ret_civil->hour = (uint8_t)(second / 3600);
	ret_civil->minute = (uint8_t)(second / 60 % 60);
	ret_civil->second = (uint8_t)(second % 60);

	/* The epoch was a Thursday. */
	weekday = (unsigned)(days + 3 - floor_div(days + 3, 7) * 7);
	ret_civil->weekday = (uint8_t)(weekday + 1);
}

bool
zone_civil_seconds(const struct zone_civil *civil, int64_t *ret_wall_s)
{
	static const uint8_t month_days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	unsigned last;

	if (civil->year < -1 || civil->year > 10000 || civil->month < 1 ||
	    civil->month > 12 || civil->hour > 23 || civil->minute > 59 ||
	    civil->second > 60)
		return false;
	last = month_days[civil->month];
	if (civil->month == 2 && zone_is_leap(civil->year))
		last++;
	if (civil->day < 1 || civil->day > last)
		return false;
	*ret_wall_s = zone_days_of(civil->year, civil->month, civil->day) *
		ZONE_DAY_S +
	    civil->hour * 3600 + civil->minute * 60 + civil->second;
	return true;
}

bool
zone_join(int64_t utc_s, uint32_t microsecond, int64_t *ret_time_us)
{
	if (utc_s < ZONE_FIRST_S || utc_s >= ZONE_END_S)
		return false;
	*ret_time_us = utc_s * CLOCK_US_PER_S + microsecond;
	return true;
}

bool
zone_to_utc(const struct zone *zone, const struct zone_civil *civil,
    int64_t *ret_time_us)
{
	int64_t wall_s;

	if (civil->microsecond >= CLOCK_US_PER_S ||
	    !zone_civil_seconds(civil, &wall_s))
		return false;
	return zone_join(zone_wall_to_utc(zone, wall_s), civil->microsecond,
	    ret_time_us);
}

static char *
put_digits(char *to, unsigned number, unsigned digits)
{
	for (unsigned i = digits; i > 0; i--) {
		to[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	return to + digits;
}

void
zone_format_utc_ms(int64_t time_us, char ret_text[32])
{
	struct zone_civil civil;
	char *to = ret_text;

	if (time_us < ZONE_FIRST_S * CLOCK_US_PER_S)
		time_us = ZONE_FIRST_S * CLOCK_US_PER_S;
	if (time_us >= ZONE_END_S * CLOCK_US_PER_S)
		time_us = ZONE_END_S * CLOCK_US_PER_S - 1;
	zone_to_civil(NULL, time_us, &civil);
	to = put_digits(to, (unsigned)civil.year, 4);
	*to++ = '-';
	to = put_digits(to, civil.month, 2);
	*to++ = '-';
	to = put_digits(to, civil.day, 2);
	*to++ = 'T';
	to = put_digits(to, civil.hour, 2);
	*to++ = ':';
	to = put_digits(to, civil.minute, 2);
	*to++ = ':';
	to = put_digits(to, civil.second, 2);
	*to++ = '.';
	to = put_digits(to, civil.microsecond / 1000, 3);
	*to++ = 'Z';
	*to = '\0';
}

/*
 * Where a change of offset swallows midnight, the day begins with the change
 * and not, as zone_wall_to_utc() has it, a gap after midnight.
 */
int64_t
zone_midnight(const struct zone *zone, int64_t time_us)
{
	struct zone_civil civil;
	int64_t wall_s, utc_s, cycles, change_s;

	zone_to_civil(zone, time_us, &civil);
	wall_s = zone_days_of(civil.year, civil.month, civil.day) * ZONE_DAY_S;
	utc_s = zone_wall_to_utc(zone, wall_s);
	if (zone != NULL && utc_s + offset_at(zone, utc_s) != wall_s) {
		cycles = cycles_beyond(zone, zone->at_s, utc_s);
		change_s = zone->at_s[search(zone, zone->at_s, utc_s - cycles,
		    &zone->memo->utc)];
		utc_s = change_s + cycles;
	}
	return utc_s * CLOCK_US_PER_S;
}
