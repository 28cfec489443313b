/* SPDX-License-Identifier: Apache-2.0 */
#include "correlate/correlate_internal.h"

static struct detection *
add_detection(struct correlate_result *result)
{
	if (result->count == result->cap) {
		size_t cap = result->cap == 0 ? 16 : 2 * result->cap;
		struct detection *detections = arena_array(result->arena, cap,
		    sizeof(*detections));

		if (result->count > 0)
			memcpy(detections, result->detections,
			    result->count * sizeof(*detections));
		result->detections = detections;
		result->cap = cap;
	}
	return &result->detections[result->count++];
}

static const struct span *
copy_group(struct arena *arena, const struct span *group, uint32_t count)
{
	struct span *copy = arena_array(arena, count, sizeof(*copy));

	for (uint32_t i = 0; i < count; i++)
		copy[i] = arena_dup(arena, group[i]);
	return copy;
}

struct alert_id
tell_id(void *context, const struct window *window,
    const struct record_position *position)
{
	const struct track *track = context;
	const struct group_window *of = (const struct group_window *)window;

	return alert_id_make(track->rule, of->group->values, position);
}

static void
fill_evidence(const struct track *track, const struct window *window,
    const struct episode *episode, struct detection *detection)
{
	struct arena *arena = track->correlate->result->arena;
	uint32_t count;
	struct evidence_kept **kept = window_evidence(window, episode, arena,
	    &count);
	struct evidence *evidence = arena_array(arena, count,
	    sizeof(*evidence));

	for (uint32_t i = 0; i < count; i++) {
		evidence[i] = evidence_copy(&kept[i]->evidence,
		    track->rule->kept_count, arena);
		detection->flags |= evidence[i].flags;
	}
	detection->evidence = evidence;
	detection->evidence_count = count;
}

void
tell_episode(void *context, struct window *window, enum detection_kind kind,
    const struct episode *episode, const struct episode *into)
{
	struct track *track = context;
	struct correlate *correlate = track->correlate;
	const struct group *group = ((struct group_window *)window)->group;
	struct detection *detection = add_detection(correlate->result);

	*detection = (struct detection){
		.kind = kind,
		.rule = track->rule,
		.id = episode->id,
		.into = into != NULL ? into->id : (struct alert_id){ 0 },
		.revision = episode->revision,
		.group = copy_group(correlate->result->arena, group->values,
		    group_table_width(group->table)),
		.first_us = episode->first_us,
		.last_us = episode->last_us,
		.count = episode->count,
		.peak = (double)episode->peak,
		.event_us = episode->event_us,
		.broker_us = episode->broker_us,
		.closed_by_end = correlate->is_end && kind == DETECTION_CLOSE,
	};
	fill_evidence(track, window, episode, detection);
}

struct detection *
tell_hit(struct correlate *correlate, const struct hit *hit, uint32_t ordinal,
    const struct span *group)
{
	struct correlate_result *result = correlate->result;
	const struct rule *rule = hit->rule;
	struct detection *detection = add_detection(result);
	struct evidence *evidence = arena_alloc(result->arena,
	    sizeof(*evidence));
	uint32_t width = group != NULL ? rule->correlation->group_count : 0;

	*evidence = evidence_of_hit(correlate->store, hit, rule, ordinal,
	    result->arena);
	*detection = (struct detection){
		.kind = DETECTION_OPEN,
		.rule = rule,
		.id = alert_id_make(rule, group, &evidence->position),
		.revision = 1,
		.group = width > 0 ? copy_group(result->arena, group, width) :
				     NULL,
		.first_us = evidence->time_us,
		.last_us = evidence->time_us,
		.count = 1,
		.peak = 1,
		.event_us = evidence->time_us,
		.broker_us = hit->event->record->broker_us,
		.flags = evidence->flags,
		.evidence = evidence,
		.evidence_count = 1,
	};
	return detection;
}

void
tell_closed(struct correlate *correlate, const struct detection *detection)
{
	struct detection closed = *detection;

	closed.kind = DETECTION_CLOSE;
	closed.revision++;
	*add_detection(correlate->result) = closed;
}
