/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone_internal.h"

#define FRACTION_DIGITS 6
#define EPOCH_DIGITS_MAX 12

struct reading {
	const char *at;
	const char *end;
	struct zone_civil civil;
	bool has_offset;
	int32_t offset;
	bool has_epoch;
	bool before_epoch;
	int64_t epoch_s;
};

/* 10 or more if `c` is no digit. */
static inline unsigned
digit(char c)
{
	return (unsigned)(unsigned char)c - '0';
}

static inline bool
two_digits(const char *ptr, unsigned *ret_number)
{
	unsigned tens = digit(ptr[0]), ones = digit(ptr[1]);

	*ret_number = tens * 10 + ones;
	return tens < 10 && ones < 10;
}

/* At least one digit; those after the sixth are cut. */
static bool
take_fraction(struct reading *in)
{
	static const uint32_t scale[] = { 0, 100000, 10000, 1000, 100, 10, 1 };
	const char *start = in->at;
	uint32_t number = 0;
	size_t len;

	for (; in->at < in->end && digit(*in->at) < 10; in->at++) {
		if (in->at - start < FRACTION_DIGITS)
			number = number * 10 + digit(*in->at);
	}
	len = (size_t)(in->at - start);
	in->civil.microsecond = number *
	    scale[len < FRACTION_DIGITS ? len : FRACTION_DIGITS];
	return len > 0;
}

/* Z, +01, +0100 or +01:00 (RFC 3339 5.6, ISO 8601). */
static bool
take_offset(struct reading *in)
{
	unsigned hours, minutes = 0;
	bool west;

	if (in->at >= in->end)
		return false;
	in->has_offset = true;
	in->offset = 0;
	if (*in->at == 'Z' || *in->at == 'z') {
		in->at++;
		return true;
	}
	west = *in->at == '-';
	if ((!west && *in->at != '+') || in->end - in->at < 3 ||
	    !two_digits(in->at + 1, &hours) || hours > 23)
		return false;
	in->at += 3;
	if (in->at < in->end && *in->at == ':') {
		if (in->end - in->at < 3)
			return false;
		in->at++;
	}
	if (in->end - in->at >= 2) {
		if (!two_digits(in->at, &minutes) || minutes > 59)
			return false;
		in->at += 2;
	}
	in->offset = (int32_t)(hours * 3600 + minutes * 60);
	if (west)
		in->offset = -in->offset;
	return true;
}

static bool
finish(const struct zone *zone, const struct reading *in, int64_t *ret_time_us)
{
	int64_t wall_s;

	if (in->at != in->end || !zone_civil_seconds(&in->civil, &wall_s))
		return false;
	wall_s = in->has_offset ? wall_s - in->offset :
				  zone_wall_to_utc(zone, wall_s);
	return zone_join(wall_s, in->civil.microsecond, ret_time_us);
}

/* "YYYY-MM-DDTHH:MM", which is 16 bytes. */
static inline bool
read_minute(const char *ptr, struct zone_civil *civil)
{
	unsigned century, year, month, day, hour, minute;

	if (!two_digits(ptr, &century) || !two_digits(ptr + 2, &year) ||
	    !two_digits(ptr + 5, &month) || !two_digits(ptr + 8, &day) ||
	    !two_digits(ptr + 11, &hour) || !two_digits(ptr + 14, &minute) ||
	    ptr[4] != '-' || ptr[7] != '-' || ptr[13] != ':' ||
	    ((ptr[10] | 0x20) != 't' && ptr[10] != ' '))
		return false;
	civil->year = (int32_t)(century * 100 + year);
	civil->month = (uint8_t)month;
	civil->day = (uint8_t)day;
	civil->hour = (uint8_t)hour;
	civil->minute = (uint8_t)minute;
	return true;
}

bool
zone_parse_iso(const struct zone *zone, const char *text, size_t len,
    int64_t *ret_time_us)
{
	struct reading in;
	unsigned second;

	if (len < 16 || !read_minute(text, &in.civil))
		return false;
	in.at = text + 16;
	in.end = text + len;
	in.civil.second = 0;
	in.civil.microsecond = 0;
	in.has_offset = false;
	if (in.end - in.at >= 3 && *in.at == ':') {
		if (!two_digits(in.at + 1, &second))
			return false;
		in.civil.second = (uint8_t)second;
		in.at += 3;
		if (in.at < in.end && (*in.at == '.' || *in.at == ',')) {
			in.at++;
			if (!take_fraction(&in))
				return false;
		}
	}
	if (in.at < in.end && !take_offset(&in))
		return false;
	return finish(zone, &in, ret_time_us);
}

/* One or two digits. */
static bool
take_short(struct reading *in, uint8_t *ret_number)
{
	unsigned number = 0, count;

	for (count = 0; count < 2 && in->at < in->end; count++, in->at++) {
		if (digit(*in->at) > 9)
			break;
		number = number * 10 + digit(*in->at);
	}
	*ret_number = (uint8_t)number;
	return count > 0;
}

static bool
take_year(struct reading *in)
{
	unsigned century, year;

	if (in->end - in->at < 4 || !two_digits(in->at, &century) ||
	    !two_digits(in->at + 2, &year))
		return false;
	in->civil.year = (int32_t)(century * 100 + year);
	in->at += 4;
	return true;
}

