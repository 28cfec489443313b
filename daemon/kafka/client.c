/* SPDX-License-Identifier: Apache-2.0 */
#include <syslog.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/credential.h"
#include "kafka/kafka_internal.h"
#include "kafka/rival.h"

#define MESSAGE_BYTES_LEAST 1000000
#define CLOSE_US (5 * CLOCK_US_PER_S)

/* Keys whose values our promises depend on, and what would load code. */
static const char *const reserved[] = { "acks", "allow.auto.create.topics",
	"auto.commit.enable", "auto.offset.reset", "bootstrap.servers",
	"enable.auto.commit", "enable.auto.offset.store", "enable.idempotence",
	"enable.metrics.push", "enable.partition.eof", "group.id",
	"group.instance.id", "group.protocol", "isolation.level", "log.queue",
	"log_level", "message.max.bytes", "metadata.broker.list",
	"partition.assignment.strategy", "plugin.library.paths",
	"request.required.acks", "transaction.timeout.ms", "transactional.id" };

/* Set where this librdkafka knows them; the operator may know better. */
static const struct kafka_setting optional[] = {
	/* A question to a broker waits behind the fetch on its connection. */
	{ "fetch.wait.max.ms", "100" },
	/* KIP-848 fences the new static member instead of the old one. */
	{ "group.protocol", "classic" },
	/* The people watched may be those who run the brokers. */
	{ "enable.metrics.push", "false" },
	/* One record of more would hold its partition up for ever. */
	{ "receive.message.max.bytes", "2147483647" },
};

static const struct kafka_setting consumer_settings[] = {
	{ "enable.auto.commit", "false" },
	{ "enable.auto.offset.store", "false" },
	{ "isolation.level", "read_committed" },
	/* Anything else would skip what retention deleted without a word. */
	{ "auto.offset.reset", "error" },
	/* Below 2.6.1 cooperative assignors lose messages. */
	{ "partition.assignment.strategy", "range" },
};

bool
kafka_client_set(rd_kafka_conf_t *conf, const char *key, const char *value,
    struct error *err)
{
	char reason[256];

	if (rd_kafka_conf_set(conf, key, value, reason, sizeof(reason)) !=
	    RD_KAFKA_CONF_OK)
		return error_set(err, NULL, "kafka setting %s: %s", key,
		    reason);
	return true;
}

static bool
set_all(rd_kafka_conf_t *conf, const struct kafka_setting *settings,
    size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!kafka_client_set(conf, settings[i].key, settings[i].value,
			err))
			return false;
	}
	return true;
}

static bool
check_reserved(const struct kafka_options *options, struct error *err)
{
	for (size_t i = 0; i < options->setting_count; i++) {
		const char *key = options->settings[i].key;

		for (size_t j = 0; j < sizeof(reserved) / sizeof(*reserved);
		    j++) {
			if (strcmp(key, reserved[j]) == 0)
				return error_set(err, NULL,
				    "kafka setting %s is integrityd's own "
				    "and cannot be changed",
				    key);
		}
		if (strncmp(key, "test.", 5) == 0)
			return error_set(err, NULL,
			    "kafka setting %s is for librdkafka's own tests",
			    key);
	}
	return true;
}

static bool
set_common(rd_kafka_conf_t *conf, const struct kafka_options *options,
    struct error *err)
{
	char unused[256];

	for (size_t i = 0; i < sizeof(optional) / sizeof(*optional); i++)
		rd_kafka_conf_set(conf, optional[i].key, optional[i].value,
		    unused, sizeof(unused));
	return kafka_client_set(conf, "client.id", options->instance, err) &&
	    kafka_client_set(conf, "socket.nagle.disable", "true", err) &&
	    check_reserved(options, err) &&
	    set_all(conf, options->settings, options->setting_count, err) &&
	    kafka_credential_set(conf, options, err) &&
	    kafka_client_set(conf, "bootstrap.servers", options->bootstrap,
		err);
}

