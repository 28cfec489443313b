/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of rule/ share.  Loading goes through stages, each over all
 * documents, so that references may stand in any order and across files:
 *
 *	rule_load.c	files, in order
 *	collection.c	documents of a file; action: global, reset, repeat
 *	metadata.c	title, id, level, logsource, ...
 *	detection.c	search identifiers  (modifier.c, operand.c, regex.c,
 *			glob_parse.c, network.c, placeholder.c)
 *	condition.c	the condition, negation.c what is doubtful in it
 *	correlation.c	a correlation by itself
 *	link.c		ids and names, who feeds whom, who is silent
 *	extension.c	the integrityd: key  (suppress.c, counter.c, sentence.c,
 *			canonical.c)
 *	digest.c	version and semantic hash
 */
#ifndef RULE_RULE_INTERNAL_H
#define RULE_RULE_INTERNAL_H

#include "base/table.h"
#include "rule/rule_load.h"
#include "text/yaml.h"

/* How deep search identifiers and conditions may nest. */
#define RULE_DEPTH_MAX 64

/* Slots a rule refers to, without repetition, in the order of first use. */
struct slot_set {
	uint32_t *slots;
	size_t count, cap;
};

struct rule_draft {
	struct rule *rule;
	const struct yaml_node *node; /* the document, collections applied */
	const struct yaml_node *extension;
	uint32_t file;
	bool is_silent;	 /* a correlation of its file speaks for it */
	bool is_forced;	 /* a correlation has `generate: true` */
	bool is_failed;	 /* has an error: is in no set */
	bool is_skipped; /* status: unsupported */
	bool has_keywords;
	bool *is_used; /* EVENT [ident_count]: by a condition or counter */
	struct slot_set slots;
	/* CORRELATION */
	bool generate;
	const struct yaml_node *aliases; /* NULL: none */
	const struct yaml_node *const *base_nodes;
	struct rule_draft **bases; /* [base_count]; NULL: not found */
	size_t base_count;
	/* What rule points to, as long as it may change. */
	struct correlation *correlation;
	struct correlation_source *sources; /* rule: the draft's number */
	struct rule_counter *counters;
	struct slot_set kept;
};

struct rule_loader {
	const struct rule_load_options *options;
	struct diag *diag;
	struct arena *arena; /* the set's */
	struct rule_set *set;
	struct rule_draft *draft; /* findings are its */
	struct rule_draft **drafts;
	size_t count, cap;
	struct table *references; /* id or name -> draft */
	struct table *patterns;	  /* options and text -> pattern */
	struct table *lists;	  /* path -> list */
	size_t pattern_cap, list_cap;
	bool is_failed; /* an error that is of no draft */
};

/* ---- finding.c ---- */

