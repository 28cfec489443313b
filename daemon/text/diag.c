/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "base/fold.h"
#include "base/mem.h"

#include "text/diag_internal.h"

#define DIAG_ARENA_CHUNK (16 * 1024)
#define DIAG_TEXT_MAX 2048
#define DIAG_REPLACEMENT "\xef\xbf\xbd"
#define DIAG_BOM "\xef\xbb\xbf"

struct diag *
diag_new(void)
{
	struct diag *diag = mem_zalloc(sizeof(*diag));

	diag->arena = arena_new(DIAG_ARENA_CHUNK);
	return diag;
}

void
diag_free(struct diag *diag)
{
	if (diag == NULL)
		return;
	arena_free(diag->arena);
	mem_free(diag->findings);
	mem_free(diag);
}

static size_t
diag_count_lines(struct span text)
{
	const char *end = text.ptr + text.len;
	const char *at = text.ptr;
	size_t count = 1;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count;
}

const struct diag_source *
diag_add_source(struct diag *diag, const char *path, struct span text)
{
	struct diag_source *source;
	size_t *lines;
	size_t i, line = 0;

	source = arena_alloc(diag->arena, sizeof(*source));
	source->path = arena_strdup(diag->arena, span_of(path));
	source->text.ptr = arena_strdup(diag->arena, text);
	source->text.len = text.len;
	source->line_count = diag_count_lines(source->text);
	lines = arena_array(diag->arena, source->line_count, sizeof(*lines));
	/* A byte order mark takes no column. */
	if (span_starts_with(source->text, SPAN(DIAG_BOM)))
		lines[0] = strlen(DIAG_BOM);
	for (i = 0; i < text.len; i++)
		if (source->text.ptr[i] == '\n')
			lines[++line] = i + 1;
	source->lines = lines;
	source->hides_secrets = diag->hides_secrets;
	source->memo = arena_alloc(diag->arena, sizeof(*source->memo));
	*source->memo = (struct diag_memo){ 0, 0, 0 };
	return source;
}

void
diag_hide_secrets(struct diag *diag, bool hide)
{
	diag->hides_secrets = hide;
}

const char *
diag_source_path(const struct diag_source *source)
{
	return source->path;
}

struct span
diag_source_text(const struct diag_source *source)
{
	return source->text;
}

struct span
diag_source_line(const struct diag_source *source, size_t line)
{
	struct span text;
	const char *end;

	if (line == 0 || line > source->line_count)
		return SPAN_NONE;
	text.ptr = source->text.ptr + source->lines[line - 1];
	text.len = source->text.len - source->lines[line - 1];
	end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
	if (end != NULL)
		text.len = (size_t)(end - text.ptr);
	if (text.len > 0 && text.ptr[text.len - 1] == '\r')
		text.len--;
	return text;
}

