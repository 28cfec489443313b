/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"

#include "kafka/admin.h"
#include "kafka/limits.h"

/* Of a batch of one record, rounded up: a header of 61 bytes, and lengths,
 * deltas and attributes of at most 31 (KIP-98). */
#define OVERHEAD_BYTES 100

static void
ask_topic(struct kafka *kafka, struct kafka_admin *admin, int topic)
{
	struct kafka_admin_setting setting = { "max.message.bytes", NULL };
	struct error err = ERROR_NONE;
	size_t limit;

	if (kafka_admin_describe(admin, kafka_topic_names[topic], &setting, 1,
		&err) &&
	    setting.value != NULL) {
		limit = strtoul(setting.value, NULL, 10);
		atomic_store(&kafka->limits[topic],
		    limit > OVERHEAD_BYTES ? limit - OVERHEAD_BYTES : 1);
	}
	mem_free(setting.value);
}

void
kafka_limits_ask(struct kafka *kafka)
{
	struct kafka_admin *admin;
	struct error err = ERROR_NONE;

	if (kafka->options.is_embedded ||
	    !kafka_admin_open(kafka, &admin, &err))
		return;
	for (int i = 0; i < PORT_TOPIC_COUNT; i++)
		ask_topic(kafka, admin, i);
	kafka_admin_close(admin);
}

size_t
kafka_limits_get(const struct kafka *kafka, enum port_topic topic)
{
	size_t limit = atomic_load(&kafka->limits[topic]);
	size_t own = kafka_client_message_bytes(&kafka->options);

	return limit == 0 || limit > own ? own : limit;
}

size_t
kafka_limits_batch(const struct kafka *kafka)
{
	size_t least = 0;

	for (int i = 0; i < PORT_TOPIC_COUNT; i++) {
		size_t limit = atomic_load(&kafka->limits[i]);

		if (limit > 0 && (least == 0 || limit < least))
			least = limit;
	}
	return least;
}

size_t
kafka_limits_find(const struct kafka *kafka, const struct port_output *outputs,
    size_t count)
{
	size_t i = 0;

	while (i < count &&
	    outputs[i].key.len + outputs[i].value.len <=
		kafka_limits_get(kafka, outputs[i].topic))
		i++;
	return i;
}
