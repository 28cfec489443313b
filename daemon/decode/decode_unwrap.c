/* SPDX-License-Identifier: Apache-2.0 */
#include <sysexits.h>

#include "base/log.h"

#include "decode/decode_internal.h"

/* Confluent's wire format: a zero, the schema's number (u32, big-endian). */
#define WIRE_MAGIC 0
#define WIRE_HEADER 5

void
decode_unwrap_init(struct decoder *decoder)
{
	const struct mapping *mapping = decoder->mapping;
	struct error err = ERROR_NONE;

	/* Both were tried when the mapping was read. */
	if (mapping->encoding != ENCODING_UTF8) {
		decoder->converter = encoding_open(mapping->encoding);
		if (decoder->converter == NULL)
			log_fatal(EX_OSFILE,
			    "the C library has no encoding %s any more",
			    encoding_names[mapping->encoding]);
	}
	if (mapping->csv.header != NULL &&
	    !csv_named(&mapping->csv, &decoder->csv, &err))
		log_fatal(EX_SOFTWARE, "%s", err.text);
}

void
decode_unwrap_done(struct decoder *decoder)
{
	encoding_close(decoder->converter);
	csv_free(decoder->csv);
	buffer_done(&decoder->utf8);
}

static uint32_t
schema_number(struct span bytes)
{
	uint32_t number = 0;

	for (size_t i = 1; i < WIRE_HEADER; i++)
		number = number << 8 | (unsigned char)bytes.ptr[i];
	return number;
}

static bool
has_wire_header(const struct decoder *decoder, struct span bytes)
{
	/* A character of UTF-16BE begins with a zero too. */
	return encoding_unit(decoder->mapping->encoding) == 1 &&
	    bytes.len > WIRE_HEADER && bytes.ptr[0] == WIRE_MAGIC;
}

static bool
is_json_object(struct span bytes)
{
	return span_starts_with(span_trim(bytes), SPAN("{"));
}

/* Takes the header of a schema registry off, or names it. */
static bool
skip_wire_header(const struct decoder *decoder, struct span *bytes,
    struct error *err)
{
	struct span rest;
	unsigned long number;

	if (!has_wire_header(decoder, *bytes))
		return true;
	rest = span_make(bytes->ptr + WIRE_HEADER, bytes->len - WIRE_HEADER);
	number = schema_number(*bytes);
	if (decoder->csv == NULL && !is_json_object(rest))
		return error_set(err, "IR1008",
		    "not JSON but, by the header of a schema registry, Avro "
		    "or Protobuf of schema %lu",
		    number);
	if (!decoder->mapping->has_wire_header)
		return error_set(err, "IR1008",
		    "the header of a schema registry (schema %lu) stands "
		    "before the record: skip it by `wire: registry` in the "
		    "input",
		    number);
	*bytes = rest;
	return true;
}

static bool
check_utf16(const struct decoder *decoder, struct span bytes, struct error *err)
{
	enum encoding order;

	if (decoder->converter != NULL || !encoding_is_utf16(bytes, &order))
		return true;
	return error_set(err, "IR1007",
	    "the record is UTF-16: say `encoding: %s` in the input",
	    encoding_names[order]);
}

static bool
check_row(const struct decoder *decoder, enum csv_end end, struct span row,
    size_t len, struct error *err)
{
	if (end == CSV_QUOTED)
		return error_set(err, "IR1001", "a quoted field is not closed");
	if (span_trim(span_make(row.ptr + len, row.len - len)).len > 0)
		return error_set(err, "IR1001",
		    "more than one row in a record");
	if (span_trim(row).len == 0)
		return error_set(err, "IR1001", "an empty row");
	if (csv_is_header(decoder->csv, span_make(row.ptr, len)))
		return error_set(err, "IR1001",
		    "the names of the columns instead of a row");
	return true;
}

static bool
read_row(struct decoder *decoder, struct span row, struct span *ret_json,
    struct error *err)
{
	const char *defect;
	size_t len = row.len;
	enum csv_end end;

	if (row.len == 0)
		return error_set(err, "IR1001", "an empty record");
	end = csv_row(decoder->csv, 0, row, &len);
	if (!check_row(decoder, end, row, len, err))
		return false;
	row.len = len;
	if (!csv_json(decoder->csv, decoder->arena, row, ret_json, &defect))
		return error_set(err, "IR1001", "%s", defect);
	return true;
}

bool
decode_unwrap(struct decoder *decoder, const struct record *record,
    struct span *ret_json, struct error *err)
{
	struct span bytes = record->bytes;

	if (!check_utf16(decoder, bytes, err) ||
	    !skip_wire_header(decoder, &bytes, err))
		return false;
	if (decoder->converter != NULL) {
		buffer_reset(&decoder->utf8);
		encoding_convert(decoder->converter, bytes, &decoder->utf8);
		bytes = buffer_span(&decoder->utf8);
	} else if (decoder->csv != NULL) {
		encoding_skip_mark(ENCODING_UTF8, false, &bytes);
	}
	if (decoder->csv != NULL)
		return read_row(decoder, bytes, ret_json, err);
	*ret_json = bytes;
	return true;
}
