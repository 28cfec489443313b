/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libfyaml's events become our tree.  Its own document builder is not used:
 * it knows no place of a map, resolves no scalars and expands without bound.
 */
#include <stdlib.h>

#include <libfyaml.h>

#include "base/mem.h"

#include "text/yaml_internal.h"

#define YAML_TAG_CORE "tag:yaml.org,2002:"
#define YAML_ANCHORS_MAX 1000
/* Nodes that aliases repeat: a tree of 16 MiB cannot become one of 16 TiB. */
#define YAML_EXPANSION_MAX 100000

/* A node, and how large it is for somebody who walks it. */
struct yaml_built {
	struct yaml_node node; /* first: one is cast into the other */
	uint32_t size;	       /* nodes in it, itself and repeats included */
	uint32_t height;       /* maps and lists within each other */
};

struct yaml_anchor {
	struct span name;
	struct yaml_built *built;
};

/* Children wait in `stack` until their parent is complete. */
struct yaml_build {
	struct arena *arena;
	struct diag *diag;
	const struct diag_source *source;
	struct fy_parser *parser;
	struct fy_diag *errors;
	struct yaml_built **stack;
	size_t stack_count, stack_cap;
	struct yaml_anchor anchors[YAML_ANCHORS_MAX];
	size_t anchor_count;
	uint32_t expanded;
	/* Open flow collections, to name the one that is not closed. */
	struct diag_place open[YAML_DEPTH_MAX + 1];
	unsigned depth;
};

static struct yaml_built *yaml_build_node(struct yaml_build *build,
    struct fy_event *event, struct diag_place near);

static struct span
yaml_build_text(struct fy_token *token)
{
	struct span text = SPAN_NONE;

	if (token != NULL)
		text.ptr = fy_token_get_text(token, &text.len);
	return text.ptr == NULL ? SPAN("") : text;
}

/* A value that is not there: libfyaml 0.7 gives it no mark, 0.8 does. */
static bool
yaml_build_is_empty(struct fy_event *event)
{
	struct fy_token *token = fy_event_get_token(event);

	return event->type == FYET_SCALAR &&
	    (token == NULL ||
		(fy_token_scalar_style(token) == FYSS_PLAIN &&
		    yaml_build_text(token).len == 0));
}

/* Of a scalar its characters with their quotes, of a collection one. */
static struct diag_place
yaml_build_place(const struct yaml_build *build, struct fy_event *event,
    struct diag_place near)
{
	const struct fy_mark *start = fy_event_start_mark(event);
	const struct fy_mark *end = fy_event_end_mark(event);
	struct span text = diag_source_text(build->source);
	size_t from, to;
	enum fy_scalar_style style;

	if (start == NULL || start->input_pos > text.len ||
	    yaml_build_is_empty(event))
		return near;
	from = start->input_pos;
	to = end != NULL && end->input_pos > from ? end->input_pos : from + 1;
	if (event->type == FYET_ALIAS && from > 0)
		from--;
	if (event->type != FYET_SCALAR)
		return diag_source_place(build->source, from, to - from);
	style = fy_token_scalar_style(fy_event_get_token(event));
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
		from -= from > 0;
		to++;
	}
	if (style == FYSS_LITERAL || style == FYSS_FOLDED)
		while (from < to && from < text.len &&
		    strchr(" \t\r\n", text.ptr[from]) != NULL)
			from++;
	return diag_source_place(build->source, from, to - from);
}

static struct fy_event *
yaml_build_next(struct yaml_build *build)
{
	return fy_parser_parse(build->parser);
}

static void
yaml_build_push(struct yaml_build *build, struct yaml_built *built)
{
	build->stack = mem_grow(build->stack, &build->stack_cap,
	    build->stack_count + 1, sizeof(struct yaml_built *));
	build->stack[build->stack_count++] = built;
}

/* Adds the size of the children that wait above `mark`. */
static void
yaml_build_measure(struct yaml_build *build, struct yaml_built *built,
    size_t mark)
{
	size_t i;

	built->height = 1;
	for (i = mark; i < build->stack_count; i++) {
		built->size += build->stack[i]->size;
		if (build->stack[i]->height >= built->height)
			built->height = build->stack[i]->height + 1;
	}
}

static bool
yaml_build_deepen(struct yaml_build *build, struct diag_place place)
{
	if (build->depth < YAML_DEPTH_MAX) {
		build->open[build->depth++] = place;
		return true;
	}
	diag_at(build->diag, place, "IR0107", "nested more than %d deep",
	    YAML_DEPTH_MAX);
	return false;
}

