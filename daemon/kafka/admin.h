/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the cluster about topics; every call blocks. */
#ifndef KAFKA_ADMIN_H
#define KAFKA_ADMIN_H

#include "kafka/kafka_internal.h"

struct kafka_admin;

struct kafka_admin_topic {
	bool exists;
	int32_t partitions;
	int32_t replicas; /* of the first partition */
	int32_t brokers;  /* of the cluster */
};

/* `value` is NULL where the cluster does not know the key. */
struct kafka_admin_setting {
	const char *key;
	char *value; /* the caller frees with mem_free() */
};

bool kafka_admin_open(struct kafka *kafka, struct kafka_admin **ret_admin,
    struct error *err);
void kafka_admin_close(struct kafka_admin *admin); /* accepts NULL */

bool kafka_admin_look(struct kafka_admin *admin, const char *topic,
    struct kafka_admin_topic *ret_topic, struct error *err);

/* Fills in the values of the settings' keys. */
bool kafka_admin_describe(struct kafka_admin *admin, const char *topic,
    struct kafka_admin_setting *settings, size_t count, struct error *err);

/* Settings without a value are left to the cluster.  Also true if another
 * instance was faster. */
bool kafka_admin_create(struct kafka_admin *admin, const char *topic,
    int32_t partitions, int32_t replicas,
    const struct kafka_admin_setting *settings, size_t count,
    struct error *err);

#endif
