/* SPDX-License-Identifier: Apache-2.0 */
/* What correlate/ as a whole holds; the driver is correlate.c. */
#ifndef CORRELATE_CORRELATE_INTERNAL_H
#define CORRELATE_CORRELATE_INTERNAL_H

#include "base/table.h"
#include "correlate/correlate.h"
#include "correlate/group_table.h"
#include "correlate/watermark.h"

/* Told at most once an hour of event time, with what came meanwhile. */
struct hourly {
	uint64_t count;
	int64_t told_hour, rest_us; /* into that hour: 0 until the end */
	bool is_told, is_due;
};

/* One rule that judges windows. */
struct track {
	struct correlate *correlate;
	uint64_t number; /* never given twice */
	const struct rule *rule;
	struct window_terms terms;
	struct group_table *groups;
	uint32_t clock;
	int64_t settled_us; /* as of the last settling; never goes back */
	struct heap due;    /* every window of the rule */
	uint64_t opened;    /* windows so far */
	struct hourly no_room, too_many, late_more;
	int64_t named_hour;   /* of settling time, in which late groups were */
	uint32_t named;	      /* told by name, so many of them */
	struct heap late_due; /* lateness told, till when it counts as one */
	struct correlate_drops drops; /* not taken yet */
};

/* An event rule that feeds a track. */
struct track_use {
	struct track *track;
	const struct correlation_source *source;
};

struct event_rule {
	struct track_use *uses;
	uint32_t use_count;
	uint32_t clock;
};

struct correlate {
	const struct rule_set *rules;
	struct correlate_limits limits;
	struct watermark *watermark;
	struct evidence_store *store;
	struct group_table **tables;
	size_t table_count, table_cap;
	struct track **tracks; /* in the order of their rules */
	size_t track_count;
	uint64_t tracks_made;
	struct event_rule *event_rules; /* [rules->count] */
	struct table *lates;
	struct late **fresh_lates; /* of the batch in hand, as they came */
	size_t fresh_count, fresh_cap;
	struct buffer key; /* scratch */
	struct correlate_stats stats;
	/* during a call */
	struct correlate_result *result;
	bool is_end;
};

/* ---- track.c: rules to tracks ---- */

/* Makes the tracks of correlate->rules; takes over those of `old` that judge
 * alike and frees the others. */
void track_make_all(struct correlate *correlate, struct track **old,
    size_t old_count, const struct rule_set *old_rules,
    void (*reset)(void *context, struct span rule_label), void *context);
void track_free_all(struct correlate *correlate);

/* ---- track_remap.c: the evidence of a track that another rule set takes
 * over, before it points at `rule` ---- */

void track_remap(struct track *track, const struct rule_set *old_rules,
    const struct rule *rule);

/* ---- track_window.c: hits to windows ---- */

void track_window_hit(struct track *track,
    const struct correlation_source *source, const struct hit *hit,
    uint32_t ordinal);
void track_window_settle(struct track *track, int64_t settled_us);

/* Frees all windows of the track. */
void track_window_drop(struct track *track);

/* ---- tell.c: detections ---- */

window_tell tell_episode;
struct alert_id tell_id(void *context, const struct window *window,
    const struct record_position *position);

/* A single event; `group` NULL: its rule has no windows. */
struct detection *tell_hit(struct correlate *correlate, const struct hit *hit,
    uint32_t ordinal, const struct span *group);
/* The same once more, as closed. */
void tell_closed(struct correlate *correlate,
    const struct detection *detection);

/* ---- late.c, hourly.c: notices ---- */

/* The hit is too late for the windows of the group; true if that is to be
 * told, else an earlier notice stands for it. */
bool late_note(struct track *track, const struct hit *hit,
    const struct span *group);
void late_tell(struct correlate *correlate);
void late_expire(struct track *track);
void late_free_track(struct track *track);

void hourly_add(struct hourly *hourly, int64_t at_us, uint64_t count);
void hourly_tell(struct correlate *correlate);
/* Nothing more will come: tells what has added up since. */
void hourly_end(struct correlate *correlate);

#endif
