/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>

#include "base/json.h"
#include "base/mem.h"
#include "text/json_read.h"

#include "engine/engine_internal.h"

/* What of a rejected record is kept, so that it can be looked at. */
#define REJECTED_BYTES_MAX 65536

/* base64: the bytes may be anything, and JSON holds text only. */
static void
add_bytes(struct json *json, struct span bytes)
{
	size_t len = bytes.len < REJECTED_BYTES_MAX ? bytes.len :
						      REJECTED_BYTES_MAX;
	unsigned char *text = mem_alloc(4 * ((len + 2) / 3) + 1);
	int text_len = 0;

	if (len > 0)
		text_len = EVP_EncodeBlock(text,
		    (const unsigned char *)bytes.ptr, (int)len);
	json_key(json, "bytes_base64");
	json_span(json, span_make(text, (size_t)text_len));
	json_key(json, "bytes_total");
	json_uint(json, bytes.len);
	mem_free(text);
}

void
rejected_build(const struct record *record, const struct error *err,
    struct buffer *out)
{
	uint8_t digest[HASH_SHA256_LEN];
	struct span bytes = record_evidence(record);
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_key(&json, "code");
	json_string(&json, err->code);
	json_key(&json, "reason");
	json_string(&json, err->text);
	json_key(&json, "topic");
	json_span(&json, record->position.topic);
	json_key(&json, "partition");
	json_int(&json, record->position.partition);
	json_key(&json, "offset");
	json_int(&json, record->position.offset);
	if (record->broker_us != RECORD_NO_TIME) {
		json_key(&json, "broker_time");
		json_time(&json, record->broker_us);
	}
	hash_sha256(bytes, digest);
	json_key(&json, "sha256");
	json_hex(&json, digest, sizeof(digest));
	add_bytes(&json, bytes);
	json_end(&json);
}

/* ---- Smaller ---- */

#define REASON_BYTES_MAX 200

static const char *const texts[] = { "code", "reason", "topic", "broker_time",
	"sha256" };
static const char *const numbers[] = { "partition", "offset", "bytes_total" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
write_reduced(struct json_value root, struct json *json)
{
	struct json_value value;
	struct span text;

	json_object(json);
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (!json_member(root, span_of(texts[i]), &value) ||
		    json_value_kind(value) != JSON_KIND_STRING)
			continue;
		text = json_value_string(value);
		if (text.len > REASON_BYTES_MAX)
			text.len = REASON_BYTES_MAX;
		json_key(json, texts[i]);
		json_span(json, text);
	}
	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (!json_member(root, span_of(numbers[i]), &value) ||
		    json_value_kind(value) != JSON_KIND_INT)
			continue;
		json_key(json, numbers[i]);
		json_int(json, json_value_int(value));
	}
	json_key(json, "truncated");
	json_bool(json, true);
	json_end(json);
}

bool
rejected_reduce(struct span record, size_t limit_bytes, struct buffer *out)
{
	struct json_reader *reader = json_reader_new(record.len + 1, 4);
	struct error err = ERROR_NONE;
	struct json_value root;
	size_t start = out->len;
	struct json json;
	bool ok = json_read(reader, record, false, &root, &err) == JSON_OK;

	if (ok) {
		json_init(&json, out);
		write_reduced(root, &json);
		ok = out->len - start <= limit_bytes;
	}
	if (!ok)
		out->len = start;
	json_reader_free(reader);
	return ok;
}
