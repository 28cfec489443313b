/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/table.h"
#include "text/schema.h"
#include "text/suggest.h"

#include "decode/mapping_internal.h"

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

struct file_csv {
	char *delimiter;
	struct schema_strings header;
};

struct file {
	char *name;
	struct file_logsource logsource;
	struct file_time time;
	char *encoding;
	struct file_csv csv;
	char *hash_key_file;
	const struct yaml_node *fields;
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

static const struct schema_option csv_options[] = {
	OPTION(SCHEMA_STRING, file_csv, "delimiter", delimiter,
	    .doc = "what stands between fields: , ; | or tab; that of which "
		   "the first row has most unless given"),
	OPTION(SCHEMA_STRINGS, file_csv, "header", header,
	    .doc = "the names of the columns, where no first row has them"),
};
static const struct schema csv_schema = SCHEMA("`csv`", file_csv, csv_options);

static const struct schema_option file_options[] = {
	OPTION(SCHEMA_STRING, file, "name", name, .is_required = true,
	    .doc = "the mapping's name"),
	OPTION(SCHEMA_MAP, file, "logsource", logsource,
	    .child = &logsource_schema,
	    .doc = "what the records declare themselves to be"),
	OPTION(SCHEMA_MAP, file, "time", time, .child = &time_schema,
	    .doc = "where the event's time stands and how it is written"),
	OPTION(SCHEMA_STRING, file, "encoding", encoding,
	    .default_text = "utf-8", .doc = "what the records are written in"),
	OPTION(SCHEMA_MAP, file, "csv", csv, .child = &csv_schema,
	    .doc = "how rows are written, where they are no JSON"),
	OPTION(SCHEMA_STRING, file, "hash_key_file", hash_key_file,
	    .doc = "the file with the key of fields with `hash`"),
	OPTION(SCHEMA_NODE, file, "fields", fields, .is_required = true,
	    .doc = "where the value of each canonical field comes from"),
};
static const struct schema file_schema = SCHEMA("a mapping file", file,
    file_options);

struct reading {
	struct mapping *mapping;
	struct diag *diag;
};

static struct span
span_or_none(const char *string)
{
	return string != NULL ? span_of(string) : SPAN_NONE;
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
	if (mapping_hashed(mapping, mapping->time_field) != NULL)
		diag_at(reading->diag, time_place(root, "field"), "IR0912",
		    "the time is what `" SPAN_FMT "` hashes",
		    SPAN_ARG(mapping_hashed(mapping, mapping->time_field)
			    ->name));
	if (!mapping_is_path(mapping->time_field))
		diag_at(reading->diag, time_place(root, "field"), "IR0906",
		    "bad path `%s`", time->field);
	if (!mapping_set_format(mapping, time->format, &err))
		diag_at(reading->diag, time_place(root, "format"), "IR0905",
		    "%s", err.text);
	read_zone(reading, root, "zone", time->zone, &mapping->zone);
	read_zone(reading, root, "local_zone", time->local_zone,
	    &mapping->local_zone);
}

static struct diag_place
place_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *value = yaml_get(map, key);

	return value != NULL ? value->place : map->place;
}

static void
read_encoding(struct reading *reading, const struct yaml_node *root,
    const char *name)
{
	struct error err = ERROR_NONE;

	if (mapping_set_encoding(reading->mapping, name, &err))
		return;
	diag_at(reading->diag, place_of(root, "encoding"), "IR0908", "%s",
	    err.text);
	mapping_suggest_encoding(name, reading->diag);
}

/* The names of a header, as csv_named() wants them. */
static void
read_header(struct reading *reading, const struct schema_strings *header,
    struct csv_dialect *dialect)
{
	struct span *names = arena_array(reading->mapping->arena,
	    header->count + 1, sizeof(*names));
	struct table *seen = table_new();

	for (size_t i = 0; i < header->count; i++) {
		names[i] = span_trim(span_of(header->items[i]));
		if (names[i].len == 0)
			diag_at(reading->diag, header->places[i], "IR0909",
			    "a column without a name");
		else if (table_find(seen, names[i]) != NULL)
			diag_at(reading->diag, header->places[i], "IR0909",
			    "two columns are called `" SPAN_FMT "`",
			    SPAN_ARG(names[i]));
		table_set(seen, names[i], reading);
	}
	table_free(seen);
	dialect->header = names;
	dialect->header_count = header->count;
}

static void
read_csv(struct reading *reading, const struct yaml_node *map,
    const struct file_csv *csv)
{
	struct csv_dialect *dialect = &reading->mapping->csv;
	const struct yaml_node *header = yaml_get(map, "header");

	reading->mapping->has_csv = true;
	if (csv->delimiter != NULL &&
	    !csv_find_separator(span_of(csv->delimiter), &dialect->separator)) {
		diag_at(reading->diag, place_of(map, "delimiter"), "IR0909",
		    "`delimiter` cannot be `%s`", csv->delimiter);
		diag_hint(reading->diag, "one of \",\" \";\" \"|\" or tab");
	}
	if (csv->header.count > 0)
		read_header(reading, &csv->header, dialect);
	else if (header != NULL && header->kind == YAML_LIST)
		diag_at(reading->diag, header->place, "IR0120",
		    "`header` is empty");
}

/* A relative name is one of the service's credentials, or beside the file. */
static void
read_key(struct reading *reading, const struct yaml_node *root,
    const char *name)
{
	struct diag_place place = place_of(root, "hash_key_file");
	const char *file = diag_source_path(place.source);
	struct error err = ERROR_NONE;
	struct buffer path = BUFFER_INIT;

	if (name[0] == '/')
		buffer_add_string(&path, name);
	else if (!file_find_credential(name, &path))
		buffer_printf(&path, "%.*s%s",
		    (int)(file_base_name(file) - file), file, name);
	if (!mapping_set_hash_key(reading->mapping, buffer_string(&path), &err))
		diag_at(reading->diag, place, "IR0911", "%s", err.text);
	else if (!reading->mapping->wants_hash)
		diag_at(reading->diag, place, "IW0914",
		    "a key, and no field with `hash: true`");
	buffer_done(&path);
}

static void
read_root(struct reading *reading, const struct yaml_node *root)
{
	struct mapping *mapping = reading->mapping;
	struct file file;
	const struct yaml_node *csv;

	if (root->kind != YAML_MAP) {
		diag_at(reading->diag, root->place, "IR0113",
		    "a mapping file is a map, not %s",
		    yaml_kind_name(root->kind));
		return;
	}
	/* What is wrong is a finding; what is right is checked further. */
	(void)schema_read(&file_schema, root, mapping->arena, reading->diag,
	    &file);
	if (file.fields != NULL)
		mapping_fields_read(mapping, file.fields, reading->diag);
	mapping->name = span_or_none(file.name);
	mapping->logsource = (struct logsource){
		.category = span_or_none(file.logsource.category),
		.product = span_or_none(file.logsource.product),
		.service = span_or_none(file.logsource.service),
	};
	if (file.time.field != NULL && file.time.format != NULL)
		read_time(reading, root, &file.time);
	if (file.encoding != NULL)
		read_encoding(reading, root, file.encoding);
	csv = yaml_get(root, "csv");
	if (csv != NULL && csv->kind == YAML_MAP)
		read_csv(reading, csv, &file.csv);
	if (file.hash_key_file != NULL)
		read_key(reading, root, file.hash_key_file);
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
