/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Episodes of one window.  The windows of an episode's satisfied hits overlap
 * or touch, so it covers [from_us - timespan, last_us] without a hole, and no
 * two episodes cover the same hit.
 *
 * When it closes: a hit at t joins an episode if it is satisfied and
 * t <= last_us + timespan.  Whatever comes, or is not settled yet, has
 * t >= settled_us.  So nothing can join once last_us + timespan < settled_us;
 * at equality a hit at settled_us itself still could.  A late hit can also
 * make others satisfied, but only such as are not older than itself.
 */
#include "base/check.h"
#include "base/mem.h"
#include "correlate/window_internal.h"

static int64_t
cover_start(const struct window *window, const struct episode *episode)
{
	return window_time_add(episode->from_us, -window->terms->span_us);
}

bool
episode_covers(const struct window *window, const struct episode *episode,
    int64_t at_us)
{
	return at_us <= episode->last_us &&
	    at_us >= cover_start(window, episode);
}

bool
episode_ends_between(const struct window *window, int64_t at_us,
    int64_t later_us)
{
	for (uint32_t i = 0; i < window->episode_count; i++) {
		if (window->episodes[i].last_us >= at_us &&
		    window->episodes[i].last_us < later_us)
			return true;
	}
	return false;
}

void
episode_done(struct window *window, struct episode *episode)
{
	evidence_samples_done(&episode->samples, window->terms->store);
}

static void
tell(struct window *window, struct episode *episode, enum detection_kind kind,
    const struct episode *into)
{
	const struct window_terms *terms = window->terms;

	episode->revision++;
	episode->told_count = episode->count;
	episode->told_us = episode->last_us;
	terms->tell(terms->context, window, kind, episode, into);
}

/* Hits from `low_us` to before `end_us`. */
static uint64_t
count_hits(const struct window *window, int64_t low_us, int64_t end_us)
{
	uint64_t count = 0;

	if (low_us >= end_us)
		return 0;
	for (size_t i = window_find(window, low_us);
	    i < window->len && window->entries[i].at_us < end_us; i++)
		count += window->entries[i].weight;
	return count;
}

void
episode_cover(struct window *window, int64_t at_us, uint32_t weight)
{
	for (uint32_t i = 0; i < window->episode_count; i++) {
		struct episode *episode = &window->episodes[i];

		if (!episode_covers(window, episode, at_us))
			continue;
		episode->count += weight;
		if (at_us < episode->first_us)
			episode->first_us = at_us;
		return;
	}
}

void
episode_raise_peak(struct window *window, const struct window_change *change)
{
	for (uint32_t i = 0; i < window->episode_count; i++) {
		struct episode *episode = &window->episodes[i];

		if (change->peak_us >= episode->from_us &&
		    change->peak_us <= episode->last_us &&
		    change->peak > episode->peak)
			episode->peak = change->peak;
	}
}

static void
note_decider(struct episode *episode, const struct evidence_kept *decided)
{
	if (decided == NULL)
		return;
	episode->event_us = decided->evidence.time_us;
	episode->broker_us = decided->broker_us;
}

/* The id is that of the first satisfied hit; if that one's record has been
 * crowded out, of the hit that decided, which nothing else is named for. */
static struct alert_id
make_id(const struct window *window, int64_t low_us,
    const struct evidence_kept *decided)
{
	const struct window_terms *terms = window->terms;
	size_t i = window_find(window, low_us);
	const struct evidence_kept *kept = NULL;

	for (; i < window->len && window->entries[i].at_us == low_us; i++) {
		kept = window->entries[i].kept;
		if (kept != NULL)
			break;
	}
	if (kept == NULL)
		kept = decided;
	CHECK(kept != NULL);
	return terms->id(terms->context, window, &kept->evidence.position);
}

static void
open_episode(struct window *window, uint32_t position,
    const struct window_change *change, const struct evidence_kept *decided)
{
	struct episode *episode;

	/* Nearly always there is but one. */
	if (window->episode_count == window->episode_cap) {
		window->episode_cap = 2 * window->episode_cap + 1;
		window->episodes = mem_resize(window->episodes,
		    window->episode_cap, sizeof(*episode));
	}
	episode = &window->episodes[position];
	memmove(episode + 1, episode,
	    (window->episode_count - position) * sizeof(*episode));
	window->episode_count++;
	*episode = (struct episode){
		.from_us = change->low_us,
		.last_us = change->high_us,
		.peak = change->peak,
		.id = make_id(window, change->low_us, decided),
	};
	episode->first_us =
	    window->entries[window_find(window, cover_start(window, episode))]
		.at_us;
	episode->count = count_hits(window, cover_start(window, episode),
	    window_time_add(episode->last_us, 1));
	note_decider(episode, decided);
	tell(window, episode, DETECTION_OPEN, NULL);
}

/* Adds up what the episodes [begin, end) and the new hits cover together: what
 * each has counted, and the hits in no cover so far. */
