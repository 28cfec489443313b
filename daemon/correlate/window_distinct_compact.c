/* SPDX-License-Identifier: Apache-2.0 */
/* What a value_count's window may forget; the rules are window.h's. */
#include "base/mem.h"
#include "correlate/window_internal.h"
#include "correlate/window_values.h"

#define NONE WINDOW_VALUES_NONE

/*
 * One value repeated for ever may stay unsatisfied: its hits must be kept, for
 * any of them may be an episode's first, but a record with each would cost ten
 * times as much.  So of hits that no episode covers yet only one in SPARSE
 * keeps its record once there are CROWD.
 */
#define CROWD 1024
#define SPARSE 64

/* ---- The C values met last on a walk over entries ---- */

struct near_value {
	int64_t at_us; /* where it was met last */
	uint32_t before, after;
	bool is_met, is_listed;
};

struct near {
	struct near_value *values; /* by value index */
	uint32_t newest, oldest;
	uint32_t count, limit;
};

static struct near
near_new(size_t values, uint32_t limit)
{
	return (struct near){
		.values = mem_array(values, sizeof(struct near_value)),
		.newest = NONE,
		.oldest = NONE,
		.limit = limit,
	};
}

static void
near_take_out(struct near *near, uint32_t value)
{
	struct near_value *item = &near->values[value];

	if (item->before != NONE)
		near->values[item->before].after = item->after;
	else
		near->oldest = item->after;
	if (item->after != NONE)
		near->values[item->after].before = item->before;
	else
		near->newest = item->before;
	item->is_listed = false;
	near->count--;
}

static void
near_meet(struct near *near, uint32_t value, int64_t at_us)
{
	struct near_value *item = &near->values[value];

	if (item->is_listed)
		near_take_out(near, value);
	item->at_us = at_us;
	item->is_met = item->is_listed = true;
	item->before = near->newest;
	item->after = NONE;
	if (near->newest != NONE)
		near->values[near->newest].after = value;
	else
		near->oldest = value;
	near->newest = value;
	if (++near->count > near->limit)
		near_take_out(near, near->oldest);
}

/* Back to where the walk has met `limit` values; else `otherwise`. */
static int64_t
near_full(const struct near *near, int64_t otherwise)
{
	return near->count < near->limit ? otherwise :
					   near->values[near->oldest].at_us;
}

/* ---- Rule 3, and what no window holds any more ---- */

static bool
is_covered(const struct window *window, int64_t at_us)
{
	for (uint32_t i = 0; i < window->episode_count; i++) {
		if (episode_covers(window, &window->episodes[i], at_us))
			return true;
	}
	return false;
}

/* Entries to forget get value NONE. */
static void
mark_settled(struct window *window, int64_t settled_us)
{
	struct window_values *values = window->values;
	int64_t start_us = window_time_add(settled_us, -window->terms->span_us);

	values->mark++;
	for (size_t i = window_find(window, settled_us); i > 0; i--) {
		struct window_entry *entry = &window->entries[i - 1];
		struct window_values_item *item = &values->items[entry->value];
		bool is_needed = item->mark != values->mark;

		item->mark = values->mark;
		if (entry->at_us < start_us ||
		    (!is_needed && is_covered(window, entry->at_us)))
			entry->value = NONE;
	}
}

static void
forget_settled(struct window *window, int64_t settled_us)
{
	size_t kept = 0;

	mark_settled(window, settled_us);
	for (size_t i = 0; i < window->len; i++) {
		struct window_entry *entry = &window->entries[i];

		if (entry->value == NONE)
			episode_forget(window, entry);
		else
			window->entries[kept++] = *entry;
	}
	window->len = kept;
}

/* ---- Rules 1 and 2 ---- */

/* What follows an entry, among all those that are there. */
struct ahead {
	int64_t full_us; /* by then C values; INT64_MAX: never */
	int64_t same_us; /* its own value */
	int64_t kept_us; /* as many hits with evidence as an end keeps; its own
			    time if it has none to lose */
};

struct thinning {
	struct window *window;
	struct near near;
	struct ahead *ahead;
	int64_t *kept_us; /* times of the remaining hits with evidence */
	size_t kept_count;
};

static void
look_ahead(struct thinning *thinning)
{
	const struct window *window = thinning->window;
	struct near near = near_new(window->values->count,
	    window->terms->exact);
	uint32_t last = window->terms->ends.last;
	int64_t *kept_us = thinning->kept_us;
	size_t count = 0;

	for (size_t i = window->len; i > 0; i--) {
		const struct window_entry *entry = &window->entries[i - 1];
		const struct near_value *same = &near.values[entry->value];

		thinning->ahead[i - 1] = (struct ahead){
			.full_us = near_full(&near, INT64_MAX),
			.same_us = same->is_met ? same->at_us : INT64_MAX,
			.kept_us = last == 0 || entry->kept == NULL ?
			    entry->at_us :
			    count >= last ? kept_us[count - last] :
					    INT64_MAX,
		};
		near_meet(&near, entry->value, entry->at_us);
		if (entry->kept != NULL)
			kept_us[count++] = entry->at_us;
	}
	mem_free(near.values);
}

static int64_t
kept_before(const struct thinning *thinning, const struct window_entry *entry)
{
	uint32_t first = thinning->window->terms->ends.first;

	if (first == 0 || entry->kept == NULL)
		return entry->at_us;
	return thinning->kept_count >= first ?
	    thinning->kept_us[thinning->kept_count - first] :
	    INT64_MIN;
}

