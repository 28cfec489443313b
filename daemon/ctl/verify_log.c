/* SPDX-License-Identifier: Apache-2.0 */
/* A receiver's log taken apart into what our frames say of themselves. */
#include <stdio.h>

#include "base/mem.h"
#include "deliver/destination_place.h"
#include "text/json_read.h"

#include "ctl/receiver.h"
#include "ctl/verify.h"

#define LINE_DEPTH_MAX 64
#define LENGTH_DIGITS_MAX 10
#define SD_ID "integrity@"

struct log_reader {
	struct verify *verify;
	struct json_reader *json;
	struct buffer text;
	size_t line;
};

/* Gives the value of a parameter of our structured data. */
typedef bool get_param(void *context, const char *name, struct buffer *out);

/* ---- One frame ---- */

static bool
take_part(struct span text, struct verify_frame *frame)
{
	uint64_t part, parts;
	struct span first;

	if (!span_split(&text, '/', &first) || text.ptr == NULL ||
	    !destination_place_parse_sequence(first, &part) ||
	    !destination_place_parse_sequence(text, &parts) || part < 1 ||
	    part > parts || parts > UINT32_MAX - 1)
		return false;
	frame->part = (uint32_t)part;
	frame->parts = (uint32_t)parts;
	return true;
}

/* NULL if all is well, else what is wrong. */
static const char *
read_frame(struct log_reader *reader, get_param *get, void *context,
    struct verify_frame *frame)
{
	struct buffer *text = &reader->text;

	buffer_reset(text);
	if (!get(context, "sequence", text) ||
	    !destination_place_parse_sequence(buffer_span(text),
		&frame->sequence))
		return "no sequence";
	buffer_reset(text);
	if (!get(context, "chain", text) ||
	    !destination_place_parse_chain(buffer_span(text), frame->chain))
		return "no chain";
	buffer_reset(text);
	if (get(context, "alert", text))
		(void)snprintf(frame->alert, sizeof(frame->alert), "%s",
		    buffer_string(text));
	if (frame->alert[0] != '\0' && frame->sequence == 0)
		return "an alert of sequence 0";
	buffer_reset(text);
	if (get(context, "part", text) && !take_part(buffer_span(text), frame))
		return "part is no M/N";
	return NULL;
}

static void
take_frame(struct log_reader *reader, get_param *get, void *context)
{
	struct verify_frame frame = {
		.line = reader->line, .part = 1, .parts = 1
	};
	const char *wrong = read_frame(reader, get, context, &frame);

	if (wrong != NULL)
		verify_bad_form(reader->verify, reader->line, wrong);
	else
		verify_frame(reader->verify, &frame);
}

/* ---- As a message ---- */

static bool
get_from_text(void *context, const char *name, struct buffer *out)
{
	return receiver_param(context, SD_ID, name, out);
}

/* Another's parameter may speak of ours: only an element counts. */
static bool
is_ours(struct log_reader *reader, const struct receiver_message *message)
{
	static const char *const names[] = { "sequence", "chain", "alert" };

	if (span_starts_with(message->structured_data, SPAN("[" SD_ID)))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buffer_reset(&reader->text);
		if (receiver_param(message, SD_ID, names[i], &reader->text))
			return true;
	}
	return false;
}

static void
take_structured_data(struct log_reader *reader, struct span data)
{
	struct receiver_message message = { .structured_data = data };

	if (is_ours(reader, &message))
		take_frame(reader, get_from_text, &message);
	else
		verify_foreign(reader->verify);
}

static void
take_message(struct log_reader *reader, struct span text)
{
	struct receiver_message message;
	struct error err = ERROR_NONE;

	if (receiver_parse(text, &message, &err))
		take_structured_data(reader, message.structured_data);
	else if (span_find(text, SPAN("[" SD_ID)) >= 0)
		verify_bad_form(reader->verify, reader->line, err.text);
	else
		verify_foreign(reader->verify);
}

/* ---- As JSON ---- */

static bool
get_from_object(void *context, const char *name, struct buffer *out)
{
	const struct json_value *params = context;
	struct json_value value;

	if (!json_member(*params, span_of(name), &value))
		return false;
	if (json_value_kind(value) == JSON_KIND_STRING)
		buffer_add_span(out, json_value_string(value));
	else if (json_value_kind(value) == JSON_KIND_INT)
		buffer_add_i64(out, json_value_int(value));
	return true;
}

