/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#include "text/yaml_internal.h"

static bool
yaml_scalar_is_one_of(struct span text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (span_is(text, *words))
			return true;
	return false;
}

static bool
yaml_scalar_is_sign(char c)
{
	return c == '-' || c == '+';
}

static struct span
yaml_scalar_unsigned(struct span text)
{
	if (text.len > 0 && yaml_scalar_is_sign(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	return text;
}

/* Bytes at the front of `text` that are one of `allowed`. */
static size_t
yaml_scalar_run(struct span text, const char *allowed)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] != '\0' &&
	    strchr(allowed, text.ptr[len]) != NULL)
		len++;
	return len;
}

static struct span
yaml_scalar_skip(struct span text, size_t len)
{
	return span_make(text.ptr + len, text.len - len);
}

#define YAML_DECIMAL "0123456789"
#define YAML_HEX "0123456789abcdefABCDEF"
#define YAML_OCTAL "01234567"

/* [-+]? [0-9]+ | 0o [0-7]+ | 0x [0-9a-fA-F]+ ; the base, 0 if it is none. */
static unsigned
yaml_scalar_base(struct span text, struct span *ret_digits)
{
	static const struct {
		const char *prefix;
		const char *digits;
		unsigned base;
	} forms[] = {
		{ "0o", YAML_OCTAL, 8 },
		{ "0x", YAML_HEX, 16 },
		{ "", YAML_DECIMAL, 10 },
	};
	struct span digits;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		digits = text;
		if (forms[i].base == 10)
			digits = yaml_scalar_unsigned(text);
		if (!span_starts_with(digits, span_of(forms[i].prefix)))
			continue;
		digits = yaml_scalar_skip(digits, strlen(forms[i].prefix));
		if (digits.len > 0 &&
		    yaml_scalar_run(digits, forms[i].digits) == digits.len) {
			*ret_digits = digits;
			return forms[i].base;
		}
	}
	return 0;
}

static unsigned
yaml_scalar_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a') + 10;
}

static double
yaml_scalar_double(struct span text)
{
	char *copy = span_strdup(text);
	double value = strtod(copy, NULL);

	mem_free(copy);
	return value;
}

static bool
yaml_scalar_int(struct yaml_node *node)
{
	struct span digits;
	unsigned base = yaml_scalar_base(node->text, &digits), digit;
	bool negative, big = false;
	uint64_t value = 0, limit;
	double real = 0;
	size_t i;

	if (base == 0)
		return false;
	negative = node->text.ptr[0] == '-';
	limit = (uint64_t)INT64_MAX + negative;
	for (i = 0; i < digits.len; i++) {
		digit = yaml_scalar_digit(digits.ptr[i]);
		big = big || value > (limit - digit) / base;
		value = big ? 0 : value * base + digit;
		real = real * base + digit;
	}
	node->kind = YAML_INT;
	node->is_big = big;
	if (!big && negative)
		node->integer = value == limit ? INT64_MIN : -(int64_t)value;
	else if (!big)
		node->integer = (int64_t)value;
	/* strtod() rounds once, the loop at every digit. */
	if (!big)
		node->real = (double)node->integer;
	else if (base == 10)
		node->real = yaml_scalar_double(node->text);
	else
		node->real = real;
	return true;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool
yaml_scalar_is_real(struct span text)
{
	struct span rest = yaml_scalar_unsigned(text);
	size_t whole = yaml_scalar_run(rest, YAML_DECIMAL), fraction = 0;

	rest = yaml_scalar_skip(rest, whole);
	if (rest.len > 0 && rest.ptr[0] == '.') {
		rest = yaml_scalar_skip(rest, 1);
		fraction = yaml_scalar_run(rest, YAML_DECIMAL);
		rest = yaml_scalar_skip(rest, fraction);
	}
	if (whole + fraction == 0)
		return false;
	if (rest.len == 0)
		return true;
	if (rest.ptr[0] != 'e' && rest.ptr[0] != 'E')
		return false;
	rest = yaml_scalar_unsigned(yaml_scalar_skip(rest, 1));
	return rest.len > 0 && yaml_scalar_run(rest, YAML_DECIMAL) == rest.len;
}

static bool
yaml_scalar_real(struct yaml_node *node)
{
	static const char *const nans[] = { ".nan", ".NaN", ".NAN", NULL };
	static const char *const infs[] = { ".inf", ".Inf", ".INF", NULL };

	if (yaml_scalar_is_one_of(node->text, nans)) {
		node->real = (double)NAN;
	} else if (yaml_scalar_is_one_of(yaml_scalar_unsigned(node->text),
		       infs)) {
		node->real = (double)INFINITY;
		if (node->text.ptr[0] == '-')
			node->real = -node->real;
	} else if (yaml_scalar_is_real(node->text)) {
		node->real = yaml_scalar_double(node->text);
	} else {
		return false;
	}
	node->kind = YAML_REAL;
	return true;
}

void
yaml_scalar_resolve(struct yaml_node *node)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL",
		NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };

	node->kind = YAML_STRING;
	if (yaml_scalar_is_one_of(node->text, nulls)) {
		node->kind = YAML_NULL;
	} else if (yaml_scalar_is_one_of(node->text, trues)) {
		node->kind = YAML_BOOL;
		node->boolean = true;
	} else if (yaml_scalar_is_one_of(node->text, falses)) {
		node->kind = YAML_BOOL;
	} else if (!yaml_scalar_int(node)) {
		yaml_scalar_real(node);
	}
}

