/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

struct batch *
kafka_batch_new(struct kafka_source *source)
{
	struct batch *batch = mem_zalloc(sizeof(*batch));

	batch->magic = BATCH_MAGIC;
	batch->source = source;
	batch->port.handle = batch;
	return batch;
}

void
kafka_batch_clear(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		rd_kafka_message_destroy(batch->messages[i]);
	batch->count = 0;
}

void
kafka_batch_free(struct batch *batch)
{
	if (batch == NULL)
		return;
	kafka_batch_clear(batch);
	mem_free(batch->messages);
	mem_free(batch->records);
	batch->magic = 0;
	mem_free(batch);
}

static void
record_fill(struct record *record, const struct feed *feed,
    const rd_kafka_message_t *message)
{
	rd_kafka_timestamp_type_t type;
	int64_t ms = rd_kafka_message_timestamp(message, &type);

	*record = (struct record){
		.position = { feed->port.topic, message->partition,
		    message->offset },
		.bytes = span_make(message->payload, message->len),
		.broker_us = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ||
			ms < 0 ?
		    RECORD_NO_TIME :
		    ms * 1000,
		.is_producer_time = type == RD_KAFKA_TIMESTAMP_CREATE_TIME,
		.input = feed->port.input,
		.feed = feed->port.feed,
	};
}

void
kafka_batch_add(struct batch *batch, const struct feed *feed,
    rd_kafka_message_t *message)
{
	batch->messages = mem_grow(batch->messages, &batch->message_cap,
	    batch->count + 1, sizeof(rd_kafka_message_t *));
	batch->records = mem_grow(batch->records, &batch->record_cap,
	    batch->count + 1, sizeof(struct record));
	batch->messages[batch->count] = message;
	record_fill(&batch->records[batch->count], feed, message);
	batch->count++;
}
