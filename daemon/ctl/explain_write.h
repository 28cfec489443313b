/* SPDX-License-Identifier: Apache-2.0 */
/* A rule's tree over one event, for people and as JSON. */
#ifndef CTL_EXPLAIN_WRITE_H
#define CTL_EXPLAIN_WRITE_H

#include "ctl/explain_text.h"

/* A field that the rule refers to and the event has not. */
struct explain_lack {
	struct span field;
	struct span nearest; /* of the record's own names; may be empty */
	bool is_mapped;	     /* the mapping has it: this record lacks it */
};

/* One event rule over one event. */
struct explain_view {
	const struct rule *rule;
	const struct event *event;
	const struct field_set *fields;
	const struct logsource *declared; /* by the source */
	bool is_excluded;		  /* by the logsource */
	const struct explain_node *root;
	const struct explain_lack *lacks;
	uint32_t lack_count;
	struct arena *arena;
};

/* The rule hits: what the matcher says of logsource and condition. */
bool explain_view_hits(const struct explain_view *view);

/* "selection matched, filtered by filter_case" */
void explain_write_reason(const struct explain_view *view, struct buffer *out);

/* The lines of the tree, indented by `indent` columns. */
void explain_write_human(const struct explain_view *view, unsigned indent,
    bool is_colored, struct buffer *out);

/* Members of an open object: rule, hits, reason, logsource, tree, lacks. */
void explain_write_json(const struct explain_view *view, struct json *json);

/* "PASS", "FAIL" or "UNKNOWN", coloured. */
void explain_write_verdict(enum verdict verdict, bool is_colored,
    struct buffer *out);

#endif