bool
kafka_client_conf(const struct kafka_options *options,
    rd_kafka_conf_t **ret_conf, struct error *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	rd_kafka_conf_set_log_cb(conf, kafka_client_log);
	if (!set_common(conf, options, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	*ret_conf = conf;
	return true;
}

static bool
set_consumer(rd_kafka_conf_t *conf, const struct kafka *kafka,
    const char *group, struct error *err)
{
	if (!set_all(conf, consumer_settings,
		sizeof(consumer_settings) / sizeof(*consumer_settings), err) ||
	    !kafka_client_set(conf, "group.id", group, err))
		return false;
	/* The mock cluster knows no static members; its latency is this. */
	if (kafka->options.is_embedded)
		return kafka_client_set(conf, "fetch.wait.max.ms", "10", err);
	return kafka_client_set(conf, "group.instance.id",
	    kafka->options.instance, err);
}

bool
kafka_client_consumer(struct kafka *kafka, const char *group,
    const struct kafka_setting *settings, size_t setting_count,
    void (*rebalanced)(rd_kafka_t *, rd_kafka_resp_err_t,
	rd_kafka_topic_partition_list_t *, void *),
    void *opaque, rd_kafka_t **ret_client, struct error *err)
{
	rd_kafka_conf_t *conf;
	rd_kafka_t *client = NULL;

	if (!kafka_client_conf(&kafka->options, &conf, err))
		return false;
	if (!set_consumer(conf, kafka, group, err) ||
	    !set_all(conf, settings, setting_count, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	rd_kafka_conf_set_rebalance_cb(conf, rebalanced);
	rd_kafka_conf_set_opaque(conf, opaque);
	if (!kafka_client_new(RD_KAFKA_CONSUMER, conf, &client, err))
		return false;
	rd_kafka_poll_set_consumer(client);
	*ret_client = client;
	return true;
}

bool
kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf,
    rd_kafka_t **ret_client, struct error *err)
{
	char reason[512];
	rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof(reason));

	if (client == NULL) {
		rd_kafka_conf_destroy(conf);
		return error_set(err, NULL, "kafka client: %s", reason);
	}
	/* Refused where there is no such queue. */
	rd_kafka_error_destroy(
	    rd_kafka_sasl_background_callbacks_enable(client));
	*ret_client = client;
	return true;
}

size_t
kafka_client_message_bytes(const struct kafka_options *options)
{
	size_t most = options->alert_bytes + 64 * 1024;

	return most > MESSAGE_BYTES_LEAST ? most : MESSAGE_BYTES_LEAST;
}

void
kafka_client_log(const rd_kafka_t *client, int level, const char *facility,
    const char *text)
{
	(void)client;
	/* "consumer property given to a producer": we give all to all. */
	if (level > LOG_NOTICE || strcmp(facility, "CONFWARN") == 0)
		log_debug("Kafka: %s: %s", facility, text);
	else if (level == LOG_NOTICE)
		log_info("Kafka: %s: %s", facility, text);
	else
		log_warning("Kafka: %s: %s", facility, text);
}

/* What comes up while closing: our part of a rebalance. */
static void
closing_event(rd_kafka_t *client, rd_kafka_event_t *event)
{
	if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE)
		rd_kafka_assign(client, NULL);
	rd_kafka_event_destroy(event);
}

bool
kafka_client_leave(rd_kafka_t *client, const char *what)
{
	int64_t until_us = clock_monotonic_us() + CLOSE_US;
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_error_t *error = rd_kafka_consumer_close_queue(client, queue);
	rd_kafka_event_t *event;
	/* Refused after a fatal error: then there is nothing to leave. */
	bool is_closed = error != NULL;

	rd_kafka_error_destroy(error);
	while (!is_closed && clock_monotonic_us() < until_us) {
		event = rd_kafka_queue_poll(queue, 100);
		if (event != NULL)
			closing_event(client, event);
		is_closed = rd_kafka_consumer_closed(client) != 0;
	}
	rd_kafka_queue_destroy(queue);
	if (!is_closed)
		log_warning("Kafka: %s does not close; leaving it", what);
	return is_closed;
}

void
kafka_client_destroy(rd_kafka_t *consumer)
{
	rd_kafka_destroy_flags(consumer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

static int
fatal_status(rd_kafka_resp_err_t code)
{
	switch (code) {
	case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
	case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
	case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
		return KAFKA_STATUS_CONFIG;
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
		return KAFKA_STATUS_NOPERM;
	case RD_KAFKA_RESP_ERR__FATAL:
		return KAFKA_STATUS_TEMPORARY;
	default:
		return 0;
	}
}

bool
kafka_client_is_fatal(struct kafka *kafka, rd_kafka_t *client,
    const char *group, const rd_kafka_message_t *message)
{
	rd_kafka_resp_err_t code = message->err;
	char reason[512] = "";
	struct error err = ERROR_NONE;
	int status;

	if (code == RD_KAFKA_RESP_ERR__FATAL)
		code = rd_kafka_fatal_error(client, reason, sizeof(reason));
	if (code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
		kafka_rival_report(kafka, group);
		return true;
	}
	status = fatal_status(code);
	if (message->err == RD_KAFKA_RESP_ERR__FATAL && status == 0)
		status = KAFKA_STATUS_TEMPORARY;
	if (status == 0) {
		log_warning("Kafka: %s", rd_kafka_message_errstr(message));
		return false;
	}
	error_set(&err, NULL, "Kafka: %s: %s", rd_kafka_err2name(code),
	    reason[0] ? reason : rd_kafka_message_errstr(message));
	kafka_fail(kafka, status, &err);
	return true;
}
