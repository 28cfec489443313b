/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "correlate/correlate_internal.h"

#include "correlate/correlate.h"

void
correlate_result_init(struct correlate_result *result, struct arena *arena)
{
	*result = (struct correlate_result){ .arena = arena };
	notice_list_init(&result->notices, arena);
}

struct correlate *
correlate_new(const struct rule_set *rules,
    const struct correlate_input *inputs, size_t input_count,
    const struct correlate_limits *limits)
{
	struct correlate *correlate = mem_zalloc(sizeof(*correlate));

	correlate->limits = *limits;
	correlate->watermark = watermark_new(inputs, input_count);
	correlate->store = evidence_new(limits->text_bytes);
	correlate->lates = table_new();
	correlate->rules = rules;
	track_make_all(correlate, NULL, 0, NULL, NULL, NULL);
	return correlate;
}

void
correlate_free(struct correlate *correlate)
{
	if (correlate == NULL)
		return;
	track_free_all(correlate);
	for (size_t i = 0; i < correlate->table_count; i++)
		group_table_free(correlate->tables[i]);
	mem_free(correlate->tables);
	mem_free(correlate->fresh_lates);
	table_free(correlate->lates);
	buffer_done(&correlate->key);
	evidence_free(correlate->store);
	watermark_free(correlate->watermark);
	mem_free(correlate);
}

void
correlate_set_rules(struct correlate *correlate, const struct rule_set *rules,
    void (*reset)(void *context, struct span rule_label), void *context)
{
	struct track **old = correlate->tracks;
	size_t old_count = correlate->track_count;
	const struct rule_set *old_rules = correlate->rules;

	for (uint32_t i = 0; i < correlate->rules->count; i++)
		mem_free(correlate->event_rules[i].uses);
	mem_free(correlate->event_rules);
	correlate->rules = rules;
	track_make_all(correlate, old, old_count, old_rules, reset, context);
	mem_free(old);
}

static int
compare_hits(const void *a, const void *b)
{
	const struct hit *first = a, *second = b;
	const struct event *x = first->event, *y = second->event;
	int order;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	order = x == y ?
	    0 :
	    record_position_compare(&x->record->position, &y->record->position);
	if (order != 0)
		return order;
	return (first->rule->index > second->rule->index) -
	    (first->rule->index < second->rule->index);
}

static const struct hit *
sort_hits(struct arena *arena, const struct hit *hits, size_t count)
{
	struct hit *sorted;
	size_t i = 1;

	while (i < count && compare_hits(&hits[i - 1], &hits[i]) <= 0)
		i++;
	if (i >= count)
		return hits;
	sorted = arena_array(arena, count, sizeof(*sorted));
	memcpy(sorted, hits, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_hits);
	return sorted;
}

static void
judge_hit(struct correlate *correlate, const struct hit *hit, uint32_t ordinal)
{
	const struct rule *rule = hit->rule;
	const struct event_rule *event_rule = &correlate
						   ->event_rules[rule->index];

	CHECK(rule == correlate->rules->rules[rule->index]);
	if (rule->alerts && !rule->extension.is_score &&
	    rule->correlation == NULL) {
		struct detection *detection = tell_hit(correlate, hit, ordinal,
		    NULL);

		if (hit->event->time_us <
		    watermark_settled(correlate->watermark, event_rule->clock))
			detection->flags |= EVENT_LATE;
	}
	for (uint32_t i = 0; i < event_rule->use_count; i++)
		track_window_hit(event_rule->uses[i].track,
		    event_rule->uses[i].source, hit, ordinal);
}

static void
settle(struct correlate *correlate)
{
	watermark_advance(correlate->watermark);
	for (size_t i = 0; i < correlate->track_count; i++) {
		struct track *track = correlate->tracks[i];
		int64_t settled_us = watermark_settled(correlate->watermark,
		    track->clock);

		if (settled_us <= track->settled_us)
			continue;
		track->settled_us = settled_us;
		track_window_settle(track, settled_us);
		late_expire(track);
	}
}

void
correlate_hits(struct correlate *correlate, const struct hit *hits,
    size_t count, struct correlate_result *result)
{
	uint32_t ordinal = 0;

	correlate->result = result;
	evidence_begin(correlate->store, result->arena, count);
	hits = sort_hits(result->arena, hits, count);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && hits[i].event != hits[i - 1].event)
			ordinal++;
		judge_hit(correlate, &hits[i], ordinal);
	}
	late_tell(correlate);
	hourly_tell(correlate);
	settle(correlate);
	evidence_seal_all(correlate->store);
	correlate->result = NULL;
}

void
correlate_seen(struct correlate *correlate, uint32_t feed, uint32_t input,
    int64_t time_us)
{
	watermark_seen(correlate->watermark, feed, input, time_us);
}

void
correlate_idle(struct correlate *correlate, uint32_t feed)
{
	watermark_idle(correlate->watermark, feed);
}

void
correlate_forget(struct correlate *correlate, uint32_t feed)
{
	watermark_forget(correlate->watermark, feed);
}

int64_t
correlate_feed_time(const struct correlate *correlate, uint32_t feed)
{
	return watermark_feed_time(correlate->watermark, feed);
}

void
correlate_end(struct correlate *correlate, struct correlate_result *result)
{
	correlate->result = result;
	settle(correlate);
	correlate->is_end = true;
	for (size_t i = 0; i < correlate->track_count; i++)
		track_window_settle(correlate->tracks[i], INT64_MAX);
	hourly_end(correlate);
	correlate->is_end = false;
	correlate->result = NULL;
}

void
correlate_take_drops(struct correlate *correlate,
    void (*take)(void *context, const struct rule *rule,
	const struct correlate_drops *drops),
    void *context)
{
	for (size_t i = 0; i < correlate->track_count; i++) {
		struct track *track = correlate->tracks[i];
		const struct correlate_drops *drops = &track->drops;

		if (drops->late + drops->no_group + drops->limited +
			drops->suppressed ==
		    0)
			continue;
		take(context, track->rule, drops);
		track->drops = (struct correlate_drops){ 0 };
	}
}

void
correlate_get_stats(const struct correlate *correlate,
    struct correlate_stats *ret_stats)
{
	*ret_stats = correlate->stats;
	ret_stats->bytes += evidence_bytes(correlate->store);
}
