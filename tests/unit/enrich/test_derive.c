/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "enrich/derive.h"

#include "support/testing.h"

/* By date(1): TZ=ZONE date -d TIME "+%F %-H %u" */
static const struct {
	const char *name;
	const char *zone;
	int64_t time_s;
	const char *want;
} cases[] = {
	{ "the epoch", "UTC", 0, "1970-01-01 0 4" },
	{ "before it", "UTC", -1, "1969-12-31 23 3" },
	/* 2026-03-02T23:30:00Z, a Monday; Tuesday in Berlin */
	{ "another day", "Europe/Berlin", 1772494200, "2026-03-03 0 2" },
	{ "the same day", "UTC", 1772494200, "2026-03-02 23 1" },
	/* 2026-03-29T00:59:59Z and a second later: 01:00 becomes 02:00 */
	{ "before the spring gap", "Europe/London", 1774745999,
	    "2026-03-29 0 7" },
	{ "after the spring gap", "Europe/London", 1774746000,
	    "2026-03-29 2 7" },
	/* 2026-10-25T00:30:00Z and T01:30:00Z: 01:30 twice */
	{ "the first half past one", "Europe/London", 1792888200,
	    "2026-10-25 1 7" },
	{ "the second", "Europe/London", 1792891800, "2026-10-25 1 7" },
	{ "half an hour off", "Asia/Kolkata", 1772494200, "2026-03-03 5 2" },
	{ "the last second", "UTC", INT64_C(253402300799), "9999-12-31 23 5" },
	{ "the first", "UTC", -INT64_C(62167219200), "0000-01-01 0 6" },
};

static void
test_fields(void **state)
{
	struct arena *arena = arena_new(4096);
	struct field_set *fields = field_set_new();
	struct buffer got = BUFFER_INIT;

	(void)state;
	field_set_add(fields, SPAN("event.local_weekday"));
	field_set_add(fields, SPAN("event.local_hour"));
	field_set_add(fields, SPAN("event.local_date"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct value values[3] = { { 0 } };
		struct event event = { .values = values,
			.time_us = cases[i].time_s * 1000000 };
		struct error err = ERROR_NONE;
		struct zone *zone;
		struct derive *derive;

		if (!zone_open(cases[i].zone, &zone, &err))
			testing_fail(cases[i].name, "%s", err.text);
		derive = derive_new(fields, zone);
		derive_run(derive, &event, arena);
		buffer_reset(&got);
		for (int slot = 2; slot >= 0; slot--) {
			buffer_add_span(&got, values[slot].text);
			if (slot > 0)
				buffer_add_char(&got, ' ');
		}
		assert_span_equal_in(cases[i].name, buffer_span(&got),
		    span_of(cases[i].want));
		assert_int_equal(values[0].kind, VALUE_INT);
		assert_int_equal(values[1].kind, VALUE_INT);
		assert_int_equal(values[2].kind, VALUE_STRING);
		buffer_reset(&got);
		buffer_add_i64(&got, values[1].integer);
		assert_span_equal_in(cases[i].name, buffer_span(&got),
		    values[1].text);
		derive_free(derive);
		zone_free(zone);
	}
	buffer_done(&got);
	field_set_free(fields);
	arena_free(arena);
}

/* What a record says there is not what the clock says. */
static void
test_overrides_record(void **state)
{
	struct arena *arena = arena_new(4096);
	struct field_set *fields = field_set_new();
	struct value values[2] = { value_string(SPAN("x")),
		value_string(SPAN("3")) };
	struct event event = { .values = values };
	struct error err = ERROR_NONE;
	struct zone *zone;
	struct derive *derive;

	(void)state;
	assert_true(zone_open("UTC", &zone, &err));
	field_set_add(fields, SPAN("user.id"));
	derive = derive_new(fields, zone);
	derive_run(derive, &event, arena);
	assert_span_equal(values[0].text, SPAN("x"));
	derive_free(derive);
	field_set_add(fields, SPAN("event.local_hour"));
	derive = derive_new(fields, zone);
	derive_run(derive, &event, arena);
	assert_span_equal(values[0].text, SPAN("x"));
	assert_int_equal(values[1].kind, VALUE_INT);
	assert_int_equal(values[1].integer, 0);
	derive_free(derive);
	zone_free(zone);
	field_set_free(fields);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_overrides_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
