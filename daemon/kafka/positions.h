/* SPDX-License-Identifier: Apache-2.0 */
/* Where to start reading: what the group has committed, by the worker. */
#ifndef KAFKA_POSITIONS_H
#define KAFKA_POSITIONS_H

#include "kafka/kafka_internal.h"

/*
 * On the loop.  On success each partition has the committed offset and its
 * metadata, or RD_KAFKA_OFFSET_BEGINNING; or, for an input that starts at the
 * latest, its end, with kafka_positions_latest as `opaque`.  A failure is
 * temporary.
 */
typedef void kafka_positions_done(void *owner, bool ok,
    rd_kafka_topic_partition_list_t *partitions, const struct error *err);

extern char kafka_positions_latest;

/* Asks for a copy of `partitions`.  `inputs` may be NULL: none starts at the
 * latest; it must live until `done`. */
void kafka_positions_fetch(struct kafka *kafka, rd_kafka_t *client,
    const rd_kafka_topic_partition_list_t *partitions,
    const struct kafka_input *inputs, size_t input_count,
    kafka_positions_done *done, void *owner);

/* On the loop: the first offset there is, and the one behind the last. */
typedef void kafka_positions_edges_done(void *owner, bool ok, int64_t oldest,
    int64_t end, const struct error *err);

void kafka_positions_edges(struct kafka *kafka, rd_kafka_t *client,
    const char *topic, int32_t partition, int timeout_ms,
    kafka_positions_edges_done *done, void *owner);

/* Blocking: how many partitions a topic has; 0 if there is no such topic. */
bool kafka_positions_partitions(rd_kafka_t *client, const char *topic,
    int32_t *ret_count, struct error *err);

#endif
