/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSIX TZ string (POSIX.1 8.3, RFC 8536 3.3.1):
 *
 *	name offset [ name [ offset ] "," date [ "/" time ] "," date [ ... ] ]
 *
 *	name    three letters or more, or anything between < and >
 *	offset  [+-] hours [ ":" minutes [ ":" seconds ] ], positive west
 *	date    "J" 1-365 without 29 February | 0-365 |
 *	        "M" month "." week 1-5 "." weekday 0-6, week 5 the last
 *	time    as offset, -167 to 167 hours; 02:00 if left out
 *
 * The first date begins daylight saving time, the second ends it, each in
 * the local time before it.
 */
#include "base/zone_internal.h"

#define HOURS_MAX 167

enum date_kind { DATE_JULIAN, DATE_DAY, DATE_WEEKDAY };

struct date {
	enum date_kind kind;
	unsigned month, week, weekday, day;
	int32_t time_s;
};

struct rule {
	int32_t offset, dst_offset; /* seconds east */
	bool has_dst;
	struct date start, end;
};

static bool
take_char(struct span *rest, char c)
{
	if (rest->len == 0 || rest->ptr[0] != c)
		return false;
	rest->ptr++;
	rest->len--;
	return true;
}

static bool
take_number(struct span *rest, unsigned min, unsigned max, unsigned *ret_number)
{
	unsigned number = 0;
	size_t at;

	for (at = 0; at < rest->len && at < 3; at++) {
		if (rest->ptr[at] < '0' || rest->ptr[at] > '9')
			break;
		number = number * 10 + (unsigned)(rest->ptr[at] - '0');
	}
	if (at == 0 || number < min || number > max)
		return false;
	rest->ptr += at;
	rest->len -= at;
	*ret_number = number;
	return true;
}

static bool
take_name(struct span *rest)
{
	const char *end;
	size_t len;

	if (take_char(rest, '<')) {
		end = memchr(rest->ptr, '>', rest->len);
		if (end == NULL)
			return false;
		len = (size_t)(end - rest->ptr) + 1;
	} else {
		for (len = 0; len < rest->len; len++) {
			if ((unsigned)(rest->ptr[len] | 0x20) - 'a' >= 26)
				break;
		}
		if (len < 3)
			return false;
	}
	rest->ptr += len;
	rest->len -= len;
	return true;
}

static bool
take_seconds(struct span *rest, int32_t *ret_seconds)
{
	bool minus = take_char(rest, '-');
	unsigned hours, minutes = 0, seconds = 0;
	int32_t total;

	if (!minus)
		(void)take_char(rest, '+');
	if (!take_number(rest, 0, HOURS_MAX, &hours))
		return false;
	if (take_char(rest, ':') && !take_number(rest, 0, 59, &minutes))
		return false;
	if (take_char(rest, ':') && !take_number(rest, 0, 59, &seconds))
		return false;
	total = (int32_t)(hours * 3600 + minutes * 60 + seconds);
	*ret_seconds = minus ? -total : total;
	return true;
}

static bool
take_weekday(struct span *rest, struct date *date)
{
	date->kind = DATE_WEEKDAY;
	return take_number(rest, 1, 12, &date->month) && take_char(rest, '.') &&
	    take_number(rest, 1, 5, &date->week) && take_char(rest, '.') &&
	    take_number(rest, 0, 6, &date->weekday);
}

static bool
take_date(struct span *rest, struct date *date)
{
	bool ok;

	if (!take_char(rest, ','))
		return false;
	if (take_char(rest, 'M')) {
		ok = take_weekday(rest, date);
	} else if (take_char(rest, 'J')) {
		date->kind = DATE_JULIAN;
		ok = take_number(rest, 1, 365, &date->day);
	} else {
		date->kind = DATE_DAY;
		ok = take_number(rest, 0, 365, &date->day);
	}
	date->time_s = 2 * 3600;
	if (ok && take_char(rest, '/'))
		ok = take_seconds(rest, &date->time_s);
	return ok;
}

