/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An embedded cluster, and a core that notes what comes up to it.  Waits end
 * on a condition, or fail at a deadline.
 */
#ifndef UNIT_KAFKA_HARNESS_H
#define UNIT_KAFKA_HARNESS_H

#include "support/testing.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kafka/kafka.h"

#define DEADLINE_US (30 * CLOCK_US_PER_S)
#define MAX_FEEDS 64

struct core {
	struct port_source source;
	struct port_output_calls output;
	struct port_batch *held; /* the batch not yet released */
	/* The source. */
	size_t assigned, revoked, batches, records, idle, gaps;
	size_t feed_count;
	uint32_t feeds[MAX_FEEDS];
	int64_t next[MAX_FEEDS]; /* by feed: the next offset expected */
	int64_t committed[MAX_FEEDS];
	char metadata[MAX_FEEDS][PORT_METADATA_MAX];
	bool is_idle[MAX_FEEDS];
	size_t disorder; /* records that were not the next ones */
	uint64_t sum;	 /* of the numbers that the records hold */
	int failed_status;
	struct error failed;
	/* The output. */
	uint64_t number, answered;
	enum port_outcome outcome;
	struct error answer;
};

struct wait {
	struct kafka *kafka;
	const char *what;
	int64_t until_us;
};

/* for (struct wait w = wait_for(kafka, "x"); !condition; wait_more(&w)) */
static inline struct wait
wait_for(struct kafka *kafka, const char *what)
{
	return (struct wait){ kafka, what, clock_monotonic_us() + DEADLINE_US };
}

static inline void
wait_more(struct wait *wait)
{
	struct pollfd fd = { .fd = kafka_fd(wait->kafka), .events = POLLIN };

	if (clock_monotonic_us() > wait->until_us)
		fail_msg("waited in vain: %s", wait->what);
	poll(&fd, 1, 2000);
	kafka_dispatch(wait->kafka);
}

