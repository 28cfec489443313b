/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/decode.h"
#include "text/json_read.h"
#include "text/suggest.h"

#include "ctl/explain_lacks.h"

#define NAMES_MAX 1000
#define DEPTH_MAX 8

struct names {
	const char *items[NAMES_MAX];
	size_t count;
};

struct lacks {
	struct explain_view *view;
	const struct mapping *mapping;
	struct explain_lack *items; /* [slots of the rule set] */
	uint32_t count;
	struct names *names; /* NULL: the record has not been looked at */
};

/* The record's own names, as paths. */
static void
add_names(struct names *names, struct arena *arena, struct json_value object,
    struct span prefix, unsigned depth)
{
	struct json_iterator iterator = json_iterate(object);
	struct json_value value;
	struct span key, path;

	while (names->count < NAMES_MAX && json_next(&iterator, &key, &value)) {
		enum json_kind kind = json_value_kind(value);

		if (!iterator.is_object)
			key = SPAN_NONE;
		path = prefix.len == 0 ? arena_dup(arena, key) :
		    key.len == 0       ? prefix :
				   arena_printf(arena, SPAN_FMT "." SPAN_FMT,
				       SPAN_ARG(prefix), SPAN_ARG(key));
		if ((kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY) &&
		    depth < DEPTH_MAX)
			add_names(names, arena, value, path, depth + 1);
		else
			names->items[names->count++] = arena_strdup(arena,
			    path);
	}
}

static struct names *
read_names(const struct explain_view *view)
{
	struct span bytes = view->event->record->bytes;
	struct names *names = arena_zalloc(view->arena, sizeof(*names));
	struct json_reader *reader = json_reader_new(bytes.len + 1,
	    decode_limits_default.json_depth);
	struct error err = ERROR_NONE;
	struct json_value root;

	if (json_read_repair(reader, bytes, true, &root, &err) == JSON_OK &&
	    json_value_kind(root) == JSON_KIND_OBJECT)
		add_names(names, view->arena, root, SPAN_NONE, 0);
	json_reader_free(reader);
	return names;
}

static void
add_slot(struct lacks *lacks, uint32_t slot)
{
	struct explain_view *view = lacks->view;
	struct explain_lack lack;
	const char *nearest;

	if (slot == FIELD_NONE ||
	    event_value(view->event, slot)->kind != VALUE_MISSING)
		return;
	lack.field = field_set_name(view->fields, slot);
	for (uint32_t i = 0; i < lacks->count; i++) {
		if (span_equal(lacks->items[i].field, lack.field))
			return;
	}
	if (lacks->names == NULL)
		lacks->names = read_names(view);
	nearest = suggest_nearest(lack.field, lacks->names->items,
	    lacks->names->count);
	lack.nearest = nearest == NULL || span_is(lack.field, nearest) ?
	    SPAN_NONE :
	    span_of(nearest);
	lack.is_mapped = mapping_has_field(lacks->mapping, lack.field);
	lacks->items[lacks->count++] = lack;
}

static void
add_expr(struct lacks *lacks, const struct expr *expr)
{
	if (expr->kind == EXPR_REF)
		add_expr(lacks, expr->ident->expr);
	for (uint32_t i = 0; i < expr->count; i++)
		add_expr(lacks, expr->children[i]);
	if (expr->kind != EXPR_TEST)
		return;
	add_slot(lacks, expr->slot);
	if (expr->test->kind == TEST_FIELDREF)
		add_slot(lacks, expr->test->other_slot);
}

void
explain_lacks(struct explain_view *view, const struct correlation *correlation,
    const struct correlation_source *source, const struct mapping *mapping)
{
	struct lacks lacks = { .view = view, .mapping = mapping };

	lacks.items = arena_array(view->arena, field_set_count(view->fields),
	    sizeof(*lacks.items));
	add_expr(&lacks, view->rule->condition);
	for (uint32_t i = 0; source != NULL && i < correlation->group_count;
	    i++)
		add_slot(&lacks, source->group_slots[i]);
	for (uint32_t i = 0; source != NULL && i < correlation->value_count;
	    i++)
		add_slot(&lacks, source->value_slots[i]);
	view->lacks = lacks.items;
	view->lack_count = lacks.count;
}
