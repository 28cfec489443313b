/* SPDX-License-Identifier: Apache-2.0 */
#include "text/schema.h"

#include "decode/mapping_internal.h"

#define CODE_POINTS_MAX 1000

struct file_time {
	char *field;
	char *format;
	char *zone;
	char *local_zone;
};

struct file_logsource {
	char *category;
	char *product;
	char *service;
};

struct file {
	char *name;
	struct file_logsource logsource;
	struct file_time time;
	const struct yaml_node *fields;
};

struct file_field {
	const struct yaml_node *from;
	const struct yaml_node *constant;
	bool trim;
	bool lower;
	uint64_t prefix;
	char *split;
	int type;
};

#define OPTION(kind, type_name, name, member, ...)                             \
	{ .key = (name),                                                       \
		.type = (kind),                                                \
		.offset = offsetof(struct type_name, member),                  \
		__VA_ARGS__ }
#define SCHEMA(shown, type_name, table)                                        \
	{ .name = (shown),                                                     \
		.size = sizeof(struct type_name),                              \
		.options = (table),                                            \
		.count = sizeof(table) / sizeof((table)[0]) }

static const struct schema_option logsource_options[] = {
	OPTION(SCHEMA_STRING, file_logsource, "category", category,
	    .doc = "what kind of program writes the records"),
	OPTION(SCHEMA_STRING, file_logsource, "product", product,
	    .doc = "the product that writes the records"),
	OPTION(SCHEMA_STRING, file_logsource, "service", service,
	    .doc = "the part of the product"),
};
static const struct schema logsource_schema = SCHEMA("the logsource",
    file_logsource, logsource_options);

static const struct schema_option time_options[] = {
	OPTION(SCHEMA_STRING, file_time, "field", field,
	    .default_text = "\"@timestamp\"",
	    .doc = "the source's path of the event's time"),
	OPTION(SCHEMA_STRING, file_time, "format", format,
	    .default_text = "iso",
	    .doc = "iso, epoch_s, epoch_ms, epoch_us, or %Y-%m-%d %H:%M:%S"),
	OPTION(SCHEMA_STRING, file_time, "zone", zone, .default_text = "UTC",
	    .doc = "IANA zone of times that are written without an offset"),
	OPTION(SCHEMA_STRING, file_time, "local_zone", local_zone,
	    .doc = "IANA zone of event.local_date and its like; that of "
		   "`zone` unless given"),
};
static const struct schema time_schema = SCHEMA("the time", file_time,
    time_options);

static const struct schema_option file_options[] = {
	OPTION(SCHEMA_STRING, file, "name", name, .is_required = true,
	    .doc = "the mapping's name"),
	OPTION(SCHEMA_MAP, file, "logsource", logsource,
	    .child = &logsource_schema,
	    .doc = "what the records declare themselves to be"),
	OPTION(SCHEMA_MAP, file, "time", time, .child = &time_schema,
	    .doc = "where the event's time stands and how it is written"),
	OPTION(SCHEMA_NODE, file, "fields", fields, .is_required = true,
	    .doc = "where the value of each canonical field comes from"),
};
static const struct schema file_schema = SCHEMA("a mapping file", file,
    file_options);

static const char *const type_words[] = {
	[MAPPING_TYPE_AS_IS] = "as-is",
	[MAPPING_TYPE_STRING] = "string",
	[MAPPING_TYPE_INTEGER] = "integer",
	[MAPPING_TYPE_NUMBER] = "number",
	[MAPPING_TYPE_BOOLEAN] = "boolean",
	NULL,
};

static const struct schema_option field_options[] = {
	OPTION(SCHEMA_NODE, file_field, "from", from,
	    .doc = "a path, or a list of which the first with a value wins"),
	OPTION(SCHEMA_NODE, file_field, "const", constant,
	    .doc = "the same value for every record"),
	OPTION(SCHEMA_STRING, file_field, "split", split,
	    .doc = "text that separates several values"),
	OPTION(SCHEMA_BOOL, file_field, "trim", trim, .default_text = "false",
	    .doc = "without white space at both ends"),
	OPTION(SCHEMA_BOOL, file_field, "lower", lower, .default_text = "false",
	    .doc = "folded to lower case"),
	OPTION(SCHEMA_UINT, file_field, "prefix", prefix, .min = 1,
	    .max = CODE_POINTS_MAX, .doc = "only so many first characters"),
	OPTION(SCHEMA_ENUM, file_field, "type", type, .words = type_words,
	    .default_text = "as-is",
	    .doc = "what the text is read as, where it can be"),
};
static const struct schema field_schema = SCHEMA("a mapped field", file_field,
    field_options);

