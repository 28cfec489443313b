/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/fold.h"

#include "decode/decode_internal.h"

static struct span
first_code_points(struct span text, uint64_t count)
{
	struct span rest = text;
	uint32_t code_point;
	unsigned len;

	for (; count > 0 && rest.len > 0; count--) {
		len = fold_decode(rest, &code_point);
		len = len > 0 ? len : 1;
		rest.ptr += len;
		rest.len -= len;
	}
	text.len -= rest.len;
	return text;
}

static bool
is_word(struct span text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (span_equal_nocase(text, span_of(*words)))
			return true;
	}
	return false;
}

/* What is not of the type stays a string: it is seen, it is not lost. */
static struct value
typed(struct arena *arena, enum mapping_type type, struct value value)
{
	static const char *const yes[] = { "true", "1", "yes", "y", "t", NULL };
	static const char *const no[] = { "false", "0", "no", "n", "f", NULL };
	struct value number;

	if (type == MAPPING_TYPE_STRING)
		return value_string(value.text);
	if (value.kind != VALUE_STRING && type != MAPPING_TYPE_BOOLEAN)
		return value;
	if (type == MAPPING_TYPE_BOOLEAN)
		return is_word(value.text, yes) ? value_bool(true) :
		    is_word(value.text, no)	? value_bool(false) :
						  value;
	if (!value_number(&value, &number))
		return value;
	if (number.kind != VALUE_REAL)
		return value_whole(arena, number.text);
	/* What no double can hold keeps its digits. */
	return type == MAPPING_TYPE_NUMBER && isfinite(number.real) ?
	    value_real(arena, number.real) :
	    value;
}

/* Nothing stays nothing: a hash of it would make all unknown people one. */
static struct value
hashed(struct arena *arena, struct keyed_hash *hash, struct value value)
{
	if (span_trim(value.text).len == 0)
		return value_string(SPAN(""));
	return value_string(keyed_hash_text(hash, arena, value.text));
}

static struct value
shape_scalar(struct arena *arena, struct keyed_hash *hash,
    const struct mapping_field *field, struct value value)
{
	if (value.kind == VALUE_NULL || value.kind == VALUE_OBJECT)
		return value;
	if (field->trim)
		value.text = span_trim(value.text);
	if (field->lower && value.kind == VALUE_STRING)
		value.text = fold_span(arena, value.text);
	if (field->prefix > 0)
		value = value_string(first_code_points(value.text,
		    field->prefix));
	if (field->type != MAPPING_TYPE_AS_IS)
		value = typed(arena, field->type, value);
	if (field->hash)
		value = hashed(arena, hash, value);
	return value;
}

struct parts {
	struct value *items;
	size_t count;
	size_t cap;
};

static void
add_part(struct arena *arena, struct parts *parts, struct value value)
{
	struct value *items = parts->items;

	if (parts->count == parts->cap) {
		parts->cap = parts->cap > 0 ? 2 * parts->cap : 4;
		items = arena_alloc(arena, parts->cap * sizeof(*items));
		if (parts->count > 0)
			memcpy(items, parts->items,
			    parts->count * sizeof(*items));
		parts->items = items;
	}
	items[parts->count++] = value;
}

/* Empty parts are none: "a,,b" has two. */
static void
add_split(struct arena *arena, struct keyed_hash *hash, struct parts *parts,
    const struct mapping_field *field, struct span text)
{
	ptrdiff_t at;
	struct span part;

	while (text.len > 0) {
		at = span_find(text, field->split);
		part = span_make(text.ptr, at < 0 ? text.len : (size_t)at);
		if (span_trim(part).len > 0)
			add_part(arena, parts,
			    shape_scalar(arena, hash, field,
				value_string(part)));
		if (at < 0)
			break;
		text.ptr += part.len + field->split.len;
		text.len -= part.len + field->split.len;
	}
}

struct value
decode_shape(struct arena *arena, struct keyed_hash *hash,
    const struct mapping_field *field, const struct value *value)
{
	struct parts parts = { NULL, 0, 0 };
	const struct value *members;
	uint32_t count;

	if (value->kind == VALUE_MISSING || value->kind == VALUE_NULL)
		return *value;
	if (value->kind != VALUE_LIST && field->split.len == 0)
		return shape_scalar(arena, hash, field, *value);
	members = value_members(value, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (field->split.len > 0 && members[i].kind == VALUE_STRING)
			add_split(arena, hash, &parts, field, members[i].text);
		else
			add_part(arena, &parts,
			    shape_scalar(arena, hash, field, members[i]));
	}
	return (struct value){ .kind = VALUE_LIST,
		.count = (uint32_t)parts.count,
		.items = parts.items };
}
