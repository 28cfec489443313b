/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert says in words: the sentence, what speaks for the person, and
 * what is wrong with the data it rests on. */
#ifndef ALERT_EXPLAIN_H
#define ALERT_EXPLAIN_H

#include "base/buffer.h"
#include "alert/kept.h"

/* The rule's own sentence filled, or one with the numbers. */
void explain_sentence(const struct kept *kept, struct buffer *out);

/* "was assigned to 25-138337 on 3 of the 10 kept". */
void explain_counter(const struct kept *kept,
    const struct rule_counter *counter, uint32_t hits, struct buffer *out);

/* The words for one event flag; NULL if there are none. */
const char *explain_flag(uint32_t flag);

/* The limit of a condition: "10", or both bounds in words. */
void explain_limit(const struct correlation *correlation, struct buffer *out);

extern const char *const explain_op_names[]; /* by enum compare_op: "gte" */

#endif
