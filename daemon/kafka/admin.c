/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "kafka/admin.h"

#define ANSWER_MS 20000

struct kafka_admin {
	struct kafka *kafka;
	rd_kafka_t *client;
	rd_kafka_queue_t *queue;
};

/* A consumer, for a producer's questions create topics on some clusters. */
bool
kafka_admin_open(struct kafka *kafka, struct kafka_admin **ret_admin,
    struct error *err)
{
	struct kafka_admin *admin;
	rd_kafka_conf_t *conf;
	rd_kafka_t *client;

	if (!kafka_client_conf(&kafka->options, &conf, err) ||
	    !kafka_client_new(RD_KAFKA_CONSUMER, conf, &client, err))
		return false;
	admin = mem_zalloc(sizeof(*admin));
	admin->kafka = kafka;
	admin->client = client;
	admin->queue = rd_kafka_queue_new(client);
	*ret_admin = admin;
	return true;
}

void
kafka_admin_close(struct kafka_admin *admin)
{
	if (admin == NULL)
		return;
	rd_kafka_queue_destroy(admin->queue);
	rd_kafka_destroy(admin->client);
	mem_free(admin);
}

static bool
read_topic(const struct rd_kafka_metadata *metadata, const char *name,
    struct kafka_admin_topic *topic, struct error *err)
{
	const struct rd_kafka_metadata_topic *from = metadata->topics;

	*topic = (struct kafka_admin_topic){ .brokers = metadata->broker_cnt };
	if (metadata->topic_cnt != 1 ||
	    from->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
	    from->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
		return true;
	if (from->err && from->err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
		return error_set(err, NULL, "topic %s: %s", name,
		    rd_kafka_err2str(from->err));
	topic->exists = from->partition_cnt > 0;
	topic->partitions = from->partition_cnt;
	if (topic->exists)
		topic->replicas = from->partitions[0].replica_cnt;
	return true;
}

bool
kafka_admin_look(struct kafka_admin *admin, const char *name,
    struct kafka_admin_topic *ret_topic, struct error *err)
{
	rd_kafka_topic_t *handle = rd_kafka_topic_new(admin->client, name,
	    NULL);
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t code = rd_kafka_metadata(admin->client, 0, handle,
	    &metadata, KAFKA_CALL_MS);
	bool ok;

	rd_kafka_topic_destroy(handle);
	if (code)
		return error_set(err, NULL, "no Kafka broker answers at %s: %s",
		    admin->kafka->options.bootstrap, rd_kafka_err2str(code));
	ok = read_topic(metadata, name, ret_topic, err);
	rd_kafka_metadata_destroy(metadata);
	return ok;
}

/* The caller destroys the event. */
static bool
answer(struct kafka_admin *admin, const char *what, const char *topic,
    rd_kafka_event_t **ret_event, struct error *err)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, ANSWER_MS);

	if (event == NULL)
		return error_set(err, NULL, "%s topic %s: no answer", what,
		    topic);
	if (rd_kafka_event_error(event)) {
		error_set(err, NULL, "%s topic %s: %s", what, topic,
		    rd_kafka_event_error_string(event));
		rd_kafka_event_destroy(event);
		return false;
	}
	*ret_event = event;
	return true;
}

static bool
read_settings(const rd_kafka_ConfigResource_t *resource, const char *topic,
    struct kafka_admin_setting *settings, size_t count, struct error *err)
{
	const rd_kafka_ConfigEntry_t **entries;
	size_t entry_count;

	if (rd_kafka_ConfigResource_error(resource))
		return error_set(err, NULL, "settings of topic %s: %s", topic,
		    rd_kafka_ConfigResource_error_string(resource));
	entries = rd_kafka_ConfigResource_configs(resource, &entry_count);
	for (size_t i = 0; i < entry_count; i++) {
		const char *key = rd_kafka_ConfigEntry_name(entries[i]);
		const char *value = rd_kafka_ConfigEntry_value(entries[i]);

		for (size_t j = 0; j < count && value != NULL; j++) {
			if (strcmp(key, settings[j].key) != 0)
				continue;
			mem_free(settings[j].value);
			settings[j].value = mem_strdup(value);
		}
	}
	return true;
}

bool
kafka_admin_describe(struct kafka_admin *admin, const char *topic,
    struct kafka_admin_setting *settings, size_t count, struct error *err)
{
	rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(
	    RD_KAFKA_RESOURCE_TOPIC, topic);
	const rd_kafka_ConfigResource_t **resources;
	rd_kafka_event_t *event = NULL;
	size_t resource_count;
	bool ok;

	rd_kafka_DescribeConfigs(admin->client, &resource, 1, NULL,
	    admin->queue);
	rd_kafka_ConfigResource_destroy(resource);
	if (!answer(admin, "settings of", topic, &event, err))
		return false;
	resources = rd_kafka_DescribeConfigs_result_resources(
	    rd_kafka_event_DescribeConfigs_result(event), &resource_count);
	ok = resource_count == 1 &&
	    read_settings(resources[0], topic, settings, count, err);
	rd_kafka_event_destroy(event);
	return ok;
}

static bool
created(const rd_kafka_event_t *event, const char *topic, struct error *err)
{
	size_t count;
	const rd_kafka_topic_result_t *
	    *results = rd_kafka_CreateTopics_result_topics(
		rd_kafka_event_CreateTopics_result(
		    (rd_kafka_event_t *)(uintptr_t)event),
		&count);

	for (size_t i = 0; i < count; i++) {
		rd_kafka_resp_err_t code = rd_kafka_topic_result_error(
		    results[i]);
		const char *text = rd_kafka_topic_result_error_string(
		    results[i]);

		if (code && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
			return error_set(err, NULL, "creating topic %s: %s",
			    topic, text ? text : rd_kafka_err2str(code));
	}
	return true;
}

bool
kafka_admin_create(struct kafka_admin *admin, const char *topic,
    int32_t partitions, int32_t replicas,
    const struct kafka_admin_setting *settings, size_t count, struct error *err)
{
	char reason[256];
	rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, partitions,
	    replicas, reason, sizeof(reason));
	rd_kafka_event_t *event = NULL;
	bool ok;

	if (wanted == NULL)
		return error_set(err, NULL, "creating topic %s: %s", topic,
		    reason);
	for (size_t i = 0; i < count; i++) {
		if (settings[i].value != NULL)
			rd_kafka_NewTopic_set_config(wanted, settings[i].key,
			    settings[i].value);
	}
	rd_kafka_CreateTopics(admin->client, &wanted, 1, NULL, admin->queue);
	rd_kafka_NewTopic_destroy(wanted);
	if (!answer(admin, "creating", topic, &event, err))
		return false;
	ok = created(event, topic, err);
	rd_kafka_event_destroy(event);
	return ok;
}
