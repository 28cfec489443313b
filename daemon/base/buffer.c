/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include "base/buffer.h"

#define U64_DIGITS 20
#define PRINTF_GUESS 128

void
buffer_done(struct buffer *buffer)
{
	mem_free(buffer->ptr);
	*buffer = (struct buffer)BUFFER_INIT;
}

void
buffer_reset(struct buffer *buffer)
{
	buffer->len = 0;
}

char *
buffer_reserve(struct buffer *buffer, size_t extra)
{
	size_t need;

	if (extra > buffer->cap - buffer->len || buffer->ptr == NULL) {
		if (__builtin_add_overflow(buffer->len, extra, &need))
			log_fatal(EX_OSERR, "out of memory: %zu bytes", extra);
		buffer->ptr = mem_grow(buffer->ptr, &buffer->cap,
		    need > 0 ? need : 1, 1);
	}
	return buffer->ptr + buffer->len;
}

void
buffer_add(struct buffer *buffer, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	memcpy(buffer_reserve(buffer, len), bytes, len);
	buffer->len += len;
}

void
buffer_add_span(struct buffer *buffer, struct span span)
{
	buffer_add(buffer, span.ptr, span.len);
}

void
buffer_add_string(struct buffer *buffer, const char *string)
{
	buffer_add(buffer, string, strlen(string));
}

void
buffer_add_char(struct buffer *buffer, char c)
{
	*buffer_reserve(buffer, 1) = c;
	buffer->len++;
}

void
buffer_add_u64(struct buffer *buffer, uint64_t number)
{
	char digits[U64_DIGITS];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	buffer_add(buffer, digits + at, sizeof(digits) - at);
}

void
buffer_add_i64(struct buffer *buffer, int64_t number)
{
	if (number < 0)
		buffer_add_char(buffer, '-');
	buffer_add_u64(buffer,
	    number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void
buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args, again;
	size_t room;
	char *at;
	int want;

	va_start(args, format);
	va_copy(again, args);
	at = buffer_reserve(buffer, PRINTF_GUESS);
	room = buffer->cap - buffer->len;
	want = vsnprintf(at, room, format, args);
	CHECK(want >= 0);
	if ((size_t)want >= room) {
		at = buffer_reserve(buffer, (size_t)want + 1);
		(void)vsnprintf(at, (size_t)want + 1, format, again);
	}
	buffer->len += (size_t)want;
	va_end(again);
	va_end(args);
}

const char *
buffer_string(struct buffer *buffer)
{
	*buffer_reserve(buffer, 1) = '\0';
	return buffer->ptr;
}

struct span
buffer_span(const struct buffer *buffer)
{
	return (struct span){ buffer->ptr, buffer->len };
}
