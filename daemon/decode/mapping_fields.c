/* SPDX-License-Identifier: Apache-2.0 */
#include "text/schema.h"

#include "decode/mapping_internal.h"

#define CODE_POINTS_MAX 1000

/* A prefix so short tells no name: it may stand beside the name's hash. */
#define CLEAR_PREFIX_MAX 3

struct file_field {
	const struct yaml_node *from;
	const struct yaml_node *constant;
	bool trim;
	bool lower;
	uint64_t prefix;
	char *split;
	int type;
	bool hash;
};

#define OPTION(kind, name, member, ...)                                        \
	{ .key = (name),                                                       \
		.type = (kind),                                                \
		.offset = offsetof(struct file_field, member),                 \
		__VA_ARGS__ }

static const char *const type_words[] = {
	[MAPPING_TYPE_AS_IS] = "as-is",
	[MAPPING_TYPE_STRING] = "string",
	[MAPPING_TYPE_INTEGER] = "integer",
	[MAPPING_TYPE_NUMBER] = "number",
	[MAPPING_TYPE_BOOLEAN] = "boolean",
	NULL,
};

static const struct schema_option field_options[] = {
	OPTION(SCHEMA_NODE, "from", from,
	    .doc = "a path, or a list of which the first with a value wins"),
	OPTION(SCHEMA_NODE, "const", constant,
	    .doc = "the same value for every record"),
	OPTION(SCHEMA_STRING, "split", split,
	    .doc = "text that separates several values"),
	OPTION(SCHEMA_BOOL, "trim", trim, .default_text = "false",
	    .doc = "without white space at both ends"),
	OPTION(SCHEMA_BOOL, "lower", lower, .default_text = "false",
	    .doc = "folded to lower case"),
	OPTION(SCHEMA_UINT, "prefix", prefix, .min = 1, .max = CODE_POINTS_MAX,
	    .doc = "only so many first characters"),
	OPTION(SCHEMA_ENUM, "type", type, .words = type_words,
	    .default_text = "as-is",
	    .doc = "what the text is read as, where it can be"),
	OPTION(SCHEMA_BOOL, "hash", hash, .default_text = "false",
	    .doc = "a keyed hash in place of the value"),
};
static const struct schema field_schema = {
	.name = "a mapped field",
	.size = sizeof(struct file_field),
	.options = field_options,
	.count = sizeof(field_options) / sizeof(field_options[0]),
};

struct reading {
	struct mapping *mapping;
	struct diag *diag;
	struct mapping_field *fields;
	struct diag_place *places; /* of their names */
	size_t count;
};

static struct span
without_blanks(struct arena *arena, struct span name)
{
	char *copy = arena_alloc(arena, name.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] != ' ')
			copy[len++] = name.ptr[i];
	}
	return span_make(copy, len);
}

static struct span
span_or_none(const char *string)
{
	return string != NULL ? span_of(string) : SPAN_NONE;
}

bool
mapping_is_path(struct span path)
{
	struct span rest = path, part;

	while (span_split(&rest, '.', &part)) {
		if (span_trim(part).len == 0)
			return false;
	}
	return true;
}

static void
read_path(struct reading *reading, const struct yaml_node *node,
    struct span *into)
{
	if (!yaml_is_scalar(node) || node->kind == YAML_NULL) {
		diag_at(reading->diag, node->place, "IR0113",
		    "a path is text, not %s", yaml_kind_name(node->kind));
		return;
	}
	if (!mapping_is_path(node->text))
		diag_at(reading->diag, node->place, "IR0906",
		    "bad path `" SPAN_FMT "`", SPAN_ARG(node->text));
	*into = without_blanks(reading->mapping->arena, node->text);
}

static void
read_from(struct reading *reading, const struct yaml_node *node,
    struct mapping_field *field)
{
	struct arena *arena = reading->mapping->arena;
	bool is_list = node->kind == YAML_LIST;
	size_t count = is_list ? node->count : 1;
	struct span *paths = arena_array(arena, count + 1, sizeof(*paths));

	if (count == 0)
		diag_at(reading->diag, node->place, "IR0120",
		    "an empty list of paths");
	for (size_t i = 0; i < count; i++)
		read_path(reading, is_list ? node->items[i] : node, &paths[i]);
	field->from = paths;
	field->from_count = (uint32_t)count;
}

static void
read_constant(struct reading *reading, const struct yaml_node *node,
    struct mapping_field *field)
{
	struct arena *arena = reading->mapping->arena;
	struct span text;

	if (!yaml_is_scalar(node)) {
		diag_at(reading->diag, node->place, "IR0113",
		    "a constant is a single value, not %s",
		    yaml_kind_name(node->kind));
		return;
	}
	text = arena_dup(arena, node->text);
	switch (node->kind) {
	case YAML_NULL:
		field->constant = value_null();
		break;
	case YAML_BOOL:
		field->constant = value_bool(node->boolean);
		break;
	case YAML_REAL:
		field->constant = value_real(arena, node->real);
		break;
	case YAML_INT:
		field->constant = node->is_big ?
		    value_string(text) :
		    value_int(arena, node->integer);
		break;
	default:
		field->constant = value_string(text);
		break;
	}
}

