/* SPDX-License-Identifier: Apache-2.0 */
/* Tests and values in words that a terminal can be trusted with. */
#ifndef CTL_EXPLAIN_TEXT_H
#define CTL_EXPLAIN_TEXT_H

#include "base/json.h"

#include "ctl/explain_tree.h"

/*
 * Controls and direction marks become what can be seen (U+2400 on, <U+202E>),
 * bad bytes U+FFFD; cut at a character after `limit` bytes, with U+2026.
 */
void explain_text_safe(struct span text, size_t limit, struct buffer *out);

/* `not filter`, `case.id matches ^X`, `user.id any of 12 values`. */
void explain_text_node(const struct explain_node *node,
    const struct field_set *fields, struct buffer *out);

/*
 * `actual "CRN/4471"`; nothing where the text of the test says it already and
 * for nodes that look at no field.
 */
void explain_text_actual(const struct explain_node *node,
    const struct field_set *fields, const struct event *event,
    struct arena *scratch, struct buffer *out);

/* The value as JSON; missing: null. */
void explain_text_json(struct json *json, const struct value *value);

/* "10m", "1d", "90s": exact, the largest unit that is. */
void explain_text_span(int64_t span_us, struct buffer *out);

#endif