/* Findings of the draft in hand.  Always false. */
bool finding_error(struct rule_loader *loader, struct diag_place place,
    const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Under --strict the draft in hand fails by it. */
void finding_warning(struct rule_loader *loader, struct diag_place place,
    const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "did you mean" from a list of words, if one is near. */
void finding_suggest(struct rule_loader *loader, struct span word,
    const char *const *words, size_t count);

/* "wrong kind of value": says what stands there and what should. */
bool finding_kind(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, const char *want);

/* A key outside the `words`: error IR0102 with suggestion and help. */
bool finding_unknown_key(struct rule_loader *loader,
    const struct yaml_node *key, const char *const *words, size_t count);

/* Help: "what: a, b, c"; nothing without words. */
void finding_words(struct rule_loader *loader, const char *what,
    const char *const *words, size_t count);

/* A key of the map that was probably to be `word`, or NULL. */
const struct yaml_node *finding_mistyped(const struct yaml_node *map,
    const char *word);

/* ---- slots.c ---- */

void slots_add(struct slot_set *set, uint32_t slot);
bool slots_has(const struct slot_set *set, uint32_t slot);
void slots_done(struct slot_set *set);

/* Room is left for the fields that decoding and alerts add. */
#define SLOTS_LIMIT (FIELD_SLOTS_MAX - 96)

/* The field's slot, added if new; FIELD_NONE if there are too many. */
uint32_t slots_field(struct rule_loader *loader, struct diag_place place,
    struct span name);

/* ---- collection.c ---- */

/* Adds a draft for each document that is a rule. */
void collection_add_file(struct rule_loader *loader, uint32_t file,
    const char *path, const struct yaml_node *const *documents, size_t count);

/* ---- metadata.c ---- */

void metadata_read(struct rule_loader *loader, const struct yaml_node *map);

/* A string or a list of strings; NULL and 0 if `node` is NULL. */
bool metadata_strings(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, const struct span **ret_items, uint32_t *ret_count);

/* ---- detection.c ---- */

/* Identifiers and condition of the draft in hand. */
void detection_read(struct rule_loader *loader,
    const struct yaml_node *detection);

struct expr *detection_group(struct rule_loader *loader, enum expr_kind kind,
    const struct expr *const *children, uint32_t count, struct span source);
struct expr *detection_not(struct rule_loader *loader,
    const struct expr *child);

/* ---- modifier.c ---- */

enum modifier {
	MODIFIER_CONTAINS = 1u << 0,
	MODIFIER_STARTSWITH = 1u << 1,
	MODIFIER_ENDSWITH = 1u << 2,
	MODIFIER_ALL = 1u << 3,
	MODIFIER_RE = 1u << 4,
	MODIFIER_I = 1u << 5,
	MODIFIER_M = 1u << 6,
	MODIFIER_S = 1u << 7,
	MODIFIER_CIDR = 1u << 8,
	MODIFIER_EXISTS = 1u << 9,
	MODIFIER_CASED = 1u << 10,
	MODIFIER_NEQ = 1u << 11,
	MODIFIER_GT = 1u << 12,
	MODIFIER_GTE = 1u << 13,
	MODIFIER_LT = 1u << 14,
	MODIFIER_LTE = 1u << 15,
	MODIFIER_FIELDREF = 1u << 16,
	MODIFIER_EXPAND = 1u << 17
};

#define MODIFIER_ANCHORS                                                       \
	(MODIFIER_CONTAINS | MODIFIER_STARTSWITH | MODIFIER_ENDSWITH)
#define MODIFIER_FLAGS (MODIFIER_I | MODIFIER_M | MODIFIER_S)
#define MODIFIER_COMPARES                                                      \
	(MODIFIER_GT | MODIFIER_GTE | MODIFIER_LT | MODIFIER_LTE)

/* One `field|modifier|modifier: value`, taken apart. */
struct item {
	const struct yaml_node *key; /* NULL: a keyword in a list */
	struct span field;	     /* empty: keywords */
	uint32_t slot;		     /* FIELD_NONE: keywords */
	unsigned modifiers;
};

bool modifier_parse(struct rule_loader *loader, const struct yaml_node *key,
    struct item *ret_item);

/* Where the modifier stands in the item's key. */
struct diag_place modifier_place(const struct item *item, unsigned modifier);

enum anchor modifier_anchor(unsigned modifiers);

/* ---- operand.c ---- */

/* One value of an item; NULL if it is refused. */
const struct rule_test *operand_test(struct rule_loader *loader,
    const struct item *item, const struct yaml_node *value);

/* ---- regex.c ---- */

bool regex_add(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test);

/* ---- glob_parse.c ---- */

/* Wildcards, escapes and folding of a string, with `*` at the ends that
 * contains, startswith or endswith ask for. */
void glob_parse(struct arena *arena, struct span text, unsigned modifiers,
    struct rule_test *test);

/* Position of the first unescaped wildcard, or -1. */
ptrdiff_t glob_parse_wildcard(struct span text);

/* ---- network.c ---- */

bool network_parse(struct rule_loader *loader, const struct yaml_node *value,
    struct rule_test *test);

/* ---- placeholder.c ---- */

/* `%name%` alone: its name. */
bool placeholder_name(struct span text, struct span *ret_name);

/* Is there a list of that name? */
bool placeholder_is_known(struct rule_loader *loader, struct span name);

/* A placeholder somewhere in the text. */
bool placeholder_is_inside(struct span text);

const struct value_list *placeholder_list(struct rule_loader *loader,
    const struct yaml_node *value, struct span name);

/* ---- condition.c ---- */

/* The expression of one condition string; NULL if it is refused. */
const struct expr *condition_parse(struct rule_loader *loader,
    const struct yaml_node *node);

/* ---- correlation.c ---- */

void correlation_read(struct rule_loader *loader, const struct yaml_node *map);

/* ---- suppress.c ---- */

/* group and suppress of a single-event rule: counts itself. */
void suppress_read(struct rule_loader *loader, const struct yaml_pair *group,
    const struct yaml_pair *suppress);

/* ---- link.c ---- */

/* Ids and names; then what feeds what, and who is silent by that. */
void link_index(struct rule_loader *loader);
void link_correlations(struct rule_loader *loader);

/* The draft that an id or name means among a correlation's; NULL if none. */
struct rule_draft *link_base(const struct rule_draft *correlation,
    struct span id_or_name);

/* ---- negation.c ---- */

/* Warns of negated tests of joined fields: unknown is not innocent. */
void negation_check(struct rule_loader *loader);

/* ---- extension.c ---- */

/* After the correlations are linked.  Also what an alert keeps. */
void extension_read(struct rule_loader *loader);

/* ---- counter.c ---- */

void counter_read(struct rule_loader *loader, const struct yaml_node *list);

/* ---- sentence.c ---- */

/* A sentence's text; its names become slots, which are added to `kept`. */
bool sentence_read(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, struct template *ret_sentence, struct slot_set *kept);

/* ---- canonical.c ---- */

extern const char *const canonical_names[];
size_t canonical_count(void);
bool canonical_has(struct span name);

/* Joined from a table: missing and null mean unknown. */
bool canonical_is_joined(struct span name);

/* ---- digest.c ---- */

/* Of the document: its values, not its layout. */
void digest_version(struct rule_draft *draft);

/* Of what decides a rule's windows. */
void digest_semantic(struct rule_loader *loader, struct rule_draft *draft);
void digest_set(struct rule_set *set);

#endif
