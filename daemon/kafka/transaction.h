/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One transaction after the other, by blocking calls: on the worker only.
 *
 * librdkafka speaks the old protocol, in which a delayed EndTxn may end a
 * later transaction of the same epoch (KIP-890), and it repeats requests
 * without telling us.  So whenever there was doubt (a connection fell, a call
 * was slow, an error was not a clean abort) the producer is replaced:
 * init_transactions raises the epoch, and the stray is refused.
 */
#ifndef KAFKA_TRANSACTION_H
#define KAFKA_TRANSACTION_H

#include "kafka/kafka_internal.h"

struct kafka_transaction;

struct kafka_transaction_outcome {
	enum port_outcome outcome;
	struct error err;
	uint64_t producers; /* made on the way */
};

struct kafka_transaction *kafka_transaction_new(struct kafka *kafka);
void kafka_transaction_free(struct kafka_transaction *transaction);

/*
 * Makes the producer if there is none: what a predecessor of the same name
 * left open is aborted by that.  False: try again, or see err.
 */
bool kafka_transaction_prepare(struct kafka_transaction *transaction,
    struct kafka_transaction_outcome *ret_outcome);

/* begin, produce, send offsets, commit. */
void kafka_transaction_run(struct kafka_transaction *transaction,
    const struct port_output *outputs, size_t count,
    const rd_kafka_topic_partition_list_t *offsets,
    const rd_kafka_consumer_group_metadata_t *group,
    struct kafka_transaction_outcome *ret_outcome);

/*
 * Whether a later producer of the same name has taken over, by a transaction
 * that is aborted whatever happens.  False where nobody can tell: NULL, or no
 * producer at the moment.
 */
bool kafka_transaction_is_fenced(struct kafka_transaction *transaction);

#endif
