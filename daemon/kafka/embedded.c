/* SPDX-License-Identifier: Apache-2.0 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "base/mem.h"

#include "kafka/kafka_internal.h"

struct kafka_embedded {
	rd_kafka_t *client; /* its threads are the cluster's */
	rd_kafka_mock_cluster_t *cluster;
};

static bool
create(struct kafka_embedded *embedded, const char *name, int partitions,
    struct error *err)
{
	rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(embedded->cluster,
	    name, partitions, 1);

	if (code)
		return error_set(err, NULL, "embedded cluster: topic %s: %s",
		    name, rd_kafka_err2str(code));
	return true;
}

static bool
create_all(struct kafka_embedded *embedded,
    const struct kafka_embedded_topic *topics, size_t topic_count,
    uint32_t shards, struct error *err)
{
	for (size_t i = 0; i < PORT_TOPIC_COUNT; i++) {
		if (!create(embedded, kafka_topic_names[i], 1, err))
			return false;
	}
	for (size_t i = 0; i < 2 && shards > 0; i++) {
		if (!create(embedded, kafka_shard_topic_names[i], (int)shards,
			err))
			return false;
	}
	for (size_t i = 0; i < topic_count; i++) {
		if (!create(embedded, topics[i].name, topics[i].partitions,
			err))
			return false;
	}
	return true;
}

bool
kafka_embedded_start(const struct kafka_embedded_topic *topics,
    size_t topic_count, uint32_t shards, struct kafka_embedded **ret_embedded,
    struct error *err)
{
	struct kafka_embedded *embedded = mem_zalloc(sizeof(*embedded));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	rd_kafka_conf_set_log_cb(conf, kafka_client_log);
	if (!kafka_client_set(conf, "client.id", "embedded", err)) {
		rd_kafka_conf_destroy(conf);
		mem_free(embedded);
		return false;
	}
	if (!kafka_client_new(RD_KAFKA_PRODUCER, conf, &embedded->client,
		err)) {
		mem_free(embedded);
		return false;
	}
	embedded->cluster = rd_kafka_mock_cluster_new(embedded->client, 1);
	if (embedded->cluster == NULL) {
		error_set(err, NULL, "the embedded cluster does not start");
		kafka_embedded_stop(embedded);
		return false;
	}
	if (!create_all(embedded, topics, topic_count, shards, err)) {
		kafka_embedded_stop(embedded);
		return false;
	}
	*ret_embedded = embedded;
	return true;
}

const char *
kafka_embedded_bootstrap(const struct kafka_embedded *embedded)
{
	return rd_kafka_mock_cluster_bootstraps(embedded->cluster);
}

void
kafka_embedded_stop(struct kafka_embedded *embedded)
{
	if (embedded == NULL)
		return;
	if (embedded->cluster != NULL)
		rd_kafka_mock_cluster_destroy(embedded->cluster);
	rd_kafka_destroy(embedded->client);
	mem_free(embedded);
}
