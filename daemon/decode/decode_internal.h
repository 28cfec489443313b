/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a decoder knows what it wants: the paths of all wanted fields as one
 * tree of keys, made once.  A record is walked along it; a member that is not
 * in the tree is stepped over.
 *
 * A path a.b.c may stand in a record as a.b.c, a.b > c, a > b.c or a > b > c.
 * All are in the tree, each with a rank; the least one found counts.
 */
#ifndef DECODE_DECODE_INTERNAL_H
#define DECODE_DECODE_INTERNAL_H

#include "base/buffer.h"
#include "decode/decode.h"
#include "decode/mapping_internal.h"
#include "text/json_read.h"

#define DECODE_RANK_NONE 255

struct decode_terminal {
	uint32_t target; /* index of what the path's values become */
	uint8_t rank;
};

struct decode_edge {
	struct span key; /* without blanks; ptr NULL: a free slot */
	struct decode_node *child;
	uint32_t hash;
};

struct decode_node {
	struct decode_edge *edges; /* [mask + 1], open addressing */
	uint32_t mask;
	uint32_t edge_count;
	struct decode_terminal *terminals;
	uint32_t terminal_count;
	bool is_secret; /* hashed: no keyword rule sees what stands here */
};

/* A field whose values are made of one or more targets, or constant. */
struct decode_field {
	uint32_t slot;
	const struct mapping_field *field; /* NULL: as it stands */
	uint32_t first_target;
};

struct decode_plan {
	struct arena *arena;
	struct decode_node *root;
	uint32_t target_count;
	uint32_t time_target;
	/* Without a mapping target and slot are one, and there are none. */
	const struct decode_field *fields;
	uint32_t field_count;
	bool wants_all;
};

struct decode_plan *decode_plan_new(const struct mapping *mapping,
    const struct field_set *fields);
void decode_plan_free(struct decode_plan *plan); /* accepts NULL */

extern const struct decode_node decode_plan_none; /* wants nothing */

/* The child for a key of a record and its json_hash_key(), or NULL. */
const struct decode_node *decode_plan_find(const struct decode_node *node,
    struct span key, uint32_t hash, struct buffer *scratch);

/* What has come together for one target. */
struct decode_collect {
	uint8_t rank;
	bool is_list;
	uint32_t cap;
	struct value *items;
};

struct decoder {
	const struct mapping *mapping;
	const struct field_set *fields;
	struct decode_limits limits;
	struct decode_plan *plan;
	struct json_reader *reader;
	struct encoding_converter *converter; /* NULL: UTF-8 */
	struct csv *csv;		      /* NULL: JSON */
	struct buffer utf8;
	struct buffer scratch;
	struct decode_collect *collect; /* [plan->target_count] */
	struct value *keywords;
	size_t keyword_count;
	size_t keyword_cap;

	/* of the record in hand */
	struct arena *arena;
	struct value *raw; /* [plan->target_count], in the arena */
	uint32_t flags;
	bool is_secret; /* within what is hashed */
};

/* Ready for a mapping's encoding and rows; decode_unwrap.c. */
void decode_unwrap_init(struct decoder *decoder);
void decode_unwrap_done(struct decoder *decoder);

/*
 * The JSON of a record that its source left as it came: without the wire
 * header, in UTF-8, made of a row.  It may point into the record, the decoder
 * or the arena.  False: rejected.
 */
bool decode_unwrap(struct decoder *decoder, const struct record *record,
    struct span *ret_json, struct error *err);

/* Fills decoder->raw and keywords from the record. */
void decode_values(struct decoder *decoder, struct json_value root);

/* A value as its mapping wants it; `hash`: that of the mapping. */
struct value decode_shape(struct arena *arena, struct keyed_hash *hash,
    const struct mapping_field *field, const struct value *value);

enum decode_time_result { DECODE_TIME_READ, DECODE_TIME_NONE, DECODE_TIME_BAD };

enum decode_time_result decode_time_read(const struct mapping *mapping,
    const struct value *value, int64_t *ret_time_us);

#endif
