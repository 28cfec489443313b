/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline over ports made by hand: what it asks for, in which order, and
 * what it does when a transaction fails.
 */
#include "unit/engine/pipeline_world.h"

/* The next batch is computed while one transaction is on its way; a third
 * is not asked for. */
static void
test_overlap(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assert_int_equal(world.wants, 1);
	assign(&world, -1, "");
	deliver(&world, 0, 2);
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.submissions[0].alerts, 2);
	assert_int_equal(world.submissions[0].next_offset, 2);
	assert_ptr_equal(world.submissions[0].fence, &world.batches[0]);
	assert_int_equal(world.wants, 2);
	deliver(&world, 2, 1);
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.wants, 2);
	assert_int_equal(world.releases, 0);
	answer(&world, PORT_OK);
	assert_int_equal(world.releases, 1);
	assert_int_equal(world.submission_count, 2);
	assert_int_equal(world.submissions[1].next_offset, 3);
	assert_int_equal(world.wants, 3);
	answer(&world, PORT_OK);
	assert_int_equal(world.releases, 2);
	world_close(&world);
}

/* The greatest event time stands with the offset: 21:00:01 = 1772485201 s. */
static void
test_metadata_of_offsets(void **state)
{
	struct world world;
	int64_t time_us;
	uint64_t number;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 2);
	commit_note_read(span_of(world.submissions[0].metadata), &time_us,
	    &number);
	assert_int_equal(time_us, INT64_C(1772485201000000));
	assert_int_equal(number, 1);
	world_close(&world);
}

/* Revoked with two batches computed: both are committed first. */
static void
test_revoke(void **state)
{
	const uint32_t feeds[] = { 0 };
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 1);
	deliver(&world, 1, 1);
	pipeline_source_events.revoked(world.pipeline, feeds, 1);
	assert_int_equal(world.revokes_done, 0);
	answer(&world, PORT_OK);
	assert_int_equal(world.revokes_done, 0);
	answer(&world, PORT_OK);
	assert_int_equal(world.revokes_done, 1);
	assert_int_equal(world.submission_count, 2);
	world_close(&world);
}

static void
test_fenced(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 1);
	answer(&world, PORT_FENCED);
	assert_int_equal(world.failed_status, 78);
	world_close(&world);
}

static void
test_stop_commits(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 1);
	pipeline_stop(world.pipeline);
	assert_int_equal(world.stops, 0);
	/* A batch that was on its way is not run. */
	deliver(&world, 1, 1);
	answer(&world, PORT_OK);
	assert_int_equal(world.stops, 1);
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.releases, 2);
	world_close(&world);
}

/* Own alerts without new records: the current offset goes with them. */
static void
test_notice_when_idle(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	pipeline_notice(world.pipeline, NOTICE_RESTART, LEVEL_INFORMATIONAL,
	    "test", "The monitor was started");
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 0);
	assign(&world, 7, "v1 t=1772485201000000 n=3");
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.submissions[0].alerts, 1);
	assert_int_equal(world.submissions[0].next_offset, 7);
	assert_non_null(strstr(world.submissions[0].text,
	    "The monitor was started"));
	world_close(&world);
}

/* A feed without records tells a number of rules that is no longer true, and
 * the next start would compare with it. */
static void
test_number_of_rules_is_told_again(void **state)
{
	struct port_feed feeds[2] = {
		{ .feed = 0,
		    .topic = SPAN("records.audit"),
		    .committed = 7,
		    .position = 7,
		    .metadata = SPAN("v1 n=3 r=5") },
		{ .feed = 1,
		    .topic = SPAN("records.audit"),
		    .partition = 1,
		    .committed = 4,
		    .position = 4,
		    .metadata = SPAN("v1 t=1772485201000000 n=2 r=5") },
	};
	struct world world;

	(void)state;
	world_open(&world);
	pipeline_source_events.assigned(world.pipeline, feeds, 2);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 1);
	assert_int_equal(world.submissions[0].offsets, 2);
	assert_string_equal(world.submissions[0].metadata, "v1 n=4 r=1");
	assert_string_equal(world.submissions[0].last_metadata,
	    "v1 t=1772485201000000 n=4 r=1");
	answer(&world, PORT_OK);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, 1);
	world_close(&world);
}

