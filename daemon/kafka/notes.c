/* SPDX-License-Identifier: Apache-2.0 */
/* What the group has committed with its offsets, read once at start. */
#include "kafka/kafka_internal.h"
#include "kafka/positions.h"

static bool
open_reader(struct kafka *kafka, rd_kafka_t **ret_client, struct error *err)
{
	rd_kafka_conf_t *conf;

	if (!kafka_client_conf(&kafka->options, &conf, err))
		return false;
	/*
	 * It asks as the group, and joins it not.  A predecessor that was
	 * killed may have left a transaction open, for which a reader of
	 * committed positions would wait; what stood before it will do.
	 */
	if (!kafka_client_set(conf, "group.id", kafka->options.group, err) ||
	    !kafka_client_set(conf, "isolation.level", "read_uncommitted",
		err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	return kafka_client_new(RD_KAFKA_CONSUMER, conf, ret_client, err);
}

static bool
add_partitions(rd_kafka_t *client, const char *topic,
    rd_kafka_topic_partition_list_t *list, struct error *err)
{
	int32_t count;

	if (!kafka_positions_partitions(client, topic, &count, err))
		return false;
	for (int32_t i = 0; i < count; i++)
		rd_kafka_topic_partition_list_add(list, topic, i);
	return true;
}

static bool
read_notes(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list,
    void (*each)(void *context, struct span note), void *context,
    struct error *err)
{
	rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;

	if (list->cnt > 0)
		code = rd_kafka_committed(client, list, KAFKA_CALL_MS);
	if (code)
		return error_set(err, NULL, "committed offsets: %s",
		    rd_kafka_err2str(code));
	for (int i = 0; i < list->cnt; i++) {
		if (!list->elems[i].err && list->elems[i].offset >= 0)
			each(context,
			    span_make(list->elems[i].metadata,
				list->elems[i].metadata_size));
	}
	return true;
}

bool
kafka_notes_read(struct kafka *kafka, const char *const *topics, size_t count,
    void (*each)(void *context, struct span note), void *context,
    struct error *err)
{
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_t *client;
	bool ok = true;

	if (!open_reader(kafka, &client, err))
		return false;
	list = rd_kafka_topic_partition_list_new((int)count);
	for (size_t i = 0; ok && i < count; i++)
		ok = add_partitions(client, topics[i], list, err);
	ok = ok && read_notes(client, list, each, context, err);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(client);
	return ok;
}
