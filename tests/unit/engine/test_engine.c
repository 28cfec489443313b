/* SPDX-License-Identifier: Apache-2.0 */
/* What the stages do together, over records made by hand. */
#include <stdio.h>

#include "base/zone.h"
#include "engine/engine.h"
#include "rule/rule_load.h"
#include "support/testing.h"

#define RULES TEST_DATA_DIR "/engine/rule_test/views.yml"
#define MINUTE_US (60 * INT64_C(1000000))
/* 2026-03-02T21:00:00Z */
#define START_US INT64_C(1772485200000000)

struct seen {
	unsigned opened, closed;
	uint64_t count;
};

static void
note(void *context, const struct detection *detection)
{
	struct seen *seen = context;

	seen->opened += detection->kind == DETECTION_OPEN;
	seen->closed += detection->kind == DETECTION_CLOSE;
	seen->count = detection->count;
}

struct world {
	struct mapping *mapping;
	struct engine *engine;
	struct batch *batch;
	struct seen seen;
};

static void
world_open(struct world *world)
{
	const char *const paths[] = { RULES };
	struct rule_load_options load = { .paths = paths, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct engine_input input = { .lateness_us = 15 * MINUTE_US };
	struct engine_options options = engine_options_default;
	struct diag *diag = diag_new();

	assert_true(rule_load(&load, diag, &result));
	diag_free(diag);
	*world = (struct world){ .mapping = mapping_identity(),
		.batch = batch_new() };
	input.mapping = world->mapping;
	options.inputs = &input;
	options.input_count = 1;
	options.decode = decode_limits_default;
	world->engine = engine_new(result.rules, &options);
	engine_set_observer(world->engine, note, &world->seen);
}

static void
world_close(struct world *world)
{
	batch_free(world->batch);
	engine_free(world->engine);
	mapping_free(world->mapping);
}

/* A view by P1 so many minutes after the start. */
static void
view(struct world *world, uint32_t feed, int64_t offset, int minutes)
{
	int64_t time_us = START_US + minutes * MINUTE_US;
	struct record record = {
		.position = { SPAN("audit"), (int32_t)feed, offset },
		.feed = feed,
		.broker_us = RECORD_NO_TIME,
	};
	char text[200], time_text[32];

	zone_format_utc_ms(time_us, time_text);
	(void)snprintf(text, sizeof(text),
	    "{\"@timestamp\":\"%s\",\"user.id\":\"P1\","
	    "\"event.action\":\"view\"}",
	    time_text);
	record.bytes = span_of(text);
	engine_run(world->engine, &record, 1, RECORD_NO_TIME, world->batch);
	batch_reset(world->batch);
}

/*
 * A partition that was assigned and has shown nothing may hold the oldest
 * records: what another one shows, days ahead, makes them not late.
 */
static void
test_unseen_feed_holds_back(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	engine_feed_restore(world.engine, 0, 0, INT64_MIN, RECORD_NO_TIME);
	engine_feed_restore(world.engine, 1, 0, INT64_MIN, RECORD_NO_TIME);
	view(&world, 0, 0, 3 * 24 * 60);
	for (int i = 0; i < 3; i++)
		view(&world, 1, i, i);
	assert_int_equal(world.seen.opened, 1);
	assert_int_equal(world.seen.count, 3);
	world_close(&world);
}

/* Idle, it holds nothing back: then those are late. */
static void
test_idle_feed_is_left_out(void **state)
{
	struct engine_counters counters;
	struct world world;

	(void)state;
	world_open(&world);
	engine_feed_restore(world.engine, 0, 0, INT64_MIN, RECORD_NO_TIME);
	engine_feed_restore(world.engine, 1, 0, INT64_MIN, RECORD_NO_TIME);
	engine_feed_idle(world.engine, 1);
	view(&world, 0, 0, 3 * 24 * 60);
	for (int i = 0; i < 3; i++)
		view(&world, 1, i, i);
	assert_int_equal(world.seen.opened, 0);
	engine_get_counters(world.engine, &counters);
	assert_int_equal(counters.late, 3);
	world_close(&world);
}

/* The committed time of a partition counts although nothing was read yet. */
static void
test_restored_time_counts(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	engine_feed_restore(world.engine, 0, 0, 7, START_US + 60 * MINUTE_US);
	assert_int_equal(engine_feed_next(world.engine, 0), 7);
	for (int i = 0; i < 3; i++)
		view(&world, 0, 4 + i, 60);
	assert_int_equal(world.seen.opened, 0);
	for (int i = 0; i < 3; i++)
		view(&world, 0, 7 + i, 60);
	assert_int_equal(world.seen.opened, 1);
	world_close(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unseen_feed_holds_back),
		cmocka_unit_test(test_idle_feed_is_left_out),
		cmocka_unit_test(test_restored_time_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
