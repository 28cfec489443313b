/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hits that came too late for their windows.  Told once per rule, group and
 * episode of lateness: one goes on until the settling time has passed the
 * last late hit's arrival by a timespan, an hour at least.  Of one rule ten
 * groups an hour are told by name and the others summed up, so that a feed
 * that was down for a day does not bury the alerts about people.
 */
#include "base/mem.h"
#include "correlate/correlate_internal.h"
#include "correlate/key.h"

#define QUIET_MIN_US (INT64_C(3600) * 1000000)
#define US_PER_MINUTE (INT64_C(60) * 1000000)
#define NAMED_PER_HOUR 10

struct late {
	struct heap_node until; /* first, so that a heap node leads here */
	struct track *track;
	char *key;
	size_t key_len;
	char *about; /* of the notice */
	int64_t at_us;
	uint64_t count; /* in the batch in hand */
};

static struct span
make_key(struct track *track, const struct span *group)
{
	struct buffer *key = &track->correlate->key;

	buffer_reset(key);
	buffer_add(key, &track->number, sizeof(track->number));
	key_join(key, group, group_table_width(track->groups));
	return buffer_span(key);
}

static char *
make_about(const struct track *track, const struct span *group)
{
	struct buffer about = BUFFER_INIT;
	char *copy;

	buffer_add_span(&about, rule_label(track->rule));
	for (uint32_t i = 0; i < group_table_width(track->groups); i++)
		buffer_printf(&about, " " SPAN_FMT "=" SPAN_FMT,
		    SPAN_ARG(group_table_name(track->groups, i)),
		    SPAN_ARG(group[i]));
	copy = span_strdup(buffer_span(&about));
	buffer_done(&about);
	return copy;
}

static void
drop(struct late *late)
{
	struct track *track = late->track;

	heap_remove(&track->late_due, &late->until);
	(void)table_take(track->correlate->lates,
	    span_make(late->key, late->key_len));
	mem_free(late->key);
	mem_free(late->about);
	mem_free(late);
}

static struct late *
open_late(struct track *track, struct span key, const struct hit *hit,
    const struct span *group)
{
	struct correlate *correlate = track->correlate;
	struct late *late = mem_zalloc(sizeof(*late));

	late->track = track;
	late->key = mem_dup(key.ptr, key.len);
	late->key_len = key.len;
	late->about = make_about(track, group);
	late->at_us = hit->event->time_us;
	late->until.at_us = INT64_MIN;
	table_set(correlate->lates, key, late);
	heap_add(&track->late_due, &late->until);
	correlate->fresh_lates = mem_grow(correlate->fresh_lates,
	    &correlate->fresh_cap, correlate->fresh_count + 1,
	    sizeof(struct late *));
	correlate->fresh_lates[correlate->fresh_count++] = late;
	return late;
}

bool
late_note(struct track *track, const struct hit *hit, const struct span *group)
{
	struct span key = make_key(track, group);
	struct late *late = table_find(track->correlate->lates, key);
	int64_t quiet_us = track->terms.span_us, until_us;
	bool is_fresh = late == NULL;

	if (is_fresh) {
		if (track->late_due.count >=
		    track->correlate->limits.groups_per_rule)
			return false;
		late = open_late(track, key, hit, group);
	}
	if (quiet_us < QUIET_MIN_US)
		quiet_us = QUIET_MIN_US;
	until_us = window_time_add(track->settled_us, quiet_us);
	if (until_us > late->until.at_us) {
		late->until.at_us = until_us;
		heap_update(&track->late_due, &late->until);
	}
	late->count++;
	return is_fresh;
}

static bool
may_name(struct track *track)
{
	int64_t hour = track->settled_us / QUIET_MIN_US;

	if (track->named == 0 || track->named_hour != hour) {
		track->named_hour = hour;
		track->named = 0;
	}
	if (track->named == NAMED_PER_HOUR)
		return false;
	track->named++;
	return true;
}

void
late_tell(struct correlate *correlate)
{
	struct notice_list *notices = &correlate->result->notices;

	for (size_t i = 0; i < correlate->fresh_count; i++) {
		const struct late *late = correlate->fresh_lates[i];

		if (!may_name(late->track)) {
			hourly_add(&late->track->late_more,
			    late->track->settled_us, late->count);
			continue;
		}
		notice_add(notices, NOTICE_LATE, LEVEL_MEDIUM, late->at_us,
		    late->count, span_of(late->about),
		    "%llu record(s) for %s came later than the %lld min that "
		    "its inputs may be late, and are counted in no window",
		    (unsigned long long)late->count, late->about,
		    (long long)(late->track->terms.lateness_us /
			US_PER_MINUTE));
	}
	correlate->fresh_count = 0;
}

void
late_expire(struct track *track)
{
	struct heap_node *node;

	while ((node = heap_first(&track->late_due)) != NULL &&
	    node->at_us < track->settled_us)
		drop((struct late *)node);
}

void
late_free_track(struct track *track)
{
	while (heap_first(&track->late_due) != NULL)
		drop((struct late *)heap_first(&track->late_due));
}
