/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checked, immutable rule set: what rule/ makes of Sigma documents and
 * match/, correlate/ and alert/ read.  Everything is owned by the set.
 */
#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include "model/event.h"
#include "model/value_list.h"
#include "text/pattern.h"
#include "text/template.h"

/* ---- Detection: an expression over one event ---- */

enum expr_kind {
	EXPR_AND,  /* all children; none: true */
	EXPR_OR,   /* any child; none: false */
	EXPR_NOT,  /* one child */
	EXPR_N_OF, /* at least `need` children */
	EXPR_REF,  /* a named identifier of the rule: `ident` */
	EXPR_TEST
};

enum test_kind {
	TEST_STRING, /* glob against text; any member of an array */
	TEST_REGEX,
	TEST_NUMBER,  /* equals a number, numerically or in text */
	TEST_COMPARE, /* gt gte lt lte */
	TEST_BOOL,    /* equals true/false or their text in any case */
	TEST_NULL,    /* missing, null, or [] */
	TEST_EXISTS,  /* present, null too; `exists` false: the opposite */
	TEST_CIDR,
	TEST_FIELDREF,
	TEST_LIST /* expand */
};

enum compare_op {
	COMPARE_GT,
	COMPARE_GTE,
	COMPARE_LT,
	COMPARE_LTE,
	COMPARE_EQ,
	COMPARE_NEQ
};

enum anchor { ANCHOR_WHOLE, ANCHOR_START, ANCHOR_END, ANCHOR_ANYWHERE };

/*
 * A glob: literal pieces with wildcards between.  "a*b?c" is LITERAL "a", ANY,
 * LITERAL "b", ONE, LITERAL "c".  Literals are folded unless `cased`.
 * contains, startswith, endswith have become ANY at the ends.
 */
enum glob_kind { GLOB_LITERAL, GLOB_ANY, GLOB_ONE };
struct glob_piece {
	enum glob_kind kind;
	struct span literal;
};

struct rule_test {
	enum test_kind kind;
	bool cased;
	enum anchor anchor; /* FIELDREF, LIST; REGEX has it compiled in */
	union {
		struct {
			const struct glob_piece *pieces;
			uint32_t piece_count;
		} glob;
		const struct pattern *pattern;
		struct value number; /* NUMBER, COMPARE */
		bool boolean;	     /* BOOL, EXISTS */
		struct {
			uint8_t network[16]; /* v4 as ::ffff:a.b.c.d */
			uint8_t prefix_bits; /* 0-128 */
			bool is_v4;
		} cidr;
		uint32_t other_slot; /* FIELDREF */
		const struct value_list *list;
	};
	enum compare_op op; /* COMPARE */
};

struct expr {
	enum expr_kind kind;
	uint32_t need; /* N_OF */
	uint32_t count;
	const struct expr *const *children;
	const struct rule_ident *ident; /* REF */
	uint32_t slot;			/* TEST; FIELD_NONE: any keyword */
	const struct rule_test *test;	/* TEST */
	struct span source; /* as written ("case.id|re: ^X"), for explain */
};

struct rule_ident {
	struct span name;
	const struct expr *expr;
};

/* ---- Correlation ---- */

enum correlation_kind { CORRELATION_EVENT_COUNT, CORRELATION_VALUE_COUNT };

/* A rule that feeds a correlation; slots with this rule's aliases applied. */
struct correlation_source {
	uint32_t rule;		     /* index in the set */
	const uint32_t *group_slots; /* [group_count] */
	const uint32_t *value_slots; /* [value_count]; a tuple if several */
};

/* A bound of the condition.  Two bounds: both must hold. */
struct correlation_bound {
	enum compare_op op;
	double limit;
};

struct correlation {
	enum correlation_kind kind;
	const struct correlation_source *sources;
	uint32_t source_count;
	const struct span *group_names; /* sorted: one group-by, one key */
	uint32_t group_count;
	const struct span *value_names;
	uint32_t value_count;
	struct correlation_bound bounds[2];
	uint32_t bound_count;
	int64_t span_us;
	/* A further hit can only make it true: judged on arrival. */
	bool is_monotone;
	bool is_suppression; /* made of a single-event rule's group, suppress */
};

/* ---- Rules ---- */

enum rule_level {
	LEVEL_INFORMATIONAL,
	LEVEL_LOW,
	LEVEL_MEDIUM,
	LEVEL_HIGH,
	LEVEL_CRITICAL
};

struct logsource {
	struct span category, product, service; /* empty: not named */
};

struct rule_counter {
	const struct expr *when;
	uint32_t rule; /* the base rule whose identifier it is */
	struct template say;
};

/* Built-in names in sentences; other tags are slots. */
enum sentence_tag {
	SENTENCE_COUNT = 0x80000000u,
	SENTENCE_PEAK,
	SENTENCE_LIMIT,
	SENTENCE_TIMESPAN,
	SENTENCE_FIRST,
	SENTENCE_LAST
};

/* The `integrityd:` key. */
struct rule_extension {
	bool is_present;
	struct template sentence; /* count 0: none given */
	const struct rule_counter *counters;
	uint32_t counter_count;
	const struct span *triage;
	uint32_t triage_count;
	struct span category;
	struct span purpose;
	bool is_score;	       /* never an alert of its own */
	double budget_per_day; /* 0: none */
	uint32_t samples;      /* default 10 */
	int64_t renew_us;      /* default 7 d */
};

enum rule_type { RULE_EVENT, RULE_CORRELATION };

struct rule {
	uint32_t index;
	enum rule_type type;
	struct span id;	   /* may be empty */
	struct span name;  /* may be empty */
	struct span title; /* never empty */
	struct span description;
	enum rule_level level;
	struct span status;
	const struct span *false_positives;
	uint32_t false_positive_count;
	const struct span *tags;
	uint32_t tag_count;
	const char *path;
	uint32_t line;
	struct logsource logsource;	 /* events only */
	bool alerts;			 /* false: only feeds correlations */
	const struct expr *condition;	 /* EVENT */
	const struct rule_ident *idents; /* EVENT */
	uint32_t ident_count;
	/* CORRELATION; or EVENT with group and suppress: itself as source */
	const struct correlation *correlation;
	struct rule_extension extension;
	/*
	 * Values kept with the evidence: all that sentence, counters, the
	 * alert's actor, subject, systems and case name.
	 */
	const uint32_t *kept_slots;
	uint32_t kept_count;
	uint8_t version[HASH_SHA256_LEN];  /* of the document's text */
	uint8_t semantic[HASH_SHA256_LEN]; /* of what decides its windows */
};

struct rule_set {
	struct arena *arena;
	struct field_set *fields;
	const struct rule *const *rules; /* in the order of path, document */
	uint32_t count;
	uint32_t file_count;
	uint8_t hash[HASH_SHA256_LEN]; /* of all versions and lists */
	/* owned, freed with the set */
	struct pattern **patterns;
	size_t pattern_count;
	struct value_list **lists;
	size_t list_count;
};

void rule_set_free(struct rule_set *rules); /* accepts NULL */

/* What people call it: name, else id, else title. */
struct span rule_label(const struct rule *rule);
const struct rule *rule_set_find(const struct rule_set *rules,
    struct span id_or_name);

extern const char *const rule_level_names[];	     /* by enum rule_level */
const char *rule_type_name(const struct rule *rule); /* "event",
				"event_count", "value_count": alert JSON */

#endif
