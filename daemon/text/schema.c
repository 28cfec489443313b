/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "text/schema.h"
#include "text/suggest.h"
#include "text/timespan.h"

/* What is being read, and where findings go. */
struct schema_reading {
	const struct schema *schema;
	struct arena *arena;
	struct diag *diag;
	bool is_default; /* no file holds it: it has no places */
	bool is_absent;	 /* the whole map is: nothing is missed in it */
};

typedef void schema_reader(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot);

static void schema_read_map(const struct schema_reading *reading,
    const struct yaml_node *map, char *into);

static struct diag_place
schema_place(const struct schema_reading *reading, const struct yaml_node *node)
{
	struct diag_place nowhere = { NULL, 0, 0, 0 };

	return reading->is_default ? nowhere : node->place;
}

static void
schema_wrong_kind(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    const char *want)
{
	if (node->kind == YAML_NULL) {
		diag_at(reading->diag, schema_place(reading, node), "IR0120",
		    "`%s` has no value", option->key);
		diag_hint(reading->diag, "it takes %s", want);
		return;
	}
	diag_at(reading->diag, schema_place(reading, node), "IR0113",
	    "`%s` takes %s, not %s", option->key, want,
	    yaml_kind_name(node->kind));
}

/* NULL, with a finding, if the node is no string. */
static const char *
schema_text(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node)
{
	if (!yaml_is_scalar(node) || node->kind == YAML_NULL) {
		schema_wrong_kind(reading, option, node, "a string");
		return NULL;
	}
	if (memchr(node->text.ptr, '\0', node->text.len) != NULL) {
		diag_at(reading->diag, schema_place(reading, node), "IR0113",
		    "`%s` holds a NUL character", option->key);
		return NULL;
	}
	return arena_strdup(reading->arena, node->text);
}

static void
schema_read_string(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	const char *text = schema_text(reading, option, node);

	if (text != NULL)
		*(const char **)slot = text;
}

static void
schema_read_bool(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	if (node->kind == YAML_BOOL) {
		*(bool *)slot = node->boolean;
		return;
	}
	schema_wrong_kind(reading, option, node, "true or false");
	if (yaml_is_ambiguous(node))
		diag_hint(reading->diag, "a boolean in YAML 1.1 only");
}

static void
schema_write_number(const struct schema_option *option, uint64_t number,
    struct buffer *out)
{
	if (option->type == SCHEMA_DURATION && number > 0)
		timespan_format((int64_t)number, out);
	else if (option->type == SCHEMA_DURATION)
		buffer_add_string(out, "0 s");
	else if (option->type == SCHEMA_SIZE)
		timespan_format_size(number, out);
	else
		buffer_add_u64(out, number);
}

static bool
schema_check_bounds(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    uint64_t number)
{
	struct buffer limits = BUFFER_INIT;

	if ((option->min == 0 && option->max == 0) ||
	    (number >= option->min && number <= option->max))
		return true;
	if (number < option->min) {
		buffer_add_string(&limits, "at least ");
		schema_write_number(option, option->min, &limits);
	} else {
		buffer_add_string(&limits, "at most ");
		schema_write_number(option, option->max, &limits);
	}
	diag_at(reading->diag, schema_place(reading, node), "IR0114",
	    "`%s` is out of bounds", option->key);
	diag_hint(reading->diag, "%s", buffer_string(&limits));
	buffer_done(&limits);
	return false;
}

static void
schema_read_uint(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	if (node->kind != YAML_INT) {
		schema_wrong_kind(reading, option, node, "a whole number");
		if (node->kind == YAML_STRING && node->is_quoted)
			diag_hint(reading->diag, "without quotes");
		return;
	}
	if (node->is_big || node->integer < 0) {
		diag_at(reading->diag, schema_place(reading, node), "IR0114",
		    "`%s` is out of bounds", option->key);
		diag_hint(reading->diag,
		    node->is_big ? "too large" : "not negative");
		return;
	}
	if (schema_check_bounds(reading, option, node, (uint64_t)node->integer))
		*(uint64_t *)slot = (uint64_t)node->integer;
}

/* A finding with the code, and the reason that the parser gave. */
static void
schema_bad_scalar(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    const char *code, const struct error *err)
{
	diag_at(reading->diag, schema_place(reading, node), code, "`%s`: %s",
	    option->key, err->text);
}

static void
schema_read_duration(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	struct error err = ERROR_NONE;
	int64_t span_us;

	if (!yaml_is_scalar(node) || node->kind == YAML_NULL)
		schema_wrong_kind(reading, option, node, "a duration");
	else if (!timespan_parse(node->text, &span_us, &err))
		schema_bad_scalar(reading, option, node, "IR0116", &err);
	else if (schema_check_bounds(reading, option, node, (uint64_t)span_us))
		*(int64_t *)slot = span_us;
}

