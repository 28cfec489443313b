/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fold.h"

#include "text/template.h"

#define TEMPLATE_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define TEMPLATE_ELLIPSIS "\xe2\x80\xa6"    /* U+2026 */

/* The parts found so far; literal text is gathered until a name comes. */
struct template_build {
	struct arena *arena;
	struct template_part *parts;
	size_t count;
	struct buffer literal;
};

static void
template_add(struct template_build *build, bool is_name, struct span text)
{
	struct template_part *part = &build->parts[build->count++];

	part->is_name = is_name;
	part->text = arena_dup(build->arena, text);
}

static void
template_flush(struct template_build *build)
{
	if (build->literal.len > 0)
		template_add(build, false, buffer_span(&build->literal));
	buffer_reset(&build->literal);
}

/* No more parts than braces that open, and text before, between, after. */
static size_t
template_count(struct span text)
{
	size_t i, braces = 0;

	for (i = 0; i < text.len; i++)
		braces += text.ptr[i] == '{';
	return 2 * braces + 1;
}

static bool
template_name(struct template_build *build, struct span text, size_t *at,
    struct error *err)
{
	size_t start = *at + 1, end = start;
	struct span name;

	while (end < text.len && text.ptr[end] != '}' && text.ptr[end] != '{')
		end++;
	if (end == text.len || text.ptr[end] == '{')
		return error_set(err, NULL,
		    "`{` without `}`; a brace itself "
		    "is written `{{`");
	name = span_trim(span_make(text.ptr + start, end - start));
	if (name.len == 0)
		return error_set(err, NULL, "no name between the braces");
	template_flush(build);
	template_add(build, true, name);
	*at = end + 1;
	return true;
}

static bool
template_parts(struct template_build *build, struct span text, size_t *at,
    struct error *err)
{
	bool is_double;
	char c;

	while (*at < text.len) {
		c = text.ptr[*at];
		is_double = *at + 1 < text.len && text.ptr[*at + 1] == c;
		if (c == '{' && !is_double) {
			if (!template_name(build, text, at, err))
				return false;
			continue;
		}
		if (c == '}' && !is_double)
			return error_set(err, NULL,
			    "`}` without `{`; a brace "
			    "itself is written `}}`");
		buffer_add_char(&build->literal, c);
		*at += c == '{' || c == '}' ? 2 : 1;
	}
	template_flush(build);
	return true;
}

bool
template_parse(struct arena *arena, struct span text,
    struct template *ret_template, size_t *ret_error_offset, struct error *err)
{
	struct template_build build = { arena, NULL, 0, BUFFER_INIT };
	size_t at = 0;
	bool ok;

	build.parts = arena_array(arena, template_count(text),
	    sizeof(*build.parts));
	ok = template_parts(&build, text, &at, err);
	buffer_done(&build.literal);
	if (ok)
		*ret_template = (struct template){ build.parts, build.count };
	else
		*ret_error_offset = at;
	return ok;
}

static bool
template_is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

/*
 * Adds up to *left code points of `text` and counts them off.  False if there
 * were more.
 */
static bool
template_copy(struct span text, size_t *left, struct buffer *out)
{
	uint32_t code_point;
	unsigned used;

	while (text.len > 0) {
		if (*left == 0)
			return false;
		used = fold_decode(text, &code_point);
		if (used == 0 || template_is_control(code_point))
			buffer_add_string(out, TEMPLATE_REPLACEMENT);
		else
			buffer_add(out, text.ptr, used);
		used += used == 0;
		text = span_make(text.ptr + used, text.len - used);
		--*left;
	}
	return true;
}

/* The sentence lost its end: its last code point gives way to the mark. */
static void
template_cut(struct buffer *out, size_t start)
{
	while (out->len > start &&
	    ((unsigned char)out->ptr[--out->len] & 0xc0) == 0x80)
		;
	buffer_add_string(out, TEMPLATE_ELLIPSIS);
}

void
template_fill(const struct template *template, template_lookup *lookup,
    void *context, struct buffer *out)
{
	size_t i, left = TEMPLATE_LIMIT, start = out->len;
	const struct template_part *part;
	struct buffer value = BUFFER_INIT;
	bool fits = true;

	for (i = 0; i < template->count && fits; i++) {
		part = &template->parts[i];
		buffer_reset(&value);
		if (part->is_name)
			lookup(context, part, &value);
		else
			buffer_add_span(&value, part->text);
		fits = template_copy(buffer_span(&value), &left, out);
	}
	if (!fits)
		template_cut(out, start);
	buffer_done(&value);
}
