/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DECODE_MAPPING_INTERNAL_H
#define DECODE_MAPPING_INTERNAL_H

#include "base/zone.h"
#include "decode/keyed_hash.h"
#include "decode/mapping.h"

enum mapping_type {
	MAPPING_TYPE_AS_IS,
	MAPPING_TYPE_STRING,
	MAPPING_TYPE_INTEGER,
	MAPPING_TYPE_NUMBER,
	MAPPING_TYPE_BOOLEAN
};

struct mapping_field {
	struct span name; /* canonical, without blanks */
	const struct span *from;
	uint32_t from_count; /* 0: constant */
	struct value constant;
	struct span split; /* empty: whole */
	uint64_t prefix;   /* code points; 0: all */
	enum mapping_type type;
	bool trim;
	bool lower;
	bool hash;
};

enum mapping_time {
	MAPPING_TIME_ISO,
	MAPPING_TIME_SECONDS,
	MAPPING_TIME_MILLISECONDS,
	MAPPING_TIME_MICROSECONDS,
	MAPPING_TIME_FORMAT
};

struct mapping {
	struct arena *arena;
	bool is_identity;
	struct span name;
	struct logsource logsource;
	struct span time_field;
	enum mapping_time time;
	const char *time_format; /* of MAPPING_TIME_FORMAT */
	struct zone *zone;
	struct zone *local_zone; /* NULL: zone */
	enum encoding encoding;
	bool has_csv;
	struct csv_dialect csv;
	bool has_wire_header;
	bool wants_hash;
	struct keyed_hash *hash; /* NULL: no key yet */
	const struct mapping_field *fields;
	size_t field_count;
};

/* An empty mapping with the defaults; mapping.c. */
struct mapping *mapping_new(void);

/* NULL if it is not mapped. */
const struct mapping_field *mapping_find(const struct mapping *mapping,
    struct span name);

/* The field that hashes what stands at this path, or above it; or NULL. */
const struct mapping_field *mapping_hashed(const struct mapping *mapping,
    struct span path);

/* `fields:` of a mapping file; mapping_fields.c. */
void mapping_fields_read(struct mapping *mapping, const struct yaml_node *map,
    struct diag *diag);

bool mapping_is_path(struct span path);

bool mapping_set_format(struct mapping *mapping, const char *format,
    struct error *err);

#endif
