/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions that hang before our inputs and alerts: log and counter. */
#ifndef KAFKA_STABLE_H
#define KAFKA_STABLE_H

#include "kafka/kafka_internal.h"

struct kafka_stable;

struct kafka_stable *kafka_stable_new(struct kafka *kafka);
void kafka_stable_free(struct kafka_stable *stable); /* accepts NULL */

/* Asks about one partition, at most once a second. */
void kafka_stable_ask(struct kafka_stable *stable, int64_t now_us);

#endif
