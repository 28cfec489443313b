/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "decode/decode_internal.h"

struct decoder *
decoder_new(const struct mapping *mapping, const struct field_set *fields,
    const struct decode_limits *limits)
{
	struct decoder *decoder = mem_zalloc(sizeof(*decoder));

	CHECK(!mapping_lacks_hash_key(mapping));
	decoder->mapping = mapping;
	decoder->fields = fields;
	decoder->limits = *limits;
	decoder->plan = decode_plan_new(mapping, fields);
	/*
	 * What is limited is the record as it came, see decoder_run(): a CSV
	 * row grows as JSON by its escapes and the names of its columns.
	 */
	decoder->reader = json_reader_new(16 * limits->record_bytes,
	    limits->json_depth);
	decoder->collect = mem_array(decoder->plan->target_count,
	    sizeof(*decoder->collect));
	decode_unwrap_init(decoder);
	return decoder;
}

void
decoder_free(struct decoder *decoder)
{
	if (decoder == NULL)
		return;
	decode_plan_free(decoder->plan);
	json_reader_free(decoder->reader);
	decode_unwrap_done(decoder);
	buffer_done(&decoder->scratch);
	mem_free(decoder->collect);
	mem_free(decoder->keywords);
	mem_free(decoder);
}

static bool
refuse(enum json_status status, bool is_repaired, struct error *err)
{
	static const char *const codes[] = {
		[JSON_SYNTAX] = "IR1001",
		[JSON_BAD_UTF8] = "IR1007",
		[JSON_BAD_NUMBER] = "IR1007",
		[JSON_DUPLICATE_KEY] = "IR1002",
		[JSON_TOO_DEEP] = "IR1003",
		[JSON_TOO_LARGE] = "IR1004",
	};
	char text[sizeof(err->text)];

	memcpy(text, err->text, sizeof(text));
	if (is_repaired && status == JSON_SYNTAX)
		status = JSON_BAD_UTF8;
	return error_set(err, codes[status], "%s", text);
}

static bool
parse(struct decoder *decoder, struct span bytes, struct json_value *ret_root,
    struct error *err)
{
	bool last_wins = decoder->limits.last_duplicate_wins;
	enum json_status status = json_read(decoder->reader, bytes, last_wins,
	    ret_root, err);
	bool repair = status == JSON_BAD_UTF8 || status == JSON_BAD_NUMBER;

	if (repair) {
		decoder->flags |= EVENT_REPAIRED;
		status = json_read_repair(decoder->reader, bytes, last_wins,
		    ret_root, err);
	}
	if (status != JSON_OK)
		return refuse(status, repair, err);
	if (json_value_kind(*ret_root) != JSON_KIND_OBJECT)
		return error_set(err, "IR1006", "not a JSON object");
	return true;
}

static bool
set_time(struct decoder *decoder, const struct record *record,
    int64_t assumed_us, struct event *event, struct error *err)
{
	const struct value *value = &decoder->raw[decoder->plan->time_target];
	bool has_broker = record->broker_us != RECORD_NO_TIME;
	char field[JSON_QUOTE_BYTES], text[JSON_QUOTE_BYTES];

	switch (decode_time_read(decoder->mapping, value, &event->time_us)) {
	case DECODE_TIME_READ:
		/* Not a sum: the broker's time is any number at all. */
		if (has_broker && event->time_us > record->broker_us &&
		    event->time_us - decoder->limits.max_future_us >
			record->broker_us) {
			event->time_us = record->broker_us;
			decoder->flags |= EVENT_TIME_CLAMPED;
		}
		return true;
	case DECODE_TIME_NONE:
		event->time_us = has_broker ? record->broker_us : assumed_us;
		decoder->flags |= EVENT_TIME_ASSUMED;
		return true;
	default:
		json_quote(decoder->mapping->time_field, field);
		json_quote(value->text, text);
		return error_set(err, "IR1005",
		    "time `%s` in `%s` cannot be "
		    "read",
		    text, field);
	}
}

static bool
has_content(const struct value *value)
{
	return value->kind != VALUE_MISSING && value->kind != VALUE_NULL &&
	    (value->kind != VALUE_STRING || value->text.len > 0);
}

/* The first source with something in it; else the first there at all. */
static const struct value *
first_present(const struct value *values, uint32_t count)
{
	const struct value *present = values;

	for (uint32_t i = 0; i < count; i++) {
		if (has_content(&values[i]))
			return &values[i];
		if (present->kind == VALUE_MISSING)
			present = &values[i];
	}
	return present;
}

static void
set_fields(struct decoder *decoder, struct arena *arena, struct event *event)
{
	const struct decode_plan *plan = decoder->plan;

	if (decoder->mapping->is_identity) {
		event->values = decoder->raw;
		return;
	}
	event->values = arena_array(arena, field_set_count(decoder->fields),
	    sizeof(*event->values));
	for (uint32_t i = 0; i < plan->field_count; i++) {
		const struct decode_field *field = &plan->fields[i];
		const struct value *raw = &decoder->raw[field->first_target];
		struct value *value = &event->values[field->slot];

		if (field->field == NULL)
			*value = *raw;
		else if (field->field->from_count == 0)
			*value = field->field->constant;
		else
			*value = decode_shape(arena, decoder->mapping->hash,
			    field->field,
			    first_present(raw, field->field->from_count));
	}
}

static void
set_keywords(struct decoder *decoder, struct arena *arena, struct event *event)
{
	size_t size = decoder->keyword_count * sizeof(*decoder->keywords);

	if (decoder->keyword_count == 0)
		return;
	event->keywords = memcpy(arena_alloc(arena, size), decoder->keywords,
	    size);
	event->keyword_count = (uint32_t)decoder->keyword_count;
}

bool
decoder_run(struct decoder *decoder, const struct record *record,
    int64_t assumed_us, struct arena *arena, struct event *ret_event,
    struct error *err)
{
	struct event event = { .record = record, .input = record->input };
	struct span json = record->bytes;
	struct json_value root;

	if (record_evidence(record).len > decoder->limits.record_bytes)
		return error_set(err, "IR1004", "longer than %llu bytes",
		    (unsigned long long)decoder->limits.record_bytes);
	if (record->defect != NULL)
		return error_set(err, "IR1001", "%s", record->defect);
	decoder->arena = arena;
	decoder->flags = 0;
	/* What has an original is made JSON already. */
	if (record->original.len == 0 &&
	    !decode_unwrap(decoder, record, &json, err))
		return false;
	if (!parse(decoder, json, &root, err))
		return false;
	decode_values(decoder, root);
	if (!set_time(decoder, record, assumed_us, &event, err))
		return false;
	set_fields(decoder, arena, &event);
	set_keywords(decoder, arena, &event);
	event.flags = decoder->flags;
	*ret_event = event;
	return true;
}
