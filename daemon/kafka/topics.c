/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

#include "kafka/admin.h"
#include "kafka/limits.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define MAX_SETTINGS 12
#define BATCH_BYTES INT64_C(1048588) /* Kafka's default: one batch of ours */
#define APPEAR_TRIES 50
#define APPEAR_MS 200

enum rule {
	RULE_NONE,     /* set when we create it, then the operator's */
	RULE_EQUAL,    /* a word, or a list in any order of one word */
	RULE_AT_LEAST, /* a number; -1 is without end */
};

struct setting {
	const char *key;
	const char *value; /* NULL: see `number` */
	int64_t number;
	enum rule rule;
};

struct topic {
	const char *name;
	int32_t partitions;
	bool is_sharded; /* partitions is the number of shards, for ever */
	struct setting settings[MAX_SETTINGS];
	size_t count;
};

static void
add(struct topic *topic, const char *key, const char *value, int64_t number,
    enum rule rule)
{
	topic->settings[topic->count++] = (struct setting){ key, value, number,
		rule };
}

/* At most `ms`; -1: for ever. */
static void
add_deleting(struct topic *topic, int64_t ms, enum rule rule)
{
	add(topic, "cleanup.policy", "delete", 0, RULE_EQUAL);
	add(topic, "retention.ms", NULL, ms, rule);
	/* A limit of bytes would delete by itself, whatever the time says. */
	add(topic, "retention.bytes", NULL, -1, rule);
}

static void
add_common(struct topic *topic, const struct kafka *kafka, int32_t replicas)
{
	int64_t bytes = (int64_t)kafka->options.alert_bytes + 64 * 1024;

	if (bytes < BATCH_BYTES)
		bytes = BATCH_BYTES;
	add(topic, "max.message.bytes", NULL, bytes, RULE_AT_LEAST);
	add(topic, "unclean.leader.election.enable", "false", 0, RULE_EQUAL);
	if (replicas >= 3)
		add(topic, "min.insync.replicas", NULL, 2, RULE_AT_LEAST);
}

static int64_t
hits_retention(const struct kafka *kafka)
{
	if (kafka->input_retention_ms < 0 ||
	    kafka->input_retention_ms > 7 * DAY_MS)
		return kafka->input_retention_ms;
	return 7 * DAY_MS;
}

#define TOPICS 4

static void
fill(struct topic topics[TOPICS], const struct kafka *kafka)
{
	int32_t shards = (int32_t)kafka->options.shards;

	topics[0] = (struct topic){
		.name = kafka_topic_names[PORT_TOPIC_ALERTS], .partitions = 1
	};
	add_deleting(&topics[0], -1, RULE_AT_LEAST);
	topics[1] = (struct topic){
		.name = kafka_topic_names[PORT_TOPIC_REJECTED], .partitions = 1
	};
	add_deleting(&topics[1], 90 * DAY_MS, RULE_NONE);
	topics[2] = (struct topic){
		.name = kafka_shard_topic_names[KAFKA_NAME_HITS],
		.partitions = shards,
		.is_sharded = true
	};
	add_deleting(&topics[2], hits_retention(kafka), RULE_AT_LEAST);
	topics[3] = (struct topic){
		.name = kafka_shard_topic_names[KAFKA_NAME_STATE],
		.partitions = shards,
		.is_sharded = true
	};
	add(&topics[3], "cleanup.policy", "compact", 0, RULE_EQUAL);
	add(&topics[3], "segment.bytes", NULL, 64 * 1024 * 1024, RULE_NONE);
	add(&topics[3], "min.cleanable.dirty.ratio", "0.2", 0, RULE_NONE);
	add(&topics[3], "delete.retention.ms", NULL, DAY_MS, RULE_NONE);
}

static char *
text_of(const struct setting *setting)
{
	char digits[32];

	if (setting->value != NULL)
		return mem_strdup(setting->value);
	snprintf(digits, sizeof(digits), "%" PRId64, setting->number);
	return mem_strdup(digits);
}

static bool
is_met(const struct setting *setting, const char *found)
{
	int64_t number;

	switch (setting->rule) {
	case RULE_EQUAL:
		return strcmp(found, setting->value) == 0;
	case RULE_AT_LEAST:
		number = strtoll(found, NULL, 10);
		return number < 0 ||
		    (setting->number >= 0 && number >= setting->number);
	case RULE_NONE:
		break;
	}
	return true;
}

