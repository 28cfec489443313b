/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes one text and says what became of it, for the tests of decode/. */
#ifndef UNIT_DECODE_DECODING_H
#define UNIT_DECODE_DECODING_H

#include "base/buffer.h"
#include "base/mem.h"
#include "decode/decode.h"

#include "support/testing.h"

struct decoding {
	struct mapping *mapping;
	struct field_set *fields;
	struct decode_limits limits;
	struct decoder *decoder;
	struct arena *arena;
	struct buffer shown;
};

/* Kinds and texts, as `int 5`, `list[string a, null]`, `missing`. */
static inline void
decoding_show(const struct value *value, struct buffer *out)
{
	static const char *const kinds[] = { "missing", "null", "bool ", "int ",
		"big ", "real ", "string ", "list", "object" };
	int64_t integer;

	buffer_add_string(out, kinds[value->kind]);
	buffer_add_span(out, value->text);
	if (value->kind == VALUE_INT) {
		integer = value->integer;
		if (sscanf(buffer_string(out) + out->len - value->text.len,
			"%" SCNd64, &integer) != 1 ||
		    integer != value->integer)
			buffer_printf(out, " (is %" PRId64 ")", value->integer);
	}
	if (value->kind != VALUE_LIST)
		return;
	buffer_add_char(out, '[');
	for (uint32_t i = 0; i < value->count; i++) {
		if (i > 0)
			buffer_add_string(out, ", ");
		decoding_show(&value->items[i], out);
	}
	buffer_add_char(out, ']');
}

/* `fields`: names separated by commas. */
static inline void
decoding_start(struct decoding *decoding, struct mapping *mapping,
    const char *fields)
{
	struct span rest = span_of(fields), name;

	*decoding = (struct decoding){ .mapping = mapping,
		.fields = field_set_new(),
		.limits = decode_limits_default,
		.arena = arena_new(4096) };
	while (span_split(&rest, ',', &name)) {
		if (span_is(name, "*"))
			field_set_want_all_values(decoding->fields);
		else if (name.len > 0)
			field_set_add(decoding->fields, name);
	}
}

static inline void
decoding_stop(struct decoding *decoding)
{
	decoder_free(decoding->decoder);
	field_set_free(decoding->fields);
	mapping_free(decoding->mapping);
	arena_free(decoding->arena);
	buffer_done(&decoding->shown);
}

static inline bool
decoding_run(struct decoding *decoding, const struct record *record,
    struct event *ret_event, struct error *err)
{
	*err = (struct error)ERROR_NONE;
	if (decoding->decoder == NULL)
		decoding->decoder = decoder_new(decoding->mapping,
		    decoding->fields, &decoding->limits);
	return decoder_run(decoding->decoder, record, 0, decoding->arena,
	    ret_event, err);
}

/* All fields separated by "; ", or the code of the refusal. */
static inline struct span
decoding_of(struct decoding *decoding, struct span bytes)
{
	struct record record = { .bytes = bytes, .broker_us = RECORD_NO_TIME };
	struct event event;
	struct error err;
	uint32_t count = field_set_count(decoding->fields);

	buffer_reset(&decoding->shown);
	if (!decoding_run(decoding, &record, &event, &err)) {
		buffer_add_string(&decoding->shown, err.code);
		return buffer_span(&decoding->shown);
	}
	for (uint32_t slot = 0; slot < count; slot++) {
		if (slot > 0)
			buffer_add_string(&decoding->shown, "; ");
		decoding_show(&event.values[slot], &decoding->shown);
	}
	for (uint32_t i = 0; i < event.keyword_count; i++) {
		buffer_add_string(&decoding->shown, count + i > 0 ? "; " : "");
		decoding_show(&event.keywords[i], &decoding->shown);
	}
	if (event.flags & EVENT_REPAIRED)
		buffer_add_string(&decoding->shown, " (repaired)");
	return buffer_span(&decoding->shown);
}

#endif
