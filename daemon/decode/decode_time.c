/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "decode/decode_internal.h"

/* The first moment of year 0 and the last of 9999, as base/zone.h has them. */
#define LEAST_US INT64_C(-62167219200000000)
#define GREATEST_US INT64_C(253402300799999999)

static bool
is_possible(int64_t time_us)
{
	return time_us >= LEAST_US && time_us <= GREATEST_US;
}

static bool
epoch_of_int(int64_t number, int64_t unit_us, int64_t *ret_time_us)
{
	int64_t time_us;

	if (__builtin_mul_overflow(number, unit_us, &time_us) ||
	    !is_possible(time_us))
		return false;
	*ret_time_us = time_us;
	return true;
}

/* A real with an exponent: nobody's clock is that exact. */
static bool
epoch_of_real(double real, int64_t unit_us, int64_t *ret_time_us)
{
	double time_us = real * (double)unit_us;

	if (!(fabs(time_us) < 1e18) || !is_possible(llround(time_us)))
		return false;
	*ret_time_us = llround(time_us);
	return true;
}

/* "1772486047.412": in decimal, so that not a microsecond is lost. */
static bool
epoch_of_decimal(struct span text, int64_t unit_us, int64_t *ret_time_us)
{
	bool is_negative = text.len > 0 && text.ptr[0] == '-';
	int64_t whole = 0, fraction = 0, scale = unit_us;
	bool in_fraction = false, has_digit = false;

	for (size_t i = is_negative ? 1 : 0; i < text.len; i++) {
		int digit = text.ptr[i] - '0';

		if (text.ptr[i] == '.' && !in_fraction) {
			in_fraction = true;
			continue;
		}
		if (digit < 0 || digit > 9)
			return false;
		has_digit = true;
		if (in_fraction) {
			scale /= 10;
			fraction += digit * scale;
		} else if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, digit, &whole)) {
			return false;
		}
	}
	if (!has_digit || __builtin_mul_overflow(whole, unit_us, &whole) ||
	    __builtin_add_overflow(whole, fraction, &whole))
		return false;
	whole = is_negative ? -whole : whole;
	if (!is_possible(whole))
		return false;
	*ret_time_us = whole;
	return true;
}

static bool
read_epoch(const struct value *value, int64_t unit_us, int64_t *ret_time_us)
{
	struct value number;

	if (value->kind == VALUE_INT)
		return epoch_of_int(value->integer, unit_us, ret_time_us);
	if (epoch_of_decimal(span_trim(value->text), unit_us, ret_time_us))
		return true;
	return value_number(value, &number) && number.kind == VALUE_REAL &&
	    epoch_of_real(number.real, unit_us, ret_time_us);
}

static bool
read_text(const struct mapping *mapping, const struct value *value,
    int64_t *ret_time_us)
{
	struct span text = span_trim(value->text);

	if (mapping->time == MAPPING_TIME_ISO)
		return value->kind == VALUE_STRING &&
		    zone_parse_iso(mapping->zone, text.ptr, text.len,
			ret_time_us);
	/* A format may well read a number: %Y%m%d%H%M%S. */
	return zone_parse_format(mapping->zone, mapping->time_format, text.ptr,
	    text.len, ret_time_us);
}

enum decode_time_result
decode_time_read(const struct mapping *mapping, const struct value *value,
    int64_t *ret_time_us)
{
	static const int64_t units_us[] = {
		[MAPPING_TIME_SECONDS] = 1000000,
		[MAPPING_TIME_MILLISECONDS] = 1000,
		[MAPPING_TIME_MICROSECONDS] = 1,
	};
	bool ok = false;

	switch (value->kind) {
	case VALUE_MISSING:
	case VALUE_NULL:
		return DECODE_TIME_NONE;
	case VALUE_STRING:
		if (span_trim(value->text).len == 0)
			return DECODE_TIME_NONE;
		break;
	case VALUE_INT:
	case VALUE_BIG:
	case VALUE_REAL:
		break;
	default:
		return DECODE_TIME_BAD;
	}
	switch (mapping->time) {
	case MAPPING_TIME_ISO:
	case MAPPING_TIME_FORMAT:
		ok = read_text(mapping, value, ret_time_us);
		break;
	default:
		ok = read_epoch(value, units_us[mapping->time], ret_time_us);
		break;
	}
	return ok ? DECODE_TIME_READ : DECODE_TIME_BAD;
}