#define WAIT_UNTIL(kafka, condition)                                           \
	for (struct wait wait_ = wait_for((kafka), #condition); !(condition);  \
	    wait_more(&wait_))                                                 \
	continue

/* ---- the core ---- */

static inline void
core_assigned(void *opaque, const struct port_feed *feeds, size_t count)
{
	struct core *core = opaque;

	core->assigned++;
	core->feed_count = count;
	for (size_t i = 0; i < count; i++) {
		uint32_t feed = feeds[i].feed;

		assert_in_range(feed, 0, MAX_FEEDS - 1);
		core->feeds[i] = feed;
		core->committed[feed] = feeds[i].committed;
		core->next[feed] = feeds[i].committed < 0 ? 0 :
							    feeds[i].committed;
		snprintf(core->metadata[feed], PORT_METADATA_MAX, SPAN_FMT,
		    SPAN_ARG(feeds[i].metadata));
	}
}

static inline void
core_revoked(void *opaque, const uint32_t *feeds, size_t count)
{
	struct core *core = opaque;

	(void)feeds;
	(void)count;
	core->revoked++;
	core->source.revoke_done(core->source.port);
}

/* A record holds its number in digits. */
static inline void
core_batch(void *opaque, struct port_batch *batch)
{
	struct core *core = opaque;

	core->batches++;
	assert_null(core->held);
	core->held = batch;
	for (size_t i = 0; i < batch->count; i++) {
		const struct record *record = &batch->records[i];
		char digits[24];

		if (record->position.offset != core->next[record->feed])
			core->disorder++;
		core->next[record->feed] = record->position.offset + 1;
		core->records++;
		snprintf(digits, sizeof(digits), SPAN_FMT,
		    SPAN_ARG(record->bytes));
		core->sum += strtoull(digits, NULL, 10);
	}
}

static inline void
core_idle(void *opaque, uint32_t feed, bool is_idle)
{
	struct core *core = opaque;

	core->idle++;
	core->is_idle[feed] = is_idle;
}

static inline void
core_gap(void *opaque, uint32_t feed, enum port_gap_kind kind, int64_t from,
    int64_t to)
{
	struct core *core = opaque;

	(void)feed;
	(void)kind;
	(void)from;
	(void)to;
	core->gaps++;
}

static inline void
core_failed(void *opaque, int status, const struct error *err)
{
	struct core *core = opaque;

	core->failed_status = status;
	core->failed = *err;
}

static inline void
core_submitted(void *opaque, uint64_t number, enum port_outcome outcome,
    const struct error *err)
{
	struct core *core = opaque;

	core->answered = number;
	core->outcome = outcome;
	core->answer = *err;
}

static const struct port_source_events core_source_events = {
	.assigned = core_assigned,
	.revoked = core_revoked,
	.batch = core_batch,
	.idle = core_idle,
	.gap = core_gap,
	.failed = core_failed,
};

static const struct port_output_events core_output_events = {
	.submitted = core_submitted,
};

static inline void
core_release(struct core *core)
{
	struct port_batch *batch = core->held;

	core->held = NULL;
	core->source.release(core->source.port, batch);
}

/* Submits outputs with the positions of all feeds, under a batch's fence. */
static inline void
core_submit(struct core *core, const struct port_output *outputs, size_t count,
    void *fence)
{
	struct port_offset *offsets = mem_array(MAX_FEEDS, sizeof(*offsets));

	for (size_t i = 0; i < core->feed_count; i++) {
		uint32_t feed = core->feeds[i];

		offsets[i].feed = feed;
		offsets[i].next_offset = core->next[feed];
		snprintf(offsets[i].metadata, PORT_METADATA_MAX, "feed=%u",
		    feed);
	}
	core->output.submit(core->output.port,
	    &(struct port_submission){ .number = ++core->number,
		.outputs = outputs,
		.output_count = count,
		.offsets = offsets,
		.offset_count = core->feed_count,
		.fence = fence });
	mem_free(offsets);
}

/* ---- the cluster ---- */

static inline struct kafka_embedded *
cluster_start(const char *topic, int partitions)
{
	const struct kafka_embedded_topic topics[] = { { topic, partitions } };
	struct kafka_embedded *cluster = NULL;
	struct error err = ERROR_NONE;

	if (!kafka_embedded_start(topics, 1, 2, &cluster, &err))
		fail_msg("%s", err.text);
	return cluster;
}

/* The mock cluster waits a session long for a member that has left. */
static inline struct kafka *
kafka_at(const char *bootstrap)
{
	const struct kafka_setting settings[] = {
		{ "session.timeout.ms", "6000" },
	};
	struct kafka *kafka = NULL;
	struct error err = ERROR_NONE;

	if (!kafka_new(&(struct kafka_options){ .bootstrap = bootstrap,
			   .group = "unit",
			   .instance = "unit-1",
			   .is_embedded = true,
			   .settings = settings,
			   .setting_count = 1 },
		&kafka, &err))
		fail_msg("%s", err.text);
	return kafka;
}

static inline struct kafka *
kafka_of(const struct kafka_embedded *cluster)
{
	return kafka_at(kafka_embedded_bootstrap(cluster));
}

/* Records of the numbers, spread over the partitions. */
static inline void
feed_numbers_at(const char *bootstrap, const char *topic, unsigned from,
    unsigned to)
{
	struct kafka_feeder *feeder = NULL;
	struct error err = ERROR_NONE;

	if (!kafka_feeder_open(bootstrap, topic, &feeder, &err))
		fail_msg("%s", err.text);
	for (unsigned i = from; i <= to; i++) {
		char digits[24];

		snprintf(digits, sizeof(digits), "%u", i);
		assert_true(kafka_feeder_send(feeder, span_of(digits),
		    span_of(digits), (int64_t)i * CLOCK_US_PER_S));
	}
	assert_true(kafka_feeder_flush(feeder, 10000));
	kafka_feeder_close(feeder);
}

static inline void
feed_numbers(const struct kafka_embedded *cluster, const char *topic,
    unsigned from, unsigned to)
{
	feed_numbers_at(kafka_embedded_bootstrap(cluster), topic, from, to);
}

static inline void
core_open(struct core *core, struct kafka *kafka, const char *topic,
    size_t batch_records, int64_t idle_us)
{
	const struct kafka_input inputs[] = {
		{ .topic = topic, .idle_us = idle_us },
	};
	struct error err = ERROR_NONE;

	if (!kafka_output_open(kafka, &core_output_events, core, &core->output,
		&err) ||
	    !kafka_source_open(kafka,
		&(struct kafka_source_options){ .inputs = inputs,
		    .input_count = 1,
		    .batch_records = batch_records,
		    .batch_interval_us = 10000 },
		&core_source_events, core, &core->source, &err))
		fail_msg("%s", err.text);
}

#endif