static bool
is_within(int64_t low_us, int64_t high_us, int64_t span_us)
{
	return low_us != INT64_MIN && high_us != INT64_MAX &&
	    high_us - low_us <= span_us;
}

static bool
is_inside_full_run(const struct thinning *thinning,
    const struct window_entry *entry, const struct ahead *ahead)
{
	int64_t low_us = near_full(&thinning->near, INT64_MIN);
	int64_t kept_us = kept_before(thinning, entry);
	int64_t high_us = ahead->full_us;

	low_us = kept_us < low_us ? kept_us : low_us;
	high_us = ahead->kept_us > high_us ? ahead->kept_us : high_us;
	return is_within(low_us, high_us, thinning->window->terms->span_us);
}

/* Between the satisfied ends of an episode, and neither among the first nor
 * the last of its hits. */
static bool
is_inside_episode(const struct thinning *thinning,
    const struct window_entry *entry, const struct ahead *ahead)
{
	const struct window *window = thinning->window;
	int64_t at_us = entry->at_us;

	for (uint32_t i = 0; i < window->episode_count; i++) {
		const struct episode *episode = &window->episodes[i];

		if (at_us >= episode->from_us && at_us <= episode->last_us)
			return ahead->kept_us <= episode->last_us &&
			    episode_covers(window, episode,
				kept_before(thinning, entry));
	}
	return false;
}

static bool
is_repeat_in_episode(const struct thinning *thinning,
    const struct window_entry *entry, const struct ahead *ahead)
{
	const struct window_terms *terms = thinning->window->terms;
	const struct near_value *same = &thinning->near.values[entry->value];

	return terms->condition.is_monotone && same->is_met &&
	    is_within(same->at_us, ahead->same_us, terms->span_us) &&
	    is_inside_episode(thinning, entry, ahead);
}

static bool
can_go(const struct thinning *thinning, size_t kept, size_t index)
{
	const struct window *window = thinning->window;
	const struct window_entry *entry = &window->entries[index];
	const struct ahead *ahead = &thinning->ahead[index];

	return (is_inside_full_run(thinning, entry, ahead) ||
		   is_repeat_in_episode(thinning, entry, ahead)) &&
	    !episode_ends_between(window, window->entries[kept - 1].at_us,
		entry->at_us);
}

static void
thin(struct thinning *thinning)
{
	struct window *window = thinning->window;
	struct window_entry *entries = window->entries;
	size_t kept = 0;

	for (size_t i = 0; i < window->len; i++) {
		struct window_entry entry = entries[i];

		if (can_go(thinning, kept, i)) {
			entries[kept - 1].weight += entry.weight;
			evidence_release(window->terms->store, entry.kept);
			continue;
		}
		entries[kept++] = entry;
		near_meet(&thinning->near, entry.value, entry.at_us);
		if (entry.kept != NULL)
			thinning->kept_us[thinning->kept_count++] = entry.at_us;
	}
	window->len = kept;
}

/* ---- After that ---- */

/* Of the entries from `begin` on, but not the newest. */
static void
crowd_out(struct window *window, size_t begin, size_t keep_every)
{
	size_t spare = window->terms->ends.last, nth = 0;

	for (size_t i = begin; i + spare < window->len; i++) {
		struct window_entry *entry = &window->entries[i];

		if (entry->kept == NULL || is_covered(window, entry->at_us) ||
		    nth++ % keep_every == 0)
			continue;
		evidence_release(window->terms->store, entry->kept);
		entry->kept = NULL;
	}
}

void
window_distinct_compact_evidence(struct window *window)
{
	if (!window->terms->condition.is_monotone || ++window->crowd < CROWD)
		return;
	window->crowd = 0;
	if (window->len >= CROWD)
		crowd_out(window, window->len - CROWD, SPARSE);
}

static void
rebuild_values(struct window *window)
{
	struct window_values *old = window->values;
	struct window_values *values = window_values_new();

	for (size_t i = 0; i < window->len; i++) {
		struct window_entry *entry = &window->entries[i];
		bool is_new;

		entry->value = window_values_add(values,
		    &old->items[entry->value].key, &is_new);
		window_values_touch(values, entry->value, entry->at_us, is_new);
	}
	if (window->len > 0)
		window_values_advance(values,
		    window_time_add(window->entries[window->len - 1].at_us,
			-window->terms->span_us));
	window_values_free(old);
	window->values = values;
}

void
window_distinct_compact(struct window *window, int64_t settled_us)
{
	struct thinning thinning = { .window = window };

	if (window->values == NULL)
		return;
	forget_settled(window, settled_us);
	thinning.near = near_new(window->values->count, window->terms->exact);
	thinning.ahead = mem_array(window->len, sizeof(*thinning.ahead));
	thinning.kept_us = mem_array(window->len, sizeof(int64_t));
	look_ahead(&thinning);
	thin(&thinning);
	mem_free(thinning.near.values);
	mem_free(thinning.ahead);
	mem_free(thinning.kept_us);
	window->crowd = 0;
	if (window->terms->condition.is_monotone && thinning.kept_count > CROWD)
		crowd_out(window, 0, 2 * thinning.kept_count / CROWD);
	rebuild_values(window);
}
