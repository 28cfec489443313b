/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "kafka/kafka_internal.h"

#include "kafka/reader.h"

#define POLL_MS 1000
#define PARTITION 0

/* A consumer that joins no group and commits nothing. */
static bool
open_reader(const struct kafka_options *options, const char *group,
    rd_kafka_t **ret_client, struct error *err)
{
	static const char *const settings[][2] = {
		{ "isolation.level", "read_committed" },
		{ "enable.auto.commit", "false" },
		{ "enable.partition.eof", "true" },
		{ "auto.offset.reset", "error" },
		{ "fetch.wait.max.ms", "50" },
	};
	rd_kafka_conf_t *conf;
	bool ok;

	if (!kafka_client_conf(options, &conf, err))
		return false;
	ok = kafka_client_set(conf, "group.id", group, err);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		ok = ok &&
		    kafka_client_set(conf, settings[i][0], settings[i][1], err);
	if (!ok) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	return kafka_client_new(RD_KAFKA_CONSUMER, conf, ret_client, err);
}

static rd_kafka_topic_partition_list_t *
alerts_partition(int64_t offset)
{
	rd_kafka_topic_partition_list_t *list;

	list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list,
	    kafka_topic_names[PORT_TOPIC_ALERTS], PARTITION)
	    ->offset = offset;
	return list;
}

/* The first record must be there, or the chain cannot be recomputed. */
static bool
check_oldest(rd_kafka_t *client, struct error *err)
{
	const char *topic = kafka_topic_names[PORT_TOPIC_ALERTS];
	int64_t oldest = 0, end = 0;
	rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(client,
	    topic, PARTITION, &oldest, &end, KAFKA_CALL_MS);

	if (code)
		return error_set(err, NULL, "%s: %s", topic,
		    rd_kafka_err2str(code));
	return oldest == 0 ||
	    error_set(err, NULL,
		"%s: the alerts before offset %lld are gone: sequence and "
		"chain cannot be recomputed",
		topic, (long long)oldest);
}

static bool
read_all(rd_kafka_t *client, kafka_reader_take *take, void *context,
    struct error *err)
{
	unsigned quiet = 0;

	while (quiet < KAFKA_CALL_MS / POLL_MS) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(client,
		    POLL_MS);
		rd_kafka_resp_err_t code;

		if (message == NULL) {
			quiet++;
			continue;
		}
		quiet = 0;
		code = message->err;
		if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
			take(context, message->offset,
			    span_make(message->payload, message->len));
		else if (code != RD_KAFKA_RESP_ERR__PARTITION_EOF)
			error_set(err, NULL, "%s: %s",
			    kafka_topic_names[PORT_TOPIC_ALERTS],
			    rd_kafka_message_errstr(message));
		rd_kafka_message_destroy(message);
		if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
			return code == RD_KAFKA_RESP_ERR__PARTITION_EOF;
	}
	return error_set(err, NULL, "%s: no answer for %d s",
	    kafka_topic_names[PORT_TOPIC_ALERTS], KAFKA_CALL_MS / 1000);
}

bool
kafka_reader_alerts(const struct kafka_options *options,
    kafka_reader_take *take, void *context, struct error *err)
{
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_resp_err_t code;
	rd_kafka_t *client;
	bool ok;

	if (!open_reader(options, options->group, &client, err))
		return false;
	rd_kafka_poll_set_consumer(client);
	ok = check_oldest(client, err);
	if (ok) {
		list = alerts_partition(RD_KAFKA_OFFSET_BEGINNING);
		code = rd_kafka_assign(client, list);
		rd_kafka_topic_partition_list_destroy(list);
		ok = code ? error_set(err, NULL, "%s", rd_kafka_err2str(code)) :
			    read_all(client, take, context, err);
	}
	rd_kafka_consumer_close(client);
	rd_kafka_destroy(client);
	return ok;
}

bool
kafka_reader_position(const struct kafka_options *options,
    const char *destination, int64_t *ret_next_offset, struct buffer *metadata,
    struct error *err)
{
	rd_kafka_topic_partition_list_t *list;
	const rd_kafka_topic_partition_t *found;
	rd_kafka_resp_err_t code;
	rd_kafka_t *client;
	char group[512];

	snprintf(group, sizeof(group), "%s.dest.%s", options->group,
	    destination);
	if (!open_reader(options, group, &client, err))
		return false;
	list = alerts_partition(RD_KAFKA_OFFSET_INVALID);
	found = list->elems;
	code = rd_kafka_committed(client, list, KAFKA_CALL_MS);
	if (!code)
		code = found->err;
	if (!code) {
		*ret_next_offset = found->offset >= 0 ? found->offset : -1;
		buffer_add(metadata, found->metadata, found->metadata_size);
	}
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(client);
	return !code ||
	    error_set(err, NULL, "group %s: %s", group, rd_kafka_err2str(code));
}