static bool
yaml_build_list(struct yaml_build *build, struct yaml_built *list)
{
	size_t mark = build->stack_count, i;
	const struct yaml_node **items;
	struct yaml_built *item;
	struct fy_event *event;
	bool is_end;

	list->node.kind = YAML_LIST;
	if (!yaml_build_deepen(build, list->node.place))
		return false;
	for (;;) {
		event = yaml_build_next(build);
		if (event == NULL)
			return false;
		is_end = event->type == FYET_SEQUENCE_END;
		item = is_end ? NULL :
				yaml_build_node(build, event, list->node.place);
		fy_parser_event_free(build->parser, event);
		if (is_end)
			break;
		if (item == NULL)
			return false;
		yaml_build_push(build, item);
	}
	build->depth--;
	yaml_build_measure(build, list, mark);
	list->node.count = build->stack_count - mark;
	items = arena_array(build->arena, list->node.count + 1,
	    sizeof(struct yaml_node *));
	for (i = 0; i < list->node.count; i++)
		items[i] = &build->stack[mark + i]->node;
	list->node.items = items;
	build->stack_count = mark;
	return true;
}

static int
yaml_build_compare_pairs(const void *left, const void *right)
{
	const struct yaml_pair *a = *(const struct yaml_pair *const *)left;
	const struct yaml_pair *b = *(const struct yaml_pair *const *)right;
	int order = span_compare(a->key->text, b->key->text);

	if (order != 0)
		return order;
	return (a > b) - (a < b);
}

/* The keys as text: 1 and "1" name one thing to every reader of the map. */
static void
yaml_build_check_keys(struct yaml_build *build, const struct yaml_node *map)
{
	const struct yaml_pair **sorted;
	const struct yaml_node *first, *key;
	size_t i;

	if (map->count < 2)
		return;
	sorted = mem_array(map->count, sizeof(struct yaml_pair *));
	for (i = 0; i < map->count; i++)
		sorted[i] = &map->pairs[i];
	qsort(sorted, map->count, sizeof(struct yaml_pair *),
	    yaml_build_compare_pairs);
	first = sorted[0]->key;
	for (i = 1; i < map->count; i++) {
		key = sorted[i]->key;
		if (!span_equal(key->text, first->text)) {
			first = key;
			continue;
		}
		diag_at(build->diag, key->place, "IR0101",
		    "duplicate key `" SPAN_FMT "`", SPAN_ARG(key->text));
		diag_hint(build->diag, "stands already in line %u, column %u",
		    first->place.line, first->place.column);
	}
	mem_free(sorted);
}

static bool
yaml_build_is_merge(const struct yaml_node *key)
{
	return !key->is_quoted && span_is(key->text, "<<");
}

static bool
yaml_build_check_key(struct yaml_build *build, const struct yaml_built *key)
{
	const struct yaml_node *node = &key->node;

	if (!yaml_is_scalar(node)) {
		diag_at(build->diag, node->place, "IR0111",
		    "%s cannot be a key", yaml_kind_name(node->kind));
		return false;
	}
	if (!node->is_quoted && node->text.len == 0) {
		diag_at(build->diag, node->place, "IR0111",
		    "a key is missing here");
		return false;
	}
	if (yaml_build_is_merge(node)) {
		diag_at(build->diag, node->place, "IR0110",
		    "merge keys are not part of YAML 1.2");
		diag_hint(build->diag, "write the keys out");
	}
	return true;
}

/* Reads a pair's two nodes onto the stack; *ret_end at the end of the map. */
static bool
yaml_build_pair(struct yaml_build *build, struct diag_place near, bool *ret_end)
{
	struct fy_event *event = yaml_build_next(build);
	struct yaml_built *built;
	int part;

	for (part = 0; part < 2; part++) {
		if (event == NULL)
			return false;
		*ret_end = event->type == FYET_MAPPING_END;
		built = *ret_end ? NULL : yaml_build_node(build, event, near);
		fy_parser_event_free(build->parser, event);
		if (*ret_end)
			return part == 0;
		if (built == NULL)
			return false;
		yaml_build_push(build, built);
		if (part == 0) {
			if (!yaml_build_check_key(build, built))
				return false;
			near = built->node.place;
			event = yaml_build_next(build);
		}
	}
	/* Told once, not again by those who know no such key. */
	if (yaml_build_is_merge(&build->stack[build->stack_count - 2]->node))
		build->stack_count -= 2;
	return true;
}