/* With the records of another feed just as well. */
static void
test_number_of_rules_goes_with_a_batch(void **state)
{
	struct port_feed feed = { .feed = 1,
		.topic = SPAN("records.audit"),
		.partition = 1,
		.committed = 4,
		.position = 4,
		.metadata = SPAN("v1 n=2 r=5") };
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, 0, "v1 n=1 r=1");
	pipeline_source_events.assigned(world.pipeline, &feed, 1);
	deliver(&world, 0, 1);
	assert_int_equal(world.submissions[0].offsets, 2);
	assert_string_equal(world.submissions[0].last_metadata, "v1 n=3 r=1");
	answer(&world, PORT_OK);
	deliver(&world, 1, 1);
	assert_int_equal(world.submissions[1].offsets, 1);
	answer(&world, PORT_OK);
	world_close(&world);
}

static void
answer_too_large(struct world *world)
{
	struct error err = { PORT_TOO_LARGE, "said by the test" };

	pipeline_output_events.submitted(world->pipeline,
	    world->submissions[world->submission_count - 1].number,
	    PORT_ABORTED, &err);
	assign(world, -1, "");
}

/* What Kafka refuses comes again smaller, and still is an alert. */
static void
test_too_large_is_reduced(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 1);
	pipeline_output_events.refused(world.pipeline, 0,
	    world.submissions[0].bytes - 1);
	answer_too_large(&world);
	assert_int_equal(world.rewinds, 1);
	assert_int_equal(world.submission_count, 2);
	assert_int_equal(world.submissions[1].outputs, 1);
	assert_true(world.submissions[1].bytes < world.submissions[0].bytes);
	assert_non_null(strstr(world.submissions[1].text,
	    "\"truncated\":true"));
	assert_non_null(strstr(world.submissions[1].text, "\"sentence\""));
	assert_non_null(strstr(world.submissions[1].text, "\"offset\":0"));
	answer(&world, PORT_OK);
	assert_int_equal(world.releases, 1);
	world_close(&world);
}

/* Which one it is was not told, and nothing is small enough: it is left out,
 * named in a notice, and the position goes on. */
static void
test_too_large_is_dropped(void **state)
{
	struct world world;
	size_t last;

	(void)state;
	world_open(&world);
	assign(&world, -1, "");
	deliver(&world, 0, 1);
	for (unsigned i = 0;
	    world.submissions[world.submission_count - 1].outputs > 0; i++) {
		assert_true(i < 8);
		answer_too_large(&world);
	}
	last = world.submission_count - 1;
	assert_int_equal(world.submissions[last].next_offset, 1);
	answer(&world, PORT_OK);
	pipeline_tick(world.pipeline);
	pipeline_tick(world.pipeline);
	last = world.submission_count - 1;
	assert_int_equal(world.submissions[last].outputs, 1);
	assert_non_null(strstr(world.submissions[last].text,
	    "integrityd.limit"));
	assert_non_null(strstr(world.submissions[last].text, "alert ir-"));
	/* A notice that is too large makes no notice. */
	pipeline_output_events.refused(world.pipeline, 0, 1);
	answer_too_large(&world);
	last = world.submission_count - 1;
	assert_int_equal(world.submissions[last].outputs, 0);
	answer(&world, PORT_OK);
	pipeline_tick(world.pipeline);
	assert_int_equal(world.submission_count, last + 1);
	world_close(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_metadata_of_offsets),
		cmocka_unit_test(test_revoke),
		cmocka_unit_test(test_fenced),
		cmocka_unit_test(test_stop_commits),
		cmocka_unit_test(test_notice_when_idle),
		cmocka_unit_test(test_number_of_rules_is_told_again),
		cmocka_unit_test(test_number_of_rules_goes_with_a_batch),
		cmocka_unit_test(test_too_large_is_reduced),
		cmocka_unit_test(test_too_large_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
