/* SPDX-License-Identifier: Apache-2.0 */
/* A pipeline over ports made by hand, which take note of what it asks for. */
#ifndef UNIT_ENGINE_PIPELINE_WORLD_H
#define UNIT_ENGINE_PIPELINE_WORLD_H

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

static inline int64_t
fixed_now(void)
{
	return NOW_US;
}

static inline void
on_failed(void *context, int status, const struct error *err)
{
	(void)err;
	((struct world *)context)->failed_status = status;
}

static inline void
on_stopped(void *context)
{
	((struct world *)context)->stops++;
}

static inline void
on_committed(void *context, size_t records, size_t outputs)
{
	(void)context;
	(void)records;
	(void)outputs;
}

static inline void
fake_want(void *port)
{
	((struct world *)port)->wants++;
}

static inline void
fake_release(void *port, struct port_batch *batch)
{
	(void)batch;
	((struct world *)port)->releases++;
}

static inline void
fake_revoke_done(void *port)
{
	((struct world *)port)->revokes_done++;
}

static inline void
fake_rewind(void *port)
{
	((struct world *)port)->rewinds++;
}

static inline void
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

static inline struct rule_set *
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

static inline void
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

static inline void
world_close(struct world *world)
{
	pipeline_free(world->pipeline);
	engine_free(world->engine);
	mapping_free(world->mapping);
}

static inline void
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
static inline void
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

static inline void
answer(struct world *world, enum port_outcome outcome)
{
	struct error err = { "", "said by the test" };

	pipeline_output_events.submitted(world->pipeline,
	    world->submissions[world->submission_count - 1].number, outcome,
	    &err);
}

#endif