struct reading {
	struct mapping *mapping;
	struct diag *diag;
	struct mapping_field *fields;
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

static bool
is_path(struct span path)
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
	if (!is_path(node->text))
		diag_at(reading->diag, node->place, "IR0906",
		    "bad path `" SPAN_FMT "`", SPAN_ARG(node->text));
	*into = arena_dup(reading->mapping->arena, node->text);
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
	if (!is_path(name))
		diag_at(reading->diag, pair->key->place, "IR0906",
		    "bad field name `" SPAN_FMT "`", SPAN_ARG(name));
	field->name = name;
	if (pair->value->kind == YAML_MAP)
		read_options(reading, pair, field);
	else
		read_from(reading, pair->value, field);
	reading->count++;
}

static void
read_fields(struct reading *reading, const struct yaml_node *map)
{
	if (map->kind != YAML_MAP) {
		diag_at(reading->diag, map->place, "IR0113",
		    "`fields` is a map, not %s", yaml_kind_name(map->kind));
		return;
	}
	reading->fields = arena_array(reading->mapping->arena, map->count + 1,
	    sizeof(*reading->fields));
	for (size_t i = 0; i < map->count; i++)
		read_field(reading, &map->pairs[i]);
	reading->mapping->fields = reading->fields;
	reading->mapping->field_count = reading->count;
}

/* The value of a key of `time:`, for its place. */
static struct diag_place
time_place(const struct yaml_node *root, const char *key)
{
	const struct yaml_node *time = yaml_get(root, "time");
	const struct yaml_node *value = time != NULL ? yaml_get(time, key) :
						       NULL;

	return value != NULL ? value->place : root->place;
}

static void
read_zone(struct reading *reading, const struct yaml_node *root,
    const char *key, const char *name, struct zone **into)
{
	struct error err = ERROR_NONE;
	struct zone *zone;

	if (name == NULL)
		return;
	if (!zone_open(name, &zone, &err)) {
		diag_at(reading->diag, time_place(root, key), "IR0904",
		    "unknown time zone `%s`", name);
		return;
	}
	zone_free(*into);
	*into = zone;
}

static void
read_time(struct reading *reading, const struct yaml_node *root,
    const struct file_time *time)
{
	struct mapping *mapping = reading->mapping;
	struct error err = ERROR_NONE;

	mapping->time_field = span_of(time->field);
	if (!is_path(mapping->time_field))
		diag_at(reading->diag, time_place(root, "field"), "IR0906",
		    "bad path `%s`", time->field);
	if (!mapping_set_format(mapping, time->format, &err))
		diag_at(reading->diag, time_place(root, "format"), "IR0905",
		    "%s", err.text);
	read_zone(reading, root, "zone", time->zone, &mapping->zone);
	read_zone(reading, root, "local_zone", time->local_zone,
	    &mapping->local_zone);
}

static void
read_root(struct reading *reading, const struct yaml_node *root)
{
	struct mapping *mapping = reading->mapping;
	struct file file;
	bool ok;

	if (root->kind != YAML_MAP) {
		diag_at(reading->diag, root->place, "IR0113",
		    "a mapping file is a map, not %s",
		    yaml_kind_name(root->kind));
		return;
	}
	ok = schema_read(&file_schema, root, mapping->arena, reading->diag,
	    &file);
	if (file.fields != NULL)
		read_fields(reading, file.fields);
	if (!ok)
		return;
	mapping->name = span_of(file.name);
	mapping->logsource = (struct logsource){
		.category = span_or_none(file.logsource.category),
		.product = span_or_none(file.logsource.product),
		.service = span_or_none(file.logsource.service),
	};
	read_time(reading, root, &file.time);
}

static void
read_documents(struct reading *reading, const char *path,
    const struct yaml_node *const *documents, size_t count)
{
	struct diag_place place = { 0 };

	if (count == 1) {
		read_root(reading, documents[0]);
		return;
	}
	if (count > 1)
		place = documents[1]->place;
	else
		place.source = diag_add_source(reading->diag, path, SPAN(""));
	diag_at(reading->diag, place, "IR0118",
	    "a mapping file is one YAML document, not %zu", count);
}

bool
mapping_read(const char *path, struct diag *diag, struct mapping **ret_mapping)
{
	struct reading reading = { .mapping = mapping_new(), .diag = diag };
	const struct yaml_node *const *documents;
	size_t count, mark = diag_errors(diag);

	if (yaml_read(reading.mapping->arena, diag, path, &documents, &count))
		read_documents(&reading, path, documents, count);
	if (diag_failed_since(diag, mark)) {
		mapping_free(reading.mapping);
		return false;
	}
	*ret_mapping = reading.mapping;
	return true;
}
