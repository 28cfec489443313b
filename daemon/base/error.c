/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/fold.h"

#include "base/error.h"

/* Leaves out a last character of which only a part is there. */
static size_t
whole_characters(const char *text, size_t len)
{
	uint32_t code_point;
	size_t start = len;

	while (start > 0 && len - start < 4 &&
	    ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
		start--;
	if (fold_decode(span_make(text + start, len - start), &code_point) > 0)
		return len;
	return start;
}

/* Takes over `text`, of which `want` bytes were asked for. */
static void
store_text(struct error *err, char *text, int want)
{
	size_t len = strlen(text);

	if (want >= (int)sizeof(err->text))
		len = whole_characters(text, len);
	text[len] = '\0';
	if (len == 0)
		memcpy(text, "unknown error", sizeof("unknown error"));
	memcpy(err->text, text, sizeof(err->text));
}

bool
error_set(struct error *err, const char *code, const char *format, ...)
{
	/* Not written in place: the arguments may point into *err. */
	char text[sizeof(err->text)] = { 0 };
	va_list args;
	int want;

	if (err == NULL)
		return false;
	va_start(args, format);
	want = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (code != NULL)
		(void)snprintf(err->code, sizeof(err->code), "%s", code);
	store_text(err, text, want);
	return false;
}

bool
error_prefix(struct error *err, const char *format, ...)
{
	char text[sizeof(err->text)] = { 0 };
	va_list args;
	size_t len;
	int want;

	if (err == NULL)
		return false;
	va_start(args, format);
	want = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	len = strlen(text);
	if (want < (int)sizeof(text))
		want = (int)len +
		    snprintf(text + len, sizeof(text) - len, ": %s", err->text);
	store_text(err, text, want);
	return false;
}