static void
schema_read_size(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	struct error err = ERROR_NONE;
	uint64_t bytes;

	if (!yaml_is_scalar(node) || node->kind == YAML_NULL)
		schema_wrong_kind(reading, option, node, "a size");
	else if (!timespan_parse_size(node->text, &bytes, &err))
		schema_bad_scalar(reading, option, node, "IR0117", &err);
	else if (schema_check_bounds(reading, option, node, bytes))
		*(uint64_t *)slot = bytes;
}

static void
schema_suggest(const struct schema_reading *reading, struct span word,
    const char *const *words, size_t count, const char *what)
{
	const char *nearest = suggest_nearest(word, words, count);
	struct buffer list = BUFFER_INIT;
	size_t i;

	if (nearest != NULL)
		diag_hint(reading->diag, "did you mean `%s`?", nearest);
	for (i = 0; i < count; i++)
		buffer_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	diag_help(reading->diag, "%s: %s", what, buffer_string(&list));
	buffer_done(&list);
}

static void
schema_read_enum(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	const char *text = schema_text(reading, option, node);
	size_t count;

	if (text == NULL)
		return;
	if (node->kind == YAML_INT && !node->is_big && node->integer >= 0 &&
	    option->max > 0 && (uint64_t)node->integer <= option->max) {
		*(int *)slot = (int)node->integer;
		return;
	}
	for (count = 0; option->words[count] != NULL; count++) {
		if (strcmp(option->words[count], text) == 0) {
			*(int *)slot = (int)count;
			return;
		}
	}
	diag_at(reading->diag, schema_place(reading, node), "IR0115",
	    "`%s` cannot be `%s`", option->key, text);
	schema_suggest(reading, node->text, option->words, count,
	    "words allowed here");
}

static void
schema_read_strings(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	const struct yaml_node *const *nodes = &node;
	struct schema_strings *strings = slot;
	struct diag_place *places;
	const char **items;
	size_t count = 1, i;

	if (node->kind == YAML_LIST) {
		nodes = node->items;
		count = node->count;
	} else if (node->kind == YAML_MAP || node->kind == YAML_NULL) {
		schema_wrong_kind(reading, option, node, "a list of strings");
		return;
	}
	items = arena_array(reading->arena, count + 1, sizeof(*items));
	places = arena_array(reading->arena, count + 1, sizeof(*places));
	strings->items = items;
	strings->places = places;
	strings->count = 0;
	for (i = 0; i < count; i++) {
		items[strings->count] = schema_text(reading, option, nodes[i]);
		places[strings->count] = schema_place(reading, nodes[i]);
		strings->count += items[strings->count] != NULL;
	}
}

static void
schema_read_child(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	struct schema_reading child = *reading;

	child.schema = option->child;
	child.is_absent = reading->is_default;
	schema_read_map(&child, node, slot);
}

static void
schema_read_children(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	struct schema_list *list = slot;
	size_t size = option->child->size, i;
	struct diag_place *places;

	if (node->kind != YAML_LIST) {
		schema_wrong_kind(reading, option, node, "a list of maps");
		if (node->kind == YAML_MAP)
			diag_hint(reading->diag, "`- ` is missing before it");
		return;
	}
	list->items = arena_array(reading->arena, node->count + 1, size);
	places = arena_array(reading->arena, node->count + 1, sizeof(*places));
	list->places = places;
	list->count = node->count;
	for (i = 0; i < node->count; i++) {
		places[i] = schema_place(reading, node->items[i]);
		schema_read_child(reading, option, node->items[i],
		    (char *)list->items + i * size);
	}
}

static void
schema_read_pairs(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	struct schema_pairs *pairs = slot;
	const char **keys, **values;
	struct schema_option pair = *option;
	struct diag_place *places;
	size_t i, n = 0;

	if (node->kind != YAML_MAP) {
		schema_wrong_kind(reading, option, node, "a map");
		return;
	}
	keys = arena_array(reading->arena, node->count + 1, sizeof(*keys));
	values = arena_array(reading->arena, node->count + 1, sizeof(*values));
	places = arena_array(reading->arena, node->count + 1, sizeof(*places));
	for (i = 0; i < node->count; i++) {
		keys[n] = schema_text(reading, option, node->pairs[i].key);
		pair.key = keys[n] != NULL ? keys[n] : option->key;
		values[n] = schema_text(reading, &pair, node->pairs[i].value);
		places[n] = schema_place(reading, node->pairs[i].key);
		n += keys[n] != NULL && values[n] != NULL;
	}
	*pairs = (struct schema_pairs){ keys, values, n, places };
}

static void
schema_read_node(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *node,
    void *slot)
{
	(void)reading;
	(void)option;
	*(const struct yaml_node **)slot = node;
}

