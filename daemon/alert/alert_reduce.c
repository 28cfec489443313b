/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "text/json_read.h"

#include "alert/alert_reduce.h"

#define RECORD_BYTES_MAX (64 * 1024 * 1024)
#define DEPTH_MAX 24		/* below that of the writer */
#define ELLIPSIS "\xe2\x80\xa6" /* U+2026 */

static const struct level {
	size_t evidence, text_bytes;
} levels[] = {
	{ SIZE_MAX, SIZE_MAX },
	{ 256, SIZE_MAX },
	{ 64, SIZE_MAX },
	{ 16, SIZE_MAX },
	{ 4, SIZE_MAX },
	{ 1, SIZE_MAX },
	{ 1, 1024 },
	{ 0, 1024 },
	{ 0, 256 },
	{ 0, 48 },
};

static const char *const members[] = { "alert", "kind", "into", "revision",
	"rule", "group", "first", "last", "count", "peak", "delay_ms",
	"sentence", "about" };

static const char *const places[] = { "topic", "partition", "offset", "time",
	"sha256" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
write_text(struct json *json, struct span text, size_t limit)
{
	struct buffer cut = BUFFER_INIT;
	size_t len = limit;

	if (text.len <= limit) {
		json_span(json, text);
		return;
	}
	while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	buffer_add(&cut, text.ptr, len);
	buffer_add_string(&cut, ELLIPSIS);
	json_span(json, buffer_span(&cut));
	buffer_done(&cut);
}

static void
write_scalar(struct json *json, struct json_value value, size_t text_bytes)
{
	switch (json_value_kind(value)) {
	case JSON_KIND_BOOL:
		json_bool(json, json_value_bool(value));
		break;
	case JSON_KIND_INT:
		json_int(json, json_value_int(value));
		break;
	case JSON_KIND_UINT:
		json_uint(json, json_value_uint(value));
		break;
	case JSON_KIND_REAL:
		json_real(json, json_value_real(value));
		break;
	case JSON_KIND_STRING:
		write_text(json, json_value_string(value), text_bytes);
		break;
	default:
		json_null(json);
	}
}

/* No member of ours nests deeper than an object of scalars. */
static void
write_value(struct json *json, struct json_value value, size_t text_bytes)
{
	struct json_iterator iterator;
	struct json_value member;
	struct span key;

	if (json_value_kind(value) != JSON_KIND_OBJECT) {
		write_scalar(json, value, text_bytes);
		return;
	}
	json_object(json);
	iterator = json_iterate(value);
	while (json_next(&iterator, &key, &member)) {
		json_key_span(json, key);
		write_scalar(json, member, text_bytes);
	}
	json_end(json);
}

static void
write_members(struct json *json, struct json_value from,
    const char *const *keys, size_t count, size_t text_bytes)
{
	struct json_value value;

	for (size_t i = 0; i < count; i++) {
		if (!json_member(from, span_of(keys[i]), &value))
			continue;
		json_key(json, keys[i]);
		write_value(json, value, text_bytes);
	}
}

static void
write_evidence(struct json *json, struct json_value root,
    const struct level *level)
{
	struct json_iterator iterator;
	struct json_value evidence, item;
	struct span key;
	size_t count = 0;

	json_key(json, "evidence");
	json_array(json);
	if (json_member(root, SPAN("evidence"), &evidence) &&
	    json_value_kind(evidence) == JSON_KIND_ARRAY) {
		iterator = json_iterate(evidence);
		while (count < level->evidence &&
		    json_next(&iterator, &key, &item)) {
			json_object(json);
			write_members(json, item, places, COUNT(places),
			    level->text_bytes);
			json_end(json);
			count++;
		}
	}
	json_end(json);
}

static void
write_level(struct json_value root, const struct level *level,
    struct buffer *out)
{
	struct json json;

	json_init(&json, out);
	json_object(&json);
	write_members(&json, root, members, COUNT(members), level->text_bytes);
	write_evidence(&json, root, level);
	json_key(&json, "truncated");
	json_bool(&json, true);
	json_end(&json);
}

bool
alert_reduce(struct span record, size_t limit_bytes, struct buffer *out)
{
	struct json_reader *reader = json_reader_new(RECORD_BYTES_MAX,
	    DEPTH_MAX);
	struct error err = ERROR_NONE;
	struct json_value root;
	size_t start = out->len;
	bool ok = false;

	if (json_read(reader, record, false, &root, &err) == JSON_OK) {
		for (size_t i = 0; !ok && i < COUNT(levels); i++) {
			out->len = start;
			write_level(root, &levels[i], out);
			ok = out->len - start <= limit_bytes;
		}
	}
	if (!ok)
		out->len = start;
	json_reader_free(reader);
	return ok;
}
