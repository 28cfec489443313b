/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML 1.2 files as a read-only tree of nodes that know their place.
 * (libfyaml underneath; no aliases beyond its expansion limit, duplicate keys
 * and depth over 64 are errors IR01xx in the diag.)
 */
#ifndef TEXT_YAML_H
#define TEXT_YAML_H

#include "base/arena.h"
#include "text/diag.h"

enum yaml_kind {
	YAML_NULL,
	YAML_BOOL,
	YAML_INT,
	YAML_REAL,
	YAML_STRING,
	YAML_LIST,
	YAML_MAP
};

/* Everything is owned by the arena given to yaml_parse(). */
struct yaml_node {
	enum yaml_kind kind; /* by the YAML 1.2 core schema; quoted: STRING */
	bool is_quoted;
	struct diag_place place;
	struct span text; /* a scalar's characters after unquoting */
	int64_t integer;  /* INT that fits; else see `text` */
	bool is_big;	  /* INT beyond int64_t */
	double real;	  /* INT and REAL */
	bool boolean;
	size_t count; /* members of a list, pairs of a map */
	const struct yaml_node *const *items; /* LIST */
	const struct yaml_pair *pairs;	      /* MAP, in file order */
};

struct yaml_pair {
	const struct yaml_node *key; /* any scalar; text is the key */
	const struct yaml_node *value;
};

/*
 * Parses all documents of a text.  False if it is no YAML (findings are in
 * diag).  Duplicate keys, merge keys and tags are findings too, but the tree
 * comes all the same, so that the rest is checked in the same run: see
 * diag_failed_since().  An empty text has no documents.  A document that is
 * empty is a YAML_NULL.
 */
bool yaml_parse(struct arena *arena, struct diag *diag, const char *path,
    struct span text, const struct yaml_node *const **ret_documents,
    size_t *ret_count);

/* Reads the file (at most 16 MiB) and parses it. */
bool yaml_read(struct arena *arena, struct diag *diag, const char *path,
    const struct yaml_node *const **ret_documents, size_t *ret_count);

/* A map's value, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
const struct yaml_pair *yaml_find(const struct yaml_node *map, const char *key);

bool yaml_is_scalar(const struct yaml_node *node);

/*
 * The place of `len` bytes from byte `offset` of a scalar's text, through
 * quotes, escapes and folded lines; the node's own place where that is not
 * to be found.
 */
struct diag_place yaml_place_in(const struct yaml_node *node, size_t offset,
    size_t len);
const char *yaml_kind_name(enum yaml_kind kind); /* "a map", "a list", ... */

/* A scalar that YAML 1.1 reads otherwise (yes, on, 010, 1:30). */
bool yaml_is_ambiguous(const struct yaml_node *node);

#endif
