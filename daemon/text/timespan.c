/* SPDX-License-Identifier: Apache-2.0 */
#include "text/timespan.h"

#define US INT64_C(1)
#define MS (1000 * US)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
/* Of the mean Gregorian year, 365.2425 days, as Sigma has them. */
#define MONTH (2629746 * SECOND)
#define YEAR (31556952 * SECOND)

#define TIMESPAN_MAX (100 * YEAR)

struct timespan_unit {
	const char *name;
	int64_t us;
};

/* From large to small, the order in which they may be joined. */
static const struct timespan_unit units[] = {
	{ "y", YEAR },
	{ "M", MONTH },
	{ "w", WEEK },
	{ "d", DAY },
	{ "h", HOUR },
	{ "m", MINUTE },
	{ "s", SECOND },
	{ "ms", MS },
	{ "us", US },
};
#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

/* Bytes of digits or of letters at the front of `text`. */
static struct span
timespan_cut(struct span *text, bool digits)
{
	struct span part = *text;
	size_t len = 0;
	char c;

	for (; len < text->len; len++) {
		c = text->ptr[len];
		if ((c >= '0' && c <= '9') != digits)
			break;
	}
	part.len = len;
	text->ptr += len;
	text->len -= len;
	return part;
}

/* At most `limit`, else false. */
static bool
timespan_number(struct span digits, uint64_t limit, uint64_t *ret_number)
{
	uint64_t number = 0, digit;
	size_t i;

	if (digits.len == 0)
		return false;
	for (i = 0; i < digits.len; i++) {
		digit = (uint64_t)(digits.ptr[i] - '0');
		if (digit > limit || number > (limit - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return true;
}

static bool
timespan_unknown_unit(struct span text, struct span unit, struct error *err)
{
	if (unit.len == 0)
		return error_set(err, NULL,
		    "`" SPAN_FMT "` lacks a unit "
		    "(us, ms, s, m, h, d, w, M, y)",
		    SPAN_ARG(text));
	if (unit.ptr[0] == ' ')
		return error_set(err, NULL,
		    "no blank in `" SPAN_FMT "`: 30s, 15m or 1h30m",
		    SPAN_ARG(text));
	return error_set(err, NULL,
	    "`" SPAN_FMT "` is no unit of time "
	    "(us, ms, s, m, h, d, w, M, y)",
	    SPAN_ARG(unit));
}

bool
timespan_parse(struct span text, int64_t *ret_us, struct error *err)
{
	struct span rest = text, digits, unit;
	size_t smallest = 0, i;
	int64_t total = 0;
	uint64_t number;

	while (rest.len > 0 || text.len == 0) {
		digits = timespan_cut(&rest, true);
		if (digits.len == 0)
			return error_set(err, NULL,
			    "`" SPAN_FMT "` is no "
			    "duration, such as 30s, 15m or 1h30m",
			    SPAN_ARG(text));
		unit = timespan_cut(&rest, false);
		for (i = 0; i < UNIT_COUNT; i++)
			if (span_is(unit, units[i].name))
				break;
		if (i == UNIT_COUNT)
			return timespan_unknown_unit(text, unit, err);
		if (i < smallest)
			return error_set(err, NULL,
			    "the units of `" SPAN_FMT
			    "` do not go from large to small, each once",
			    SPAN_ARG(text));
		smallest = i + 1;
		if (!timespan_number(digits,
			(uint64_t)((TIMESPAN_MAX - total) / units[i].us),
			&number))
			return error_set(err, NULL,
			    "`" SPAN_FMT "` is more than 100 years",
			    SPAN_ARG(text));
		total += (int64_t)number * units[i].us;
	}
	if (total == 0)
		return error_set(err, NULL, "`" SPAN_FMT "` is no time at all",
		    SPAN_ARG(text));
	*ret_us = total;
	return true;
}

/* As sentences name them; weeks are told in days. */
static const struct {
	const char *one;
	const char *many;
	int64_t us;
	int64_t from; /* the least number that is told in this unit alone */
} words[] = {
	{ " year", " years", YEAR, 1 },
	{ " month", " months", MONTH, 1 },
	{ " day", " days", DAY, 2 },
	{ " h", " h", HOUR, 1 },
	{ " min", " min", MINUTE, 1 },
	{ " s", " s", SECOND, 1 },
	{ " ms", " ms", MS, 1 },
	{ " us", " us", US, 1 },
};
#define WORD_COUNT (sizeof(words) / sizeof(words[0]))

/* More of one unit is not read at a glance. */
#define TIMESPAN_GLANCE 999

static void
timespan_add(int64_t number, size_t word, struct buffer *out)
{
	buffer_add_i64(out, number);
	buffer_add_string(out,
	    number == 1 ? words[word].one : words[word].many);
}

void
timespan_format(int64_t span_us, struct buffer *out)
{
	const char *between = "";
	int64_t number;
	size_t i;

	if (span_us <= 0) {
		buffer_add_string(out, span_us < 0 ? "-" : "0 s");
		if (span_us == 0)
			return;
		span_us = span_us == INT64_MIN ? INT64_MAX : -span_us;
	}
	for (i = 0; i < WORD_COUNT; i++) {
		number = span_us / words[i].us;
		if (span_us % words[i].us == 0 && number >= words[i].from &&
		    number <= TIMESPAN_GLANCE) {
			timespan_add(number, i, out);
			return;
		}
	}
	/* Months and years are no round number of anything smaller. */
	for (i = 2; i < WORD_COUNT; i++) {
		number = span_us / words[i].us;
		span_us %= words[i].us;
		if (number == 0)
			continue;
		buffer_add_string(out, between);
		between = " ";
		timespan_add(number, i, out);
	}
}

bool
timespan_parse_size(struct span text, uint64_t *ret_bytes, struct error *err)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} sizes[] = {
		{ "", 1 },
		{ "B", 1 },
		{ "kB", 1000 },
		{ "MB", 1000000 },
		{ "GB", 1000000000 },
		{ "KiB", UINT64_C(1) << 10 },
		{ "MiB", UINT64_C(1) << 20 },
		{ "GiB", UINT64_C(1) << 30 },
	};
	const size_t size_count = sizeof(sizes) / sizeof(sizes[0]);
	struct span rest = text, digits = timespan_cut(&rest, true);
	uint64_t number;
	size_t i;

	if (digits.len == 0)
		return error_set(err, NULL,
		    "`" SPAN_FMT "` is no size, such "
		    "as 512, 64KiB or 1MiB",
		    SPAN_ARG(text));
	for (i = 0; i < size_count; i++)
		if (span_is(rest, sizes[i].name))
			break;
	if (i == size_count)
		return error_set(err, NULL,
		    "`" SPAN_FMT "` is no unit of "
		    "size (B, kB, MB, GB, KiB, MiB, GiB)",
		    SPAN_ARG(rest));
	if (!timespan_number(digits, (uint64_t)INT64_MAX / sizes[i].bytes,
		&number))
		return error_set(err, NULL, "`" SPAN_FMT "` is too large",
		    SPAN_ARG(text));
	*ret_bytes = number * sizes[i].bytes;
	return true;
}

void
timespan_format_size(uint64_t bytes, struct buffer *out)
{
	static const char *const names[] = { " bytes", " KiB", " MiB", " GiB" };
	size_t i = 0;

	while (bytes > 0 && bytes % 1024 == 0 && i < 3) {
		bytes /= 1024;
		i++;
	}
	buffer_add_u64(out, bytes);
	buffer_add_string(out, names[i]);
}
