/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/mem.h"

#include "model/event.h"

struct value
value_string(struct span text)
{
	return (struct value){ .kind = VALUE_STRING, .text = text };
}

struct value
value_bool(bool boolean)
{
	return (struct value){ .kind = VALUE_BOOL,
		.boolean = boolean,
		.text = boolean ? SPAN("true") : SPAN("false") };
}

struct value
value_null(void)
{
	return (struct value){ .kind = VALUE_NULL };
}

struct value
value_int(struct arena *arena, int64_t integer)
{
	return (struct value){ .kind = VALUE_INT,
		.integer = integer,
		.text = arena_printf(arena, "%" PRId64, integer) };
}

/*
 * Most fractions that people log have few digits: real = n / 10^k.  Both are
 * exact as doubles, so their quotient is what strtod() makes of n's digits
 * with a point in them; with at most 15 digits that is also the shortest text
 * (David Gay, Correctly Rounded Binary-Decimal Conversions, 1990).
 */
static bool
short_text(struct arena *arena, double real, struct span *ret_text)
{
	static const double powers[] = { 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
	double whole = fabs(real), scaled;
	char text[24];
	size_t at = sizeof(text);
	unsigned k;
	uint64_t n;

	/* Below, printf would write an exponent. */
	if (!(whole >= 1e-4 && whole < 1e8))
		return false;
	for (k = 0; k < 6; k++) {
		scaled = rint(whole * powers[k]);
		if (scaled / powers[k] == whole)
			break;
	}
	if (k == 6)
		return false;
	n = (uint64_t)scaled;
	for (unsigned i = 0; i <= k; i++, n /= 10)
		text[--at] = (char)('0' + n % 10);
	text[--at] = '.';
	do {
		text[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	if (real < 0)
		text[--at] = '-';
	*ret_text = arena_dup(arena, span_make(text + at, sizeof(text) - at));
	return true;
}

struct value
value_real(struct arena *arena, double real)
{
	struct value value = { .kind = VALUE_REAL, .real = real };
	char text[40];

	/* Beyond 2^63 a whole double has no exact int64_t. */
	if (real == floor(real) && fabs(real) < 9.2e18)
		return (struct value){ .kind = VALUE_REAL,
			.real = real,
			.text = arena_printf(arena, "%" PRId64,
			    (int64_t)real) };
	if (short_text(arena, real, &value.text))
		return value;
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, real);
		if (strtod(text, NULL) == real)
			break;
	}
	value.text = arena_dup(arena, span_of(text));
	return value;
}

/* Digits without plus sign and leading zeros; "-0" is "0". */
static struct span
normal_digits(struct arena *arena, struct span digits)
{
	bool is_negative = digits.len > 0 && digits.ptr[0] == '-';

	if (digits.len > 0 && (digits.ptr[0] == '-' || digits.ptr[0] == '+')) {
		digits.ptr++;
		digits.len--;
	}
	while (digits.len > 1 && digits.ptr[0] == '0') {
		digits.ptr++;
		digits.len--;
	}
	if (!is_negative || span_is(digits, "0"))
		return arena_dup(arena, digits);
	return arena_printf(arena, "-" SPAN_FMT, SPAN_ARG(digits));
}

static bool
fits_int64(struct span digits, int64_t *ret_integer)
{
	bool is_negative = digits.len > 0 && digits.ptr[0] == '-';
	uint64_t limit = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
	uint64_t number = 0;

	for (size_t i = is_negative ? 1 : 0; i < digits.len; i++) {
		uint64_t digit = (uint64_t)(digits.ptr[i] - '0');

		if (number > (limit - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret_integer = is_negative ? (int64_t)(0 - number) : (int64_t)number;
	return true;
}

struct value
value_whole(struct arena *arena, struct span digits)
{
	struct value value = { .kind = VALUE_BIG };

	value.text = normal_digits(arena, digits);
	if (fits_int64(value.text, &value.integer))
		value.kind = VALUE_INT;
	return value;
}

static bool
is_whole(struct span text)
{
	size_t i = 0;

	if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
		i = 1;
	if (i == text.len)
		return false;
	for (; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	}
	return true;
}

/* Digits, one point, an exponent: no hexadecimal, no "inf", no "nan". */
static bool
is_decimal(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("0123456789.eE+-", text.ptr[i]) == NULL ||
		    text.ptr[i] == '\0')
			return false;
	}
	return text.len > 0;
}

/* Beyond every double is infinite: larger than any limit, not no number. */
static bool
parse_decimal(struct span text, double *ret_real)
{
	char stack[64], *copy = stack, *end;

	if (text.len >= sizeof(stack))
		copy = mem_alloc(text.len + 1);
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*ret_real = strtod(copy, &end);
	text.len -= (size_t)(end - copy);
	if (copy != stack)
		mem_free(copy);
	return text.len == 0;
}

static bool
number_of_text(struct span text, struct value *ret_number)
{
	double real;

	text = span_trim(text);
	if (is_whole(text)) {
		bool has_plus = text.ptr[0] == '+';

		ret_number->text = span_make(text.ptr + has_plus,
		    text.len - has_plus);
		ret_number->kind = fits_int64(ret_number->text,
				       &ret_number->integer) ?
		    VALUE_INT :
		    VALUE_BIG;
		return true;
	}
	if (!is_decimal(text) || !parse_decimal(text, &real))
		return false;
	*ret_number = (struct value){
		.kind = VALUE_REAL, .real = real, .text = text
	};
	return true;
}

bool
value_number(const struct value *value, struct value *ret_number)
{
	switch (value->kind) {
	case VALUE_INT:
	case VALUE_BIG:
		*ret_number = *value;
		return true;
	case VALUE_REAL:
		*ret_number = *value;
		return isfinite(value->real);
	case VALUE_STRING:
		*ret_number = (struct value){ 0 };
		return number_of_text(value->text, ret_number);
	default:
		return false;
	}
}

/* Digit strings of whole numbers, leading zeros allowed. */
static int
compare_digits(struct span a, struct span b)
{
	bool a_negative = a.len > 0 && a.ptr[0] == '-';
	bool b_negative = b.len > 0 && b.ptr[0] == '-';
	int order;

	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	for (; a.len > 0 && (*a.ptr == '0' || *a.ptr == '-'); a.len--)
		a.ptr++;
	for (; b.len > 0 && (*b.ptr == '0' || *b.ptr == '-'); b.len--)
		b.ptr++;
	if (a.len != b.len)
		order = a.len < b.len ? -1 : 1;
	else
		order = span_compare(a, b);
	return a_negative ? -order : order;
}

/* A whole number against a double, without rounding the whole number. */
static int
compare_int_real(int64_t integer, double real)
{
	double floored;

	if (real >= 9223372036854775808.0)
		return -1;
	if (real < -9223372036854775808.0)
		return 1;
	floored = floor(real);
	if (integer != (int64_t)floored)
		return integer < (int64_t)floored ? -1 : 1;
	return floored < real ? -1 : 0;
}

static int
compare_big_real(const struct value *big, double real)
{
	bool is_negative = big->text.len > 0 && big->text.ptr[0] == '-';
	char digits[400];

	/* A double this large is whole; one smaller is inside int64_t. */
	if (fabs(real) < 9223372036854775808.0)
		return is_negative ? -1 : 1;
	if (isinf(real))
		return real > 0 ? -1 : 1;
	(void)snprintf(digits, sizeof(digits), "%.0f", real);
	return compare_digits(big->text, span_of(digits));
}

int
value_compare_numbers(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_REAL && b->kind == VALUE_REAL)
		return a->real < b->real ? -1 : a->real > b->real;
	if (a->kind == VALUE_REAL)
		return -value_compare_numbers(b, a);
	if (b->kind == VALUE_REAL && a->kind == VALUE_INT)
		return compare_int_real(a->integer, b->real);
	if (b->kind == VALUE_REAL)
		return compare_big_real(a, b->real);
	if (a->kind == VALUE_INT && b->kind == VALUE_INT)
		return a->integer < b->integer ? -1 : a->integer > b->integer;
	CHECK(a->kind == VALUE_BIG || b->kind == VALUE_BIG);
	return compare_digits(a->text, b->text);
}

const struct value *
value_members(const struct value *value, uint32_t *ret_count)
{
	if (value->kind == VALUE_LIST) {
		*ret_count = value->count;
		return value->items;
	}
	*ret_count = value->kind == VALUE_MISSING ? 0 : 1;
	return value;
}
