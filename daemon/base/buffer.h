/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdint.h>

#include "base/span.h"

struct buffer {
	char *ptr;
	size_t len;
	size_t cap;
};

#define BUFFER_INIT { NULL, 0, 0 }

void buffer_done(struct buffer *buffer);  /* frees; usable again afterwards */
void buffer_reset(struct buffer *buffer); /* len = 0, memory kept */

/* Room for `extra` more bytes; returns where they start. */
char *buffer_reserve(struct buffer *buffer, size_t extra);

void buffer_add(struct buffer *buffer, const void *bytes, size_t len);
void buffer_add_span(struct buffer *buffer, struct span span);
void buffer_add_string(struct buffer *buffer, const char *string);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_add_u64(struct buffer *buffer, uint64_t number); /* decimal */
void buffer_add_i64(struct buffer *buffer, int64_t number);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a NUL that is not counted, so that ptr is a C string. */
const char *buffer_string(struct buffer *buffer);
struct span buffer_span(const struct buffer *buffer);

#endif