static schema_reader *const readers[] = {
	[SCHEMA_STRING] = schema_read_string,
	[SCHEMA_BOOL] = schema_read_bool,
	[SCHEMA_UINT] = schema_read_uint,
	[SCHEMA_DURATION] = schema_read_duration,
	[SCHEMA_SIZE] = schema_read_size,
	[SCHEMA_ENUM] = schema_read_enum,
	[SCHEMA_STRINGS] = schema_read_strings,
	[SCHEMA_MAP] = schema_read_child,
	[SCHEMA_MAPS] = schema_read_children,
	[SCHEMA_PAIRS] = schema_read_pairs,
	[SCHEMA_NODE] = schema_read_node,
};

/* A default is YAML like any value, and must pass like any. */
static void
schema_set_default(const struct schema_reading *reading,
    const struct schema_option *option, void *slot)
{
	struct schema_reading inner = *reading;
	const struct yaml_node *const *documents;
	struct diag *diag;
	size_t count;

	inner.is_default = true;
	if (option->type == SCHEMA_MAP) {
		schema_read_child(&inner, option, NULL, slot);
		return;
	}
	if (option->default_text == NULL)
		return;
	diag = diag_new();
	inner.diag = diag;
	CHECK(yaml_parse(reading->arena, diag, option->key,
	    span_of(option->default_text), &documents, &count));
	CHECK(count == 1);
	readers[option->type](&inner, option, documents[0], slot);
	CHECK(diag_errors(diag) == 0);
	diag_free(diag);
}

static const struct schema_option *
schema_find(const struct schema *schema, struct span key)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		if (span_is(key, schema->options[i].key))
			return &schema->options[i];
	return NULL;
}

static void
schema_unknown_key(const struct schema_reading *reading,
    const struct yaml_node *key)
{
	const struct schema *schema = reading->schema;
	const char **keys = mem_array(schema->count + 1, sizeof(*keys));
	size_t i;

	for (i = 0; i < schema->count; i++)
		keys[i] = schema->options[i].key;
	diag_at(reading->diag, key->place, "IR0102",
	    "unknown key `" SPAN_FMT "`", SPAN_ARG(key->text));
	schema_suggest(reading, key->text, keys, schema->count,
	    "keys allowed here");
	mem_free(keys);
}

/* A key that was misspelt is told as that, not as missing as well. */
static bool
schema_is_misspelt(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *map)
{
	struct span key;
	size_t i;

	for (i = 0; map != NULL && i < map->count; i++) {
		key = map->pairs[i].key->text;
		if (schema_find(reading->schema, key) == NULL &&
		    suggest_nearest(key, &option->key, 1) != NULL)
			return true;
	}
	return false;
}

static void
schema_missing(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *map)
{
	struct diag_place place = { NULL, 0, 0, 0 };

	if (map != NULL)
		place = map->place;
	diag_at(reading->diag, place, "IR0112", "%s lacks the key `%s`",
	    reading->schema->name, option->key);
	diag_help(reading->diag, "%s: %s", option->key, option->doc);
}

static void
schema_read_option(const struct schema_reading *reading,
    const struct schema_option *option, const struct yaml_node *map, char *into)
{
	const struct yaml_node *node = NULL;
	void *slot = into + option->offset;

	if (map != NULL)
		node = yaml_get(map, option->key);
	if (node == NULL && option->is_required && !reading->is_absent &&
	    !schema_is_misspelt(reading, option, map))
		schema_missing(reading, option, map);
	/* Also before reading, for a value that is refused. */
	schema_set_default(reading, option, slot);
	if (node != NULL)
		readers[option->type](reading, option, node, slot);
}

static void
schema_read_map(const struct schema_reading *reading,
    const struct yaml_node *map, char *into)
{
	const struct schema *schema = reading->schema;
	struct schema_reading inner = *reading;
	size_t i;

	memset(into, 0, schema->size);
	if (map != NULL && map->kind != YAML_MAP && map->kind != YAML_NULL) {
		diag_at(reading->diag, map->place, "IR0113",
		    "%s is a map, not %s", schema->name,
		    yaml_kind_name(map->kind));
		inner.is_absent = true;
		map = NULL;
	}
	for (i = 0; map != NULL && i < map->count; i++)
		if (schema_find(schema, map->pairs[i].key->text) == NULL)
			schema_unknown_key(reading, map->pairs[i].key);
	for (i = 0; i < schema->count; i++)
		schema_read_option(&inner, &schema->options[i], map, into);
}

bool
schema_read(const struct schema *schema, const struct yaml_node *map,
    struct arena *arena, struct diag *diag, void *into)
{
	struct schema_reading reading = { schema, arena, diag, false, false };
	size_t mark = diag_errors(diag);

	schema_read_map(&reading, map, into);
	return !diag_failed_since(diag, mark);
}
