/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/limits.h"
#include "kafka/source_internal.h"
#include "kafka/transaction.h"
#include "kafka/worker.h"

#define OUTPUT_MAGIC 0x4f757470u

struct kafka_output {
	uint32_t magic;
	struct kafka *kafka;
	const struct port_output_events *events;
	void *core;
	struct kafka_transaction *transaction; /* the worker's */
	bool is_busy;
};

/* A copy of a submission, and what became of it. */
struct submission {
	struct kafka_job job;
	struct kafka_output *output;
	uint64_t number;
	int64_t since_us; /* monotonic */
	struct port_output *outputs;
	size_t count;
	struct buffer bytes;
	rd_kafka_topic_partition_list_t *offsets;
	rd_kafka_consumer_group_metadata_t *group; /* NULL: fenced off */
	struct kafka_transaction_outcome result;
};

static void
submission_run(struct kafka_job *job)
{
	struct submission *submission = (struct submission *)job;

	if (submission->group == NULL) {
		submission->result.outcome = PORT_ABORTED;
		error_set(&submission->result.err, NULL,
		    "the group has moved on since the batch was read");
		return;
	}
	kafka_transaction_run(submission->output->transaction,
	    submission->outputs, submission->count, submission->offsets,
	    submission->group, &submission->result);
}

static void
tell_refused(const struct submission *submission)
{
	const struct kafka_output *output = submission->output;

	if (strcmp(submission->result.err.code, PORT_TOO_LARGE) != 0 ||
	    output->events->refused == NULL)
		return;
	for (size_t i = 0; i < submission->count; i++) {
		const struct port_output *one = &submission->outputs[i];
		size_t limit = kafka_limits_get(output->kafka, one->topic);

		if (one->key.len + one->value.len > limit)
			output->events->refused(output->core, i, limit);
	}
}

static void
submission_done(struct kafka_job *job)
{
	struct submission *submission = (struct submission *)job;
	struct kafka_output *output = submission->output;
	struct kafka_counters *counters = &output->kafka->counters;
	const struct kafka_transaction_outcome *result = &submission->result;

	output->is_busy = false;
	counters->producers += result->producers;
	if (result->outcome == PORT_OK) {
		counters->transactions++;
		kafka_lag_commit_took(counters,
		    clock_monotonic_us() - submission->since_us);
		kafka_lag_committed(output->kafka->source, submission->offsets);
	} else {
		counters->aborts++;
	}
	if (result->outcome == PORT_OK && output->kafka->options.is_embedded)
		kafka_fence_committed(output->kafka->source,
		    submission->offsets);
	tell_refused(submission);
	output->events->submitted(output->core, submission->number,
	    result->outcome, &result->err);
}

static void
submission_free(struct kafka_job *job)
{
	struct submission *submission = (struct submission *)job;

	if (submission->group != NULL)
		rd_kafka_consumer_group_metadata_destroy(submission->group);
	rd_kafka_topic_partition_list_destroy(submission->offsets);
	buffer_done(&submission->bytes);
	mem_free(submission->outputs);
	mem_free(submission);
}

/* Reserved at once, so that the bytes do not move. */
static void
copy_outputs(struct submission *submission, const struct port_output *outputs,
    size_t count)
{
	struct buffer *bytes = &submission->bytes;
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += outputs[i].key.len + outputs[i].value.len;
	buffer_reserve(bytes, total + 1);
	submission->outputs = mem_array(count + 1, sizeof(*outputs));
	submission->count = count;
	for (size_t i = 0; i < count; i++) {
		struct port_output *copy = &submission->outputs[i];

		*copy = outputs[i];
		copy->key.ptr = bytes->ptr + bytes->len;
		buffer_add_span(bytes, outputs[i].key);
		copy->value.ptr = bytes->ptr + bytes->len;
		buffer_add_span(bytes, outputs[i].value);
	}
}

static void
output_submit(void *port, const struct port_submission *from)
{
	struct kafka_output *output = CHECK_CAST(kafka_output, OUTPUT_MAGIC,
	    port);
	struct submission *submission = mem_zalloc(sizeof(*submission));

	CHECK(!output->is_busy && from->offset_count > 0);
	CHECK(output->kafka->source != NULL);
	output->is_busy = true;
	submission->job = (struct kafka_job){ .what = "a transaction",
		.run = submission_run,
		.done = submission_done,
		.free = submission_free };
	submission->output = output;
	submission->number = from->number;
	submission->since_us = clock_monotonic_us();
	copy_outputs(submission, from->outputs, from->output_count);
	submission->offsets = kafka_fence_offsets(output->kafka->source,
	    from->offsets, from->offset_count);
	submission->group = kafka_fence_take(output->kafka->source,
	    from->fence);
	kafka_worker_submit(output->kafka->worker, &submission->job);
}

struct kafka_transaction *
kafka_output_transaction(const struct kafka_output *output)
{
	return output != NULL ? output->transaction : NULL;
}

bool
kafka_output_is_busy(const struct kafka_output *output)
{
	return output->is_busy;
}

/* ---- the first producer is made before anything is submitted ---- */

struct prepare {
	struct kafka_job job;
	struct kafka_output *output;
	struct kafka_transaction_outcome result;
	bool ok;
};

static void
prepare_run(struct kafka_job *job)
{
	struct prepare *prepare = (struct prepare *)job;

	prepare->ok = kafka_transaction_prepare(prepare->output->transaction,
	    &prepare->result);
}

static void
prepare_done(struct kafka_job *job)
{
	struct prepare *prepare = (struct prepare *)job;

	prepare->output->kafka->counters.producers += prepare->result.producers;
	if (!prepare->ok)
		log_warning("Kafka: %s; trying again with the first batch",
		    prepare->result.err.text);
}

static void
prepare_free(struct kafka_job *job)
{
	mem_free(job);
}

bool
kafka_output_open(struct kafka *kafka, const struct port_output_events *events,
    void *core, struct port_output_calls *ret_output, struct error *err)
{
	struct kafka_output *output = mem_zalloc(sizeof(*output));
	struct prepare *prepare = mem_zalloc(sizeof(*prepare));

	(void)err;
	CHECK(kafka->output == NULL);
	output->magic = OUTPUT_MAGIC;
	output->kafka = kafka;
	output->events = events;
	output->core = core;
	output->transaction = kafka_transaction_new(kafka);
	kafka->output = output;
	prepare->job = (struct kafka_job){ .what = "init_transactions",
		.run = prepare_run,
		.done = prepare_done,
		.free = prepare_free };
	prepare->output = output;
	kafka_worker_submit(kafka->worker, &prepare->job);
	*ret_output = (struct port_output_calls){ .port = output,
		.submit = output_submit };
	return true;
}

void
kafka_output_free(struct kafka_output *output)
{
	if (output == NULL)
		return;
	kafka_transaction_free(output->transaction);
	output->magic = 0;
	mem_free(output);
}