/* One of the names, as a text; the first that there is. */
static bool
find_text(struct json_value root, const char *const *names,
    struct span *ret_text)
{
	struct json_value value;

	for (; *names != NULL; names++) {
		if (!json_member(root, span_of(*names), &value) ||
		    json_value_kind(value) != JSON_KIND_STRING)
			continue;
		*ret_text = json_value_string(value);
		return true;
	}
	return false;
}

/* syslog-ng's format-json makes objects of the dots in its names. */
static bool
find_params(struct json_value root, struct json_value *ret_params)
{
	static const char *const names[] = { "_SDATA", ".SDATA", "sdata" };
	struct json_iterator members;
	struct json_value data;
	struct span key;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!json_member(root, span_of(names[i]), &data) ||
		    json_value_kind(data) != JSON_KIND_OBJECT)
			continue;
		members = json_iterate(data);
		while (json_next(&members, &key, ret_params)) {
			if (span_starts_with(key, SPAN(SD_ID)))
				return true;
		}
	}
	return false;
}

static void
take_json(struct log_reader *reader, struct span line)
{
	static const char *const data[] = { "structured_data",
		"structured-data", "STRUCTURED-DATA", "SDATA", NULL };
	static const char *const whole[] = { "raw", "rawmsg", "RAWMSG", NULL };
	struct json_value root, params;
	struct error err = ERROR_NONE;
	struct span text;

	if (json_read_repair(reader->json, line, true, &root, &err) !=
		JSON_OK ||
	    json_value_kind(root) != JSON_KIND_OBJECT)
		verify_foreign(reader->verify);
	else if (find_text(root, data, &text))
		take_structured_data(reader, text);
	else if (find_params(root, &params))
		take_frame(reader, get_from_object, &params);
	else if (find_text(root, whole, &text))
		take_message(reader, text);
	else
		verify_foreign(reader->verify);
}

/* ---- Lines ---- */

/* "LEN SP <" (RFC 6587, 3.4.1): takes it off and gives the length. */
static bool
take_length(struct span *text, size_t *ret_len)
{
	size_t at = 0, len = 0;

	while (at < text->len && at < LENGTH_DIGITS_MAX &&
	    text->ptr[at] >= '0' && text->ptr[at] <= '9')
		len = len * 10 + (size_t)(text->ptr[at++] - '0');
	if (at == 0 || at + 1 >= text->len || text->ptr[at] != ' ' ||
	    text->ptr[at + 1] != '<')
		return false;
	*text = span_make(text->ptr + at + 1, text->len - at - 1);
	*ret_len = len;
	return true;
}

static struct span
take_line(struct span *text)
{
	struct span line = *text;
	const char *end = memchr(text->ptr, '\n', text->len);

	if (end == NULL) {
		*text = span_make(text->ptr + text->len, 0);
	} else {
		line.len = (size_t)(end - text->ptr);
		*text = span_make(end + 1, text->len - line.len - 1);
	}
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static void
take_counted(struct log_reader *reader, struct span *text, size_t len)
{
	if (len > text->len) {
		verify_bad_form(reader->verify, reader->line,
		    "the log ends within it");
		*text = span_make(text->ptr + text->len, 0);
		return;
	}
	take_message(reader, span_make(text->ptr, len));
	*text = span_make(text->ptr + len, text->len - len);
	if (text->len > 0 && text->ptr[0] == '\n')
		(void)take_line(text);
}

void
verify_log(struct verify *verify, struct span text)
{
	struct log_reader reader = { .verify = verify, .line = 0 };
	struct span line;
	size_t len;

	reader.json = json_reader_new(SIZE_MAX / 4, LINE_DEPTH_MAX);
	while (text.len > 0) {
		reader.line++;
		if (take_length(&text, &len)) {
			take_counted(&reader, &text, len);
			continue;
		}
		line = take_line(&text);
		if (line.len > 0 && line.ptr[0] == '{')
			take_json(&reader, line);
		else if (line.len > 0)
			take_message(&reader, line);
	}
	json_reader_free(reader.json);
	buffer_done(&reader.text);
}