static void
read_options(struct reading *reading, const struct yaml_pair *pair,
    struct mapping_field *field)
{
	struct file_field options;
	struct arena *arena = reading->mapping->arena;

	if (!schema_read(&field_schema, pair->value, arena, reading->diag,
		&options))
		return;
	field->trim = options.trim;
	field->lower = options.lower;
	field->prefix = options.prefix;
	field->type = (enum mapping_type)options.type;
	field->split = span_or_none(options.split);
	field->hash = options.hash;
	if (options.hash && options.type != MAPPING_TYPE_AS_IS)
		diag_at(reading->diag, yaml_get(pair->value, "type")->place,
		    "IR0913", "`type` does not go with `hash`");
	if (options.split != NULL && field->split.len == 0)
		diag_at(reading->diag, yaml_get(pair->value, "split")->place,
		    "IR0120", "`split` is empty");
	if ((options.from == NULL) == (options.constant == NULL)) {
		diag_at(reading->diag, pair->key->place, "IR0902",
		    "`" SPAN_FMT "` has %s", SPAN_ARG(pair->key->text),
		    options.from == NULL ? "neither `from` nor `const`" :
					   "both `from` and `const`");
		return;
	}
	if (options.from != NULL) {
		read_from(reading, options.from, field);
		return;
	}
	read_constant(reading, options.constant, field);
	for (size_t i = 0; i < pair->value->count; i++) {
		const struct yaml_node *key = pair->value->pairs[i].key;

		if (!span_is(key->text, "const"))
			diag_at(reading->diag, key->place, "IR0903",
			    "`" SPAN_FMT "` does not go with `const`",
			    SPAN_ARG(key->text));
	}
}

static void
read_field(struct reading *reading, const struct yaml_pair *pair)
{
	struct mapping_field *field = &reading->fields[reading->count];
	struct span name = without_blanks(reading->mapping->arena,
	    pair->key->text);

	for (size_t i = 0; i < reading->count; i++) {
		if (span_equal(reading->fields[i].name, name))
			diag_at(reading->diag, pair->key->place, "IR0901",
			    "field `" SPAN_FMT "` is mapped twice",
			    SPAN_ARG(name));
	}
	if (span_is(name, "@timestamp")) {
		diag_at(reading->diag, pair->key->place, "IR0907",
		    "`@timestamp` is told by `time`, not by `fields`");
		diag_help(reading->diag, "time: {field: PATH, format: iso}");
	}
	if (!mapping_is_path(name))
		diag_at(reading->diag, pair->key->place, "IR0906",
		    "bad field name `" SPAN_FMT "`", SPAN_ARG(name));
	field->name = name;
	reading->places[reading->count] = pair->key->place;
	if (pair->value->kind == YAML_MAP)
		read_options(reading, pair, field);
	else
		read_from(reading, pair->value, field);
	reading->count++;
}

/* Is it the value that is hashed, or a part of it? */
static bool
is_hashed_path(const struct mapping_field *field, struct span path)
{
	for (uint32_t i = 0; field->hash && i < field->from_count; i++) {
		struct span from = field->from[i];

		if (from.len > 0 && span_starts_with(path, from) &&
		    (path.len == from.len || path.ptr[from.len] == '.'))
			return true;
	}
	return false;
}

const struct mapping_field *
mapping_hashed(const struct mapping *mapping, struct span path)
{
	for (size_t i = 0; i < mapping->field_count; i++) {
		if (is_hashed_path(&mapping->fields[i], path))
			return &mapping->fields[i];
	}
	return NULL;
}

/* What is hashed for one field must not stand in the clear in another. */
static void
check_clear(struct reading *reading, size_t at)
{
	const struct mapping_field *field = &reading->fields[at], *hashed;

	if (field->hash ||
	    (field->prefix > 0 && field->prefix <= CLEAR_PREFIX_MAX))
		return;
	for (uint32_t i = 0; i < field->from_count; i++) {
		hashed = mapping_hashed(reading->mapping, field->from[i]);
		if (hashed == NULL)
			continue;
		diag_at(reading->diag, reading->places[at], "IR0912",
		    "`" SPAN_FMT "` shows what `" SPAN_FMT "` hashes",
		    SPAN_ARG(field->name), SPAN_ARG(hashed->name));
		diag_help(reading->diag,
		    "hash it too, or leave a `prefix` of at most %d",
		    CLEAR_PREFIX_MAX);
		return;
	}
}

void
mapping_fields_read(struct mapping *mapping, const struct yaml_node *map,
    struct diag *diag)
{
	struct reading reading = { .mapping = mapping, .diag = diag };

	if (map->kind != YAML_MAP) {
		diag_at(diag, map->place, "IR0113", "`fields` is a map, not %s",
		    yaml_kind_name(map->kind));
		return;
	}
	reading.fields = arena_array(mapping->arena, map->count + 1,
	    sizeof(*reading.fields));
	reading.places = arena_array(mapping->arena, map->count + 1,
	    sizeof(*reading.places));
	for (size_t i = 0; i < map->count; i++)
		read_field(&reading, &map->pairs[i]);
	mapping->fields = reading.fields;
	mapping->field_count = reading.count;
	for (size_t i = 0; i < reading.count; i++) {
		mapping->wants_hash |= reading.fields[i].hash;
		check_clear(&reading, i);
	}
}
