/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

#include "text/diag_internal.h"

/* A longer source line is shown as the part around the caret. */
#define DIAG_LINE_MAX 160
#define DIAG_LINE_BEFORE 60
#define DIAG_CUT "..."

/* SGR sequences, ECMA-48 8.3.117. */
#define DIAG_RESET "\033[0m"
#define DIAG_BOLD "\033[1m"
#define DIAG_RED "\033[1;31m"
#define DIAG_YELLOW "\033[1;33m"
#define DIAG_BLUE "\033[1;34m"

/* What is being written, and how. */
struct diag_render {
	struct buffer *out;
	bool color;
};

static void
diag_render_on(const struct diag_render *render, const char *sgr)
{
	if (render->color)
		buffer_add_string(render->out, sgr);
}

static void
diag_render_off(const struct diag_render *render)
{
	diag_render_on(render, DIAG_RESET);
}

static const char *
diag_render_color(const struct diag_finding *finding)
{
	return diag_is_error(finding) ? DIAG_RED : DIAG_YELLOW;
}

static const char *
diag_render_level(const struct diag_finding *finding)
{
	return diag_is_error(finding) ? "error" : "warning";
}

static int
diag_render_order(const void *left, const void *right)
{
	return diag_compare(*(const struct diag_finding *const *)left,
	    *(const struct diag_finding *const *)right);
}

/* Sorted, equal ones once; the caller frees with mem_free(). */
static const struct diag_finding **
diag_render_sorted(const struct diag *diag, size_t *ret_count)
{
	const struct diag_finding **sorted;
	size_t i, count = 0;

	sorted = mem_array(diag->count + 1, sizeof(struct diag_finding *));
	for (i = 0; i < diag->count; i++)
		sorted[i] = &diag->findings[i];
	qsort(sorted, diag->count, sizeof(struct diag_finding *),
	    diag_render_order);
	for (i = 0; i < diag->count; i++)
		if (count == 0 ||
		    diag_compare(sorted[count - 1], sorted[i]) != 0)
			sorted[count++] = sorted[i];
	*ret_count = count;
	return sorted;
}

static unsigned
diag_render_digits(uint32_t number)
{
	unsigned digits = 1;

	while (number >= 10) {
		number /= 10;
		digits++;
	}
	return digits;
}

/* The margin: as wide as the line number, which it shows if not 0. */
static void
diag_render_margin(const struct diag_render *render, unsigned digits,
    uint32_t line, const char *mark)
{
	diag_render_on(render, DIAG_BLUE);
	if (line > 0)
		buffer_printf(render->out, "%*u ", (int)digits, line);
	else
		buffer_printf(render->out, "%*s ", (int)digits, "");
	buffer_add_string(render->out, mark);
	diag_render_off(render);
}

/* The text without its first `columns` code points. */
static struct span
diag_render_skip(struct span text, size_t columns)
{
	while (text.len > 0 && columns > 0) {
		do {
			text.ptr++;
			text.len--;
		} while (text.len > 0 &&
		    ((unsigned char)text.ptr[0] & 0xc0) == 0x80);
		columns--;
	}
	return text;
}

/*
 * The source line, cut around the caret if it is long.  `*column` (from 0)
 * is changed to the caret's place in what is shown.
 */
static void
diag_render_excerpt(struct span line, size_t *column, struct buffer *out)
{
	size_t total = diag_columns(line), from = 0;
	struct span rest;

	if (total > DIAG_LINE_MAX) {
		if (*column > DIAG_LINE_BEFORE)
			from = *column - DIAG_LINE_BEFORE;
		line = diag_render_skip(line, from);
		rest = diag_render_skip(line, DIAG_LINE_MAX);
		line.len -= rest.len;
		if (from > 0) {
			buffer_add_string(out, DIAG_CUT);
			*column -= from - strlen(DIAG_CUT);
		}
		diag_clean(line, true, out);
		if (rest.len > 0)
			buffer_add_string(out, DIAG_CUT);
		return;
	}
	diag_clean(line, true, out);
}

/* Blanks below `text`, tabs below its tabs, so that the caret stands right. */
static void
diag_render_indent(struct span text, size_t column, struct buffer *out)
{
	while (column-- > 0) {
		buffer_add_char(out,
		    text.len > 0 && text.ptr[0] == '\t' ? '\t' : ' ');
		text = diag_render_skip(text, 1);
	}
}