static uint64_t
count_joined(const struct window *window, uint32_t begin, uint32_t end,
    int64_t start_us, int64_t last_us)
{
	uint64_t count = 0;
	int64_t edge_us = start_us;

	for (uint32_t i = begin; i < end; i++) {
		const struct episode *episode = &window->episodes[i];

		count += count_hits(window, edge_us,
		    cover_start(window, episode));
		count += episode->count;
		edge_us = window_time_add(episode->last_us, 1);
	}
	return count + count_hits(window, edge_us, window_time_add(last_us, 1));
}

static void
absorb(struct window *window, uint32_t into, uint32_t end)
{
	const struct window_terms *terms = window->terms;
	struct episode *episode = &window->episodes[into];

	for (uint32_t i = into + 1; i < end; i++) {
		struct episode *other = &window->episodes[i];

		tell(window, other, DETECTION_MERGED, episode);
		if (other->peak > episode->peak)
			episode->peak = other->peak;
		evidence_samples_append(&episode->samples, terms->ends,
		    terms->store, &other->samples);
		episode_done(window, other);
	}
	memmove(&window->episodes[into + 1], &window->episodes[end],
	    (window->episode_count - end) * sizeof(*episode));
	window->episode_count -= end - into - 1;
}

static void
extend_episode(struct window *window, uint32_t begin, uint32_t end,
    const struct window_change *change, const struct evidence_kept *decided)
{
	struct episode *episode = &window->episodes[begin];
	int64_t from_us = episode->from_us, start_us;
	int64_t last_us = window->episodes[end - 1].last_us;
	size_t first;

	from_us = change->low_us < from_us ? change->low_us : from_us;
	last_us = change->high_us > last_us ? change->high_us : last_us;
	start_us = window_time_add(from_us, -window->terms->span_us);
	episode->count = count_joined(window, begin, end, start_us, last_us);
	if (change->peak > episode->peak)
		episode->peak = change->peak;
	absorb(window, begin, end);
	first = window_find(window, start_us);
	if (from_us < episode->from_us &&
	    window->entries[first].at_us < episode->first_us)
		episode->first_us = window->entries[first].at_us;
	episode->from_us = from_us;
	episode->last_us = last_us;
	note_decider(episode, decided);
}

void
episode_satisfy(struct window *window, const struct window_change *change,
    const struct evidence_kept *decided)
{
	int64_t span_us = window->terms->span_us;
	int64_t low_us = window_time_add(change->low_us, -span_us);
	int64_t high_us = window_time_add(change->high_us, span_us);
	uint32_t begin = 0, end;

	while (begin < window->episode_count &&
	    window->episodes[begin].last_us < low_us)
		begin++;
	end = begin;
	while (end < window->episode_count &&
	    window->episodes[end].from_us <= high_us)
		end++;
	if (begin == end)
		open_episode(window, begin, change, decided);
	else
		extend_episode(window, begin, end, change, decided);
}

void
episode_tell_due(struct window *window, int64_t watermark_us)
{
	int64_t renew_us = window->terms->renew_us;

	for (uint32_t i = 0; i < window->episode_count; i++) {
		struct episode *episode = &window->episodes[i];
		int64_t renew_at_us = window_time_add(episode->told_us,
		    renew_us);

		if (episode->count == episode->told_count)
			continue;
		if (episode->count >= 2 * episode->told_count ||
		    episode->last_us >= renew_at_us ||
		    watermark_us >= renew_at_us)
			tell(window, episode, DETECTION_UPDATE, NULL);
	}
}

void
episode_close_due(struct window *window, int64_t settled_us)
{
	uint32_t closed = 0;

	for (; closed < window->episode_count; closed++) {
		struct episode *episode = &window->episodes[closed];

		if (window_time_add(episode->last_us, window->terms->span_us) >=
		    settled_us)
			break;
		tell(window, episode, DETECTION_CLOSE, NULL);
		episode_done(window, episode);
	}
	if (closed == 0)
		return;
	window->episode_count -= closed;
	memmove(window->episodes, window->episodes + closed,
	    window->episode_count * sizeof(*window->episodes));
}

void
episode_forget(struct window *window, struct window_entry *entry)
{
	const struct window_terms *terms = window->terms;

	for (uint32_t i = 0; i < window->episode_count; i++) {
		struct episode *episode = &window->episodes[i];

		if (episode_covers(window, episode, entry->at_us)) {
			evidence_samples_add(&episode->samples, terms->ends,
			    terms->store, entry->kept);
			return;
		}
	}
	evidence_release(terms->store, entry->kept);
}

static void
spare_inner(struct window *window, const struct episode *episode)
{
	const struct window_terms *terms = window->terms;
	size_t begin = window_find(window, cover_start(window, episode));
	size_t end = window_find(window, window_time_add(episode->last_us, 1));
	uint32_t first = terms->ends.first, last = terms->ends.last;

	for (; begin < end && first > 0; begin++)
		first -= window->entries[begin].kept != NULL;
	for (; end > begin && last > 0; end--)
		last -= window->entries[end - 1].kept != NULL;
	for (; begin < end; begin++) {
		evidence_release(terms->store, window->entries[begin].kept);
		window->entries[begin].kept = NULL;
	}
}

void
episode_spare_evidence(struct window *window)
{
	for (uint32_t i = 0; i < window->episode_count; i++)
		spare_inner(window, &window->episodes[i]);
}
