/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones from the system's tzdata (TZif, RFC 8536, with its POSIX TZ
 * footer for the years beyond the table), and civil time.
 *
 * A NULL zone is UTC.  A zone remembers its last answers, so that it belongs
 * to one thread at a time.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct zone;

struct zone_civil {
	int32_t year;	/* proleptic Gregorian, may be negative */
	uint8_t month;	/* 1-12 */
	uint8_t day;	/* 1-31 */
	uint8_t hour;	/* 0-23 */
	uint8_t minute; /* 0-59 */
	uint8_t second; /* 0-60 on input; 60 counts as the next second */
	uint32_t microsecond;
	uint8_t weekday;	/* 1 = Monday ... 7; output only */
	int32_t offset_seconds; /* east of UTC; output only */
};

/* `name` is an IANA name or "UTC".  Looked up below $TZDIR or
 * /usr/share/zoneinfo; names with ".." or a leading "/" are refused. */
bool zone_open(const char *name, struct zone **ret_zone, struct error *err);
void zone_free(struct zone *zone); /* accepts NULL */

void zone_to_civil(const struct zone *zone, int64_t time_us,
    struct zone_civil *ret_civil);

/*
 * UTC of a local time.  A time that happens twice (autumn) is the first; one
 * that does not exist (spring) is moved on by the gap.  False if the fields
 * are no date or the result is beyond years 0-9999.
 */
bool zone_to_utc(const struct zone *zone, const struct zone_civil *civil,
    int64_t *ret_time_us);

/*
 * RFC 3339 and ISO 8601 as records hold them: 'T' or blank between, seconds
 * may be left out, fraction of any length (cut to microseconds) after '.' or
 * ',', 'Z' or an offset (+01, +0100, +01:00); without one it is `zone`'s local
 * time.  A date alone is refused.  False if it cannot be read.
 */
bool zone_parse_iso(const struct zone *zone, const char *text, size_t len,
    int64_t *ret_time_us);

/* strptime-like: %Y %m %d %H %M %S %f (fraction) %z %b %e %y %s %%; a blank
 * stands for one or more, other characters for themselves.
 * zone_check_format() refuses other directives, and formats that do not give
 * year, month, day and hour, or %s alone. */
bool zone_check_format(const char *format, struct error *err);
bool zone_parse_format(const struct zone *zone, const char *format,
    const char *text, size_t len, int64_t *ret_time_us);

/* "2026-03-02T21:14:07.412Z": milliseconds, cut not rounded; 24 bytes. */
void zone_format_utc_ms(int64_t time_us, char ret_text[32]);

/* The first moment of the local day that `time_us` is in. */
int64_t zone_midnight(const struct zone *zone, int64_t time_us);

#endif
