/* SPDX-License-Identifier: Apache-2.0 */
/* How large a record of an output topic may be. */
#ifndef KAFKA_LIMITS_H
#define KAFKA_LIMITS_H

#include "kafka/kafka_internal.h"

/* Asks for max.message.bytes; what is not told stays as it was.  Blocks. */
void kafka_limits_ask(struct kafka *kafka);

/* Key and value together, at most; 0: not known. */
size_t kafka_limits_get(const struct kafka *kafka, enum port_topic topic);

/* Of a batch of records to any of them; 0: not known. */
size_t kafka_limits_batch(const struct kafka *kafka);

/* The first output that is larger; `count`: none is. */
size_t kafka_limits_find(const struct kafka *kafka,
    const struct port_output *outputs, size_t count);
#endif
