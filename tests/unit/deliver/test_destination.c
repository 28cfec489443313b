/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/deliver/world.h"

/* ---- Sequence, chain, position ---- */

static void
test_trail_of_time(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	run_at(world, 1000 * S);
	assert_true(world->wanted > 0);
	alert(world, 7, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a");
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->due_us, 1060 * S);
	run_at(world, 1060 * S - 1);
	assert_int_equal(world->commits, 0);
	run_at(world, 1060 * S);
	assert_int_equal(world->commits, 1);
	assert_int_equal(world->committed, 8);
	want_metadata(world, 1, records);
	assert_true(world->due_us == INT64_MAX);
	world_free(world);
}

/* While bytes are still in this process the clock does not run. */
static void
test_trail_starts_when_it_left(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	run_at(world, 1100 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1100 * S);
	run_at(world, 1160 * S - 1);
	assert_int_equal(world->commits, 0);
	run_at(world, 1160 * S);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

/* Four frames of 1 MiB may trail; one byte more settles the oldest. */
static void
test_trail_of_bytes(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->frame_bytes = MIB;
	for (int i = 0; i < 4; i++)
		alert(world, i, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1001 * S);
	assert_int_equal(world->sent_count, 4);
	assert_int_equal(world->commits, 0);
	world->frame_bytes = 0;
	alert(world, 4, "b");
	run_at(world, 1002 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1002 * S);
	assert_int_equal(world->commits, 1);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

static void
test_confirmed(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	run_at(world, 5000 * S);
	assert_int_equal(world->commits, 0);
	destination_frame_events.acknowledged(world->destination,
	    world->sent[0].number);
	run_at(world, 5000 * S);
	assert_int_equal(world->committed, 1);
	want_metadata(world, 1, records);
	/* Positions go out once a second. */
	acknowledge_all(world);
	run_at(world, 5000 * S + 999999);
	assert_int_equal(world->commits, 1);
	assert_int_equal(world->due_us, 5001 * S);
	run_at(world, 5001 * S);
	assert_int_equal(world->committed, 2);
	want_metadata(world, 2, records);
	world_free(world);
}

/* A record of several frames is settled with the last of them. */
static void
test_parts(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->frames_per_record = 3;
	alert(world, 5, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "1.1 a", "1.2 a");
	destination_frame_events.acknowledged(world->destination,
	    world->sent[1].number);
	run_at(world, 1000 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 6);
	world_free(world);
}

/* A record that gives no frame is numbered, and holds up nothing. */
static void
test_record_without_frames(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->frames_per_record = 0;
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 1);
	world->frames_per_record = 1;
	alert(world, 1, "b");
	world->frames_per_record = 0;
	alert(world, 2, "c");
	run_at(world, 1001 * S);
	WANT_SENT(world, 0, "2.0 b");
	acknowledge_all(world);
	run_at(world, 1001 * S);
	run_at(world, 1061 * S);
	assert_int_equal(world->committed, 3);
	want_metadata(world, 3, records);
	world_free(world);
}

/* ---- Back-pressure ---- */

static void
test_full_transport(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->refuse_from = 2;
	for (int i = 0; i < 4; i++)
		alert(world, i, records[i]);
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "2.0 b");
	world->refuse_from = SENT_MAX;
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 2);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "2.0 b", "3.0 c", "4.0 d");
	world_free(world);
}

/* Nothing is wanted that would not fit: 8 MiB, at 256 KiB an alert. */
static void
test_wants_what_fits(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 32);
	world->frame_bytes = MIB;
	for (int i = 0; i < 5; i++)
		alert(world, i, "a");
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 12);
	for (int i = 5; i < 8; i++)
		alert(world, i, "a");
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 0);
	connected(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 8);
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 32);
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trail_of_time),
		cmocka_unit_test(test_trail_starts_when_it_left),
		cmocka_unit_test(test_trail_of_bytes),
		cmocka_unit_test(test_confirmed),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_record_without_frames),
		cmocka_unit_test(test_full_transport),
		cmocka_unit_test(test_wants_what_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