static void
diag_render_quote(const struct diag_render *render,
    const struct diag_finding *finding, unsigned digits)
{
	struct span line = diag_source_line(finding->place.source,
	    finding->place.line);
	struct buffer shown = BUFFER_INIT, masked = BUFFER_INIT;
	size_t column = finding->place.column - 1;
	size_t width = finding->place.width, total;

	if (finding->place.source->hides_secrets) {
		diag_mask(line, &masked);
		line = buffer_span(&masked);
	}
	diag_render_excerpt(line, &column, &shown);
	total = diag_columns(buffer_span(&shown));
	if (column + width > total)
		width = total > column ? total - column : 1;
	diag_render_margin(render, digits, 0, "|");
	buffer_add_char(render->out, '\n');
	diag_render_margin(render, digits, finding->place.line, "|");
	if (shown.len > 0)
		buffer_add_char(render->out, ' ');
	buffer_add_span(render->out, buffer_span(&shown));
	buffer_add_char(render->out, '\n');
	diag_render_margin(render, digits, 0, "|");
	buffer_add_char(render->out, ' ');
	diag_render_indent(buffer_span(&shown), column, render->out);
	diag_render_on(render, diag_render_color(finding));
	buffer_add_char(render->out, '^');
	while (--width > 0)
		buffer_add_char(render->out, '~');
	if (finding->hint != NULL)
		buffer_printf(render->out, " %s", finding->hint);
	diag_render_off(render);
	buffer_add_char(render->out, '\n');
	buffer_done(&shown);
	buffer_done(&masked);
}

static void
diag_render_note(const struct diag_render *render, unsigned digits,
    struct span text)
{
	diag_render_margin(render, digits, 0, "=");
	diag_render_on(render, DIAG_BOLD);
	buffer_add_string(render->out, " help:");
	diag_render_off(render);
	buffer_printf(render->out, " " SPAN_FMT "\n", SPAN_ARG(text));
}

static void
diag_render_place(const struct diag_render *render,
    const struct diag_finding *finding, unsigned digits)
{
	diag_render_on(render, DIAG_BLUE);
	buffer_printf(render->out, "%*s-->", (int)digits, "");
	diag_render_off(render);
	buffer_add_char(render->out, ' ');
	diag_place_write(finding->place, render->out);
	buffer_add_char(render->out, '\n');
}

static void
diag_render_finding(const struct diag_render *render,
    const struct diag_finding *finding)
{
	unsigned digits = diag_render_digits(finding->place.line);
	bool quoted = finding->place.source != NULL && finding->place.line > 0;
	struct span rest, line;

	diag_render_on(render, diag_render_color(finding));
	buffer_printf(render->out, "%s[%s]", diag_render_level(finding),
	    finding->code);
	diag_render_off(render);
	diag_render_on(render, DIAG_BOLD);
	buffer_printf(render->out, ": %s", finding->reason);
	diag_render_off(render);
	buffer_add_char(render->out, '\n');
	if (finding->place.source != NULL)
		diag_render_place(render, finding, digits);
	if (quoted)
		diag_render_quote(render, finding, digits);
	else if (finding->hint != NULL)
		diag_render_note(render, digits, span_of(finding->hint));
	if (finding->help == NULL)
		return;
	rest = span_of(finding->help);
	while (span_split(&rest, '\n', &line))
		diag_render_note(render, digits, line);
}

static void
diag_render_dropped(const struct diag *diag, struct buffer *out)
{
	if (diag->dropped > 0)
		buffer_printf(out, "\n... and %zu more findings\n",
		    diag->dropped);
}

void
diag_render_human(const struct diag *diag, bool color, struct buffer *out)
{
	struct diag_render render = { out, color };
	const struct diag_finding **sorted;
	size_t i, count;

	sorted = diag_render_sorted(diag, &count);
	for (i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_char(out, '\n');
		diag_render_finding(&render, sorted[i]);
	}
	diag_render_dropped(diag, out);
	mem_free(sorted);
}

/* Position of the first warning of the same code. */
static size_t
diag_render_first_of(const struct diag_finding *const *sorted, size_t i)
{
	size_t first;

	for (first = 0; first < i; first++)
		if (strcmp(sorted[first]->code, sorted[i]->code) == 0)
			break;
	return first;
}

