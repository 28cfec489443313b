/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"
#include "correlate/correlate_internal.h"

#define SAMPLES_MAX 1000
#define PEAK_VALUES_DEFAULT 256

/* One that tells nobody needs no windows. */
static bool
wants_track(const struct rule *rule)
{
	return rule->correlation != NULL && rule->alerts &&
	    !rule->extension.is_score;
}

static struct group_table *
find_table(struct correlate *correlate, const struct correlation *correlation)
{
	struct group_table *table;

	for (size_t i = 0; i < correlate->table_count; i++) {
		table = correlate->tables[i];
		if (group_table_is_by(table, correlation->group_names,
			correlation->group_count))
			return table;
	}
	table = group_table_new(correlation->group_names,
	    correlation->group_count);
	correlate->tables = mem_grow(correlate->tables, &correlate->table_cap,
	    correlate->table_count + 1, sizeof(struct group_table *));
	correlate->tables[correlate->table_count++] = table;
	return table;
}

static uint32_t
clock_of_event(struct correlate *correlate, const struct rule *rule)
{
	size_t count = watermark_input_count(correlate->watermark);
	bool *reached = mem_array(count + 1, sizeof(*reached));
	uint32_t clock;

	watermark_reach(correlate->watermark, &rule->logsource, reached);
	clock = watermark_clock(correlate->watermark, reached);
	mem_free(reached);
	return clock;
}

static uint32_t
clock_of_track(struct correlate *correlate,
    const struct correlation *correlation)
{
	size_t count = watermark_input_count(correlate->watermark);
	bool *reached = mem_array(count + 1, sizeof(*reached));
	uint32_t clock;

	for (uint32_t i = 0; i < correlation->source_count; i++) {
		uint32_t rule = correlation->sources[i].rule;

		watermark_reach(correlate->watermark,
		    &correlate->rules->rules[rule]->logsource, reached);
	}
	clock = watermark_clock(correlate->watermark, reached);
	mem_free(reached);
	return clock;
}

/* All that a new rule of the same meaning may have otherwise. */
static void
point_at(struct track *track, const struct rule *rule)
{
	const struct correlation *correlation = rule->correlation;
	struct correlate *correlate = track->correlate;
	uint32_t samples = rule->extension.samples;
	uint32_t peak_values = correlate->limits.peak_values;

	if (peak_values == 0)
		peak_values = PEAK_VALUES_DEFAULT;
	if (samples > SAMPLES_MAX)
		samples = SAMPLES_MAX;
	track->rule = rule;
	track->clock = clock_of_track(correlate, correlation);
	track->terms.condition = condition_of(correlation);
	track->terms.exact = track->terms.condition.cap;
	if (correlation->kind == CORRELATION_VALUE_COUNT &&
	    track->terms.exact < peak_values)
		track->terms.exact = peak_values;
	track->terms.renew_us = rule->extension.renew_us > 0 ?
	    rule->extension.renew_us :
	    INT64_MAX;
	track->terms.lateness_us = watermark_lateness(correlate->watermark,
	    track->clock);
	track->terms.ends = (struct evidence_ends){ samples - samples / 2,
		samples / 2 };
}

static struct track *
make_track(struct correlate *correlate, const struct rule *rule)
{
	const struct correlation *correlation = rule->correlation;
	struct track *track = mem_zalloc(sizeof(*track));

	track->correlate = correlate;
	track->number = correlate->tracks_made++;
	track->groups = find_table(correlate, correlation);
	track->terms = (struct window_terms){
		.is_distinct = correlation->kind == CORRELATION_VALUE_COUNT,
		.span_us = correlation->span_us,
		.store = correlate->store,
		.id = tell_id,
		.tell = tell_episode,
		.context = track,
	};
	point_at(track, rule);
	track->settled_us = watermark_settled(correlate->watermark,
	    track->clock);
	return track;
}

static void
free_track(struct track *track)
{
	track_window_drop(track);
	late_free_track(track);
	heap_done(&track->due);
	heap_done(&track->late_due);
	mem_free(track);
}

/* ---- Taking over ---- */

static struct track *
take_alike(struct track **old, size_t old_count, const struct rule *rule)
{
	struct track *found = NULL;
	size_t at = 0;

	for (size_t i = 0; i < old_count; i++) {
		if (old[i] == NULL ||
		    memcmp(old[i]->rule->semantic, rule->semantic,
			HASH_SHA256_LEN) != 0)
			continue;
		if (found == NULL ||
		    span_equal(rule_label(old[i]->rule), rule_label(rule))) {
			found = old[i];
			at = i;
		}
	}
	if (found != NULL)
		old[at] = NULL;
	return found;
}

static void
add_use(struct correlate *correlate, struct track *track,
    const struct correlation_source *source)
{
	struct event_rule *event_rule = &correlate->event_rules[source->rule];

	event_rule->uses = mem_resize(event_rule->uses,
	    event_rule->use_count + (size_t)1, sizeof(struct track_use));
	event_rule->uses[event_rule->use_count++] = (struct track_use){
		.track = track,
		.source = source,
	};
}

static void
index_event_rules(struct correlate *correlate)
{
	const struct rule_set *rules = correlate->rules;

	correlate->event_rules = mem_array(rules->count,
	    sizeof(*correlate->event_rules));
	for (uint32_t i = 0; i < rules->count; i++)
		correlate->event_rules[i].clock = clock_of_event(correlate,
		    rules->rules[i]);
	for (size_t i = 0; i < correlate->track_count; i++) {
		struct track *track = correlate->tracks[i];
		const struct correlation *correlation = track->rule
							    ->correlation;

		for (uint32_t k = 0; k < correlation->source_count; k++)
			add_use(correlate, track, &correlation->sources[k]);
	}
}

void
track_make_all(struct correlate *correlate, struct track **old,
    size_t old_count, const struct rule_set *old_rules,
    void (*reset)(void *context, struct span rule_label), void *context)
{
	const struct rule_set *rules = correlate->rules;

	correlate->tracks = mem_array(rules->count, sizeof(struct track *));
	correlate->track_count = 0;
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->rules[i];
		struct track *track;

		if (!wants_track(rule))
			continue;
		track = take_alike(old, old_count, rule);
		if (track == NULL) {
			track = make_track(correlate, rule);
		} else {
			track_remap(track, old_rules, rule);
			point_at(track, rule);
		}
		correlate->tracks[correlate->track_count++] = track;
	}
	for (size_t i = 0; i < old_count; i++) {
		if (old[i] == NULL)
			continue;
		if (reset != NULL)
			reset(context, rule_label(old[i]->rule));
		free_track(old[i]);
	}
	index_event_rules(correlate);
}

void
track_free_all(struct correlate *correlate)
{
	for (size_t i = 0; i < correlate->track_count; i++)
		free_track(correlate->tracks[i]);
	for (uint32_t i = 0; i < correlate->rules->count; i++)
		mem_free(correlate->event_rules[i].uses);
	mem_free(correlate->event_rules);
	mem_free(correlate->tracks);
}
