/* SPDX-License-Identifier: Apache-2.0 */
/* What the hits kept as evidence say, looked up by the names of fields. */
#ifndef ALERT_KEPT_H
#define ALERT_KEPT_H

#include "model/detection.h"

struct kept {
	const struct rule_set *rules;
	const struct detection *detection;
};

/*
 * The distinct texts of a field over the evidence, members of arrays each,
 * in the order first seen: at most `limit` of them into `ret_texts`, their
 * number as the result, and how many there are in all.  Empty ones are left
 * out.
 */
uint32_t kept_distinct(const struct kept *kept, struct span field,
    uint32_t limit, struct span *ret_texts, uint32_t *ret_total);

enum kept_agreement { KEPT_MISSING, KEPT_SEVERAL, KEPT_AGREED };

/* Whether all evidence holds the same value, and that value. */
enum kept_agreement kept_agree(const struct kept *kept, struct span field,
    const struct value **ret_value);

#endif
