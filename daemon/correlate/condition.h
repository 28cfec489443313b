/* SPDX-License-Identifier: Apache-2.0 */
/* A correlation's condition over the measure of one window. */
#ifndef CORRELATE_CONDITION_H
#define CORRELATE_CONDITION_H

#include "model/rule.h"

struct condition {
	const struct correlation_bound *bounds; /* the rule's */
	uint32_t bound_count;
	/* Measures from here on all give the same answer; at least 1. */
	uint32_t cap;
	/* A greater measure can only make it true (gt, gte alone). */
	bool is_monotone;
};

struct condition condition_of(const struct correlation *correlation);
bool condition_holds(const struct condition *condition, uint64_t measure);

#endif
