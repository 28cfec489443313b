/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "decode/decode_internal.h"

const struct decode_limits decode_limits_default = {
	.record_bytes = 1024 * 1024,
	.json_depth = 64,
	.max_future_us = INT64_C(5) * 60 * 1000000,
};

/* Decimal digits; what printf does takes longer than the whole event. */
static struct span
digits_of(struct arena *arena, uint64_t number, bool is_negative)
{
	char text[24];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	if (is_negative)
		text[--at] = '-';
	return arena_dup(arena, span_make(text + at, sizeof(text) - at));
}

/*
 * Into a MISSING value, member by member: one that is put together and then
 * copied costs more than all the rest of this file.
 */
static void
read_value(struct decoder *decoder, enum json_kind kind, struct json_value json,
    struct value *into)
{
	switch (kind) {
	case JSON_KIND_STRING:
		into->kind = VALUE_STRING;
		into->text = arena_dup(decoder->arena, json_value_string(json));
		break;
	case JSON_KIND_INT:
		into->kind = VALUE_INT;
		into->integer = json_value_int(json);
		into->text = digits_of(decoder->arena,
		    into->integer < 0 ? 0 - (uint64_t)into->integer :
					(uint64_t)into->integer,
		    into->integer < 0);
		break;
	case JSON_KIND_UINT:
		into->kind = VALUE_BIG;
		into->text = digits_of(decoder->arena, json_value_uint(json),
		    false);
		break;
	case JSON_KIND_REAL:
		*into = value_real(decoder->arena, json_value_real(json));
		break;
	case JSON_KIND_BOOL:
		*into = value_bool(json_value_bool(json));
		break;
	case JSON_KIND_OBJECT:
		into->kind = VALUE_OBJECT;
		break;
	default:
		into->kind = VALUE_NULL;
		break;
	}
}

/* False if something of lower rank is there already. */
static bool
take_rank(struct decoder *decoder, const struct decode_terminal *terminal)
{
	struct decode_collect *collect = &decoder->collect[terminal->target];

	if (terminal->rank < collect->rank) {
		*collect = (struct decode_collect){ .rank = terminal->rank };
		decoder->raw[terminal->target] = (struct value){ 0 };
	}
	return terminal->rank == collect->rank;
}

static void
append(struct decoder *decoder, struct decode_collect *collect,
    struct value *list, const struct value *value)
{
	struct value *items = collect->items;

	/* Doubling: a path through a long array must not cost its square. */
	if (list->count == collect->cap) {
		collect->cap = collect->cap > 0 ? 2 * collect->cap : 4;
		items = arena_alloc(decoder->arena,
		    collect->cap * sizeof(*items));
		if (list->count > 0)
			memcpy(items, collect->items,
			    list->count * sizeof(*items));
		collect->items = items;
		list->items = items;
	}
	items[list->count++] = *value;
}

static void
become_list(struct decoder *decoder, const struct decode_terminal *terminal)
{
	struct decode_collect *collect = &decoder->collect[terminal->target];
	struct value *raw = &decoder->raw[terminal->target];
	struct value first = *raw;

	collect->is_list = true;
	*raw = (struct value){ .kind = VALUE_LIST };
	if (first.kind != VALUE_MISSING)
		append(decoder, collect, raw, &first);
}

static void
add(struct decoder *decoder, const struct decode_terminal *terminal,
    const struct value *value)
{
	struct decode_collect *collect = &decoder->collect[terminal->target];
	struct value *raw = &decoder->raw[terminal->target];

	if (!take_rank(decoder, terminal))
		return;
	if (!collect->is_list && raw->kind == VALUE_MISSING) {
		*raw = *value;
		return;
	}
	if (!collect->is_list)
		become_list(decoder, terminal);
	append(decoder, collect, raw, value);
}

