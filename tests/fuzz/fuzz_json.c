/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record of any bytes, as JSON, as a row and in other encodings: decoded or
 * refused with a reason, and what is decoded is UTF-8 and of the kinds that
 * its readers expect.
 */
#include "base/check.h"
#include "base/fold.h"
#include "decode/mapping_internal.h"
#include "decode/decode.h"

#include "fuzz/fuzz.h"

#define DECODERS 6

static struct field_set *fields;
static struct decoder *decoders[DECODERS];
static struct arena *arena;

static const struct span columns[] = { { "user.id", 7 }, { "n", 1 },
	{ "k0", 2 } };

static const struct {
	enum encoding encoding;
	struct csv_dialect csv;
	bool has_wire_header;
} wrappings[DECODERS] = {
	{ .encoding = ENCODING_UTF8 },
	{ .encoding = ENCODING_UTF8, .has_wire_header = true },
	{ .encoding = ENCODING_UTF16 },
	{ .encoding = ENCODING_WINDOWS_1252, .has_wire_header = true },
	{ .csv = { ';', columns, 3 } },
	{ .encoding = ENCODING_UTF16LE, .csv = { 0, columns, 3 } },
};

static void
start(void)
{
	static const char *const names[] = { "user.id", "reason.text", "n", "a",
		"a.b", "a.b.c", "k0", "@timestamp" };
	struct decode_limits limits = decode_limits_default;

	fields = field_set_new();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		field_set_add(fields, span_of(names[i]));
	field_set_want_all_values(fields);
	for (size_t i = 0; i < DECODERS; i++) {
		struct mapping *mapping = mapping_identity();

		mapping->encoding = wrappings[i].encoding;
		mapping->csv = wrappings[i].csv;
		mapping_set_wire_header(mapping, wrappings[i].has_wire_header);
		limits.last_duplicate_wins = i > 0;
		decoders[i] = decoder_new(mapping, fields, &limits);
	}
	arena = arena_new(65536);
}

static void
check_value(const struct value *value)
{
	CHECK(fold_is_utf8(value->text));
	if (value->kind != VALUE_LIST) {
		CHECK(value->kind <= VALUE_OBJECT);
		return;
	}
	for (uint32_t i = 0; i < value->count; i++) {
		CHECK(value->items[i].kind != VALUE_LIST);
		CHECK(value->items[i].kind != VALUE_MISSING);
		check_value(&value->items[i]);
	}
}

static void
run(struct decoder *decoder, const struct record *record)
{
	struct error err = ERROR_NONE;
	struct event event;

	if (!decoder_run(decoder, record, 0, arena, &event, &err)) {
		CHECK(span_starts_with(span_of(err.code), SPAN("IR10")));
		CHECK(err.text[0] != '\0' && fold_is_utf8(span_of(err.text)));
		return;
	}
	for (uint32_t slot = 0; slot < field_set_count(fields); slot++)
		check_value(&event.values[slot]);
	for (uint32_t i = 0; i < event.keyword_count; i++)
		check_value(&event.keywords[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record record = { .bytes = span_make(data, size),
		.broker_us = RECORD_NO_TIME };

	if (fields == NULL)
		start();
	for (size_t i = 0; i < DECODERS; i++)
		run(decoders[i], &record);
	arena_reset(arena);
	return 0;
}
