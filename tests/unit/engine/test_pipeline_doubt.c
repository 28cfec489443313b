/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pipeline makes of transactions in doubt, of aborted ones and of
 * gaps, where the source reads on from what is committed.
 */
#include "unit/engine/pipeline_world.h"

/* In doubt, and nothing was committed: the same outputs once more. */
static void
test_unknown_not_committed(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 2);
	answer(&world, PORT_UNKNOWN);
	assert_int_equal(world.rewinds, 1);
	assert_int_equal(world.submission_count, 1);
	assign(&world, -1, "");
	assert_int_equal(world.submission_count, 2);
	assert_int_equal(world.submissions[1].alerts, 2);
	assert_string_equal(world.submissions[1].text,
	    world.submissions[0].text);
	/* What is read again has been run. */
	deliver(&world, 0, 2);
	answer(&world, PORT_OK);
	assert_int_equal(world.submission_count, 2);
	world_close(&world);
}

/* In doubt, but it had been committed: nothing is said twice. */
static void
test_unknown_committed(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 2);
	answer(&world, PORT_UNKNOWN);
	assign(&world, 2, world.submissions[0].metadata);
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.releases, 1);
	deliver(&world, 2, 1);
	assert_int_equal(world.submission_count, 2);
	assert_int_equal(world.submissions[1].alerts, 1);
	world_close(&world);
}

/* A batch computed on top of the aborted one follows it. */
static void
test_abort_with_next_computed(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 10, "v1 n=4");
	deliver(&world, 10, 2);
	deliver(&world, 12, 2);
	answer(&world, PORT_ABORTED);
	assign(&world, 10, "v1 n=4");
	assert_int_equal(world.submission_count, 2);
	assert_int_equal(world.submissions[1].next_offset, 12);
	answer(&world, PORT_OK);
	assert_int_equal(world.submission_count, 3);
	assert_int_equal(world.submissions[2].next_offset, 14);
	answer(&world, PORT_OK);
	world_close(&world);
}

static void
test_gap_is_told(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 5, "");
	pipeline_source_events.gap(world.pipeline, 0, PORT_GAP_RETENTION, 5, 8);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 1);
	assert_non_null(strstr(world.submissions[0].text, "integrityd.gap"));
	assert_non_null(strstr(world.submissions[0].text,
	    "from offset 5 to 7"));
	world_close(&world);
}

static void
tell_restart(struct world *world)
{
	pipeline_notice(world->pipeline, NOTICE_RESTART, LEVEL_INFORMATIONAL,
	    "test", "The monitor was started");
	pipeline_tick(world->pipeline);
}

/* The position has not moved, so the note alone says which it was. */
static void
test_notice_in_doubt(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 7, "v1 n=3");
	tell_restart(&world);
	assert_int_equal(world.submission_count, 1);
	assert_string_equal(world.submissions[0].metadata, "v1 n=4 r=1");
	answer(&world, PORT_UNKNOWN);
	assign(&world, 7, world.submissions[0].metadata);
	assert_int_equal(world.submission_count, 1);
	tell_restart(&world);
	assert_int_equal(world.submission_count, 2);
	answer(&world, PORT_UNKNOWN);
	assign(&world, 7, world.submissions[0].metadata);
	assert_int_equal(world.submission_count, 3);
	assert_string_equal(world.submissions[2].text,
	    world.submissions[1].text);
	world_close(&world);
}

/* Another has gone on: what it committed counts, its time too. */
static void
test_lost_keeps_time(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 0, "");
	deliver(&world, 0, 2);
	answer(&world, PORT_ABORTED);
	assign(&world, 5, "v1 t=1772485299000000 n=9 r=1");
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.releases, 1);
	deliver(&world, 5, 1);
	assert_int_equal(world.submission_count, 2);
	assert_string_equal(world.submissions[1].metadata,
	    "v1 t=1772485299000000 n=10 r=1");
	world_close(&world);
}

static void
tell_gap(struct world *world, int64_t from, int64_t to)
{
	pipeline_source_events.gap(world->pipeline, 0, PORT_GAP_RETENTION, from,
	    to);
}

/* The source comes to the same place again, before and after. */
static void
test_gap_is_told_once(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 5, "");
	tell_gap(&world, 5, 8);
	tell_gap(&world, 5, 8);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submissions[0].alerts, 1);
	assert_int_equal(world.submissions[0].next_offset, 8);
	answer(&world, PORT_ABORTED);
	assign(&world, 5, "");
	assert_int_equal(world.submission_count, 2);
	tell_gap(&world, 5, 8);
	answer(&world, PORT_OK);
	pipeline_tick(world.pipeline);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 2);
	world_close(&world);
}

/* A batch that was run is not missing, though its records are gone when they
 * are read again. */
static void
test_gap_over_what_was_run(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 5, "");
	deliver(&world, 5, 2);
	answer(&world, PORT_ABORTED);
	assign(&world, 5, "");
	tell_gap(&world, 5, 9);
	answer(&world, PORT_OK);
	pipeline_tick(world.pipeline);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 3);
	assert_non_null(strstr(world.submissions[2].text,
	    "from offset 7 to 8"));
	assert_int_equal(world.submissions[2].next_offset, 9);
	world_close(&world);
}

/* What stands before it is still on its way. */
static void
test_gap_waits(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 5, "");
	tell_gap(&world, 7, 9);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 0);
	deliver(&world, 5, 2);
	assert_int_equal(world.submissions[0].next_offset, 9);
	assert_int_equal(world.submissions[0].alerts, 3);
	answer(&world, PORT_UNKNOWN);
	assign(&world, 9, world.submissions[0].metadata);
	assert_int_equal(world.submission_count, 1);
	world_close(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_not_committed),
		cmocka_unit_test(test_unknown_committed),
		cmocka_unit_test(test_abort_with_next_computed),
		cmocka_unit_test(test_notice_in_doubt),
		cmocka_unit_test(test_lost_keeps_time),
		cmocka_unit_test(test_gap_is_told),
		cmocka_unit_test(test_gap_is_told_once),
		cmocka_unit_test(test_gap_over_what_was_run),
		cmocka_unit_test(test_gap_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