static void
add_keyword(struct decoder *decoder, const struct value *value)
{
	decoder->keywords = mem_grow(decoder->keywords, &decoder->keyword_cap,
	    decoder->keyword_count + 1, sizeof(*decoder->keywords));
	decoder->keywords[decoder->keyword_count++] = *value;
}

static void take_value(struct decoder *decoder, const struct decode_node *node,
    struct json_value value);

static void
take_object(struct decoder *decoder, const struct decode_node *node,
    struct json_value object)
{
	struct json_iterator iterator = json_iterate(object);
	const struct decode_node *child;
	struct json_value value;
	struct span key;
	uint32_t hash;

	while (json_next_hashed(&iterator, &key, &hash, &value)) {
		child = decode_plan_find(node, key, hash, &decoder->scratch);
		if (child != NULL)
			take_value(decoder, child, value);
		else if (decoder->plan->wants_all)
			take_value(decoder, &decode_plan_none, value);
	}
}

static void
take_array(struct decoder *decoder, const struct decode_node *node,
    struct json_value array)
{
	struct json_iterator iterator = json_iterate(array);
	struct json_value value;
	struct span key;

	for (uint32_t i = 0; i < node->terminal_count; i++) {
		const struct decode_terminal *terminal = &node->terminals[i];

		if (take_rank(decoder, terminal) &&
		    !decoder->collect[terminal->target].is_list)
			become_list(decoder, terminal);
	}
	while (json_next(&iterator, &key, &value))
		take_value(decoder, node, value);
}

/* The one place where a value goes, if that is so and nothing is there yet. */
static inline struct value *
only_place(struct decoder *decoder, const struct decode_node *node)
{
	const struct decode_terminal *terminal = node->terminals;
	struct value *raw;

	if (node->terminal_count != 1 || !take_rank(decoder, terminal))
		return NULL;
	raw = &decoder->raw[terminal->target];
	return raw->kind == VALUE_MISSING ? raw : NULL;
}

static void
take_scalar(struct decoder *decoder, const struct decode_node *node,
    struct json_value json, enum json_kind kind)
{
	bool is_keyword = decoder->plan->wants_all && !decoder->is_secret &&
	    kind != JSON_KIND_NULL && kind != JSON_KIND_OBJECT;
	struct value *place, value = { 0 };

	if (node->terminal_count == 0 && !is_keyword)
		return;
	place = only_place(decoder, node);
	if (place != NULL) {
		read_value(decoder, kind, json, place);
	} else {
		place = &value;
		read_value(decoder, kind, json, place);
		for (uint32_t i = 0; i < node->terminal_count; i++)
			add(decoder, &node->terminals[i], place);
	}
	if (is_keyword)
		add_keyword(decoder, place);
}

static inline void
take_kind(struct decoder *decoder, const struct decode_node *node,
    struct json_value json)
{
	enum json_kind kind = json_value_kind(json);

	if (kind == JSON_KIND_ARRAY) {
		take_array(decoder, node, json);
		return;
	}
	take_scalar(decoder, node, json, kind);
	if (kind == JSON_KIND_OBJECT &&
	    (node->edge_count > 0 || decoder->plan->wants_all))
		take_object(decoder, node, json);
}

/* As deep as the reader's depth limit at most. */
static void
take_value(struct decoder *decoder, const struct decode_node *node,
    struct json_value json)
{
	if (!node->is_secret || decoder->is_secret) {
		take_kind(decoder, node, json);
		return;
	}
	decoder->is_secret = true;
	take_kind(decoder, node, json);
	decoder->is_secret = false;
}

void
decode_values(struct decoder *decoder, struct json_value root)
{
	uint32_t count = decoder->plan->target_count;

	decoder->raw = arena_array(decoder->arena, count,
	    sizeof(*decoder->raw));
	decoder->keyword_count = 0;
	for (uint32_t i = 0; i < count; i++)
		decoder->collect[i] = (struct decode_collect){
			.rank = DECODE_RANK_NONE
		};
	take_object(decoder, decoder->plan->root, root);
}
