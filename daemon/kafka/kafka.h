/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Kafka client: implements the ports of model/ports.h over librdkafka.
 * Its threads and its blocking calls end in here; everything comes up on the
 * thread that calls kafka_dispatch(), after one descriptor became readable.
 */
#ifndef KAFKA_KAFKA_H
#define KAFKA_KAFKA_H

#include "model/ports.h"

struct kafka_setting {
	const char *key;
	const char *value;
};

/* A setting whose value is the text of a file. */
struct kafka_secret {
	const char *key;
	const char *path;
};

/* What all clients of the process have in common. */
struct kafka_options {
	const char *bootstrap;
	const char *group;
	const char *instance; /* static member and transactional id */
	bool is_embedded;     /* bootstrap is a kafka_embedded of ours */
	const struct kafka_setting *settings; /* librdkafka's own, checked */
	size_t setting_count;
	const struct kafka_secret *secrets; /* read for each client anew */
	size_t secret_count;
	const char *oauth_token_file; /* NULL: none */
	uint32_t shards;	      /* partitions of hits and state; 0: 32 */
	uint32_t replication;	      /* 0: min(3, brokers) */
	uint64_t alert_bytes;	      /* largest output; 0: 256 KiB */
};

/* ---- wake-up: one descriptor for everything in kafka/ ---- */

/* Checks the settings and starts the worker; connects to nothing.  The
 * options are copied. */
struct kafka;
bool kafka_new(const struct kafka_options *options, struct kafka **ret_kafka,
    struct error *err);

/* Accepts NULL.  Closes all ports; batches still lent are taken back.  Takes
 * some seconds at most. */
void kafka_free(struct kafka *kafka);

/* Becomes readable when kafka_dispatch() has something to do, by itself at
 * least once a second. */
int kafka_fd(const struct kafka *kafka);

/* Up-calls of everything that happened.  Never blocks.  A blocking call that
 * has not returned for a minute ends the process here. */
void kafka_dispatch(struct kafka *kafka);

/* Since the start; for metrics. */
#define KAFKA_COMMIT_BOUNDS 10
extern const int64_t kafka_commit_bounds_us[KAFKA_COMMIT_BOUNDS];
struct kafka_counters {
	uint64_t markers;      /* offsets skipped, one at a time */
	uint64_t transactions; /* committed */
	uint64_t aborts;       /* ended in another way */
	uint64_t producers;    /* made: the first, and after each doubt */
	uint64_t hanging;      /* partitions behind an open transaction, now */
	uint64_t renewals;     /* of all clients, for new credentials */
	/* From submission to answer of those committed; [i] at most
	 * kafka_commit_bounds_us[i], the last one all above. */
	uint64_t commit_counts[KAFKA_COMMIT_BOUNDS + 1];
	int64_t commit_sum_us;
};
void kafka_counters(const struct kafka *kafka,
    struct kafka_counters *ret_counters);

/* One partition that is ours now. */
struct kafka_feed {
	uint32_t feed, input;
	struct span topic;
	int32_t partition;
	bool is_idle;
	int64_t committed; /* next offset to commit from; -1: not known yet */
	int64_t end;	   /* -1: not known yet */
	int64_t lag;	   /* records not committed yet; -1: not known yet */
};
void kafka_each_feed(const struct kafka *kafka,
    void (*each)(void *context, const struct kafka_feed *feed), void *context);

/* The group has given us our partitions (if only none) and they are read. */
bool kafka_is_assigned(const struct kafka *kafka);

/* As copied. */
const struct kafka_options *kafka_get_options(const struct kafka *kafka);

const char *kafka_client_version(void); /* of librdkafka */

/* ---- admin: blocking, at start and in --check only ---- */

/*
 * Creates the internal topics that are missing and checks those that are
 * there (partitions, cleanup.policy, retention); refuses a wrong one with a
 * message that says topic, setting, found and wanted.
 */
bool kafka_topics_ensure(struct kafka *kafka, bool create, struct error *err);

/*
 * Checks that an input exists; tells its time type.  Remembers its retention:
 * call it for all inputs before kafka_topics_ensure(), whose hits must live
 * as long.
 */
bool kafka_input_check(struct kafka *kafka, const char *topic,
    bool *ret_is_producer_time, struct error *err);

/*
 * Passes the metadata committed with the offsets of these topics' partitions.
 * The embedded cluster keeps none.
 */
bool kafka_notes_read(struct kafka *kafka, const char *const *topics,
    size_t count, void (*each)(void *context, struct span note), void *context,
    struct error *err);

/* ---- source and output: the transaction of a batch ---- */

struct kafka_input {
	const char *topic;
	bool start_latest;
	bool is_transactional; /* its own producers leave holes */
	int64_t idle_us;       /* quiet for so long at the end: idle; 60 s */
};

struct kafka_source_options {
	const struct kafka_input *inputs;
	size_t input_count;
	size_t batch_records;
	int64_t batch_interval_us; /* a batch is handed up after that at most */
};

/*
 * At most one.  Where there is an output too, open that first: the committed
 * positions are read after its predecessor's transaction has been ended.
 * `fence` of a batch may be used for as long as the process lives.  A revoke
 * and a rewind end what was wanted.
 */
bool kafka_source_open(struct kafka *kafka,
    const struct kafka_source_options *options,
    const struct port_source_events *events, void *core,
    struct port_source *ret_source, struct error *err);

/*
 * At most one; needs the source for submit().  A submission is copied before
 * submit() returns.  Outputs too large for their topic are refused one by one
 * before anything is sent; what the broker then refuses all the same cannot
 * be named.
 */
bool kafka_output_open(struct kafka *kafka,
    const struct port_output_events *events, void *core,
    struct port_output_calls *ret_output, struct error *err);

/* Stops reading; the last submission must have been answered.  Takes some
 * seconds at most.  Part of a clean end: the partitions stay ours for a
 * session timeout, so that a restart moves nothing. */
void kafka_source_close(struct kafka *kafka);

/* ---- destinations ---- */

/*
 * A member of the group `<group>.dest.<destination>`.  want() replaces what
 * was wanted before; commit() while stopped does nothing.
 */
bool kafka_alerts_open(struct kafka *kafka, const char *destination,
    const struct port_alerts_events *events, void *core,
    struct port_alerts *ret_alerts, struct error *err);

/* ---- embedded ---- */

/*
 * librdkafka's mock cluster in this process: real protocol on loopback,
 * nothing kept.  Creates the topics; the string is its bootstrap address.
 */
struct kafka_embedded;
struct kafka_embedded_topic {
	const char *name;
	int partitions;
};
bool kafka_embedded_start(const struct kafka_embedded_topic *topics,
    size_t topic_count, uint32_t shards, struct kafka_embedded **ret_embedded,
    struct error *err);
const char *kafka_embedded_bootstrap(const struct kafka_embedded *embedded);
void kafka_embedded_stop(struct kafka_embedded *embedded); /* accepts NULL */

/* A plain producer for the synthetic feed of the demo and for tests. */
struct kafka_feeder;
bool kafka_feeder_open(const char *bootstrap, const char *topic,
    struct kafka_feeder **ret_feeder, struct error *err);
/* `time_us`: CreateTime given to the record. False: local queue full. */
bool kafka_feeder_send(struct kafka_feeder *feeder, struct span key,
    struct span value, int64_t time_us);
bool kafka_feeder_flush(struct kafka_feeder *feeder, int timeout_ms);
void kafka_feeder_close(struct kafka_feeder *feeder); /* accepts NULL */

/* Names of the internal topics. */
extern const char *const kafka_topic_names[PORT_TOPIC_COUNT];

#endif
