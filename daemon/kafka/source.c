/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

#define DEFAULT_BATCH_RECORDS 10000
#define DEFAULT_INTERVAL_US (50 * 1000)
#define DEFAULT_IDLE_US (60 * CLOCK_US_PER_S)

static struct kafka_source *
source_of(void *port)
{
	return CHECK_CAST(kafka_source, SOURCE_MAGIC, port);
}

/* ---- calls from the core: they only take note ---- */

static void
source_want(void *port)
{
	struct kafka_source *source = source_of(port);

	source->is_wanted = true;
	kafka_wake(source->kafka);
}

static void
source_release(void *port, struct port_batch *released)
{
	struct kafka_source *source = source_of(port);
	struct batch *batch = CHECK_CAST(batch, BATCH_MAGIC, released->handle);
	struct batch **link = &source->lent;

	while (*link != batch) {
		CHECK(*link != NULL); /* released twice */
		link = &(*link)->next;
	}
	*link = batch->next;
	kafka_batch_free(batch);
}

static void
source_revoke_done(void *port)
{
	struct kafka_source *source = source_of(port);

	source->is_revoke_done = true;
	kafka_wake(source->kafka);
}

static void
source_rewind(void *port)
{
	struct kafka_source *source = source_of(port);

	source->is_rewind_wanted = true;
	source->is_wanted = false;
	kafka_wake(source->kafka);
}

/* ---- records ---- */

/*
 * A jump of one offset is a transaction's marker.  A longer one is read again
 * once, for a client's fault would look the same; then it is told.
 */
static bool
accept_jump(struct kafka_source *source, struct feed *feed, int64_t offset)
{
	int64_t from = feed->next;

	if (from < 0 || offset <= from ||
	    source->inputs[feed->port.input].options.is_transactional)
		return true;
	if (offset == from + 1) {
		source->kafka->counters.markers++;
		return true;
	}
	if (feed->reread != from) {
		log_warning("Kafka: %s [%d] jumps from offset %" PRId64
			    " to %" PRId64 "; reading it again",
		    source->inputs[feed->port.input].options.topic,
		    (int)feed->port.partition, from, offset);
		feed->reread = from;
		return false;
	}
	source->events->gap(source->core, feed->port.feed, PORT_GAP_OFFSETS,
	    from, offset);
	return true;
}

static void
take_record(struct kafka_source *source, rd_kafka_message_t *message)
{
	struct feed *feed = kafka_feeds_of_message(source, message);

	if (source->state != SOURCE_READING || feed == NULL ||
	    !feed->is_assigned || message->offset < feed->next) {
		rd_kafka_message_destroy(message);
		return;
	}
	if (!accept_jump(source, feed, message->offset)) {
		rd_kafka_message_destroy(message);
		kafka_assign_resume(source);
		return;
	}
	if (source->filling->count == 0)
		source->filling_since_us = clock_monotonic_us();
	feed->next = message->offset + 1;
	feed->is_at_end = false;
	if (feed->is_idle) {
		feed->is_idle = false;
		source->events->idle(source->core, feed->port.feed, false);
	}
	kafka_batch_add(source->filling, feed, message);
}

static void
reached_end(struct feed *feed, int64_t offset)
{
	if (feed->next < 0)
		feed->next = feed->done = offset;
	feed->eof_offset = offset;
	feed->is_at_end = true;
	feed->active_us = clock_monotonic_us();
}

static void
take_event(struct kafka_source *source, rd_kafka_message_t *message)
{
	struct feed *feed = NULL;

	if (message->rkt != NULL && message->partition >= 0)
		feed = kafka_feeds_of_message(source, message);
	switch (message->err) {
	case RD_KAFKA_RESP_ERR__PARTITION_EOF:
		if (feed != NULL)
			reached_end(feed, message->offset);
		break;
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
		if (feed != NULL && source->state == SOURCE_READING)
			kafka_assign_find_oldest(source, feed);
		break;
	default:
		kafka_client_is_fatal(source->kafka, source->client,
		    source->kafka->options.group, message);
	}
	rd_kafka_message_destroy(message);
}

/* One batch is polled ahead; then the queue waits until that is wanted. */
static void
fill(struct kafka_source *source)
{
	rd_kafka_message_t *message;

	source->is_drained = false;
	while ((source->state == SOURCE_READING ||
		   source->state == SOURCE_WAITING) &&
	    source->filling->count < source->batch_records) {
		message = rd_kafka_consumer_poll(source->client, 0);
		if (message == NULL) {
			source->is_drained = true;
			return;
		}
		if (message->err)
			take_event(source, message);
		else
			take_record(source, message);
	}
}

static bool
is_due(const struct kafka_source *source)
{
	size_t count = source->filling->count;

	return source->is_wanted && source->state == SOURCE_READING &&
	    count > 0 &&
	    (count >= source->batch_records ||
		clock_monotonic_us() - source->filling_since_us >=
		    source->batch_interval_us);
}

static void
hand_up(struct kafka_source *source)
{
	struct batch *batch = source->filling;

	batch->port.records = batch->records;
	batch->port.count = batch->count;
	batch->port.fence = (void *)source->generation;
	batch->next = source->lent;
	source->lent = batch;
	source->filling = kafka_batch_new(source);
	source->is_wanted = false;
	source->events->batch(source->core, &batch->port);
	if (!source->is_drained)
		kafka_wake(source->kafka);
}

/*
 * The computed batch is dropped by the core, the polled one here; then the
 * transaction in flight ends; only then are the partitions given back.
 */