static bool
parse_rule(struct span rest, struct rule *rule)
{
	int32_t west;

	if (!take_name(&rest) || !take_seconds(&rest, &west))
		return false;
	rule->offset = -west;
	rule->has_dst = rest.len > 0;
	if (!rule->has_dst)
		return true;
	if (!take_name(&rest))
		return false;
	rule->dst_offset = rule->offset + 3600;
	if (rest.len > 0 && rest.ptr[0] != ',') {
		if (!take_seconds(&rest, &west))
			return false;
		rule->dst_offset = -west;
	}
	return take_date(&rest, &rule->start) && take_date(&rest, &rule->end) &&
	    rest.len == 0;
}

/* Days since the epoch. */
static int64_t
weekday_in(const struct date *date, int32_t year)
{
	int64_t first = zone_days_of(year, date->month, 1), next_month, day;

	/* Day 0 was a Thursday, which POSIX numbers 4. */
	day = first + ((int64_t)date->weekday - (first + 4) % 7 + 14) % 7;
	day += 7 * ((int64_t)date->week - 1);
	next_month = date->month < 12 ? zone_days_of(year, date->month + 1, 1) :
					zone_days_of(year + 1, 1, 1);
	return day < next_month ? day : day - 7;
}

static int64_t
seconds_in(const struct date *date, int32_t year, int32_t offset)
{
	int64_t day;

	if (date->kind == DATE_WEEKDAY) {
		day = weekday_in(date, year);
	} else {
		day = zone_days_of(year, 1, 1) + date->day;
		if (date->kind == DATE_JULIAN)
			day -= date->day > 59 && zone_is_leap(year) ? 0 : 1;
	}
	return day * ZONE_DAY_S + date->time_s - offset;
}

static void
add_change(struct zone *zone, size_t *cap, int64_t after_s, int64_t at_s,
    int32_t offset)
{
	if (at_s <= after_s || at_s < zone->at_s[zone->count])
		return;
	if (at_s == zone->at_s[zone->count] ||
	    offset != zone->offset[zone->count])
		zone_add(zone, cap, at_s, offset);
}

static void
add_year(struct zone *zone, size_t *cap, const struct rule *rule,
    int64_t after_s, int32_t year)
{
	int64_t start_s = seconds_in(&rule->start, year, rule->offset);
	int64_t end_s = seconds_in(&rule->end, year, rule->dst_offset);

	if (start_s < end_s) {
		add_change(zone, cap, after_s, start_s, rule->dst_offset);
		add_change(zone, cap, after_s, end_s, rule->offset);
	} else {
		add_change(zone, cap, after_s, end_s, rule->offset);
		add_change(zone, cap, after_s, start_s, rule->dst_offset);
	}
}

bool
zone_extend(struct zone *zone, size_t *cap, int64_t after_s, struct span text,
    struct error *err)
{
	struct rule rule = { 0 };
	int32_t year;

	if (!parse_rule(text, &rule))
		return error_set(err, NULL,
		    "the rule at the end of the TZif file cannot be read: "
		    "\"" SPAN_FMT "\"",
		    SPAN_ARG(text));
	if (!rule.has_dst || after_s >= ZONE_END_S)
		return true;

	/* A year early: the rule's changes may fall into a neighbour year. */
	year = after_s < ZONE_FIRST_S ? -2 :
					zone_year_of(after_s / ZONE_DAY_S) - 1;
	for (int32_t i = 0; i <= 403; i++)
		add_year(zone, cap, &rule, after_s, year + i);

	/* Daylight saving all year round makes no changes to repeat. */
	zone->repeats = zone->at_s[zone->count] -
		(after_s < ZONE_FIRST_S ? ZONE_FIRST_S : after_s) >
	    ZONE_CYCLE_S;
	return true;
}
