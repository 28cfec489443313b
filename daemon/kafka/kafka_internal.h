/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of kafka/ share. */
#ifndef KAFKA_KAFKA_INTERNAL_H
#define KAFKA_KAFKA_INTERNAL_H

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>

#include "kafka/kafka.h"

#define KAFKA_MAGIC 0x4b61666bu

#define KAFKA_STATUS_CONFIG 78	  /* EX_CONFIG: not restarted */
#define KAFKA_STATUS_TEMPORARY 75 /* EX_TEMPFAIL: restarted */
#define KAFKA_STATUS_NOPERM 77	  /* EX_NOPERM */

/* Longest wait of one blocking call that has a time limit. */
#define KAFKA_CALL_MS 10000

struct kafka_credentials;
struct kafka_source;
struct kafka_stable;
struct kafka_output;
struct kafka_alerts;
struct kafka_worker;
struct kafka_transaction;

struct kafka {
	uint32_t magic;
	struct kafka_options options; /* strings are owned */
	int poll_fd;		      /* an epoll over the other two */
	int wake_fd;
	int timer_fd;
	struct kafka_worker *worker;
	struct kafka_source *source;
	struct kafka_output *output;
	struct kafka_alerts *alerts; /* a list */
	struct kafka_counters counters;
	struct kafka_credentials *credentials;
	struct kafka_stable *stable;
	atomic_uint generation; /* of credentials: the worker reads it */
	atomic_size_t limits[PORT_TOPIC_COUNT]; /* 0: not known */
	bool is_fenced;
	int64_t input_retention_ms; /* longest seen; -1: for ever */
};

enum kafka_name { KAFKA_NAME_HITS, KAFKA_NAME_STATE };
extern const char *const kafka_shard_topic_names[2];

/* Makes the descriptor readable; from any thread. */
void kafka_wake(struct kafka *kafka);

/* Wakes kafka_dispatch() when something comes into the queue. */
void kafka_wake_on(struct kafka *kafka, rd_kafka_queue_t *queue);

/* The process cannot go on: tells the source's core, or ends it. */
void kafka_fail(struct kafka *kafka, int status, const struct error *err);

/* ---- client.c: configurations and handles ---- */

bool kafka_client_set(rd_kafka_conf_t *conf, const char *key, const char *value,
    struct error *err);

/* What all clients have in common, then the operator's settings. */
bool kafka_client_conf(const struct kafka_options *options,
    rd_kafka_conf_t **ret_conf, struct error *err);

/* Largest record that our clients send. */
size_t kafka_client_message_bytes(const struct kafka_options *options);

/* A consumer in `group` that commits nothing by itself. */
bool kafka_client_consumer(struct kafka *kafka, const char *group,
    const struct kafka_setting *settings, size_t setting_count,
    void (*rebalanced)(rd_kafka_t *, rd_kafka_resp_err_t,
	rd_kafka_topic_partition_list_t *, void *),
    void *opaque, rd_kafka_t **ret_client, struct error *err);

/* Takes the configuration, also on failure. */
bool kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf,
    rd_kafka_t **ret_client, struct error *err);

/* librdkafka's log callback. */
void kafka_client_log(const rd_kafka_t *client, int level, const char *facility,
    const char *text);

/* Leaves the group; false if some seconds were not enough: then the handle
 * must be left alone. */
bool kafka_client_leave(rd_kafka_t *client, const char *what);
void kafka_client_destroy(rd_kafka_t *consumer);

/* Handles what is no record of a consumer: true if it ended its work. */
bool kafka_client_is_fatal(struct kafka *kafka, rd_kafka_t *client,
    const char *group, const rd_kafka_message_t *message);

/* ---- source.c ---- */

void kafka_source_dispatch(struct kafka_source *source);
/* Microseconds until dispatch has something to do by time; at most `max`. */
int64_t kafka_source_due_us(const struct kafka_source *source, int64_t max);
void kafka_source_free(struct kafka_source *source);
void kafka_source_failed(struct kafka_source *source, int status,
    const struct error *err);

/* ---- fence.c: what the output needs of the source ---- */

/* Group metadata for a transaction, the caller's; NULL: the group has moved
 * on since `fence`. */
rd_kafka_consumer_group_metadata_t *kafka_fence_take(
    struct kafka_source *source, const void *fence);
/* Topic, partition, offset, metadata; the caller frees the list. */
rd_kafka_topic_partition_list_t *kafka_fence_offsets(
    struct kafka_source *source, const struct port_offset *offsets,
    size_t count);
/* These have been committed; the embedded cluster forgets them. */
void kafka_fence_committed(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *offsets);

/* ---- output.c, alerts.c ---- */

#define KAFKA_RIVAL_TEXT                                                       \
	"another process runs as instance \"%s\": each needs a name of its "   \
	"own"

/* The worker's; NULL without an output. */
struct kafka_transaction *kafka_output_transaction(
    const struct kafka_output *output);
bool kafka_output_is_busy(const struct kafka_output *output);
void kafka_output_free(struct kafka_output *output);

void kafka_alerts_dispatch(struct kafka_alerts *alerts);
void kafka_alerts_free(struct kafka_alerts *alerts); /* the whole list */

#endif
