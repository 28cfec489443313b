/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"

#include "kafka/admin.h"

static void
remember_retention(struct kafka *kafka, const char *value)
{
	int64_t ms = strtoll(value, NULL, 10);

	if (ms < 0)
		kafka->input_retention_ms = -1;
	else if (kafka->input_retention_ms >= 0 &&
	    ms > kafka->input_retention_ms)
		kafka->input_retention_ms = ms;
}

static bool
check(struct kafka *kafka, struct kafka_admin *admin, const char *name,
    bool *ret_is_producer_time, struct error *err)
{
	struct kafka_admin_setting settings[] = {
		{ "message.timestamp.type", NULL },
		{ "retention.ms", NULL },
	};
	struct kafka_admin_topic topic;
	bool ok;

	if (!kafka_admin_look(admin, name, &topic, err))
		return false;
	if (!topic.exists)
		return error_set(err, NULL,
		    "input %s: there is no such topic at %s", name,
		    kafka->options.bootstrap);
	if (kafka->options.is_embedded) {
		*ret_is_producer_time = false;
		return true;
	}
	ok = kafka_admin_describe(admin, name, settings, 2, err);
	if (ok) {
		*ret_is_producer_time = settings[0].value == NULL ||
		    strcmp(settings[0].value, "LogAppendTime") != 0;
		if (settings[1].value != NULL)
			remember_retention(kafka, settings[1].value);
	}
	mem_free(settings[0].value);
	mem_free(settings[1].value);
	return ok;
}

bool
kafka_input_check(struct kafka *kafka, const char *topic,
    bool *ret_is_producer_time, struct error *err)
{
	struct kafka_admin *admin;
	bool ok;

	if (!kafka_admin_open(kafka, &admin, err))
		return false;
	ok = check(kafka, admin, topic, ret_is_producer_time, err);
	kafka_admin_close(admin);
	return ok;
}
