/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 5424, 6:
 *
 *	SYSLOG-MSG = HEADER SP STRUCTURED-DATA [SP MSG]
 *	HEADER     = PRI VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME
 *	             SP PROCID SP MSGID
 */
#include "base/zone.h"

#include "ctl/receiver.h"

#define PRIORITY_MAX 191
#define NAME_MAX_BYTES 32

struct cursor {
	const char *at, *end;
};

static bool
is_at(const struct cursor *cursor, char c)
{
	return cursor->at < cursor->end && *cursor->at == c;
}

static bool
skip(struct cursor *cursor, char c)
{
	if (!is_at(cursor, c))
		return false;
	cursor->at++;
	return true;
}

/* One to three digits. */
static bool
read_number(struct cursor *cursor, unsigned *ret_number)
{
	const char *start = cursor->at;

	*ret_number = 0;
	while (cursor->at < cursor->end && cursor->at - start < 3 &&
	    *cursor->at >= '0' && *cursor->at <= '9')
		*ret_number = *ret_number * 10 +
		    (unsigned)(*cursor->at++ - '0');
	return cursor->at > start;
}

/* 1*limit PRINTUSASCII */
static bool
read_word(struct cursor *cursor, size_t limit, struct span *ret_word)
{
	const char *start = cursor->at;

	while (cursor->at < cursor->end && *cursor->at > ' ' &&
	    *cursor->at < 0x7f)
		cursor->at++;
	*ret_word = span_make(start, (size_t)(cursor->at - start));
	if (ret_word->len == 0 || ret_word->len > limit ||
	    (cursor->at < cursor->end && *cursor->at != ' '))
		return false;
	if (span_is(*ret_word, "-"))
		*ret_word = SPAN_NONE;
	return true;
}

/* Upper case T and Z, at most six digits of a second, no leap second. */
static bool
is_time(struct span text)
{
	ptrdiff_t dot = span_find(text, SPAN("."));
	size_t digits = 0;
	int64_t time_us;

	if (text.len < 20 || text.ptr[10] != 'T' || text.ptr[17] == '6' ||
	    !zone_parse_iso(NULL, text.ptr, text.len, &time_us))
		return false;
	if (dot >= 0) {
		for (const char *p = text.ptr + dot + 1;
		    p < text.ptr + text.len && *p >= '0' && *p <= '9'; p++)
			digits++;
		if (digits == 0 || digits > 6)
			return false;
	}
	return span_ends_with(text, SPAN("Z")) ||
	    (text.len >= 25 && text.ptr[text.len - 3] == ':' &&
		(text.ptr[text.len - 6] == '+' ||
		    text.ptr[text.len - 6] == '-'));
}

/* ---- Structured data ---- */

struct element {
	struct span id, params; /* params: " NAME="VALUE"..." */
};

static bool
read_name(struct cursor *cursor, struct span *ret_name)
{
	const char *start = cursor->at;

	while (cursor->at < cursor->end && *cursor->at > ' ' &&
	    *cursor->at < 0x7f && *cursor->at != '=' && *cursor->at != ']' &&
	    *cursor->at != '"')
		cursor->at++;
	*ret_name = span_make(start, (size_t)(cursor->at - start));
	return ret_name->len > 0 && ret_name->len <= NAME_MAX_BYTES;
}

/* With its quotes taken off, still escaped. */
static bool
read_value(struct cursor *cursor, struct span *ret_value)
{
	const char *start;

	if (!skip(cursor, '"'))
		return false;
	start = cursor->at;
	while (cursor->at < cursor->end && *cursor->at != '"') {
		if (*cursor->at == ']')
			return false;
		if (*cursor->at == '\\' && cursor->at + 1 < cursor->end &&
		    (cursor->at[1] == '"' || cursor->at[1] == '\\' ||
			cursor->at[1] == ']'))
			cursor->at++;
		cursor->at++;
	}
	*ret_value = span_make(start, (size_t)(cursor->at - start));
	return skip(cursor, '"');
}

static bool
read_param(struct cursor *cursor, struct span *ret_name, struct span *ret_value)
{
	return skip(cursor, ' ') && read_name(cursor, ret_name) &&
	    skip(cursor, '=') && read_value(cursor, ret_value);
}

