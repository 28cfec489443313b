/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "correlate/evidence.h"
#include "support/testing.h"

/* Half a million members of one record must not be kept ten times over. */
static void
test_kept_lists_are_cut(void **unused)
{
	struct evidence_store *store = evidence_new(0);
	struct arena *arena = arena_new(65536);
	struct value *items = arena_array(arena, 5000, sizeof(*items));
	struct value value = { .kind = VALUE_LIST, .count = 5000 };
	const uint32_t slots[] = { 0 };
	struct rule rule = { .kept_slots = slots, .kept_count = 1 };
	struct record record = { .position = { SPAN("t"), 0, 0 },
		.bytes = SPAN("{}") };
	struct event event = { .record = &record, .values = &value };
	struct hit hit = { &rule, &event };
	struct evidence evidence;

	(void)unused;
	for (uint32_t i = 0; i < 5000; i++)
		items[i] = value_int(arena, i);
	value.items = items;
	evidence_begin(store, arena, 1);
	evidence = evidence_of_hit(store, &hit, &rule, 0, arena);
	assert_int_equal(evidence.values[0].count, 4096);
	assert_span_equal(evidence.values[0].items[4095].text, SPAN("4095"));
	evidence_seal_all(store);
	evidence_free(store);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_lists_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
