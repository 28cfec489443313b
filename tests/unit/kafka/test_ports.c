/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/kafka/harness.h"

#define TOPIC "audit"
#define RECORDS 3000u

/* The queue of a destination, as far as it has come. */
struct destination {
	struct port_alerts port;
	size_t started, stopped, alerts, over;
	size_t wanted;
	int64_t start_offset, last_offset;
	char metadata[PORT_METADATA_MAX];
	char last[64];
};

static void
destination_started(void *opaque, int64_t next_offset, struct span metadata)
{
	struct destination *destination = opaque;

	destination->started++;
	destination->start_offset = next_offset;
	snprintf(destination->metadata, PORT_METADATA_MAX, SPAN_FMT,
	    SPAN_ARG(metadata));
}

static void
destination_alert(void *opaque, const struct port_alert *alert)
{
	struct destination *destination = opaque;

	destination->alerts++;
	if (destination->wanted-- == 0)
		destination->over++;
	destination->last_offset = alert->offset;
	snprintf(destination->last, sizeof(destination->last), SPAN_FMT,
	    SPAN_ARG(alert->value));
}

static void
destination_stopped(void *opaque)
{
	((struct destination *)opaque)->stopped++;
}

static const struct port_alerts_events destination_events = {
	.started = destination_started,
	.alert = destination_alert,
	.stopped = destination_stopped,
};

static void
destination_open(struct destination *destination, struct kafka *kafka)
{
	struct error err = ERROR_NONE;

	if (!kafka_alerts_open(kafka, "siem", &destination_events, destination,
		&destination->port, &err))
		fail_msg("%s", err.text);
}

static void
destination_want(struct destination *destination, size_t count)
{
	destination->wanted = count;
	destination->port.want(destination->port.port, count);
}

/* Sends one alert for each batch until all records are committed. */
static size_t
run_batches(struct kafka *kafka, struct core *core, size_t records)
{
	size_t batches = 0;

	core->source.want(core->source.port);
	while (core->records < records || core->held != NULL) {
		char text[64];
		struct port_output outputs[2];

		WAIT_UNTIL(kafka, core->held != NULL);
		snprintf(text, sizeof(text), "batch %zu", ++batches);
		outputs[0] = (struct port_output){ PORT_TOPIC_ALERTS,
			SPAN("key"), span_of(text) };
		outputs[1] = (struct port_output){ PORT_TOPIC_REJECTED,
			SPAN_NONE, SPAN("rejected") };
		core_submit(core, outputs, 2, core->held->fence);
		core_release(core);
		core->source.want(core->source.port);
		WAIT_UNTIL(kafka, core->answered == core->number);
		assert_int_equal(core->outcome, PORT_OK);
	}
	return batches;
}

/*
 * Records in are records out, once and in order; what is submitted comes out
 * of the alerts; a destination goes on where it committed.
 */
static void
test_path(void **state)
{
	struct kafka_embedded *cluster = cluster_start(TOPIC, 3);
	struct kafka *kafka = kafka_of(cluster);
	struct core core = { 0 };
	struct destination destination = { 0 };
	size_t batches;
	char want[64];

	(void)state;
	feed_numbers(cluster, TOPIC, 1, RECORDS);
	destination_open(&destination, kafka);
	core_open(&core, kafka, TOPIC, 700, 100 * 1000);
	batches = run_batches(kafka, &core, RECORDS);
	assert_int_equal(core.records, RECORDS);
	assert_int_equal(core.sum, RECORDS * (RECORDS + 1) / 2);
	assert_int_equal(core.disorder, 0);
	assert_int_equal(core.gaps, 0);
	assert_int_equal(core.assigned, 1);
	assert_int_equal(core.feed_count, 3);
	assert_in_range(batches, 5, 60); /* at most 700 records each */

	WAIT_UNTIL(kafka, destination.started == 1);
	assert_int_equal(destination.start_offset, -1);
	destination_want(&destination, 2);
	WAIT_UNTIL(kafka, destination.alerts == 2);
	assert_string_equal(destination.last, "batch 2");
	destination_want(&destination, 100);
	WAIT_UNTIL(kafka, destination.alerts == batches);
	snprintf(want, sizeof(want), "batch %zu", batches);
	assert_string_equal(destination.last, want);
	assert_int_equal(destination.over, 0);

	WAIT_UNTIL(kafka,
	    core.is_idle[0] && core.is_idle[1] && core.is_idle[2]);
	feed_numbers(cluster, TOPIC, 1, 100);
	WAIT_UNTIL(kafka, core.held != NULL);
	assert_false(core.is_idle[0] && core.is_idle[1] && core.is_idle[2]);

	destination.port.commit(destination.port.port, 3, SPAN("seq=3"));
	destination.port.commit(destination.port.port, 4, SPAN("seq=4"));
	kafka_source_close(kafka);
	kafka_free(kafka);

	/* The next process. */
	kafka = kafka_of(cluster);
	destination = (struct destination){ 0 };
	destination_open(&destination, kafka);
	destination_want(&destination, 1);
	WAIT_UNTIL(kafka, destination.alerts == 1);
	assert_int_equal(destination.start_offset, 4);
	assert_string_equal(destination.metadata, "seq=4");
	assert_int_equal(destination.last_offset, 4);
	assert_string_equal(destination.last, "batch 5");
	kafka_free(kafka);
	kafka_embedded_stop(cluster);
}