static bool
read_element(struct cursor *cursor, struct element *ret_element)
{
	struct span name, value;
	const char *start;

	if (!skip(cursor, '[') || !read_name(cursor, &ret_element->id))
		return false;
	start = cursor->at;
	while (is_at(cursor, ' ')) {
		if (!read_param(cursor, &name, &value))
			return false;
	}
	ret_element->params = span_make(start, (size_t)(cursor->at - start));
	return skip(cursor, ']');
}

static bool
read_structured_data(struct cursor *cursor, struct span *ret_data)
{
	const char *start = cursor->at;
	struct element element;

	if (skip(cursor, '-'))
		return true;
	if (!is_at(cursor, '['))
		return false;
	while (is_at(cursor, '[')) {
		if (!read_element(cursor, &element))
			return false;
	}
	*ret_data = span_make(start, (size_t)(cursor->at - start));
	return true;
}

/* ---- The whole ---- */

static bool
read_priority(struct cursor *cursor, struct receiver_message *message)
{
	unsigned number, version;

	if (!skip(cursor, '<') || !read_number(cursor, &number) ||
	    !skip(cursor, '>') || number > PRIORITY_MAX)
		return false;
	message->facility = number / 8;
	message->severity = number % 8;
	return read_number(cursor, &version) && version == 1;
}

static bool
read_header(struct cursor *cursor, struct receiver_message *message,
    struct error *err)
{
	const struct {
		const char *name;
		size_t limit;
		struct span *into;
	} words[] = {
		{ "TIMESTAMP", 32, &message->time },
		{ "HOSTNAME", 255, &message->host_name },
		{ "APP-NAME", 48, &message->app_name },
		{ "PROCID", 128, &message->process_id },
		{ "MSGID", 32, &message->message_id },
	};

	if (!read_priority(cursor, message))
		return error_set(err, NULL, "PRI or VERSION is wrong");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!skip(cursor, ' ') ||
		    !read_word(cursor, words[i].limit, words[i].into))
			return error_set(err, NULL, "%s is wrong",
			    words[i].name);
	}
	if (message->time.len > 0 && !is_time(message->time))
		return error_set(err, NULL, "TIMESTAMP is wrong");
	return skip(cursor, ' ') ||
	    error_set(err, NULL, "STRUCTURED-DATA is missing");
}

bool
receiver_parse(struct span frame, struct receiver_message *ret_message,
    struct error *err)
{
	struct cursor cursor = { frame.ptr, frame.ptr + frame.len };
	struct receiver_message message = { 0 };

	if (!read_header(&cursor, &message, err))
		return false;
	if (!read_structured_data(&cursor, &message.structured_data))
		return error_set(err, NULL, "STRUCTURED-DATA is wrong");
	if (cursor.at < cursor.end && !skip(&cursor, ' '))
		return error_set(err, NULL, "no blank before MSG");
	message.body = span_make(cursor.at, (size_t)(cursor.end - cursor.at));
	if (span_starts_with(message.body, SPAN("\xef\xbb\xbf"))) {
		message.has_bom = true;
		message.body.ptr += 3;
		message.body.len -= 3;
	}
	*ret_message = message;
	return true;
}

static bool
is_wanted(struct span id, const char *want)
{
	struct span wanted = span_of(want);

	return span_ends_with(wanted, SPAN("@")) ?
	    span_starts_with(id, wanted) :
	    span_equal(id, wanted);
}

static void
unescape(struct span value, struct buffer *out)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\\' && i + 1 < value.len &&
		    (value.ptr[i + 1] == '"' || value.ptr[i + 1] == '\\' ||
			value.ptr[i + 1] == ']'))
			i++;
		buffer_add_char(out, value.ptr[i]);
	}
}

bool
receiver_param(const struct receiver_message *message, const char *id,
    const char *name, struct buffer *out)
{
	struct span data = message->structured_data, found, value;
	struct cursor cursor = { data.ptr, data.ptr + data.len }, params;
	struct element element;

	while (is_at(&cursor, '[') && read_element(&cursor, &element)) {
		if (!is_wanted(element.id, id))
			continue;
		params = (struct cursor){ element.params.ptr,
			element.params.ptr + element.params.len };
		while (read_param(&params, &found, &value)) {
			if (!span_is(found, name))
				continue;
			unescape(value, out);
			return true;
		}
	}
	return false;
}