static bool
yaml_build_map(struct yaml_build *build, struct yaml_built *map)
{
	size_t mark = build->stack_count, i;
	struct yaml_pair *pairs;
	bool is_end = false;

	map->node.kind = YAML_MAP;
	if (!yaml_build_deepen(build, map->node.place))
		return false;
	while (!is_end)
		if (!yaml_build_pair(build, map->node.place, &is_end))
			return false;
	build->depth--;
	yaml_build_measure(build, map, mark);
	map->node.count = (build->stack_count - mark) / 2;
	pairs = arena_array(build->arena, map->node.count + 1, sizeof(*pairs));
	for (i = 0; i < map->node.count; i++) {
		pairs[i].key = &build->stack[mark + 2 * i]->node;
		pairs[i].value = &build->stack[mark + 2 * i + 1]->node;
	}
	map->node.pairs = pairs;
	build->stack_count = mark;
	yaml_build_check_keys(build, &map->node);
	return true;
}

static struct yaml_built *
yaml_build_alias(struct yaml_build *build, struct fy_event *event,
    struct diag_place near)
{
	struct span name = yaml_build_text(fy_event_get_token(event));
	struct diag_place place = yaml_build_place(build, event, near);
	struct yaml_built *built = NULL;
	size_t i;

	for (i = build->anchor_count; i > 0 && built == NULL; i--)
		if (span_equal(build->anchors[i - 1].name, name))
			built = build->anchors[i - 1].built;
	if (built == NULL) {
		diag_at(build->diag, place, "IR0108",
		    "no anchor `&" SPAN_FMT "` before this alias",
		    SPAN_ARG(name));
		return NULL;
	}
	build->expanded += built->size;
	if (build->expanded > YAML_EXPANSION_MAX) {
		diag_at(build->diag, place, "IR0108",
		    "aliases repeat more than %d values", YAML_EXPANSION_MAX);
		return NULL;
	}
	if (build->depth + built->height > YAML_DEPTH_MAX) {
		diag_at(build->diag, place, "IR0107",
		    "nested more than %d deep", YAML_DEPTH_MAX);
		return NULL;
	}
	return built;
}

static bool
yaml_build_anchor(struct yaml_build *build, struct fy_event *event,
    struct yaml_built *built)
{
	struct fy_token *token = fy_event_get_anchor_token(event);
	struct yaml_anchor *anchor;

	if (token == NULL)
		return true;
	if (build->anchor_count == YAML_ANCHORS_MAX) {
		diag_at(build->diag, built->node.place, "IR0108",
		    "more than %d anchors", YAML_ANCHORS_MAX);
		return false;
	}
	anchor = &build->anchors[build->anchor_count++];
	anchor->name = arena_dup(build->arena, yaml_build_text(token));
	anchor->built = built;
	return true;
}

/* `!` and !!str make a string; the other core tags may only affirm. */
static void
yaml_build_tag(struct yaml_build *build, struct fy_event *event,
    struct yaml_node *node)
{
	static const char *const names[] = { [YAML_NULL] = "null",
		[YAML_BOOL] = "bool",
		[YAML_INT] = "int",
		[YAML_REAL] = "float",
		[YAML_STRING] = "str",
		[YAML_LIST] = "seq",
		[YAML_MAP] = "map" };
	struct fy_token *token = fy_event_get_tag_token(event);
	struct span tag = yaml_build_text(token);
	struct span core = SPAN(YAML_TAG_CORE);
	bool is_core;

	if (token == NULL)
		return;
	if (span_is(tag, "!")) {
		if (yaml_is_scalar(node))
			node->kind = YAML_STRING;
		return;
	}
	is_core = span_starts_with(tag, core);
	if (is_core) {
		tag = span_make(tag.ptr + core.len, tag.len - core.len);
		if (span_is(tag, "str") && yaml_is_scalar(node)) {
			node->kind = YAML_STRING;
			return;
		}
		if (span_is(tag, names[node->kind]))
			return;
	}
	diag_at(build->diag, node->place, "IR0109",
	    "the tag `%s" SPAN_FMT "` does not fit %s", is_core ? "!!" : "",
	    SPAN_ARG(tag), yaml_kind_name(node->kind));
}

static void
yaml_build_scalar(struct yaml_build *build, struct fy_event *event,
    struct yaml_node *node)
{
	struct fy_token *token = fy_event_get_token(event);
	struct span text = yaml_build_text(token);

