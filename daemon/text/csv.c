/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"

#include "text/csv.h"

struct csv {
	char separator;
	size_t count;
	struct span *names; /* as JSON: `"name":` */
	struct arena *arena;
	struct buffer json; /* of the row in hand */
};

struct field {
	struct span text; /* between the quotes */
	bool has_doubled; /* quotes, of which one is meant */
	bool is_unclosed;
	bool has_tail; /* text after the closing quote */
};

static bool
is_end(char c, char separator)
{
	return c == separator || c == '\n' ||
	    (separator == 0 && (c == ',' || c == ';' || c == '\t'));
}

/* A field at the start of `text`, which ends at its separator or line feed
 * or with the text.  Returns its length. */
static size_t
field_at(struct span text, char separator, struct field *field)
{
	size_t at = 0, from;

	*field = (struct field){ .text = span_make(text.ptr, 0) };
	if (text.len > 0 && text.ptr[0] == '"') {
		for (at = 1; at < text.len; at++) {
			if (text.ptr[at] != '"')
				continue;
			if (at + 1 == text.len || text.ptr[at + 1] != '"')
				break;
			field->has_doubled = true;
			at++;
		}
		field->text = span_make(text.ptr + 1, at - 1);
		field->is_unclosed = at >= text.len;
		if (field->is_unclosed)
			return text.len;
		at++;
	}
	for (from = at; at < text.len && !is_end(text.ptr[at], separator);)
		at++;
	if (from == 0)
		field->text.len = at;
	else
		field->has_tail = at > from;
	return at;
}

enum csv_end
csv_row(const struct csv *csv, struct span text, size_t *ret_len)
{
	char separator = csv != NULL ? csv->separator : 0;
	struct field field;
	size_t at = 0;

	for (;;) {
		at += field_at(span_make(text.ptr + at, text.len - at),
		    separator, &field);
		if (field.is_unclosed)
			return CSV_QUOTED;
		if (at == text.len)
			return CSV_MORE;
		if (text.ptr[at] == '\n')
			break;
		at++;
	}
	*ret_len = at;
	return CSV_ROW;
}

/* The carriage return of the line break belongs to no field. */
static struct span
without_return(struct span row)
{
	if (row.len > 0 && row.ptr[row.len - 1] == '\r')
		row.len--;
	return row;
}

/* Cuts the next field off; false at the end. */
static bool
next_field(struct span *row, char separator, bool *is_last, struct field *field)
{
	size_t len;

	if (*is_last)
		return false;
	len = field_at(*row, separator, field);
	*is_last = len == row->len;
	row->ptr += len + !*is_last;
	row->len -= len + !*is_last;
	return true;
}

static char
find_separator(struct span header)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = { 0 }, best = 0;
	struct field field;
	bool is_last = false;
	const char *end;

	while (next_field(&header, 0, &is_last, &field)) {
		end = header.ptr - 1;
		for (size_t i = 0; !is_last && i < 3; i++)
			counts[i] += *end == candidates[i];
	}
	for (size_t i = 1; i < 3; i++) {
		if (counts[i] > counts[best])
			best = i;
	}
	return candidates[best];
}

static void
add_escaped(struct buffer *out, struct span text, bool has_doubled)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0;

	for (size_t at = 0; at < text.len; at++) {
		unsigned char c = (unsigned char)text.ptr[at];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buffer_add(out, text.ptr + from, at - from);
		from = at + 1;
		if (c < 0x20) {
			buffer_add(out, "\\u00", 4);
			buffer_add_char(out, hex[c >> 4]);
			buffer_add_char(out, hex[c & 15]);
			continue;
		}
		buffer_add_char(out, '\\');
		buffer_add_char(out, (char)c);
		if (has_doubled && c == '"')
			from = ++at + 1;
	}
	buffer_add(out, text.ptr + from, text.len - from);
}

static bool
add_column(struct csv *csv, struct table *seen,
    const struct field *field, struct error *err)
{
	struct buffer name = BUFFER_INIT;
	struct span trimmed = fold_repair(csv->arena, span_trim(field->text));
	bool ok = false;

	buffer_add_char(&name, '"');
	if (trimmed.len > 0)
		add_escaped(&name, trimmed, field->has_doubled);
	else
		buffer_printf(&name, "column%zu", csv->count + 1);
	buffer_add_string(&name, "\":");
	if (table_find(seen, buffer_span(&name)) != NULL) {
		error_set(err, NULL, "two columns are called %.*s",
		    (int)(name.len < 100 ? name.len - 1 : 100), name.ptr);
		goto out;
	}
	table_set(seen, buffer_span(&name), csv);
	csv->names[csv->count++] = arena_dup(csv->arena, buffer_span(&name));
	ok = true;

out:
	buffer_done(&name);
	return ok;
}

bool
csv_new(struct span header, struct csv **ret_csv,
    struct error *err)
{
	struct csv *csv = mem_zalloc(sizeof(*csv));
	struct table *seen = table_new();
	struct field field;
	bool ok = true, is_last = false;
	size_t cap = 0;

	csv->arena = arena_new(4096);
	header = without_return(header);
	csv->separator = find_separator(header);
	while (ok && next_field(&header, csv->separator, &is_last, &field)) {
		csv->names = mem_grow(csv->names, &cap, csv->count + 1,
		    sizeof(*csv->names));
		ok = add_column(csv, seen, &field, err);
	}
	table_free(seen);
	if (!ok) {
		csv_free(csv);
		return false;
	}
	*ret_csv = csv;
	return true;
}

void
csv_free(struct csv *csv)
{
	if (csv == NULL)
		return;
	arena_free(csv->arena);
	buffer_done(&csv->json);
	mem_free(csv->names);
	mem_free(csv);
}

static const char *
defect_of(const struct csv *csv, struct arena *arena, size_t count,
    bool has_tail)
{
	if (has_tail)
		return arena_printf(arena,
		    "text after the closing quote of "
		    "field %zu",
		    count)
		    .ptr;
	return arena_printf(arena, "%zu field%s, where the first row has %zu",
	    count, count == 1 ? "" : "s", csv->count)
	    .ptr;
}

bool
csv_json(struct csv *csv, struct arena *arena, struct span row,
    struct span *ret_json, const char **ret_defect)
{
	struct buffer *json = &csv->json;
	struct field field;
	bool is_last = false, has_tail = false;
	size_t count = 0;

	row = without_return(row);
	buffer_reset(json);
	buffer_add_char(json, '{');
	while (!has_tail &&
	    next_field(&row, csv->separator, &is_last, &field)) {
		has_tail = field.has_tail;
		if (count++ >= csv->count)
			continue;
		if (count > 1)
			buffer_add_char(json, ',');
		buffer_add_span(json, csv->names[count - 1]);
		buffer_add_char(json, '"');
		add_escaped(json, field.text, field.has_doubled);
		buffer_add_char(json, '"');
	}
	buffer_add_char(json, '}');
	if (has_tail || count != csv->count) {
		*ret_defect = defect_of(csv, arena, count, has_tail);
		return false;
	}
	*ret_json = arena_dup(arena, buffer_span(json));
	return true;
}
