/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"

#include "text/csv.h"

#define SEPARATORS 4

static const char separators[SEPARATORS + 1] = ",;\t|";

struct csv {
	char separator;
	size_t count, cap;
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
	    (separator == 0 && memchr(separators, c, SEPARATORS) != NULL);
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
csv_row(const struct csv *csv, char separator, struct span text,
    size_t *ret_len)
{
	struct field field;
	size_t at = 0;

	if (csv != NULL)
		separator = csv->separator;
	if (text.len == 0)
		return CSV_MORE;
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
	/* Nothing may be nowhere, but one field stands somewhere. */
	return row.ptr != NULL ? row : SPAN("");
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

bool
csv_find_separator(struct span text, char *ret_separator)
{
	if (span_is(text, "tab")) {
		*ret_separator = '\t';
		return true;
	}
	if (text.len != 1 ||
	    memchr(separators, text.ptr[0], SEPARATORS) == NULL)
		return false;
	*ret_separator = text.ptr[0];
	return true;
}

static char
find_separator(struct span header)
{
	size_t counts[SEPARATORS] = { 0 }, best = 0;
	struct field field;
	bool is_last = false;
	const char *end;

	while (next_field(&header, 0, &is_last, &field)) {
		end = header.ptr - 1;
		for (size_t i = 0; !is_last && i < SEPARATORS; i++)
			counts[i] += *end == separators[i];
	}
	for (size_t i = 1; i < SEPARATORS; i++) {
		if (counts[i] > counts[best])
			best = i;
	}
	return separators[best];
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

/* The name as JSON has it; a column without one is called by its number. */
static void
name_column(struct csv *csv, const struct field *field, size_t number,
    struct buffer *out)
{
	struct span name = fold_repair(csv->arena, span_trim(field->text));

	buffer_reset(out);
	buffer_add_char(out, '"');
	if (name.len > 0)
		add_escaped(out, name, field->has_doubled);
	else
		buffer_printf(out, "column%zu", number);
	buffer_add_string(out, "\":");
}

static bool
add_column(struct csv *csv, struct table *seen, const struct field *field,
    struct error *err)
{
	struct buffer *name = &csv->json;

	name_column(csv, field, csv->count + 1, name);
	if (table_find(seen, buffer_span(name)) != NULL)
		return error_set(err, NULL, "two columns are called %.*s",
		    (int)(name->len < 100 ? name->len - 1 : 100), name->ptr);
	table_set(seen, buffer_span(name), csv);
	csv->names = mem_grow(csv->names, &csv->cap, csv->count + 1,
	    sizeof(*csv->names));
	csv->names[csv->count++] = arena_dup(csv->arena, buffer_span(name));
	return true;
}

static bool
add_row_of_names(struct csv *csv, struct table *seen, struct span header,
    struct error *err)
{
	struct field field;
	bool ok = true, is_last = false;

	while (ok && next_field(&header, csv->separator, &is_last, &field))
		ok = add_column(csv, seen, &field, err);
	return ok;
}

static bool
add_names(struct csv *csv, struct table *seen,
    const struct csv_dialect *dialect, struct error *err)
{
	struct field field = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < dialect->header_count; i++) {
		field.text = dialect->header[i];
		ok = add_column(csv, seen, &field, err);
	}
	return ok;
}

static bool
finish(struct csv *csv, struct table *seen, bool ok, struct csv **ret_csv)
{
	table_free(seen);
	if (ok)
		*ret_csv = csv;
	else
		csv_free(csv);
	return ok;
}

bool
csv_new(struct span header, char separator, struct csv **ret_csv,
    struct error *err)
{
	struct csv *csv = mem_zalloc(sizeof(*csv));
	struct table *seen = table_new();

	csv->arena = arena_new(4096);
	header = without_return(header);
	csv->separator = separator != 0 ? separator : find_separator(header);
	return finish(csv, seen, add_row_of_names(csv, seen, header, err),
	    ret_csv);
}

bool
csv_named(const struct csv_dialect *dialect, struct csv **ret_csv,
    struct error *err)
{
	struct csv *csv = mem_zalloc(sizeof(*csv));
	struct table *seen = table_new();

	csv->arena = arena_new(4096);
	csv->separator = dialect->separator != 0 ? dialect->separator : ',';
	return finish(csv, seen, add_names(csv, seen, dialect, err), ret_csv);
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

bool
csv_is_header(const struct csv *csv, struct span row)
{
	struct field field;
	struct span text;
	bool is_last = false;
	size_t i = 0;

	row = without_return(row);
	while (next_field(&row, csv->separator, &is_last, &field)) {
		text = span_trim(field.text);
		/* A name with an escape in it is not looked for. */
		if (i == csv->count || csv->names[i].len != text.len + 3 ||
		    memcmp(csv->names[i].ptr + 1, text.ptr, text.len) != 0)
			return false;
		i++;
	}
	return i == csv->count;
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
	return arena_printf(arena, "%zu field%s, where the header has %zu",
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