/* POSIX strptime(): 69-99 are of the 20th century. */
static bool
take_year_of_century(struct reading *in)
{
	unsigned year;

	if (in->end - in->at < 2 || !two_digits(in->at, &year))
		return false;
	in->civil.year = (int32_t)(year + (year < 69 ? 2000 : 1900));
	in->at += 2;
	return true;
}

static bool
take_month(struct reading *in)
{
	return take_short(in, &in->civil.month);
}

static bool
take_day(struct reading *in)
{
	return take_short(in, &in->civil.day);
}

/* As %d, but one digit may stand after a blank. */
static bool
take_padded_day(struct reading *in)
{
	while (in->at < in->end && *in->at == ' ')
		in->at++;
	return take_day(in);
}

static bool
take_hour(struct reading *in)
{
	return take_short(in, &in->civil.hour);
}

static bool
take_minute(struct reading *in)
{
	return take_short(in, &in->civil.minute);
}

static bool
take_second(struct reading *in)
{
	return take_short(in, &in->civil.second);
}

static bool
take_month_name(struct reading *in)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct span name;

	if (in->end - in->at < 3)
		return false;
	name = span_make(in->at, 3);
	in->at += 3;
	for (uint8_t month = 1; month <= 12; month++) {
		if (span_equal_nocase(name,
			span_make(names + 3 * (month - 1), 3))) {
			in->civil.month = month;
			return true;
		}
	}
	return false;
}

static bool
take_epoch(struct reading *in)
{
	const char *start;

	in->has_epoch = true;
	in->epoch_s = 0; /* the last one counts, as with all directives */
	in->before_epoch = in->at < in->end && *in->at == '-';
	if (in->before_epoch)
		in->at++;
	start = in->at;
	for (; in->at < in->end && digit(*in->at) < 10; in->at++) {
		if (in->at - start >= EPOCH_DIGITS_MAX)
			return false;
		in->epoch_s = in->epoch_s * 10 + digit(*in->at);
	}
	return in->at > start;
}

static bool
take_percent(struct reading *in)
{
	return in->at < in->end && *in->at++ == '%';
}

enum part {
	PART_NONE = 0,
	PART_YEAR = 1,
	PART_MONTH = 2,
	PART_DAY = 4,
	PART_HOUR = 8,
	PART_DATE_TIME = 15,
	PART_EPOCH = 16,
};

static const struct directive {
	char letter;
	enum part part;
	bool (*take)(struct reading *in);
} directives[] = {
	{ 'Y', PART_YEAR, take_year },
	{ 'm', PART_MONTH, take_month },
	{ 'd', PART_DAY, take_day },
	{ 'H', PART_HOUR, take_hour },
	{ 'M', PART_NONE, take_minute },
	{ 'S', PART_NONE, take_second },
	{ 'f', PART_NONE, take_fraction },
	{ 'z', PART_NONE, take_offset },
	{ 'b', PART_MONTH, take_month_name },
	{ 'e', PART_DAY, take_padded_day },
	{ 'y', PART_YEAR, take_year_of_century },
	{ 's', PART_EPOCH, take_epoch },
	{ '%', PART_NONE, take_percent },
};

static const struct directive *
directive_of(char letter)
{
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]);
	    i++) {
		if (directives[i].letter == letter)
			return &directives[i];
	}
	return NULL;
}

bool
zone_check_format(const char *format, struct error *err)
{
	const struct directive *directive;
	unsigned parts = 0;

	for (const char *at = format; *at != '\0'; at++) {
		if (*at != '%')
			continue;
		directive = directive_of(*++at);
		if (directive == NULL)
			return error_set(err, NULL,
			    "\"%%%.1s\" in the time format \"%s\" is not "
			    "known; known are %%Y %%m %%d %%H %%M %%S %%f "
			    "%%z %%b %%e %%y %%s %%%%",
			    at, format);
		parts |= directive->part;
	}
	if ((parts & PART_DATE_TIME) == PART_DATE_TIME || parts == PART_EPOCH)
		return true;
	return error_set(err, NULL,
	    "the time format \"%s\" must give year, month, day and hour, or "
	    "%%s alone",
	    format);
}

/* Blanks in the format stand for one or more in the text. */
static bool
take_blanks(struct reading *in)
{
	const char *start = in->at;

	while (in->at < in->end && (*in->at == ' ' || *in->at == '\t'))
		in->at++;
	return in->at > start;
}

static bool
take_by_format(struct reading *in, const char *format)
{
	const struct directive *directive;

	for (; *format != '\0'; format++) {
		if (*format == '%') {
			directive = directive_of(*++format);
			if (directive == NULL || !directive->take(in))
				return false;
		} else if (*format == ' ') {
			while (format[1] == ' ')
				format++;
			if (!take_blanks(in))
				return false;
		} else if (in->at >= in->end || *in->at++ != *format) {
			return false;
		}
	}
	return true;
}

bool
zone_parse_format(const struct zone *zone, const char *format, const char *text,
    size_t len, int64_t *ret_time_us)
{
	struct reading in = { .at = text, .end = text + len };
	int64_t time_us;

	if (text == NULL || !take_by_format(&in, format))
		return false;
	if (!in.has_epoch)
		return finish(zone, &in, ret_time_us);
	if (in.at != in.end || !zone_join(in.epoch_s, 0, &time_us))
		return false;
	time_us += in.civil.microsecond;
	if (in.before_epoch)
		time_us = -time_us;
	if (time_us < ZONE_FIRST_S * INT64_C(1000000))
		return false;
	*ret_time_us = time_us;
	return true;
}
