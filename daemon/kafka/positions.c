/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "kafka/positions.h"
#include "kafka/worker.h"

char kafka_positions_latest;

struct fetch {
	struct kafka_job job;
	struct kafka *kafka;
	rd_kafka_t *client;
	rd_kafka_topic_partition_list_t *partitions;
	const struct kafka_input *inputs;
	size_t input_count;
	kafka_positions_done *done;
	void *owner;
	bool ok;
	struct error err;
};

/*
 * A time-out (a transaction of the group may still be open) is a failure,
 * never "nothing committed".
 */
static bool
committed(rd_kafka_t *client, rd_kafka_topic_partition_list_t *partitions,
    struct error *err)
{
	rd_kafka_resp_err_t code = rd_kafka_committed(client, partitions,
	    KAFKA_CALL_MS);

	for (int i = 0; !code && i < partitions->cnt; i++)
		code = partitions->elems[i].err;
	if (code)
		return error_set(err, NULL, "committed offsets: %s",
		    rd_kafka_err2str(code));
	return true;
}

bool
kafka_positions_partitions(rd_kafka_t *client, const char *topic,
    int32_t *ret_count, struct error *err)
{
	rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, handle,
	    &metadata, KAFKA_CALL_MS);

	rd_kafka_topic_destroy(handle);
	if (code)
		return error_set(err, NULL, "metadata of %s: %s", topic,
		    rd_kafka_err2str(code));
	*ret_count = metadata->topic_cnt == 1 ?
	    metadata->topics[0].partition_cnt :
	    0;
	rd_kafka_metadata_destroy(metadata);
	return true;
}

/* Then a partition without position is new: it was added later. */
static bool
has_committed(rd_kafka_t *client, const char *topic, bool *ret_has,
    struct error *err)
{
	rd_kafka_topic_partition_list_t *all;
	int32_t count = 0;
	bool has = false, ok;

	if (!kafka_positions_partitions(client, topic, &count, err))
		return false;
	all = rd_kafka_topic_partition_list_new(count);
	if (count > 0)
		rd_kafka_topic_partition_list_add_range(all, topic, 0,
		    count - 1);
	ok = committed(client, all, err);
	for (int i = 0; ok && i < all->cnt; i++)
		has |= all->elems[i].offset >= 0;
	rd_kafka_topic_partition_list_destroy(all);
	if (ok)
		*ret_has = has;
	return ok;
}

static bool
starts_latest(const struct fetch *fetch, const char *topic)
{
	for (size_t i = 0; i < fetch->input_count; i++) {
		if (strcmp(fetch->inputs[i].topic, topic) == 0)
			return fetch->inputs[i].start_latest;
	}
	return false;
}

static bool
start_uncommitted(struct fetch *fetch, rd_kafka_topic_partition_t *partition)
{
	int64_t low, high;
	bool has;
	rd_kafka_resp_err_t code;

	partition->offset = RD_KAFKA_OFFSET_BEGINNING;
	if (!starts_latest(fetch, partition->topic))
		return true;
	if (!has_committed(fetch->client, partition->topic, &has, &fetch->err))
		return false;
	if (has)
		return true;
	code = rd_kafka_query_watermark_offsets(fetch->client, partition->topic,
	    partition->partition, &low, &high, KAFKA_CALL_MS);
	if (code)
		return error_set(&fetch->err, NULL, "end of %s [%d]: %s",
		    partition->topic, (int)partition->partition,
		    rd_kafka_err2str(code));
	partition->offset = high;
	partition->opaque = &kafka_positions_latest;
	return true;
}

static void
fetch_run(struct kafka_job *job)
{
	struct fetch *fetch = (struct fetch *)job;
	rd_kafka_topic_partition_list_t *list = fetch->partitions;

	fetch->ok = list->cnt == 0 ||
	    committed(fetch->client, list, &fetch->err);
	for (int i = 0; fetch->ok && i < list->cnt; i++) {
		kafka_worker_progress(fetch->kafka->worker, job->what);
		if (list->elems[i].offset < 0)
			fetch->ok = start_uncommitted(fetch, &list->elems[i]);
	}
}

static void
fetch_done(struct kafka_job *job)
{
	struct fetch *fetch = (struct fetch *)job;

	fetch->done(fetch->owner, fetch->ok, fetch->partitions, &fetch->err);
}

static void
fetch_free(struct kafka_job *job)
{
	struct fetch *fetch = (struct fetch *)job;

	rd_kafka_topic_partition_list_destroy(fetch->partitions);
	mem_free(fetch);
}

void
kafka_positions_fetch(struct kafka *kafka, rd_kafka_t *client,
    const rd_kafka_topic_partition_list_t *partitions,
    const struct kafka_input *inputs, size_t input_count,
    kafka_positions_done *done, void *owner)
{
	struct fetch *fetch = mem_zalloc(sizeof(*fetch));

	fetch->job = (struct kafka_job){ .what = "reading committed offsets",
		.run = fetch_run,
		.done = fetch_done,
		.free = fetch_free };
	fetch->kafka = kafka;
	fetch->client = client;
	fetch->partitions = rd_kafka_topic_partition_list_copy(partitions);
	fetch->inputs = inputs;
	fetch->input_count = inputs != NULL ? input_count : 0;
	fetch->done = done;
	fetch->owner = owner;
	kafka_worker_submit(kafka->worker, &fetch->job);
}

struct edges {
	struct kafka_job job;
	rd_kafka_t *client;
	char *topic;
	int32_t partition;
	int timeout_ms;
	kafka_positions_edges_done *done;
	void *owner;
	int64_t oldest, end;
	bool ok;
	struct error err;
};

static void
edges_run(struct kafka_job *job)
{
	struct edges *edges = (struct edges *)job;
	rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
	    edges->client, edges->topic, edges->partition, &edges->oldest,
	    &edges->end, edges->timeout_ms);

	edges->ok = code == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (!edges->ok)
		error_set(&edges->err, NULL, "oldest record of %s [%d]: %s",
		    edges->topic, (int)edges->partition,
		    rd_kafka_err2str(code));
}

static void
edges_done(struct kafka_job *job)
{
	struct edges *edges = (struct edges *)job;

	edges->done(edges->owner, edges->ok, edges->oldest, edges->end,
	    &edges->err);
}

static void
edges_free(struct kafka_job *job)
{
	struct edges *edges = (struct edges *)job;

	mem_free(edges->topic);
	mem_free(edges);
}

void
kafka_positions_edges(struct kafka *kafka, rd_kafka_t *client,
    const char *topic, int32_t partition, int timeout_ms,
    kafka_positions_edges_done *done, void *owner)
{
	struct edges *edges = mem_zalloc(sizeof(*edges));

	edges->job = (struct kafka_job){
		.what = "looking for the oldest record",
		.run = edges_run,
		.done = edges_done,
		.free = edges_free
	};
	edges->client = client;
	edges->topic = mem_strdup(topic);
	edges->partition = partition;
	edges->timeout_ms = timeout_ms;
	edges->done = done;
	edges->owner = owner;
	kafka_worker_submit(kafka->worker, &edges->job);
}
