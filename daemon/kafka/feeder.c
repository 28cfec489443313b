/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "kafka/kafka_internal.h"

#define FEEDER_MAGIC 0x46656564u

struct kafka_feeder {
	uint32_t magic;
	rd_kafka_t *client;
	rd_kafka_topic_t *topic;
	uint64_t failed;
};

/* Called by rd_kafka_poll() and rd_kafka_flush(). */
static void
delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
	struct kafka_feeder *feeder = CHECK_CAST(kafka_feeder, FEEDER_MAGIC,
	    opaque);

	(void)client;
	if (message->err)
		feeder->failed++;
}

bool
kafka_feeder_open(const char *bootstrap, const char *topic,
    struct kafka_feeder **ret_feeder, struct error *err)
{
	struct kafka_feeder *feeder = mem_zalloc(sizeof(*feeder));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	feeder->magic = FEEDER_MAGIC;
	rd_kafka_conf_set_log_cb(conf, kafka_client_log);
	rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	rd_kafka_conf_set_opaque(conf, feeder);
	if (!kafka_client_set(conf, "bootstrap.servers", bootstrap, err) ||
	    !kafka_client_set(conf, "client.id", "integrity-feeder", err) ||
	    !kafka_client_set(conf, "linger.ms", "5", err) ||
	    !kafka_client_set(conf, "enable.idempotence", "true", err)) {
		rd_kafka_conf_destroy(conf);
		mem_free(feeder);
		return false;
	}
	if (!kafka_client_new(RD_KAFKA_PRODUCER, conf, &feeder->client, err)) {
		mem_free(feeder);
		return false;
	}
	feeder->topic = rd_kafka_topic_new(feeder->client, topic, NULL);
	*ret_feeder = feeder;
	return true;
}

bool
kafka_feeder_send(struct kafka_feeder *feeder, struct span key,
    struct span value, int64_t time_us)
{
	const char *key_bytes = key.len > 0 ? key.ptr : NULL;
	rd_kafka_resp_err_t code = rd_kafka_producev(feeder->client,
	    RD_KAFKA_V_RKT(feeder->topic),
	    RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
	    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	    RD_KAFKA_V_KEY(key_bytes, key.len),
	    RD_KAFKA_V_VALUE((void *)(uintptr_t)value.ptr, value.len),
	    RD_KAFKA_V_TIMESTAMP(time_us / 1000), RD_KAFKA_V_END);

	rd_kafka_poll(feeder->client, 0);
	return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool
kafka_feeder_flush(struct kafka_feeder *feeder, int timeout_ms)
{
	return rd_kafka_flush(feeder->client, timeout_ms) ==
	    RD_KAFKA_RESP_ERR_NO_ERROR &&
	    feeder->failed == 0;
}

void
kafka_feeder_close(struct kafka_feeder *feeder)
{
	if (feeder == NULL)
		return;
	rd_kafka_purge(feeder->client,
	    RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	rd_kafka_flush(feeder->client, 1000);
	rd_kafka_topic_destroy(feeder->topic);
	rd_kafka_destroy(feeder->client);
	mem_free(feeder);
}