static bool
diag_begins_code_point(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t
diag_columns(struct span text)
{
	size_t i, count = 0;

	for (i = 0; i < text.len; i++)
		count += diag_begins_code_point(text.ptr[i]);
	return count;
}

/* Columns before byte `offset` of line `number`. */
static size_t
diag_columns_before(const struct diag_source *source, size_t number,
    struct span line, size_t offset)
{
	struct diag_memo *memo = source->memo;

	if (memo->line != number || memo->offset > offset)
		*memo = (struct diag_memo){ number, 0, 0 };
	memo->columns += diag_columns(span_make(line.ptr + memo->offset,
	    offset - memo->offset));
	memo->offset = offset;
	return memo->columns;
}

struct diag_place
diag_source_place(const struct diag_source *source, size_t offset, size_t len)
{
	struct diag_place place = { source, 1, 1, 1 };
	size_t low = 0, high = source->line_count, middle, width;
	struct span line;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	line = diag_source_line(source, low + 1);
	offset = offset > source->lines[low] ? offset - source->lines[low] : 0;
	if (offset > line.len)
		offset = line.len;
	if (len > line.len - offset)
		len = line.len - offset;
	place.line = (uint32_t)low + 1;
	place.column = (uint32_t)diag_columns_before(source, low, line,
			   offset) +
	    1;
	width = diag_columns(span_make(line.ptr + offset, len));
	place.width = width > 0 ? (uint32_t)width : 1;
	return place;
}

size_t
diag_source_offset(struct diag_place place)
{
	struct span line;
	size_t i = 0;
	uint32_t column = 1;

	if (place.source == NULL || place.line == 0)
		return 0;
	line = diag_source_line(place.source, place.line);
	while (i < line.len && column < place.column)
		if (++i < line.len && diag_begins_code_point(line.ptr[i]))
			column++;
	return (size_t)(line.ptr - place.source->text.ptr) + i;
}

/* Controls; and direction marks, which make text look like other text. */
static bool
diag_is_treacherous(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
	    (code_point >= 0x200e && code_point <= 0x200f) ||
	    (code_point >= 0x2028 && code_point <= 0x202e) ||
	    (code_point >= 0x2066 && code_point <= 0x2069);
}

void
diag_clean(struct span text, bool keep_tabs, struct buffer *out)
{
	uint32_t code_point;
	unsigned used;

	while (text.len > 0) {
		used = fold_decode(text, &code_point);
		if (used == 0) {
			/* Stray bytes in the middle took no column. */
			if (diag_begins_code_point(text.ptr[0]))
				buffer_add_string(out, DIAG_REPLACEMENT);
			used = 1;
		} else if (code_point == '\t' && keep_tabs)
			buffer_add_char(out, '\t');
		else if (code_point == '\t' || code_point == '\n' ||
		    code_point == '\r')
			buffer_add_char(out, ' ');
		else if (diag_is_treacherous(code_point))
			buffer_add_string(out, DIAG_REPLACEMENT);
		else
			buffer_add(out, text.ptr, used);
		text.ptr += used;
		text.len -= used;
	}
}

__attribute__((format(printf, 2, 0))) static const char *
diag_format(struct diag *diag, const char *format, va_list ap)
{
	char raw[DIAG_TEXT_MAX];
	struct buffer clean = BUFFER_INIT;
	const char *text;

	vsnprintf(raw, sizeof(raw), format, ap);
	diag_clean(span_of(raw), false, &clean);
	text = arena_strdup(diag->arena, buffer_span(&clean));
	buffer_done(&clean);
	return text;
}

bool
diag_is_error(const struct diag_finding *finding)
{
	return finding->code[1] == 'R';
}

static bool
diag_is_dropped(struct diag *diag, struct diag_place place, bool is_error)
{
	if (place.source != diag->near.source ||
	    place.line != diag->near.line) {
		diag->near = place;
		diag->near_count[0] = diag->near_count[1] = 0;
	}
	return diag->count >= DIAG_FINDINGS_MAX ||
	    (place.line > 0 &&
		diag->near_count[is_error]++ >= DIAG_LINE_FINDINGS_MAX);
}

void
diag_at(struct diag *diag, struct diag_place place, const char *code,
    const char *format, ...)
{
	struct diag_finding *finding;
	va_list ap;

	CHECK(diag_code_title(code) != NULL);
	if (code[1] == 'R')
		diag->errors++;
	else
		diag->warnings++;
	diag->last_dropped = diag_is_dropped(diag, place, code[1] == 'R');
	if (diag->last_dropped) {
		diag->dropped++;
		return;
	}
	diag->findings = mem_grow(diag->findings, &diag->cap, diag->count + 1,
	    sizeof(*diag->findings));
	finding = &diag->findings[diag->count++];
	*finding = (struct diag_finding){ place, code, NULL, NULL, NULL };
	finding->code = arena_strdup(diag->arena, span_of(code));
	va_start(ap, format);
	finding->reason = diag_format(diag, format, ap);
	va_end(ap);
}

void
diag_hint(struct diag *diag, const char *format, ...)
{
	va_list ap;

	CHECK(diag->count > 0);
	if (diag->last_dropped)
		return;
	va_start(ap, format);
	diag->findings[diag->count - 1].hint = diag_format(diag, format, ap);
	va_end(ap);
}

void
diag_help(struct diag *diag, const char *format, ...)
{
	struct diag_finding *finding;
	struct span joined;
	const char *help;
	va_list ap;

	CHECK(diag->count > 0);
	if (diag->last_dropped)
		return;
	finding = &diag->findings[diag->count - 1];
	va_start(ap, format);
	help = diag_format(diag, format, ap);
	va_end(ap);
	if (finding->help != NULL) {
		joined = arena_printf(diag->arena, "%s\n%s", finding->help,
		    help);
		help = arena_strdup(diag->arena, joined);
	}
	finding->help = help;
}

size_t
diag_errors(const struct diag *diag)
{
	return diag->errors;
}

size_t
diag_warnings(const struct diag *diag)
{
	return diag->warnings;
}

bool
diag_failed_since(const struct diag *diag, size_t mark)
{
	return diag->errors > mark;
}

static int
diag_compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static const char *
diag_path(const struct diag_finding *finding)
{
	const struct diag_source *source = finding->place.source;

	return source == NULL ? "" : source->path;
}

int
diag_compare(const struct diag_finding *a, const struct diag_finding *b)
{
	int order = strcmp(diag_path(a), diag_path(b));

	if (order == 0)
		order = diag_compare_numbers(a->place.line, b->place.line);
	if (order == 0)
		order = diag_compare_numbers(a->place.column, b->place.column);
	if (order == 0)
		order = strcmp(a->code, b->code);
	if (order == 0)
		order = strcmp(a->reason, b->reason);
	return order;
}

void
diag_place_write(struct diag_place place, struct buffer *out)
{
	diag_clean(span_of(place.source->path), false, out);
	if (place.line > 0)
		buffer_printf(out, ":%u:%u", place.line, place.column);
}

void
diag_first_error(const struct diag *diag, struct buffer *out)
{
	const struct diag_finding *first = NULL, *finding;
	size_t i;

	for (i = 0; i < diag->count; i++) {
		finding = &diag->findings[i];
		if (diag_is_error(finding) &&
		    (first == NULL || diag_compare(finding, first) < 0))
			first = finding;
	}
	if (first == NULL)
		return;
	if (first->place.source != NULL) {
		diag_place_write(first->place, out);
		buffer_add_string(out, ": ");
	}
	buffer_printf(out, "error[%s]: %s", first->code, first->reason);
}
