/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline over ports made by hand: what it asks for, in which order, and
 * what it does when a transaction fails.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/commit_note.h"
#include "engine/pipeline.h"
#include "rule/rule_load.h"
#include "support/testing.h"

#define RULE "engine/any_view.yml"
#define NOW_US INT64_C(1772486400000000)
#define SUBMISSIONS_MAX 16

/* One of everything that the pipeline said to its ports. */
struct world {
	struct pipeline *pipeline;
	struct engine *engine;
	struct mapping *mapping;
	struct port_batch batches[8];
	struct record records[8][4];
	char texts[8][4][200];
	size_t batch_count;
	unsigned wants, releases, revokes_done, rewinds, stops;
	int failed_status;
	struct {
		uint64_t number;
		size_t alerts;
		int64_t next_offset;
		void *fence;
		char metadata[PORT_METADATA_MAX]; /* of the first offset */
		size_t offsets;
		char last_metadata[PORT_METADATA_MAX];
		size_t outputs, bytes; /* of the last value */
		char text[4000];
	} submissions[SUBMISSIONS_MAX];
	size_t submission_count;
};

static int64_t
fixed_now(void)
{
	return NOW_US;
}

static void
on_failed(void *context, int status, const struct error *err)
{
	(void)err;
	((struct world *)context)->failed_status = status;
}

static void
on_stopped(void *context)
{
	((struct world *)context)->stops++;
}

static void
on_committed(void *context, size_t records, size_t outputs)
{
	(void)context;
	(void)records;
	(void)outputs;
}

static void
fake_want(void *port)
{
	((struct world *)port)->wants++;
}

static void
fake_release(void *port, struct port_batch *batch)
{
	(void)batch;
	((struct world *)port)->releases++;
}

static void
fake_revoke_done(void *port)
{
	((struct world *)port)->revokes_done++;
}

static void
fake_rewind(void *port)
{
	((struct world *)port)->rewinds++;
}

static void
fake_submit(void *port, const struct port_submission *submission)
{
	struct world *world = port;
	size_t at = world->submission_count++;

	assert_true(at < SUBMISSIONS_MAX);
	assert_true(submission->offset_count >= 1);
	world->submissions[at].number = submission->number;
	world->submissions[at].fence = submission->fence;
	world->submissions[at].next_offset = submission->offsets[0].next_offset;
	memcpy(world->submissions[at].metadata, submission->offsets[0].metadata,
	    PORT_METADATA_MAX);
	world->submissions[at].offsets = submission->offset_count;
	memcpy(world->submissions[at].last_metadata,
	    submission->offsets[submission->offset_count - 1].metadata,
	    PORT_METADATA_MAX);
	world->submissions[at].outputs = submission->output_count;
	for (size_t i = 0; i < submission->output_count; i++) {
		const struct port_output *output = &submission->outputs[i];

		if (output->topic == PORT_TOPIC_ALERTS)
			world->submissions[at].alerts++;
		world->submissions[at].bytes = output->value.len;
		(void)snprintf(world->submissions[at].text,
		    sizeof(world->submissions[at].text), SPAN_FMT,
		    SPAN_ARG(output->value));
	}
}

static struct rule_set *
load_rule(void)
{
	const char *const paths[] = { TEST_DATA_DIR "/" RULE };
	struct rule_load_options options = { .paths = paths, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();

	assert_true(rule_load(&options, diag, &result));
	diag_free(diag);
	return result.rules;
}

static void
world_open(struct world *world)
{
	struct engine_input input = { 0 };
	struct engine_options options = engine_options_default;
	struct pipeline_options pipeline = {
		.now_us = fixed_now,
		.failed = on_failed,
		.stopped = on_stopped,
		.committed = on_committed,
		.context = world,
	};
	struct port_source source = { world, fake_want, fake_release,
		fake_revoke_done, fake_rewind };
	struct port_output_calls output = { world, fake_submit };

	memset(world, 0, sizeof(*world));
	world->mapping = mapping_identity();
	input.mapping = world->mapping;
	input.lateness_us = 900000000;
	options.inputs = &input;
	options.input_count = 1;
	options.decode = decode_limits_default;
	world->engine = engine_new(load_rule(), &options);
	world->pipeline = pipeline_new(world->engine, &pipeline);
	pipeline_start(world->pipeline, &source, &output);
}

static void
world_close(struct world *world)
{
	pipeline_free(world->pipeline);
	engine_free(world->engine);
	mapping_free(world->mapping);
}

static void
assign(struct world *world, int64_t committed, const char *metadata)
{
	struct port_feed feed = {
		.topic = SPAN("records.audit"),
		.committed = committed,
		.position = committed < 0 ? 0 : committed,
		.metadata = span_of(metadata),
	};

	pipeline_source_events.assigned(world->pipeline, &feed, 1);
}

/* `count` records from `offset` on, each of which is a hit. */
static void
deliver(struct world *world, int64_t offset, size_t count)
{
	size_t at = world->batch_count++;

	for (size_t i = 0; i < count; i++) {
		char *text = world->texts[at][i];

		(void)snprintf(text, 200,
		    "{\"@timestamp\":\"2026-03-02T21:00:%02dZ\","
		    "\"user.id\":\"P1\",\"event.action\":\"view\"}",
		    (int)(offset + (int64_t)i) % 60);
		world->records[at][i] = (struct record){
			.position = { SPAN("records.audit"), 0,
			    offset + (int64_t)i },
			.bytes = span_of(text),
			.broker_us = NOW_US,
		};
	}
	world->batches[at] = (struct port_batch){
		.records = world->records[at],
		.count = count,
		.fence = &world->batches[at],
	};
	pipeline_source_events.batch(world->pipeline, &world->batches[at]);
}

static void
answer(struct world *world, enum port_outcome outcome)
{
	struct error err = { "", "said by the test" };

	pipeline_output_events.submitted(world->pipeline,
	    world->submissions[world->submission_count - 1].number, outcome,
	    &err);
}

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
	assert_string_equal(world.submissions[0].metadata, "v1 n=0 r=1");
	assert_string_equal(world.submissions[0].last_metadata,
	    "v1 t=1772485201000000 n=0 r=1");
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
	assert_string_equal(world.submissions[0].last_metadata, "v1 n=1 r=1");
	answer(&world, PORT_OK);
	deliver(&world, 1, 1);
	assert_int_equal(world.submissions[1].offsets, 1);
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
		cmocka_unit_test(test_unknown_not_committed),
		cmocka_unit_test(test_unknown_committed),
		cmocka_unit_test(test_abort_with_next_computed),
		cmocka_unit_test(test_revoke),
		cmocka_unit_test(test_fenced),
		cmocka_unit_test(test_stop_commits),
		cmocka_unit_test(test_notice_when_idle),
		cmocka_unit_test(test_number_of_rules_is_told_again),
		cmocka_unit_test(test_number_of_rules_goes_with_a_batch),
		cmocka_unit_test(test_gap_is_told),
		cmocka_unit_test(test_too_large_is_reduced),
		cmocka_unit_test(test_too_large_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
