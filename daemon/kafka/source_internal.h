/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer of the inputs, in the files source, assign, feeds and batch.
 *
 *	WAITING --assign--> FETCHING --positions--> READING --revoke--> REVOKING
 *	   ^                   ^                       |                   |
 *	   |                   +----rewind, gap--------+                   |
 *	   +--------------------revoke_done, nothing in flight-------------+
 *
 * The queue is polled in WAITING and READING only: a rebalance that happens
 * meanwhile waits in it, so that no state sees two.
 */
#ifndef KAFKA_SOURCE_INTERNAL_H
#define KAFKA_SOURCE_INTERNAL_H

#include "kafka/kafka_internal.h"
#include "kafka/positions.h"

#define SOURCE_MAGIC 0x536f7572u
#define BATCH_MAGIC 0x42617463u

enum source_state {
	SOURCE_WAITING,
	SOURCE_FETCHING,
	SOURCE_READING,
	SOURCE_REVOKING,
	SOURCE_CLOSED
};

struct feed {
	struct port_feed port;
	char *metadata;	    /* owns that of port */
	int64_t next;	    /* expected offset; negative: BEGINNING, unknown */
	int64_t reread;	    /* a jump at this offset was read again; or -1 */
	int64_t active_us;  /* monotonic: the last record, or the end */
	int64_t done;	    /* committed, or begun at; -1: unknown */
	int64_t asked_end;  /* behind the last record, when asked; or -1 */
	int64_t eof_offset; /* where the end was reached; or -1 */
	bool is_assigned;
	bool is_at_end;
	bool is_idle;
	/* What the mock cluster forgets; -1: nothing. */
	int64_t kept;
	char *kept_metadata;
};

struct source_input {
	struct kafka_input options;	/* topic is owned */
	const rd_kafka_topic_t *handle; /* of the last record; a cache */
	uint32_t *by_partition;		/* feed + 1; 0: none yet */
	size_t partition_cap;
};

struct batch {
	uint32_t magic;
	struct port_batch port;
	struct kafka_source *source;
	struct batch *next; /* lent: a list */
	rd_kafka_message_t **messages;
	struct record *records;
	size_t count;
	size_t message_cap, record_cap;
};

struct kafka_source {
	uint32_t magic;
	struct kafka *kafka;
	rd_kafka_t *client;
	rd_kafka_queue_t *queue;
	unsigned generation_of_client; /* of the credentials */
	const struct port_source_events *events;
	void *core;
	struct kafka_input *input_options; /* as the positions want them */
	struct source_input *inputs;
	size_t input_count;
	size_t batch_records;
	int64_t batch_interval_us;

	struct feed **feeds;
	size_t feed_count, feed_cap;

	enum source_state state;
	rd_kafka_topic_partition_list_t *assignment;
	/* Counts assignments: a batch's fence is the number of its own. */
	uintptr_t generation;
	rd_kafka_consumer_group_metadata_t *group;

	struct batch *filling; /* never NULL */
	int64_t filling_since_us;
	struct batch *lent;

	bool is_asking; /* for the end of asked_feed */
	uint32_t asked_feed;
	int64_t asked_us;

	bool is_job_running;
	int64_t retry_at_us;
	uint32_t gap_feed; /* FETCHING: look for this one's oldest record */
	bool is_gap;
	bool is_new_generation;
	bool is_wanted;
	bool is_revoke_told;
	bool is_revoke_done;
	bool is_rewind_wanted;
	bool is_drained;
	bool has_failed;
	bool is_left; /* the group; then the handle can be freed */
};

/* ---- source_renew.c ---- */

/* A client of the same name in the place of one whose credentials are old:
 * partitions are given back as in a rebalance, and come back at once. */
void kafka_source_renew(struct kafka_source *source);
/* Opens, or opens anew: subscribed, its queue wakes us. */
bool kafka_source_connect(struct kafka_source *source, struct error *err);

/* ---- feeds.c ---- */

/* NULL if the topic is none of ours. */
struct feed *kafka_feeds_of(struct kafka_source *source, const char *topic,
    int32_t partition);
struct feed *kafka_feeds_of_message(struct kafka_source *source,
    const rd_kafka_message_t *message);
void kafka_feeds_forget_handles(struct kafka_source *source);
void kafka_feeds_set_metadata(struct feed *feed, const void *bytes, size_t len);
void kafka_feeds_free(struct kafka_source *source);
/* Up-calls about those assigned. */
void kafka_feeds_tell_assigned(struct kafka_source *source);
bool kafka_feeds_tell_revoked(struct kafka_source *source);
void kafka_feeds_tell_idle(struct kafka_source *source, int64_t now_us);

/* ---- lag.c ---- */

void kafka_lag_commit_took(struct kafka_counters *counters, int64_t took_us);
void kafka_lag_committed(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *offsets);
/* Asks for the end of one partition, at most once a second. */
void kafka_lag_ask(struct kafka_source *source, int64_t now_us);

/* ---- batch.c ---- */

struct batch *kafka_batch_new(struct kafka_source *source);
void kafka_batch_free(struct batch *batch);
/* Destroys its messages. */
void kafka_batch_clear(struct batch *batch);
/* Takes the message. */
void kafka_batch_add(struct batch *batch, const struct feed *feed,
    rd_kafka_message_t *message);

/* ---- assign.c ---- */

/* librdkafka's rebalance callback. */
void kafka_assign_rebalanced(rd_kafka_t *client, rd_kafka_resp_err_t code,
    rd_kafka_topic_partition_list_t *partitions, void *opaque);
/* Reads on from each feed's `next`. */
void kafka_assign_resume(struct kafka_source *source);
/* Looks up what is committed, then resumes there. */
void kafka_assign_fetch(struct kafka_source *source);
/* `feed` stands where no records are: finds the oldest. */
void kafka_assign_find_oldest(struct kafka_source *source, struct feed *feed);
/* FETCHING: starts the job again where it failed. */
void kafka_assign_retry(struct kafka_source *source);
/* Gives the partitions back. */
void kafka_assign_none(struct kafka_source *source);

#endif