/* What was not committed is read again, what was is not. */
static void
test_rewind(void **state)
{
	struct kafka_embedded *cluster = cluster_start(TOPIC, 1);
	struct kafka *kafka = kafka_of(cluster);
	struct core core = { 0 };

	(void)state;
	feed_numbers(cluster, TOPIC, 1, 100);
	core_open(&core, kafka, TOPIC, 60, 0);
	core.source.want(core.source.port);
	WAIT_UNTIL(kafka, core.held != NULL);
	core_submit(&core, NULL, 0, core.held->fence);
	WAIT_UNTIL(kafka, core.answered == 1);
	assert_int_equal(core.outcome, PORT_OK);
	core_release(&core);
	core.source.want(core.source.port);
	WAIT_UNTIL(kafka, core.held != NULL);
	assert_int_equal(core.records, 100);

	/* The second batch is lost. */
	core_release(&core);
	core.source.rewind(core.source.port);
	WAIT_UNTIL(kafka, core.assigned == 2);
	assert_int_equal(core.committed[0], 60);
	assert_string_equal(core.metadata[0], "feed=0");
	core.source.want(core.source.port);
	WAIT_UNTIL(kafka, core.held != NULL);
	assert_int_equal(core.records, 140);
	assert_int_equal(core.disorder, 0);

	/* A batch of another assignment is fenced off without a broker. */
	core_submit(&core, NULL, 0, (void *)(uintptr_t)999);
	WAIT_UNTIL(kafka, core.answered == 2);
	assert_int_equal(core.outcome, PORT_ABORTED);
	/* Without a fence: the current generation. */
	core_submit(&core, NULL, 0, NULL);
	WAIT_UNTIL(kafka, core.answered == 3);
	assert_int_equal(core.outcome, PORT_OK);
	kafka_free(kafka); /* takes the batch back */
	kafka_embedded_stop(cluster);
}

/* It is refused by a code of its own, and what follows is not. */
static void
test_too_large(void **state)
{
	struct kafka_embedded *cluster = cluster_start(TOPIC, 1);
	struct kafka *kafka = kafka_of(cluster);
	struct core core = { 0 };
	const size_t len = 2 * 1024 * 1024;
	char *bytes = mem_zalloc(len);
	struct port_output output = { PORT_TOPIC_ALERTS, SPAN_NONE,
		span_make(bytes, len) };

	(void)state;
	feed_numbers(cluster, TOPIC, 1, 10);
	core_open(&core, kafka, TOPIC, 60, 0);
	core.source.want(core.source.port);
	WAIT_UNTIL(kafka, core.held != NULL);
	core_submit(&core, &output, 1, core.held->fence);
	WAIT_UNTIL(kafka, core.answered == 1);
	assert_int_equal(core.outcome, PORT_ABORTED);
	assert_string_equal(core.answer.code, PORT_TOO_LARGE);
	output.value.len = 100;
	core_submit(&core, &output, 1, core.held->fence);
	WAIT_UNTIL(kafka, core.answered == 2);
	assert_int_equal(core.outcome, PORT_OK);
	core_release(&core);
	kafka_free(kafka);
	kafka_embedded_stop(cluster);
	mem_free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_rewind),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
