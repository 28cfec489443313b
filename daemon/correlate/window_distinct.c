/* SPDX-License-Identifier: Apache-2.0 */
/* value_count: the measure of a window is how many values it holds. */
#include "base/mem.h"
#include "correlate/window_internal.h"
#include "correlate/window_values.h"

void
window_distinct_done(struct window *window)
{
	window_values_free(window->values);
	window->values = NULL;
}

size_t
window_distinct_bytes(const struct window *window)
{
	return window->values == NULL ? 0 : window_values_bytes(window->values);
}

/* Not older than any other. */
static void
measure_tail(struct window *window, size_t index, int64_t at_us, bool is_new,
    struct window_change *change)
{
	struct window_entry *entries = window->entries;
	struct window_values *values = window->values;
	uint32_t value = entries[index].value;
	bool was_active;

	window_values_advance(values,
	    window_time_add(at_us, -window->terms->span_us));
	was_active = !is_new && window_values_is_active(values, value);
	window_values_touch(values, value, at_us, is_new);
	entries[index].measure = values->active;
	window_note_change(window, at_us, -1, values->active, change);
	if (was_active)
		return;
	/* Simultaneous hits share one window: it has one more value now. */
	for (size_t i = window->len; i > 0; i--) {
		struct window_entry *entry = &entries[i - 1];

		if (entry->at_us != at_us)
			break;
		if (i - 1 == index)
			continue;
		window_note_change(window, at_us, entry->measure,
		    values->active, change);
		entry->measure = values->active;
	}
}

struct neighbours {
	int64_t before_us, after_us; /* of the same value; INT64_MIN, _MAX */
	uint32_t distinct;	     /* in [at - timespan, at], itself too */
};

static void
scan_entry(const struct window *window, size_t index, size_t i,
    struct neighbours *found)
{
	const struct window_entry *entry = &window->entries[i];
	struct window_values_item *item = &window->values->items[entry->value];

	if (entry->value == window->entries[index].value &&
	    entry->at_us > found->before_us)
		found->before_us = entry->at_us;
	if (item->mark != window->values->mark) {
		item->mark = window->values->mark;
		found->distinct++;
	}
}

static struct neighbours
scan_past(const struct window *window, size_t index, int64_t at_us)
{
	struct neighbours found = { INT64_MIN, INT64_MAX, 1 };
	struct window_values *values = window->values;
	const struct window_entry *entries = window->entries;
	int64_t start_us = window_time_add(at_us, -window->terms->span_us);
	int64_t end_us = window_time_add(at_us, window->terms->span_us);
	size_t i;

	values->mark++;
	values->items[entries[index].value].mark = values->mark;
	for (i = index; i > 0 && entries[i - 1].at_us >= start_us; i--)
		scan_entry(window, index, i - 1, &found);
	for (i = index + 1; i < window->len && entries[i].at_us <= end_us;
	    i++) {
		if (entries[i].at_us == at_us) {
			scan_entry(window, index, i, &found);
		} else if (entries[i].value == entries[index].value) {
			found.after_us = entries[i].at_us;
			break;
		}
	}
	return found;
}

/*
 * A late hit adds its value to the windows that reach back to it and did not
 * have the value yet.  Above the cap that may be a value which was thinned
 * out, so full windows are left as they are.
 */
static void
insert_past(struct window *window, size_t index, int64_t at_us, bool is_new,
    struct window_change *change)
{
	struct window_entry *entries = window->entries;
	int64_t span_us = window->terms->span_us;
	int64_t end_us = window_time_add(at_us, span_us);
	struct neighbours found = scan_past(window, index, at_us);
	size_t i = window_find(window, at_us);

	window_values_touch(window->values, entries[index].value, at_us,
	    is_new);
	entries[index].measure = found.distinct;
	window_note_change(window, at_us, -1, found.distinct, change);
	for (; i < window->len && entries[i].at_us <= end_us; i++) {
		struct window_entry *entry = &entries[i];

		if (entry->at_us >= found.after_us)
			break;
		if (i == index ||
		    (found.before_us != INT64_MIN &&
			window_time_add(found.before_us, span_us) >=
			    entry->at_us) ||
		    entry->measure >= window->terms->exact)
			continue;
		window_note_change(window, entry->at_us, entry->measure,
		    entry->measure + 1, change);
		entry->measure++;
	}
}

void
window_distinct_insert(struct window *window, size_t index, int64_t at_us,
    const struct window_value *value, struct window_change *change)
{
	bool is_new;

	if (window->values == NULL)
		window->values = window_values_new();
	window->entries[index].value = window_values_add(window->values, value,
	    &is_new);
	if (window->entries[window->len - 1].at_us <= at_us)
		measure_tail(window, index, at_us, is_new, change);
	else
		insert_past(window, index, at_us, is_new, change);
}