/* [1-9][0-9_]* ( : [0-5]? [0-9] )+ ( \. [0-9_]* )? , base 60. */
static bool
yaml_scalar_is_sexagesimal(struct span text)
{
	struct span part;
	size_t len, parts = 0;

	len = yaml_scalar_run(text, YAML_DECIMAL "_");
	if (len == 0 || text.ptr[0] == '_')
		return false;
	text = yaml_scalar_skip(text, len);
	while (text.len > 0 && text.ptr[0] == ':') {
		part = yaml_scalar_skip(text, 1);
		len = yaml_scalar_run(part, YAML_DECIMAL);
		if (len == 0 || len > 2 || (len == 2 && part.ptr[0] > '5'))
			return false;
		text = yaml_scalar_skip(part, len);
		parts++;
	}
	if (parts == 0)
		return false;
	if (text.len > 0 && text.ptr[0] == '.')
		text = yaml_scalar_skip(text,
		    1 +
			yaml_scalar_run(yaml_scalar_skip(text, 1),
			    YAML_DECIMAL "_"));
	return text.len == 0;
}

/* Numbers of YAML 1.1 that are other numbers, or strings, in 1.2. */
static bool
yaml_scalar_is_old_number(struct span text)
{
	struct span rest = yaml_scalar_unsigned(text);
	bool has_underscore = span_find(rest, SPAN("_")) >= 0;
	size_t digits;

	if (rest.len == 0)
		return false;
	if (span_starts_with(rest, SPAN("0b")) && rest.len > 2)
		return yaml_scalar_run(yaml_scalar_skip(rest, 2), "01_") ==
		    rest.len - 2;
	if (span_starts_with(rest, SPAN("0x")) && rest.len > 2)
		return (has_underscore || rest.len < text.len) &&
		    yaml_scalar_run(yaml_scalar_skip(rest, 2), YAML_HEX "_") ==
		    rest.len - 2;
	digits = yaml_scalar_run(rest, YAML_DECIMAL "_");
	if (digits == rest.len && rest.ptr[0] != '_')
		return has_underscore || (rest.ptr[0] == '0' && rest.len > 1);
	if (digits < rest.len && rest.ptr[digits] == '.' && has_underscore &&
	    rest.ptr[0] != '_')
		return yaml_scalar_run(yaml_scalar_skip(rest, digits + 1),
			   YAML_DECIMAL "_") == rest.len - digits - 1;
	return yaml_scalar_is_sexagesimal(rest);
}

/* Numbers of YAML 1.2 that are strings in 1.1: 0o17, 1e3, 1.5e3. */
static bool
yaml_scalar_is_new_number(struct span text)
{
	struct span digits;
	ptrdiff_t at;

	if (yaml_scalar_base(text, &digits) == 8)
		return true;
	if (!yaml_scalar_is_real(text))
		return false;
	at = span_find(text, SPAN("e"));
	if (at < 0)
		at = span_find(text, SPAN("E"));
	if (at < 0)
		return false;
	return span_find(text, SPAN(".")) < 0 ||
	    !yaml_scalar_is_sign(text.ptr[at + 1]);
}

bool
yaml_scalar_is_ambiguous(struct span text)
{
	static const char *const words[] = { "y", "Y", "yes", "Yes", "YES", "n",
		"N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
		NULL };

	return yaml_scalar_is_one_of(text, words) ||
	    yaml_scalar_is_old_number(text) || yaml_scalar_is_new_number(text);
}