static bool
check_setting(const struct topic *topic, const struct setting *setting,
    const char *found, struct error *err)
{
	char *wanted;

	if (found == NULL || is_met(setting, found))
		return true;
	wanted = text_of(setting);
	error_set(err, NULL,
	    "topic %s: %s is %s, it must be %s%s: kafka-configs.sh --alter "
	    "--topic %s --add-config %s=%s",
	    topic->name, setting->key, found,
	    setting->rule == RULE_AT_LEAST && setting->number >= 0 ?
		"at least " :
		"",
	    wanted, topic->name, setting->key, wanted);
	mem_free(wanted);
	return false;
}

static bool
check_partitions(const struct topic *topic, int32_t found, struct error *err)
{
	if (topic->is_sharded && found != topic->partitions)
		return error_set(err, NULL,
		    "topic %s: it has %d partitions, it must have %d: the "
		    "number of shards (kafka.shards) is fixed once it is "
		    "created",
		    topic->name, (int)found, (int)topic->partitions);
	/* The order of alerts is that of one partition. */
	if (strcmp(topic->name, kafka_topic_names[PORT_TOPIC_ALERTS]) == 0 &&
	    found != 1)
		return error_set(err, NULL,
		    "topic %s: it has %d partitions, it must have 1: alerts "
		    "are one sequence",
		    topic->name, (int)found);
	return true;
}

static bool
check(struct kafka_admin *admin, const struct topic *topic,
    const struct kafka_admin_topic *found, struct error *err)
{
	struct kafka_admin_setting settings[MAX_SETTINGS];
	bool ok;

	for (size_t i = 0; i < topic->count; i++)
		settings[i] = (struct kafka_admin_setting){
			topic->settings[i].key, NULL
		};
	ok = check_partitions(topic, found->partitions, err) &&
	    kafka_admin_describe(admin, topic->name, settings, topic->count,
		err);
	for (size_t i = 0; i < topic->count; i++) {
		ok = ok &&
		    check_setting(topic, &topic->settings[i], settings[i].value,
			err);
		mem_free(settings[i].value);
	}
	return ok;
}

/* All brokers must have heard of it before it can be described. */
static bool
wait_for(struct kafka_admin *admin, const char *name,
    struct kafka_admin_topic *ret_found, struct error *err)
{
	for (int i = 0; i < APPEAR_TRIES; i++) {
		if (!kafka_admin_look(admin, name, ret_found, err))
			return false;
		if (ret_found->exists)
			return true;
		poll(NULL, 0, APPEAR_MS);
	}
	return error_set(err, NULL, "topic %s: created, but does not appear",
	    name);
}

static bool
create(struct kafka_admin *admin, const struct topic *topic, int32_t replicas,
    struct error *err)
{
	struct kafka_admin_setting settings[MAX_SETTINGS];
	bool ok;

	for (size_t i = 0; i < topic->count; i++)
		settings[i] = (struct kafka_admin_setting){
			topic->settings[i].key, text_of(&topic->settings[i])
		};
	ok = kafka_admin_create(admin, topic->name, topic->partitions, replicas,
	    settings, topic->count, err);
	for (size_t i = 0; i < topic->count; i++)
		mem_free(settings[i].value);
	if (ok)
		log_info("topic %s created: %d partitions, %d replicas",
		    topic->name, (int)topic->partitions, (int)replicas);
	return ok;
}

static bool
ensure(struct kafka *kafka, struct kafka_admin *admin, struct topic *topic,
    bool may_create, struct error *err)
{
	struct kafka_admin_topic found;
	int32_t replicas = (int32_t)kafka->options.replication;

	if (!kafka_admin_look(admin, topic->name, &found, err))
		return false;
	if (!found.exists && !may_create)
		return true;
	if (!found.exists) {
		if (replicas == 0)
			replicas = found.brokers < 3 ? found.brokers : 3;
		add_common(topic, kafka, replicas);
		if (!create(admin, topic, replicas, err) ||
		    !wait_for(admin, topic->name, &found, err))
			return false;
	} else {
		add_common(topic, kafka, found.replicas);
	}
	/* Also a new one: another instance may have been faster. */
	return check(admin, topic, &found, err);
}

bool
kafka_topics_ensure(struct kafka *kafka, bool create_missing, struct error *err)
{
	struct topic topics[TOPICS];
	struct kafka_admin *admin;
	bool ok = true;

	/* The mock cluster answers no such questions and made them itself. */
	if (kafka->options.is_embedded)
		return true;
	if (!kafka_admin_open(kafka, &admin, err))
		return false;
	fill(topics, kafka);
	for (size_t i = 0; ok && i < TOPICS; i++)
		ok = ensure(kafka, admin, &topics[i], create_missing, err);
	kafka_admin_close(admin);
	if (ok)
		kafka_limits_ask(kafka);
	return ok;
}
