/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reload changes about the evidence of windows that stay: the numbers
 * of the event rules, and which values are kept in which order.
 */
#include "base/mem.h"
#include "correlate/correlate_internal.h"

struct remap {
	const struct rule_set *old_rules, *rules;
	const struct correlation *new;
	struct evidence_store *store;
	uint32_t *values; /* [value_count]: where it was; UINT32_MAX: nowhere */
	uint32_t value_count;
	bool same_values;
};

/* By name, for slots are numbered anew. */
static void
map_values(struct remap *remap, const struct rule *old, const struct rule *new)
{
	remap->values = mem_array(new->kept_count, sizeof(uint32_t));
	remap->value_count = new->kept_count;
	remap->same_values = old->kept_count == new->kept_count;
	for (uint32_t i = 0; i < new->kept_count; i++) {
		struct span name = field_set_name(remap->rules->fields,
		    new->kept_slots[i]);

		remap->values[i] = UINT32_MAX;
		for (uint32_t k = 0; k < old->kept_count; k++) {
			if (span_equal(name,
				field_set_name(remap->old_rules->fields,
				    old->kept_slots[k])))
				remap->values[i] = k;
		}
		if (remap->values[i] != i)
			remap->same_values = false;
	}
}

static bool
is_alike(const struct rule *a, const struct rule *b)
{
	return !memcmp(a->semantic, b->semantic, HASH_SHA256_LEN) ||
	    span_equal(rule_label(a), rule_label(b));
}

/* Rules of one meaning have the same sources, if perhaps in another order. */
static uint32_t
map_rule(const struct remap *remap, uint32_t index)
{
	const struct rule *old = remap->old_rules->rules[index];

	for (uint32_t i = 0; i < remap->new->source_count; i++) {
		uint32_t rule = remap->new->sources[i].rule;

		if (is_alike(remap->rules->rules[rule], old))
			return rule;
	}
	return remap->new->sources[0].rule;
}

static void
remap_kept(const struct remap *remap, struct evidence_kept *kept)
{
	if (kept == NULL)
		return;
	kept->evidence.rule = map_rule(remap, kept->evidence.rule);
	if (!remap->same_values)
		evidence_remap(remap->store, kept, remap->values,
		    remap->value_count);
}

static void
remap_samples(const struct remap *remap, const struct evidence_samples *samples)
{
	for (uint32_t i = 0; i < samples->count; i++)
		remap_kept(remap, samples->items[i]);
}

static void
remap_window(const struct remap *remap, const struct window *window)
{
	for (size_t i = 0; i < window->len; i++)
		remap_kept(remap, window->entries[i].kept);
	for (uint32_t i = 0; i < window->episode_count; i++)
		remap_samples(remap, &window->episodes[i].samples);
}

void
track_remap(struct track *track, const struct rule_set *old_rules,
    const struct rule *rule)
{
	struct remap remap = {
		.old_rules = old_rules,
		.rules = track->correlate->rules,
		.new = rule->correlation,
		.store = track->correlate->store,
	};

	map_values(&remap, track->rule, rule);
	for (size_t i = 1; i <= track->due.count; i++)
		remap_window(&remap,
		    &((struct group_window *)track->due.nodes[i])->window);
	mem_free(remap.values);
}
