/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ZONE_INTERNAL_H
#define BASE_ZONE_INTERNAL_H

#include "base/zone.h"

#define ZONE_DAY_S 86400

/* 400 Gregorian years, after which dates and weekdays repeat. */
#define ZONE_CYCLE_S (INT64_C(146097) * ZONE_DAY_S)

/* 0000-01-01 and 10000-01-01. */
#define ZONE_FIRST_S INT64_C(-62167219200)
#define ZONE_END_S INT64_C(253402300800)

/*
 * offset[i] holds from at_s[i] to before at_s[i + 1], for i in 0..count;
 * at_s[0] and at_s[count + 1] are the ends of time.  wall_s[i] is the local
 * time from which a local time belongs to offset[i], so that a time that
 * happens twice is the first and one in a gap is moved on by it.
 */
struct zone {
	int64_t *at_s;
	int64_t *wall_s;
	int32_t *offset; /* seconds east */
	size_t count;	 /* at least 1 */
	bool repeats;	 /* from at_s[count] on, every ZONE_CYCLE_S */

	/* The last answers, for records come close in time. */
	struct zone_memo {
		size_t utc, wall;
	} *memo;
};

/* Hinnant, "chrono-compatible low-level date algorithms". */
int64_t zone_days_of(int32_t year, unsigned month, unsigned day);
int32_t zone_year_of(int64_t days);
bool zone_is_leap(int32_t year);

/* As zone_to_utc(), in seconds; the local time must be within a few days of
 * ZONE_FIRST_S..ZONE_END_S.  Accepts NULL for UTC. */
int64_t zone_wall_to_utc(const struct zone *zone, int64_t wall_s);

/* Local seconds of a date and time of day; false if they are none. */
bool zone_civil_seconds(const struct zone_civil *civil, int64_t *ret_wall_s);

/* False if beyond years 0-9999. */
bool zone_join(int64_t utc_s, uint32_t microsecond, int64_t *ret_time_us);

/* Adds a transition; one at the time of the last replaces it. */
void zone_add(struct zone *zone, size_t *cap, int64_t at_s, int32_t offset);

/* Fills `zone`, which is all zero, from a TZif file. */
bool zone_read_tzif(struct zone *zone, struct span file, struct error *err);

/*
 * Continues `zone` after `after_s` for a whole cycle by a POSIX TZ string, as
 * extended by RFC 8536 3.3.1 (hours of -167..167).
 */
bool zone_extend(struct zone *zone, size_t *cap, int64_t after_s,
    struct span rule, struct error *err);

#endif
