/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON (RFC 8259) into a buffer, commas by itself.  Control characters
 * are escaped; bytes that are no UTF-8 become U+FFFD, so that the output is
 * valid whatever a record held.
 *
 *	struct json json;
 *	json_init(&json, &buffer);
 *	json_object(&json);
 *	json_key(&json, "count");
 *	json_int(&json, 12);
 *	json_end(&json);
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

#define JSON_DEPTH_MAX 32

struct json {
	struct buffer *out;
	unsigned depth;
	bool has_member[JSON_DEPTH_MAX];
	bool is_object[JSON_DEPTH_MAX];
	bool after_key;
};

void json_init(struct json *json, struct buffer *out);
void json_object(struct json *json);
void json_array(struct json *json);
void json_end(struct json *json); /* the innermost object or array */
void json_key(struct json *json, const char *key);
void json_key_span(struct json *json, struct span key);
void json_string(struct json *json, const char *string);
void json_span(struct json *json, struct span string);
void json_int(struct json *json, int64_t number);
void json_uint(struct json *json, uint64_t number);
void json_real(struct json *json, double number); /* shortest that reads back;
						     NaN and infinity: null */
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
void json_raw(struct json *json, struct span json_text); /* as it stands */

/* RFC 3339 in UTC with milliseconds: "2026-03-02T21:14:07.412Z". */
void json_time(struct json *json, int64_t time_us);

/* Lower-case hexadecimal. */
void json_hex(struct json *json, const void *bytes, size_t len);

#endif
