/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>

#include "base/file.h"
#include "base/mem.h"
#include "text/json_read.h"

#include "kafka/credential.h"

#define TOKEN_BYTES_MAX (64 * 1024)
#define DEPTH_MAX 16
#define YEAR_10000_S INT64_C(253402300800)

/* base64url without padding (RFC 4648, 5) as OpenSSL wants it. */
static bool
decode(struct span text, struct buffer *out)
{
	struct buffer plain = BUFFER_INIT;
	size_t padding = (4 - text.len % 4) % 4;
	int len;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		buffer_add_char(&plain,
		    (char)(c == '-'  ? '+' :
			    c == '_' ? '/' :
				       c));
	}
	for (size_t i = 0; i < padding; i++)
		buffer_add_char(&plain, '=');
	len = EVP_DecodeBlock((unsigned char *)buffer_reserve(out, plain.len),
	    (const unsigned char *)plain.ptr, (int)plain.len);
	if (len >= (int)padding)
		out->len += (size_t)len - padding;
	buffer_done(&plain);
	return len > 0;
}

static bool
read_claims(struct span claims, struct buffer *subject, int64_t *ret_expires_ms,
    struct error *err)
{
	struct json_reader *reader = json_reader_new(TOKEN_BYTES_MAX,
	    DEPTH_MAX);
	struct json_value root, value;
	int64_t expires_s = -1;
	bool ok = json_read(reader, claims, false, &root, err) == JSON_OK;

	if (ok && json_member(root, SPAN("sub"), &value) &&
	    json_value_kind(value) == JSON_KIND_STRING)
		buffer_add_span(subject, json_value_string(value));
	if (ok && json_member(root, SPAN("exp"), &value)) {
		if (json_value_kind(value) == JSON_KIND_INT)
			expires_s = json_value_int(value);
		else if (json_value_kind(value) == JSON_KIND_REAL &&
		    json_value_real(value) < (double)YEAR_10000_S)
			expires_s = (int64_t)json_value_real(value);
	}
	if (ok && (expires_s < 0 || expires_s > YEAR_10000_S))
		ok = error_set(err, NULL, "it does not say when it expires");
	if (ok)
		*ret_expires_ms = expires_s * 1000;
	json_reader_free(reader);
	return ok;
}

static bool
read_token(struct span token, struct buffer *subject, int64_t *ret_expires_ms,
    struct error *err)
{
	struct buffer claims = BUFFER_INIT;
	struct span head, part;
	bool ok;

	ok = span_split(&token, '.', &head) && span_split(&token, '.', &part) &&
	    decode(part, &claims);
	if (!ok)
		error_set(err, NULL, "no JSON web token");
	ok = ok &&
	    read_claims(buffer_span(&claims), subject, ret_expires_ms, err);
	buffer_done(&claims);
	return ok;
}

/* A message must not hold any of the token. */
bool
kafka_credential_token(const char *path, struct buffer *token,
    struct buffer *subject, int64_t *ret_expires_ms, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	struct error reason = ERROR_NONE;
	struct span trimmed;
	bool ok = file_read(path, TOKEN_BYTES_MAX, &text, err);

	if (ok) {
		trimmed = span_trim(buffer_span(&text));
		buffer_add_span(token, trimmed);
		ok = read_token(trimmed, subject, ret_expires_ms, &reason);
		if (!ok)
			error_set(err, NULL, "the token in %s cannot be used%s",
			    path,
			    strstr(reason.text, "expires") != NULL ?
				": it does not say when it expires" :
				"");
	}
	buffer_done(&text);
	return ok;
}
