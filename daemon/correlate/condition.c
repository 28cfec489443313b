/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "correlate/condition.h"

#define CAP_MAX 0x7fffffffu

/* From which whole measure on the bound's answer is the same for ever. */
static uint32_t
bound_cap(const struct correlation_bound *bound)
{
	double cap;

	switch (bound->op) {
	case COMPARE_GTE:
	case COMPARE_LT:
		cap = ceil(bound->limit);
		break;
	default:
		cap = floor(bound->limit) + 1;
		break;
	}
	if (!(cap > 1))
		return 1;
	return cap > CAP_MAX ? CAP_MAX : (uint32_t)cap;
}

struct condition
condition_of(const struct correlation *correlation)
{
	struct condition condition = {
		.bounds = correlation->bounds,
		.bound_count = correlation->bound_count,
		.cap = 1,
		.is_monotone = true,
	};

	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		const struct correlation_bound *bound = &correlation->bounds[i];
		uint32_t cap = bound_cap(bound);

		if (cap > condition.cap)
			condition.cap = cap;
		if (bound->op != COMPARE_GT && bound->op != COMPARE_GTE)
			condition.is_monotone = false;
	}
	return condition;
}

static bool
bound_holds(const struct correlation_bound *bound, double measure)
{
	switch (bound->op) {
	case COMPARE_GT:
		return measure > bound->limit;
	case COMPARE_GTE:
		return measure >= bound->limit;
	case COMPARE_LT:
		return measure < bound->limit;
	case COMPARE_LTE:
		return measure <= bound->limit;
	case COMPARE_EQ:
		return measure == bound->limit;
	case COMPARE_NEQ:
		return measure != bound->limit;
	}
	return false;
}

bool
condition_holds(const struct condition *condition, uint64_t measure)
{
	for (uint32_t i = 0; i < condition->bound_count; i++) {
		if (!bound_holds(&condition->bounds[i], (double)measure))
			return false;
	}
	return true;
}
