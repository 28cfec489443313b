/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/deliver/world.h"

/* ---- Lost connections, restarts, standby ---- */

static void
test_reconnect_repeats_the_trail(void **state)
{
	struct world *world = world_new(false);
	struct destination_stats stats;
	uint64_t number;

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	alert(world, 1, "b");
	run_at(world, 1030 * S);
	acknowledge_all(world);
	run_at(world, 1030 * S);
	number = world->sent[1].number;

	/* 60 s after a, 30 s after b. */
	disconnected(world);
	run_at(world, 1060 * S);
	assert_int_equal(world->committed, 1);
	alert(world, 2, "c");
	run_at(world, 1065 * S);
	assert_int_equal(world->sent_count, 2);

	/* However long it was away: what was at risk is still so. */
	run_at(world, 9000 * S);
	connected(world);
	run_at(world, 9000 * S);
	WANT_SENT(world, 2, "2.0 b", "3.0 c");
	assert_int_equal(world->sent[2].number, number);
	destination_get_stats(world->destination, &stats);
	assert_int_equal(stats.repeated, 1);
	assert_int_equal(stats.frames, 4);
	assert_string_equal(stats.last_error, "peer gone");
	acknowledge_all(world);
	run_at(world, 9000 * S);
	run_at(world, 9060 * S);
	assert_int_equal(world->committed, 3);
	want_metadata(world, 3, records);
	world_free(world);
}

static void
test_quiet_connection_repeats_nothing(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	disconnected(world);
	connected(world);
	run_at(world, 1060 * S);
	assert_int_equal(world->sent_count, 1);
	world_free(world);
}

/* What had not left the process is sent again at any age. */
static void
test_unacknowledged_is_repeated(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	run_at(world, 2000 * S);
	disconnected(world);
	connected(world);
	run_at(world, 2000 * S);
	WANT_SENT(world, 0, "1.0 a", "1.0 a");
	assert_int_equal(world->sent[0].number, world->sent[1].number);
	world_free(world);
}

/* The successor numbers and chains on from the committed metadata. */
static void
test_restart(void **state)
{
	struct world *world = world_new(true), *next = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 2);

	start(next, world->committed, world->metadata);
	connected(next);
	alert(next, 2, "c");
	run_at(next, 1000 * S);
	WANT_SENT(next, 0, "3.0 c");
	acknowledge_all(next);
	run_at(next, 1000 * S);
	assert_int_equal(next->committed, 3);
	want_metadata(next, 3, records);
	world_free(world);
	world_free(next);
}

static void
test_unreadable_metadata(void **state)
{
	static const char *const cases[] = { "", "v1", "v2 1 00", "v1 x 00",
		"v1 1 0000000000000000000000000000000000000000000000000000000"
		"00000000",
		"v1 99999999999999999999999 "
		"0000000000000000000000000000000000000000000000000000000000"
		"000000",
		"v1 1 "
		"000000000000000000000000000000000000000000000000000000000"
		"000000g",
		"v1 1 "
		"000000000000000000000000000000000000000000000000000000000"
		"0000000 more" };
	struct destination_stats stats;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = world_new(true);

		start(world, 5, cases[i]);
		connected(world);
		alert(world, 5, "a");
		run_at(world, 1000 * S);
		WANT_SENT(world, 0, "1.0 a");
		destination_get_stats(world->destination, &stats);
		if (stats.last_error[0] == '\0')
			testing_fail(cases[i], "nothing was said");
		world_free(world);
	}
}

static void
test_standby(void **state)
{
	struct world *world = world_new(false);
	struct destination_stats stats;

	(void)state;
	connected(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 0);
	start(world, -1, "");
	alert(world, 0, "a");
	destination_alerts_events.stopped(world->destination);
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 0);
	assert_true(world->due_us == INT64_MAX);
	run_at(world, 2000 * S);
	assert_int_equal(world->commits, 0);
	destination_get_stats(world->destination, &stats);
	assert_false(stats.is_active);
	assert_true(stats.is_connected);

	/* Again ours: from where it was left. */
	start(world, -1, "");
	alert(world, 0, "a");
	run_at(world, 2001 * S);
	WANT_SENT(world, 0, "1.0 a");
	world_free(world);
}

/* What an older life sent may still be acknowledged: not these frames. */
static void
test_old_acknowledgement(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	start(world, -1, "");
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "1.0 a");
	destination_frame_events.acknowledged(world->destination,
	    world->sent[0].number);
	run_at(world, 1000 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

/* Numbering a record twice would break the chain for who verifies it. */
static void
test_repeated_record(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "2.0 b");
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reconnect_repeats_the_trail),
		cmocka_unit_test(test_quiet_connection_repeats_nothing),
		cmocka_unit_test(test_unacknowledged_is_repeated),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_unreadable_metadata),
		cmocka_unit_test(test_standby),
		cmocka_unit_test(test_old_acknowledgement),
		cmocka_unit_test(test_repeated_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