static void
diag_render_tally(const struct diag_render *render,
    const struct diag_finding *const *sorted, size_t count, size_t i)
{
	const struct diag_finding *first = sorted[i];
	size_t same = 0, j;

	for (j = i; j < count; j++)
		same += strcmp(sorted[j]->code, first->code) == 0;
	diag_render_on(render, DIAG_YELLOW);
	buffer_add_string(render->out, first->code);
	diag_render_off(render);
	if (same == 1)
		buffer_add_string(render->out, " (once): ");
	else
		buffer_printf(render->out, " (%zu times): ", same);
	buffer_add_string(render->out, diag_code_title(first->code));
	if (first->place.source != NULL) {
		buffer_add_string(render->out,
		    same == 1 ? ", at " : ", first at ");
		diag_place_write(first->place, render->out);
	}
	buffer_add_char(render->out, '\n');
}

void
diag_render_summary(const struct diag *diag, bool color, struct buffer *out)
{
	struct diag_render render = { out, color };
	const struct diag_finding **sorted;
	size_t i, count;
	bool any = false;

	sorted = diag_render_sorted(diag, &count);
	for (i = 0; i < count; i++) {
		if (!diag_is_error(sorted[i]))
			continue;
		if (any)
			buffer_add_char(out, '\n');
		diag_render_finding(&render, sorted[i]);
		any = true;
	}
	for (i = 0; i < count; i++) {
		if (diag_is_error(sorted[i]) ||
		    diag_render_first_of(sorted, i) != i)
			continue;
		if (any)
			buffer_add_char(out, '\n');
		diag_render_tally(&render, sorted, count, i);
		any = false;
	}
	diag_render_dropped(diag, out);
	mem_free(sorted);
}

void
diag_render_log(const struct diag *diag, struct buffer *out)
{
	struct diag_render render = { out, false };
	const struct diag_finding **sorted;
	size_t i, count;

	sorted = diag_render_sorted(diag, &count);
	for (i = 0; i < count; i++) {
		if (!diag_is_error(sorted[i]))
			continue;
		if (sorted[i]->place.source != NULL) {
			diag_place_write(sorted[i]->place, out);
			buffer_add_string(out, ": ");
		}
		buffer_printf(out, "error[%s]: %s", sorted[i]->code,
		    sorted[i]->reason);
		if (sorted[i]->hint != NULL)
			buffer_printf(out, " (%s)", sorted[i]->hint);
		buffer_add_char(out, '\n');
	}
	for (i = 0; i < count; i++)
		if (!diag_is_error(sorted[i]) &&
		    diag_render_first_of(sorted, i) == i)
			diag_render_tally(&render, sorted, count, i);
	mem_free(sorted);
}

static void
diag_render_json(const struct diag_finding *finding, struct buffer *out)
{
	struct span rest, line;
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_key(&json, "level");
	json_string(&json, diag_render_level(finding));
	json_key(&json, "code");
	json_string(&json, finding->code);
	json_key(&json, "message");
	json_string(&json, finding->reason);
	if (finding->place.source != NULL) {
		json_key(&json, "path");
		json_string(&json, finding->place.source->path);
	}
	if (finding->place.source != NULL && finding->place.line > 0) {
		json_key(&json, "line");
		json_uint(&json, finding->place.line);
		json_key(&json, "column");
		json_uint(&json, finding->place.column);
		json_key(&json, "width");
		json_uint(&json, finding->place.width);
	}
	if (finding->hint != NULL) {
		json_key(&json, "hint");
		json_string(&json, finding->hint);
	}
	if (finding->help != NULL) {
		json_key(&json, "help");
		json_array(&json);
		rest = span_of(finding->help);
		while (span_split(&rest, '\n', &line))
			json_span(&json, line);
		json_end(&json);
	}
	json_end(&json);
	buffer_add_char(out, '\n');
}

void
diag_render_ndjson(const struct diag *diag, struct buffer *out)
{
	const struct diag_finding **sorted;
	size_t i, count;

	sorted = diag_render_sorted(diag, &count);
	for (i = 0; i < count; i++)
		diag_render_json(sorted[i], out);
	mem_free(sorted);
}
