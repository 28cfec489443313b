/* SPDX-License-Identifier: Apache-2.0 */
/* The sign of life of a destination, on scripted time. */
#include "unit/deliver/world.h"

/* "beat SEQUENCE" and the first four digits of the chain. */
static void
beat(void *context, const struct destination_place *place, struct buffer *frame)
{
	(void)context;
	buffer_printf(frame, "beat %llu %02x%02x",
	    (unsigned long long)place->sequence, place->chain[0],
	    place->chain[1]);
}

static struct world *
beating(bool is_confirmed)
{
	struct world *world = world_new(is_confirmed);
	struct destination_options options = {
		.name = "siem",
		.render = render,
		.beat = beat,
		.beat_every_us = 30 * S,
		.context = world,
		.trail_us = 60 * S,
		.trail_bytes = 4 * MIB,
	};

	destination_free(world->destination);
	world->destination = destination_new(&options);
	destination_connect(world->destination, &world->alerts, &world->frame);
	return world;
}

/* "beat N" with the chain over that many records, by another library. */
static const char *
want_beat(unsigned sequence)
{
	static char texts[8][32];
	uint8_t value[32] = { 0 };

	for (unsigned i = 0; i < sequence; i++)
		chain(value, records[i]);
	snprintf(texts[sequence], sizeof(texts[0]), "beat %u %02x%02x",
	    sequence, value[0], value[1]);
	return texts[sequence];
}

static void
test_interval_without_alerts(void **state)
{
	struct world *world = beating(false);
	struct destination_stats stats;

	(void)state;
	start(world, -1, "");
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 0);
	assert_true(world->due_us == INT64_MAX);
	connected(world);
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, want_beat(0));
	assert_int_equal(world->sent[0].number, 0);
	assert_int_equal(world->due_us, 1030 * S);
	run_at(world, 1030 * S - 1);
	assert_int_equal(world->sent_count, 1);
	run_at(world, 1030 * S);
	WANT_SENT(world, 0, want_beat(0), want_beat(0));
	assert_int_equal(world->due_us, 1060 * S);
	destination_get_stats(world->destination, &stats);
	assert_int_equal(stats.beats, 2);
	assert_int_equal(stats.frames, 0);
	assert_int_equal(world->commits, 0);
	world_free(world);
}

/* It takes no number, and tells what went before it. */
static void
test_place(void **state)
{
	struct world *world = beating(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, want_beat(0), "1.0 a");
	alert(world, 1, "b");
	run_at(world, 1010 * S);
	alert(world, 2, "c");
	run_at(world, 1030 * S);
	WANT_SENT(world, 2, "2.0 b", want_beat(2), "3.0 c");
	/* The number of the frame before it. */
	assert_int_equal(world->sent[3].number, world->sent[2].number);
	assert_int_equal(world->sent[4].number, world->sent[2].number + 1);
	acknowledge_all(world);
	run_at(world, 1030 * S);
	run_at(world, 1095 * S);
	WANT_SENT(world, 5, want_beat(3));
	want_metadata(world, 3, records);
	world_free(world);
}

/* That a heartbeat was confirmed confirms no alert behind it. */
static void
test_confirms_nothing(void **state)
{
	struct world *world = beating(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	run_at(world, 1000 * S);
	acknowledge_all(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 1, "1.0 a");
	destination_frame_events.acknowledged(world->destination,
	    world->sent[0].number);
	run_at(world, 1001 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1001 * S);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

/* Between two frames of one record it tells the record before. */
static void
test_amid_a_record(void **state)
{
	struct world *world = beating(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	run_at(world, 1000 * S);
	world->frames_per_record = 2;
	world->refuse_from = 4;
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	WANT_SENT(world, 1, "1.0 a", "1.1 a", "2.0 b");
	/* Refused and due: it waits for room, not for the clock. */
	run_at(world, 1031 * S);
	assert_int_equal(world->sent_count, 4);
	assert_true(world->due_us == INT64_MAX);
	world->refuse_from = SENT_MAX;
	acknowledge_all(world);
	run_at(world, 1032 * S);
	WANT_SENT(world, 4, want_beat(1), "2.1 b");
	world_free(world);
}

/* After a lost connection the trail comes again; a heartbeat tells where. */
static void
test_reconnect(void **state)
{
	struct world *world = beating(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	disconnected(world);
	run_at(world, 1040 * S);
	assert_int_equal(world->sent_count, 2);
	connected(world);
	run_at(world, 1045 * S);
	WANT_SENT(world, 2, want_beat(0), "1.0 a");
	world_free(world);
}

static void
test_standby(void **state)
{
	struct world *world = beating(false);

	(void)state;
	connected(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 0);
	start(world, -1, "");
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 1);
	destination_alerts_events.stopped(world->destination);
	run_at(world, 2000 * S);
	assert_int_equal(world->sent_count, 1);
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval_without_alerts),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_confirms_nothing),
		cmocka_unit_test(test_amid_a_record),
		cmocka_unit_test(test_reconnect),
		cmocka_unit_test(test_standby),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
