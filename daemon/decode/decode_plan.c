/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "decode/decode_internal.h"

/* Of longer paths a single part is split off first: 2^5 ways at the most. */
#define PARTS_MAX 6

static struct decode_edge no_edge;
const struct decode_node decode_plan_none = { .edges = &no_edge };

static inline const struct decode_node *
find_edge(const struct decode_node *node, struct span key, uint32_t hash)
{
	uint32_t at = hash & node->mask;

	for (; node->edges[at].key.ptr != NULL; at = (at + 1) & node->mask) {
		if (node->edges[at].hash == hash &&
		    span_equal(node->edges[at].key, key))
			return node->edges[at].child;
	}
	return NULL;
}

const struct decode_node *
decode_plan_find(const struct decode_node *node, struct span key, uint32_t hash,
    struct buffer *scratch)
{
	struct span stripped;

	if ((hash & JSON_HASH_BLANK) == 0)
		return find_edge(node, key, hash);
	buffer_reset(scratch);
	for (size_t i = 0; i < key.len; i++) {
		if (key.ptr[i] != ' ')
			buffer_add_char(scratch, key.ptr[i]);
	}
	stripped = buffer_span(scratch);
	return find_edge(node, stripped, json_hash_key(stripped));
}

static struct decode_node *
node_new(struct arena *arena)
{
	struct decode_node *node = arena_zalloc(arena, sizeof(*node));

	node->edges = arena_zalloc(arena, sizeof(*node->edges));
	return node;
}

static void
put_edge(struct decode_node *node, struct decode_edge edge)
{
	uint32_t at = edge.hash & node->mask;

	while (node->edges[at].key.ptr != NULL)
		at = (at + 1) & node->mask;
	node->edges[at] = edge;
}

static struct decode_node *
edge_add(struct arena *arena, struct decode_node *node, struct span key)
{
	struct decode_edge edge = { .hash = json_hash_key(key), .key = key };
	const struct decode_node *found = find_edge(node, key, edge.hash);
	struct decode_edge *old = node->edges;
	uint32_t old_cap = node->mask + 1;

	if (found != NULL)
		return (struct decode_node *)found;
	/* At most half full, so that a search ends soon. */
	if (2 * (node->edge_count + 1) > node->mask + 1) {
		node->mask = 2 * old_cap - 1;
		node->edges = arena_array(arena, 2 * (size_t)old_cap,
		    sizeof(*old));
		for (uint32_t i = 0; i < old_cap; i++) {
			if (old[i].key.ptr != NULL)
				put_edge(node, old[i]);
		}
	}
	edge.child = node_new(arena);
	put_edge(node, edge);
	node->edge_count++;
	return edge.child;
}

static void
terminal_add(struct arena *arena, struct decode_node *node, uint32_t target,
    uint8_t rank)
{
	struct decode_terminal *old = node->terminals;
	uint32_t count = node->terminal_count;

	/* Nearly always one; several where fields share a path. */
	node->terminals = arena_array(arena, count + 1, sizeof(*old));
	if (count > 0)
		memcpy(node->terminals, old, count * sizeof(*old));
	node->terminals[node->terminal_count++] = (struct decode_terminal){
		target, rank
	};
}

/* The end of the first `parts` parts of a dotted path. */
static size_t
cut_after(struct span path, unsigned parts)
{
	size_t i;

	for (i = 0; i < path.len; i++) {
		if (path.ptr[i] == '.' && --parts == 0)
			break;
	}
	return i;
}

/* What a path leads to, in all the ways of writing it. */
struct path_end {
	uint32_t target;
	bool is_secret;
	uint8_t rank; /* of the next way */
};

static void
path_add(struct arena *arena, struct decode_node *node, struct span path,
    unsigned parts, struct path_end *end)
{
	struct decode_node *child = edge_add(arena, node, path);
	unsigned take = parts > PARTS_MAX ? 1 : parts - 1;
	size_t cut;

	terminal_add(arena, child, end->target, end->rank);
	child->is_secret |= end->is_secret;
	if (end->rank < DECODE_RANK_NONE - 1)
		++end->rank;
	for (; take >= 1; take--) {
		cut = cut_after(path, take);
		child = edge_add(arena, node, span_make(path.ptr, cut));
		path_add(arena, child,
		    span_make(path.ptr + cut + 1, path.len - cut - 1),
		    parts - take, end);
	}
}

/* Adds the next target. */
static void
target_add(struct decode_plan *plan, struct span path, bool is_secret)
{
	char *copy = arena_alloc(plan->arena, path.len + 1);
	struct path_end end = { plan->target_count++, is_secret, 0 };
	unsigned parts = 1;
	size_t len = 0;

	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == ' ')
			continue;
		parts += path.ptr[i] == '.';
		copy[len++] = path.ptr[i];
	}
	path_add(plan->arena, plan->root, span_make(copy, len), parts, &end);
}

/* A slot's name is its path. */
static void
plan_identity(struct decode_plan *plan, const struct field_set *fields)
{
	for (uint32_t slot = 0; slot < field_set_count(fields); slot++)
		target_add(plan, field_set_name(fields, slot), false);
}

static void
plan_field(struct decode_plan *plan, struct decode_field *field,
    struct span time_field)
{
	field->first_target = plan->target_count;
	if (field->field == NULL) {
		target_add(plan, time_field, false);
		return;
	}
	for (uint32_t i = 0; i < field->field->from_count; i++)
		target_add(plan, field->field->from[i], field->field->hash);
}

/* Nobody wants the field, but keywords would see what it hashes. */
static void
plan_hidden(struct decode_plan *plan, const struct mapping *mapping,
    const struct field_set *fields)
{
	for (size_t i = 0; i < mapping->field_count; i++) {
		const struct mapping_field *field = &mapping->fields[i];

		if (!field->hash ||
		    field_set_find(fields, field->name) != FIELD_NONE)
			continue;
		for (uint32_t j = 0; j < field->from_count; j++)
			target_add(plan, field->from[j], true);
	}
}

static void
plan_mapped(struct decode_plan *plan, const struct mapping *mapping,
    const struct field_set *fields)
{
	uint32_t count = field_set_count(fields);
	struct decode_field *wanted = arena_array(plan->arena, count + 1,
	    sizeof(*wanted));

	for (uint32_t slot = 0; slot < count; slot++) {
		struct span name = field_set_name(fields, slot);
		struct decode_field *field = &wanted[plan->field_count];

		field->slot = slot;
		field->field = mapping_find(mapping, name);
		if (field->field == NULL && !span_is(name, "@timestamp"))
			continue;
		plan_field(plan, field, mapping->time_field);
		plan->field_count++;
	}
	plan->fields = wanted;
}

struct decode_plan *
decode_plan_new(const struct mapping *mapping, const struct field_set *fields)
{
	struct decode_plan *plan = mem_zalloc(sizeof(*plan));

	plan->arena = arena_new(16384);
	plan->root = node_new(plan->arena);
	plan->wants_all = field_set_wants_all_values(fields);
	if (mapping->is_identity)
		plan_identity(plan, fields);
	else
		plan_mapped(plan, mapping, fields);
	if (plan->wants_all)
		plan_hidden(plan, mapping, fields);
	plan->time_target = plan->target_count;
	target_add(plan, mapping->time_field, false);
	return plan;
}

void
decode_plan_free(struct decode_plan *plan)
{
	if (plan == NULL)
		return;
	arena_free(plan->arena);
	mem_free(plan);
}