static void
revoke(struct kafka_source *source)
{
	if (!source->is_revoke_told) {
		source->is_revoke_told = true;
		kafka_batch_clear(source->filling);
		/* Who had none is not told, and waits for what it wanted. */
		if (kafka_feeds_tell_revoked(source))
			source->is_wanted = false;
		else
			source->is_revoke_done = true;
	}
	if (source->is_revoke_done &&
	    (source->kafka->output == NULL ||
		!kafka_output_is_busy(source->kafka->output))) {
		kafka_assign_none(source);
		kafka_wake(source->kafka);
	}
}

void
kafka_source_dispatch(struct kafka_source *source)
{
	int64_t now_us;

	if (source->state == SOURCE_CLOSED)
		return;
	if (source->state == SOURCE_FETCHING)
		kafka_assign_retry(source);
	if (source->state == SOURCE_READING && source->is_rewind_wanted) {
		kafka_batch_clear(source->filling);
		kafka_assign_fetch(source);
	}
	fill(source);
	if (source->state == SOURCE_REVOKING)
		revoke(source);
	kafka_source_renew(source);
	if (is_due(source))
		hand_up(source);
	now_us = clock_monotonic_us();
	kafka_lag_ask(source, now_us);
	if (source->state == SOURCE_READING && source->is_drained &&
	    source->filling->count == 0)
		kafka_feeds_tell_idle(source, now_us);
}

int64_t
kafka_source_due_us(const struct kafka_source *source, int64_t max)
{
	int64_t due_us;

	if (source->state != SOURCE_READING || !source->is_wanted ||
	    source->filling->count == 0)
		return max;
	due_us = source->filling_since_us + source->batch_interval_us -
	    clock_monotonic_us();
	return due_us < max ? due_us : max;
}

void
kafka_source_failed(struct kafka_source *source, int status,
    const struct error *err)
{
	if (source->has_failed)
		return;
	source->has_failed = true;
	source->events->failed(source->core, status, err);
}

/* ---- open and close ---- */

static void
copy_options(struct kafka_source *source,
    const struct kafka_source_options *options)
{
	size_t count = options->input_count;

	source->batch_records = options->batch_records > 0 ?
	    options->batch_records :
	    DEFAULT_BATCH_RECORDS;
	source->batch_interval_us = options->batch_interval_us > 0 ?
	    options->batch_interval_us :
	    DEFAULT_INTERVAL_US;
	source->inputs = mem_array(count, sizeof(*source->inputs));
	source->input_options = mem_array(count,
	    sizeof(*source->input_options));
	source->input_count = count;
	for (size_t i = 0; i < count; i++) {
		struct kafka_input *copy = &source->inputs[i].options;

		*copy = options->inputs[i];
		copy->topic = mem_strdup(copy->topic);
		if (copy->idle_us <= 0)
			copy->idle_us = DEFAULT_IDLE_US;
		source->input_options[i] = *copy;
	}
}

bool
kafka_source_open(struct kafka *kafka,
    const struct kafka_source_options *options,
    const struct port_source_events *events, void *core,
    struct port_source *ret_source, struct error *err)
{
	struct kafka_source *source = mem_zalloc(sizeof(*source));

	CHECK(kafka->source == NULL && options->input_count > 0);
	source->magic = SOURCE_MAGIC;
	source->kafka = kafka;
	source->events = events;
	source->core = core;
	copy_options(source, options);
	source->filling = kafka_batch_new(source);
	if (!kafka_source_connect(source, err)) {
		kafka_source_free(source);
		return false;
	}
	kafka->source = source;
	kafka_wake(kafka);
	*ret_source = (struct port_source){ .port = source,
		.want = source_want,
		.release = source_release,
		.revoke_done = source_revoke_done,
		.rewind = source_rewind };
	return true;
}

/* A handle frees nothing while messages of it are held. */
static void
destroy_client(struct kafka_source *source)
{
	struct batch *batch;

	while ((batch = source->lent) != NULL) {
		source->lent = batch->next;
		kafka_batch_free(batch);
	}
	kafka_batch_free(source->filling);
	if (source->queue != NULL) {
		rd_kafka_queue_io_event_enable(source->queue, -1, NULL, 0);
		rd_kafka_queue_destroy(source->queue);
	}
	if (source->client != NULL && source->is_left)
		kafka_client_destroy(source->client);
}

void
kafka_source_close(struct kafka *kafka)
{
	struct kafka_source *source = kafka->source;

	if (source == NULL || source->state == SOURCE_CLOSED)
		return;
	source->state = SOURCE_CLOSED;
	source->is_wanted = false;
	kafka_batch_clear(source->filling);
	source->is_left = kafka_client_leave(source->client,
	    "the consumer of inputs");
}

void
kafka_source_free(struct kafka_source *source)
{
	if (source == NULL)
		return;
	if (source->kafka->source == source)
		kafka_source_close(source->kafka);
	destroy_client(source);
	if (source->group != NULL)
		rd_kafka_consumer_group_metadata_destroy(source->group);
	if (source->assignment != NULL)
		rd_kafka_topic_partition_list_destroy(source->assignment);
	kafka_feeds_free(source);
	for (size_t i = 0; i < source->input_count; i++) {
		mem_free((void *)(uintptr_t)source->inputs[i].options.topic);
		mem_free(source->inputs[i].by_partition);
	}
	mem_free(source->inputs);
	mem_free(source->input_options);
	mem_free(source);
}
