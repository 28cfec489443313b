/* SPDX-License-Identifier: Apache-2.0 */
#include <sysexits.h>

#include "base/log.h"
#include "base/mem.h"
#include "text/suggest.h"

#include "decode/mapping_internal.h"

static const struct {
	const char *format;
	enum mapping_time time;
} times[] = {
	{ "iso", MAPPING_TIME_ISO },
	{ "epoch_s", MAPPING_TIME_SECONDS },
	{ "epoch_ms", MAPPING_TIME_MILLISECONDS },
	{ "epoch_us", MAPPING_TIME_MICROSECONDS },
};

struct mapping *
mapping_new(void)
{
	struct mapping *mapping = mem_zalloc(sizeof(*mapping));
	struct error err = ERROR_NONE;

	mapping->arena = arena_new(4096);
	mapping->time_field = SPAN("@timestamp");
	if (!zone_open("UTC", &mapping->zone, &err))
		log_fatal(EX_OSFILE, "%s", err.text);
	return mapping;
}

struct mapping *
mapping_identity(void)
{
	struct mapping *mapping = mapping_new();

	mapping->is_identity = true;
	return mapping;
}

void
mapping_free(struct mapping *mapping)
{
	if (mapping == NULL)
		return;
	arena_free(mapping->arena);
	zone_free(mapping->zone);
	zone_free(mapping->local_zone);
	keyed_hash_free(mapping->hash);
	mem_free(mapping);
}

struct span
mapping_name(const struct mapping *mapping)
{
	return mapping->name;
}

struct logsource
mapping_logsource(const struct mapping *mapping)
{
	return mapping->logsource;
}

const struct zone *
mapping_local_zone(const struct mapping *mapping)
{
	return mapping->local_zone != NULL ? mapping->local_zone :
					     mapping->zone;
}

enum encoding
mapping_encoding(const struct mapping *mapping)
{
	return mapping->encoding;
}

const struct csv_dialect *
mapping_csv(const struct mapping *mapping)
{
	return mapping->has_csv ? &mapping->csv : NULL;
}

const struct mapping_field *
mapping_find(const struct mapping *mapping, struct span name)
{
	for (size_t i = 0; i < mapping->field_count; i++) {
		if (span_equal(mapping->fields[i].name, name))
			return &mapping->fields[i];
	}
	return NULL;
}

bool
mapping_has_field(const struct mapping *mapping, struct span name)
{
	return mapping->is_identity || span_is(name, "@timestamp") ||
	    mapping_find(mapping, name) != NULL;
}

bool
mapping_set_format(struct mapping *mapping, const char *format,
    struct error *err)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (!strcmp(times[i].format, format)) {
			mapping->time = times[i].time;
			return true;
		}
	}
	if (strchr(format, '%') == NULL)
		return error_set(err, NULL,
		    "unknown time format `%s`: iso, epoch_s, epoch_ms, "
		    "epoch_us, or one with %%Y, %%m, ...",
		    format);
	if (!zone_check_format(format, err))
		return false;
	mapping->time = MAPPING_TIME_FORMAT;
	mapping->time_format = arena_strdup(mapping->arena, span_of(format));
	return true;
}

bool
mapping_set_time(struct mapping *mapping, const char *field, const char *format,
    const char *zone, struct error *err)
{
	struct zone *opened;

	if (field != NULL && mapping_hashed(mapping, span_of(field)) != NULL)
		return error_set(err, NULL,
		    "the time field `%s` is one that the mapping hashes",
		    field);
	if (format != NULL && !mapping_set_format(mapping, format, err))
		return false;
	if (zone != NULL) {
		if (!zone_open(zone, &opened, err))
			return false;
		zone_free(mapping->zone);
		mapping->zone = opened;
	}
	if (field != NULL)
		mapping->time_field = arena_dup(mapping->arena, span_of(field));
	return true;
}

bool
mapping_set_encoding(struct mapping *mapping, const char *name,
    struct error *err)
{
	enum encoding encoding;
	struct encoding_converter *converter = NULL;

	if (!encoding_find(name, &encoding))
		return error_set(err, NULL, "unknown encoding `%s`", name);
	if (encoding != ENCODING_UTF8)
		converter = encoding_open(encoding);
	if (encoding != ENCODING_UTF8 && converter == NULL)
		return error_set(err, NULL,
		    "the C library has no encoding `%s`", name);
	encoding_close(converter);
	mapping->encoding = encoding;
	return true;
}

void
mapping_suggest_encoding(const char *name, struct diag *diag)
{
	const char *nearest;
	size_t count = 0;

	while (encoding_names[count] != NULL)
		count++;
	nearest = suggest_nearest(span_of(name), encoding_names, count);
	if (nearest != NULL)
		diag_hint(diag, "did you mean `%s`?", nearest);
	diag_help(diag,
	    "utf-8, iso-8859-1, iso-8859-15, windows-1252, utf-16, utf-16le "
	    "or utf-16be");
}

void
mapping_set_wire_header(struct mapping *mapping, bool has_wire_header)
{
	mapping->has_wire_header = has_wire_header;
}

bool
mapping_set_hash_key(struct mapping *mapping, const char *path,
    struct error *err)
{
	if (mapping->hash != NULL)
		return true;
	return keyed_hash_open(path, &mapping->hash, err);
}

bool
mapping_lacks_hash_key(const struct mapping *mapping)
{
	return mapping->wants_hash && mapping->hash == NULL;
}
