/* SPDX-License-Identifier: Apache-2.0 */
#include "correlate/correlate_internal.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static int64_t
hour_of(int64_t at_us)
{
	return at_us / HOUR_US - (at_us % HOUR_US < 0);
}

void
hourly_add(struct hourly *hourly, int64_t at_us, uint64_t count)
{
	int64_t hour = hour_of(at_us);

	hourly->count += count;
	if (hourly->is_told && hour <= hourly->told_hour)
		return;
	hourly->is_told = hourly->is_due = true;
	hourly->told_hour = hour;
}

static bool
take_due(struct hourly *hourly, int64_t *ret_at_us, uint64_t *ret_count)
{
	if (!hourly->is_due)
		return false;
	hourly->is_due = false;
	*ret_at_us = hourly->told_hour * HOUR_US + hourly->rest_us;
	*ret_count = hourly->count;
	hourly->count = 0;
	return true;
}

static void
tell_track(struct correlate *correlate, struct track *track)
{
	struct notice_list *notices = &correlate->result->notices;
	struct span label = rule_label(track->rule), about;
	int64_t at_us;
	uint64_t count;

	if (take_due(&track->no_room, &at_us, &count)) {
		about = arena_printf(notices->arena, SPAN_FMT " groups",
		    SPAN_ARG(label));
		notice_add(notices, NOTICE_LIMIT, LEVEL_HIGH, at_us, count,
		    about,
		    "rule " SPAN_FMT " has %llu groups, the limit: no new "
		    "group is opened, %llu hit(s) were not counted",
		    SPAN_ARG(label),
		    (unsigned long long)correlate->limits.groups_per_rule,
		    (unsigned long long)count);
	}
	if (take_due(&track->too_many, &at_us, &count)) {
		about = arena_printf(notices->arena, SPAN_FMT " members",
		    SPAN_ARG(label));
		notice_add(notices, NOTICE_LIMIT, LEVEL_MEDIUM, at_us, count,
		    about,
		    "rule " SPAN_FMT ": events with more groups or values "
		    "than the limit for one event, %llu of them were not "
		    "counted",
		    SPAN_ARG(label), (unsigned long long)count);
	}
	if (take_due(&track->late_more, &at_us, &count)) {
		about = arena_printf(notices->arena, SPAN_FMT " more",
		    SPAN_ARG(label));
		notice_add(notices, NOTICE_LATE, LEVEL_MEDIUM, at_us, count,
		    about,
		    "%llu record(s) for further groups of rule " SPAN_FMT
		    " came later than its inputs may be late, and are counted "
		    "in no window",
		    (unsigned long long)count, SPAN_ARG(label));
	}
}

/* The last moment of the hour: a notice at its first one has been. */
static void
end(struct hourly *hourly)
{
	if (hourly->count == 0 || hourly->is_due)
		return;
	hourly->is_due = true;
	hourly->rest_us = HOUR_US - 1;
}

void
hourly_end(struct correlate *correlate)
{
	for (size_t i = 0; i < correlate->track_count; i++) {
		struct track *track = correlate->tracks[i];

		end(&track->no_room);
		end(&track->too_many);
		end(&track->late_more);
	}
	hourly_tell(correlate);
}

void
hourly_tell(struct correlate *correlate)
{
	for (size_t i = 0; i < correlate->track_count; i++)
		tell_track(correlate, correlate->tracks[i]);
}
