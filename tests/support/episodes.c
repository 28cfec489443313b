/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"

#include "support/episodes.h"

static bool
is_in_window(const struct episodes_rule *rule, const struct episodes_hit *hit,
    const struct episodes_hit *of)
{
	return hit->group == of->group && hit->at_us <= of->at_us &&
	    hit->at_us >= of->at_us - rule->span_us;
}

static bool
has_value(const struct episodes_hit *hit, uint32_t value)
{
	for (uint32_t i = 0; i < hit->value_count; i++) {
		if (hit->values[i] == value)
			return true;
	}
	return false;
}

/* Does a hit before hits[end] or an earlier value of it have the value too? */
static bool
was_counted(const struct episodes_rule *rule, const struct episodes_hit *hits,
    size_t end, const struct episodes_hit *of, uint32_t value)
{
	for (size_t i = 0; i < end; i++) {
		if (is_in_window(rule, &hits[i], of) &&
		    has_value(&hits[i], value))
			return true;
	}
	return false;
}

uint64_t
episodes_measure(const struct episodes_rule *rule,
    const struct episodes_hit *hits, size_t count, size_t index)
{
	uint64_t measure = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_in_window(rule, &hits[i], &hits[index]))
			continue;
		if (rule->kind == CORRELATION_EVENT_COUNT) {
			measure++;
			continue;
		}
		for (uint32_t k = 0; k < hits[i].value_count; k++) {
			struct episodes_hit before = hits[i];

			before.value_count = k;
			measure += !has_value(&before, hits[i].values[k]) &&
			    !was_counted(rule, hits, i, &hits[index],
				hits[i].values[k]);
		}
	}
	return measure;
}

static bool
holds(const struct correlation_bound *bound, double measure)
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
	abort();
}

bool
episodes_is_satisfied(const struct episodes_rule *rule, uint64_t measure)
{
	for (uint32_t i = 0; i < rule->bound_count; i++) {
		if (!holds(&rule->bounds[i], (double)measure))
			return false;
	}
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct episodes_hit *first = a, *second = b;

	if (first->group != second->group)
		return first->group < second->group ? -1 : 1;
	return (first->at_us > second->at_us) - (first->at_us < second->at_us);
}

/* `satisfied` [begin, end) is one episode's. */
static struct episodes_episode
describe(const struct episodes_rule *rule, const struct episodes_hit *hits,
    size_t count, const struct episodes_hit *satisfied, size_t end)
{
	struct episodes_episode episode = {
		.group = satisfied[0].group,
		.first_us = INT64_MAX,
		.last_us = satisfied[end - 1].at_us,
	};

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < end && !is_in_window(rule, &hits[i], &satisfied[k]))
			k++;
		if (k == end)
			continue;
		episode.count++;
		if (hits[i].at_us < episode.first_us)
			episode.first_us = hits[i].at_us;
	}
	return episode;
}

size_t
episodes_find(const struct episodes_rule *rule, const struct episodes_hit *hits,
    size_t count, struct episodes_episode *ret_episodes)
{
	struct episodes_hit *satisfied = mem_array(count + 1,
	    sizeof(*satisfied));
	size_t satisfied_count = 0, episode_count = 0, end;

	for (size_t i = 0; i < count; i++) {
		if (episodes_is_satisfied(rule,
			episodes_measure(rule, hits, count, i)))
			satisfied[satisfied_count++] = hits[i];
	}
	qsort(satisfied, satisfied_count, sizeof(*satisfied), compare);
	for (size_t i = 0; i < satisfied_count; i = end) {
		for (end = i + 1; end < satisfied_count; end++) {
			if (satisfied[end].group != satisfied[i].group ||
			    satisfied[end].at_us - satisfied[end - 1].at_us >
				rule->span_us)
				break;
		}
		ret_episodes[episode_count++] = describe(rule, hits, count,
		    &satisfied[i], end - i);
	}
	mem_free(satisfied);
	return episode_count;
}
