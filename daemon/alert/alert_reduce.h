/* SPDX-License-Identifier: Apache-2.0 */
/* An alert record that Kafka refuses for its size, made smaller. */
#ifndef ALERT_ALERT_REDUCE_H
#define ALERT_ALERT_REDUCE_H

#include "base/buffer.h"

/*
 * Appends what is left of the record in at most `limit_bytes`, marked
 * `"truncated": true`: which alert, of which rule, on whom, when, how often
 * and the sentence; of the evidence as many as fit, then texts are cut.
 * False, and nothing appended, if the least is still too large.
 */
bool alert_reduce(struct span record, size_t limit_bytes, struct buffer *out);

#endif