	node->text = arena_dup(build->arena, text);
	node->is_quoted = token != NULL &&
	    fy_token_scalar_style(token) != FYSS_PLAIN;
	if (node->is_quoted)
		node->kind = YAML_STRING;
	else
		yaml_scalar_resolve(node);
}

static struct yaml_built *
yaml_build_node(struct yaml_build *build, struct fy_event *event,
    struct diag_place near)
{
	struct yaml_built *built;
	bool ok = true;

	if (event->type == FYET_ALIAS)
		return yaml_build_alias(build, event, near);
	built = arena_zalloc(build->arena, sizeof(*built));
	built->node.place = yaml_build_place(build, event, near);
	built->size = 1;
	if (event->type == FYET_SCALAR)
		yaml_build_scalar(build, event, &built->node);
	else if (event->type == FYET_SEQUENCE_START)
		ok = yaml_build_list(build, built);
	else if (event->type == FYET_MAPPING_START)
		ok = yaml_build_map(build, built);
	else
		ok = false;
	if (!ok)
		return NULL;
	yaml_build_tag(build, event, &built->node);
	return yaml_build_anchor(build, event, built) ? built : NULL;
}

/* libfyaml's first error, unless we have found one that stopped us. */
static void
yaml_build_syntax_error(struct yaml_build *build)
{
	struct fy_diag_error *error = NULL;
	struct diag_place place = { build->source, 1, 1, 1 };
	void *cursor = NULL;

	do {
		error = fy_diag_errors_iterate(build->errors, &cursor);
	} while (error != NULL && error->type != FYET_ERROR);
	if (error == NULL) {
		diag_at(build->diag, place, "IR0103", "not valid YAML");
		return;
	}
	/* At the end of the file nobody sees which bracket it was. */
	if (strstr(error->msg, "closing bracket") != NULL && build->depth > 0) {
		place = build->open[build->depth - 1];
	} else {
		place.line = error->line > 0 ? (uint32_t)error->line : 1;
		place.column = error->column > 0 ? (uint32_t)error->column : 1;
	}
	diag_at(build->diag, place, "IR0103", "not valid YAML: %s", error->msg);
}

static bool
yaml_build_document(struct yaml_build *build)
{
	struct diag_place start = { build->source, 1, 1, 1 };
	struct yaml_built *built;
	struct fy_event *event;

	build->anchor_count = 0;
	build->expanded = 0;
	build->depth = 0;
	event = yaml_build_next(build);
	if (event == NULL)
		return false;
	built = yaml_build_node(build, event, start);
	fy_parser_event_free(build->parser, event);
	if (built == NULL)
		return false;
	yaml_build_push(build, built);
	return true;
}

static bool
yaml_build_stream(struct yaml_build *build)
{
	struct fy_event *event;
	enum fy_event_type type;

	while ((event = yaml_build_next(build)) != NULL) {
		type = event->type;
		fy_parser_event_free(build->parser, event);
		if (type == FYET_DOCUMENT_START && !yaml_build_document(build))
			return false;
		if (type == FYET_STREAM_END)
			return true;
	}
	return false;
}

static bool
yaml_build_start(struct yaml_build *build)
{
	struct span text = diag_source_text(build->source);
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = { 0 };

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	build->errors = fy_diag_create(&diag_cfg);
	if (build->errors == NULL)
		return false;
	fy_diag_set_collect_errors(build->errors, true);
	cfg.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
	    FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE;
	cfg.diag = build->errors;
	build->parser = fy_parser_create(&cfg);
	return build->parser != NULL &&
	    fy_parser_set_string(build->parser, text.ptr, text.len) == 0;
}

bool
yaml_build(struct arena *arena, struct diag *diag,
    const struct diag_source *source,
    const struct yaml_node *const **ret_documents, size_t *ret_count)
{
	struct yaml_build *build = mem_zalloc(sizeof(*build));
	size_t mark = diag_errors(diag), i;
	const struct yaml_node **documents;
	bool ok;

	build->arena = arena;
	build->diag = diag;
	build->source = source;
	ok = yaml_build_start(build) && yaml_build_stream(build);
	if (!ok && !diag_failed_since(diag, mark))
		yaml_build_syntax_error(build);
	if (ok) {
		documents = arena_array(arena, build->stack_count + 1,
		    sizeof(struct yaml_node *));
		for (i = 0; i < build->stack_count; i++)
			documents[i] = &build->stack[i]->node;
		*ret_documents = documents;
		*ret_count = build->stack_count;
	}
	fy_parser_destroy(build->parser);
	fy_diag_destroy(build->errors);
	mem_free(build->stack);
	mem_free(build);
	return ok;
}
