/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

static bool
subscribe(struct kafka_source *source, struct error *err)
{
	rd_kafka_topic_partition_list_t *topics =
	    rd_kafka_topic_partition_list_new((int)source->input_count);
	rd_kafka_resp_err_t code;

	for (size_t i = 0; i < source->input_count; i++)
		rd_kafka_topic_partition_list_add(topics,
		    source->inputs[i].options.topic, RD_KAFKA_PARTITION_UA);
	code = rd_kafka_subscribe(source->client, topics);
	rd_kafka_topic_partition_list_destroy(topics);
	if (code)
		return error_set(err, NULL, "subscribing to the inputs: %s",
		    rd_kafka_err2str(code));
	return true;
}

bool
kafka_source_connect(struct kafka_source *source, struct error *err)
{
	static const struct kafka_setting settings[] = {
		{ "enable.partition.eof", "true" },
	};
	struct kafka *kafka = source->kafka;

	source->generation_of_client = atomic_load(&kafka->generation);
	if (!kafka_client_consumer(kafka, kafka->options.group, settings, 1,
		kafka_assign_rebalanced, source, &source->client, err) ||
	    !subscribe(source, err))
		return false;
	source->queue = rd_kafka_queue_get_consumer(source->client);
	kafka_wake_on(kafka, source->queue);
	return true;
}

static void
replace(struct kafka_source *source)
{
	struct error err = ERROR_NONE;
	rd_kafka_t *old = source->client;

	rd_kafka_queue_io_event_enable(source->queue, -1, NULL, 0);
	rd_kafka_queue_destroy(source->queue);
	source->queue = NULL;
	source->client = NULL;
	/* The old one first: of two with a name the older is fenced. */
	if (kafka_client_leave(old, "the consumer of inputs"))
		kafka_client_destroy(old);
	kafka_feeds_forget_handles(source);
	if (!kafka_source_connect(source, &err))
		log_fatal(KAFKA_STATUS_TEMPORARY, "%s", err.text);
	kafka_wake(source->kafka);
}

void
kafka_source_renew(struct kafka_source *source)
{
	if (source->generation_of_client ==
	    atomic_load(&source->kafka->generation))
		return;
	if (source->state == SOURCE_READING) {
		source->state = SOURCE_REVOKING;
		source->is_revoke_told = false;
		source->is_revoke_done = false;
		kafka_wake(source->kafka);
	}
	/* Its jobs and its records are done with. */
	if (source->state == SOURCE_WAITING && !source->is_job_running &&
	    !source->is_asking && source->lent == NULL)
		replace(source);
}
