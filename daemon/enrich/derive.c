/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/mem.h"

#include "enrich/derive.h"

struct derive {
	const struct zone *zone;
	uint32_t date_slot;
	uint32_t hour_slot;
	uint32_t weekday_slot;
	bool is_wanted;
};

struct derive *
derive_new(const struct field_set *fields, const struct zone *zone)
{
	struct derive *derive = mem_zalloc(sizeof(*derive));

	derive->zone = zone;
	derive->date_slot = field_set_find(fields, SPAN("event.local_date"));
	derive->hour_slot = field_set_find(fields, SPAN("event.local_hour"));
	derive->weekday_slot = field_set_find(fields,
	    SPAN("event.local_weekday"));
	derive->is_wanted = derive->date_slot != FIELD_NONE ||
	    derive->hour_slot != FIELD_NONE ||
	    derive->weekday_slot != FIELD_NONE;
	return derive;
}

void
derive_free(struct derive *derive)
{
	mem_free(derive);
}

static void
put_digits(char *at, unsigned number, unsigned width)
{
	for (; width > 0; number /= 10)
		at[--width] = (char)('0' + number % 10);
}

/* Years are 0 to 9999: no event has another time. */
static struct value
date_of(struct arena *arena, const struct zone_civil *civil)
{
	char *text = arena_alloc(arena, sizeof("2026-03-02") - 1);

	put_digits(text, (unsigned)civil->year, 4);
	text[4] = '-';
	put_digits(text + 5, civil->month, 2);
	text[7] = '-';
	put_digits(text + 8, civil->day, 2);
	return value_string(span_make(text, sizeof("2026-03-02") - 1));
}

static struct value
small_of(struct arena *arena, unsigned number)
{
	char *text = arena_alloc(arena, 2);
	size_t len = number < 10 ? 1 : 2;

	put_digits(text, number, (unsigned)len);
	return (struct value){ .kind = VALUE_INT,
		.integer = number,
		.text = span_make(text, len) };
}

void
derive_run(const struct derive *derive, struct event *event,
    struct arena *arena)
{
	struct zone_civil civil;

	if (!derive->is_wanted)
		return;
	zone_to_civil(derive->zone, event->time_us, &civil);
	if (derive->date_slot != FIELD_NONE)
		event->values[derive->date_slot] = date_of(arena, &civil);
	if (derive->hour_slot != FIELD_NONE)
		event->values[derive->hour_slot] = small_of(arena, civil.hour);
	if (derive->weekday_slot != FIELD_NONE)
		event->values[derive->weekday_slot] = small_of(arena,
		    civil.weekday);
}
