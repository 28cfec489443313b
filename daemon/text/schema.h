/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of options: what keys a YAML map may have.  From one table come the
 * reader, defaults, the example file and (later) man page and JSON Schema.
 */
#ifndef TEXT_SCHEMA_H
#define TEXT_SCHEMA_H

#include "text/yaml.h"

enum schema_type {
	SCHEMA_STRING,	 /* char * (arena) */
	SCHEMA_BOOL,	 /* bool */
	SCHEMA_UINT,	 /* uint64_t, between min and max */
	SCHEMA_DURATION, /* int64_t microseconds, "15m" */
	SCHEMA_SIZE,	 /* uint64_t bytes, "8KiB", plain number */
	SCHEMA_ENUM,	 /* int: index into `words` */
	SCHEMA_STRINGS, /* struct schema_strings; one scalar is a list of one */
	SCHEMA_MAP,	/* a nested struct at `offset`, read by `child` */
	SCHEMA_MAPS,	/* struct schema_list of child structs */
	SCHEMA_PAIRS,	/* struct schema_pairs: free keys, scalar values */
	SCHEMA_NODE	/* const struct yaml_node *, read by the caller */
};

struct schema_strings {
	const char *const *items;
	size_t count;
	const struct diag_place *places;
};

struct schema_list {
	void *items; /* `count` structs of child->size bytes */
	size_t count;
	const struct diag_place *places;
};

struct schema_pairs {
	const char *const *keys;
	const char *const *values;
	size_t count;
	const struct diag_place *places;
};

struct schema_option {
	const char *key;
	enum schema_type type;
	size_t offset;
	const char *default_text; /* as it would stand in YAML; NULL: none */
	bool is_required;
	bool is_reloadable;
	/* UINT, DURATION (us), SIZE; 0, 0: no bounds.  ENUM: a word may also
	 * be given by its index up to max, if that is not 0. */
	uint64_t min, max;
	const char *const *words;   /* ENUM, NULL-ended */
	const struct schema *child; /* MAP, MAPS */
	const char *doc;	    /* one line, ends without full stop */
	const char
	    *example; /* in the example file, where there is no default */
};

struct schema {
	const char *name; /* "the configuration", "an input" */
	size_t size;	  /* of the struct that is filled */
	const struct schema_option *options;
	size_t count;
};

/*
 * Fills the struct at `into` (zeroed first, then defaults) from a map.
 * Unknown keys, wrong types, missing required keys and values out of bounds
 * become findings; reading goes on to find them all.  A NULL node is an empty
 * map.  Everything is owned by the arena.
 */
bool schema_read(const struct schema *schema, const struct yaml_node *map,
    struct arena *arena, struct diag *diag, void *into);

/* A commented YAML example with every key, its default, unit and doc; keys
 * that a reload changes are marked. */
void schema_example(const struct schema *schema, struct buffer *out);

#endif
