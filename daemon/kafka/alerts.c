/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/positions.h"

#define ALERTS_MAGIC 0x416c7274u
#define RETRY_US CLOCK_US_PER_S
#define PARTITION 0

/*
 * Flow control without pause(), which loses records in some versions: the
 * partition has a queue of its own that is read only as far as wanted, while
 * the group's events go on being served.
 */
struct kafka_alerts {
	uint32_t magic;
	struct kafka_alerts *next;
	struct kafka *kafka;
	char *name;
	char *group;
	const struct port_alerts_events *events;
	void *core;
	rd_kafka_t *client;
	rd_kafka_queue_t *group_queue;
	rd_kafka_queue_t *records; /* NULL unless assigned */
	rd_kafka_topic_partition_list_t *assignment;
	size_t wanted;
	int64_t position; /* where reading started, until the first record */
	int64_t retry_at_us;
	unsigned generation; /* of the credentials of its client */
	bool is_fetching;    /* assigned, the position is being looked up */
	bool is_job_running;
	bool is_started;
};

static struct kafka_alerts *
alerts_of(void *port)
{
	return CHECK_CAST(kafka_alerts, ALERTS_MAGIC, port);
}

/* ---- calls from the destination ---- */

static void
alerts_want(void *port, size_t count)
{
	struct kafka_alerts *alerts = alerts_of(port);

	alerts->wanted = count;
	kafka_wake(alerts->kafka);
}

static void
committed(rd_kafka_t *client, rd_kafka_resp_err_t code,
    rd_kafka_topic_partition_list_t *offsets, void *opaque)
{
	(void)client;
	(void)offsets;
	if (code && code != RD_KAFKA_RESP_ERR__NO_OFFSET)
		log_warning("destination %s: commit: %s",
		    alerts_of(opaque)->name, rd_kafka_err2str(code));
}

/* A list, for offsets_store() would drop the metadata. */
static void
alerts_commit(void *port, int64_t next_offset, struct span metadata)
{
	struct kafka_alerts *alerts = alerts_of(port);
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_topic_partition_t *partition;
	rd_kafka_resp_err_t code;

	if (!alerts->is_started)
		return;
	CHECK(metadata.len < PORT_METADATA_MAX);
	list = rd_kafka_topic_partition_list_new(1);
	partition = rd_kafka_topic_partition_list_add(list,
	    kafka_topic_names[PORT_TOPIC_ALERTS], PARTITION);
	partition->offset = next_offset;
	partition->metadata = rd_kafka_mem_malloc(alerts->client,
	    metadata.len + 1);
	memcpy(partition->metadata, metadata.len > 0 ? metadata.ptr : "",
	    metadata.len);
	((char *)partition->metadata)[metadata.len] = '\0';
	partition->metadata_size = metadata.len;
	code = rd_kafka_commit_queue(alerts->client, list, alerts->group_queue,
	    committed, alerts);
	rd_kafka_topic_partition_list_destroy(list);
	if (code)
		log_warning("destination %s: commit: %s", alerts->name,
		    rd_kafka_err2str(code));
}

/* ---- the group ---- */

static void
start_reading(struct kafka_alerts *alerts, int64_t offset)
{
	alerts->assignment->elems[0].offset = offset;
	alerts->position = offset;
	if (alerts->records == NULL) {
		alerts->records = rd_kafka_queue_get_partition(alerts->client,
		    kafka_topic_names[PORT_TOPIC_ALERTS], PARTITION);
		CHECK(alerts->records != NULL);
		rd_kafka_queue_forward(alerts->records, NULL);
		kafka_wake_on(alerts->kafka, alerts->records);
	}
	rd_kafka_assign(alerts->client, alerts->assignment);
	kafka_wake(alerts->kafka);
}

static void
stop_reading(struct kafka_alerts *alerts)
{
	bool was_started = alerts->is_started;

	alerts->is_started = false;
	alerts->is_fetching = false;
	rd_kafka_assign(alerts->client, NULL);
	if (alerts->records != NULL) {
		rd_kafka_queue_io_event_enable(alerts->records, -1, NULL, 0);
		rd_kafka_queue_destroy(alerts->records);
		alerts->records = NULL;
	}
	if (alerts->assignment != NULL)
		rd_kafka_topic_partition_list_destroy(alerts->assignment);
	alerts->assignment = NULL;
	if (was_started)
		alerts->events->stopped(alerts->core);
}

static void
positioned(void *owner, bool ok, rd_kafka_topic_partition_list_t *partitions,
    const struct error *err)
{
	struct kafka_alerts *alerts = alerts_of(owner);
	const rd_kafka_topic_partition_t *partition = partitions->elems;
	bool has;

	alerts->is_job_running = false;
	if (!alerts->is_fetching)
		return;
	if (!ok) {
		log_warning("destination %s: %s; trying again", alerts->name,
		    err->text);
		alerts->retry_at_us = clock_monotonic_us() + RETRY_US;
		return;
	}
	has = partition->offset >= 0;
	alerts->is_fetching = false;
	alerts->is_started = true;
	start_reading(alerts, partition->offset);
	alerts->events->started(alerts->core, has ? partition->offset : -1,
	    span_make(partition->metadata, partition->metadata_size));
}

static void
fetch(struct kafka_alerts *alerts)
{
	alerts->is_fetching = true;
	alerts->is_job_running = true;
	kafka_positions_fetch(alerts->kafka, alerts->client, alerts->assignment,
	    NULL, 0, positioned, alerts);
}

static void
rebalanced(rd_kafka_t *client, rd_kafka_resp_err_t code,
    rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
	struct kafka_alerts *alerts = alerts_of(opaque);

	if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
			log_warning("destination %s: rebalance: %s",
			    alerts->name, rd_kafka_err2str(code));
		stop_reading(alerts);
	} else if (partitions->cnt == 0) {
		log_info("destination %s: another instance sends",
		    alerts->name);
		rd_kafka_assign(client, partitions);
	} else {
		CHECK(partitions->cnt == 1 && alerts->assignment == NULL);
		alerts->assignment = rd_kafka_topic_partition_list_copy(
		    partitions);
		fetch(alerts);
	}
}

/* ---- records ---- */

/* The topic is kept for ever, so somebody has deleted alerts. */
static void
lost(struct kafka_alerts *alerts)
{
	log_error("destination %s: its position in %s, offset %" PRId64
		  ", is gone; reading on at the oldest alert",
	    alerts->name, kafka_topic_names[PORT_TOPIC_ALERTS],
	    alerts->position);
	start_reading(alerts, RD_KAFKA_OFFSET_BEGINNING);
}

static void
take(struct kafka_alerts *alerts, const rd_kafka_message_t *message)
{
	struct port_alert alert = { .offset = message->offset,
		.value = span_make(message->payload, message->len) };

	if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
		lost(alerts);
	} else if (message->err) {
		kafka_client_is_fatal(alerts->kafka, alerts->client,
		    alerts->group, message);
	} else if (alerts->is_started) {
		alerts->wanted--;
		alerts->position = message->offset + 1;
		alerts->events->alert(alerts->core, &alert);
	}
}

static void
read_records(struct kafka_alerts *alerts)
{
	rd_kafka_message_t *message;

	while (alerts->wanted > 0 && alerts->records != NULL) {
		message = rd_kafka_consume_queue(alerts->records, 0);
		if (message == NULL)
			return;
		take(alerts, message);
		rd_kafka_message_destroy(message);
	}
}

static void
serve_group(struct kafka_alerts *alerts)
{
	rd_kafka_message_t *message;

	while ((message = rd_kafka_consumer_poll(alerts->client, 0)) != NULL) {
		take(alerts, message);
		rd_kafka_message_destroy(message);
	}
	if (alerts->is_fetching && !alerts->is_job_running &&
	    clock_monotonic_us() >= alerts->retry_at_us)
		fetch(alerts);
}

/* ---- the client, and one with new credentials in its place ---- */

static bool
join(struct kafka_alerts *alerts, struct error *err)
{
	struct kafka *kafka = alerts->kafka;
	rd_kafka_topic_partition_list_t *topics;
	rd_kafka_resp_err_t code;

	alerts->generation = atomic_load(&kafka->generation);
	if (!kafka_client_consumer(kafka, alerts->group, NULL, 0, rebalanced,
		alerts, &alerts->client, err))
		return false;
	topics = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(topics,
	    kafka_topic_names[PORT_TOPIC_ALERTS], RD_KAFKA_PARTITION_UA);
	code = rd_kafka_subscribe(alerts->client, topics);
	rd_kafka_topic_partition_list_destroy(topics);
	if (code)
		return error_set(err, NULL, "destination %s: subscribe: %s",
		    alerts->name, rd_kafka_err2str(code));
	alerts->group_queue = rd_kafka_queue_get_consumer(alerts->client);
	kafka_wake_on(kafka, alerts->group_queue);
	return true;
}

static bool
leave(struct kafka_alerts *alerts)
{
	bool is_left = kafka_client_leave(alerts->client, alerts->name);

	if (alerts->group_queue != NULL) {
		rd_kafka_queue_io_event_enable(alerts->group_queue, -1, NULL,
		    0);
		rd_kafka_queue_destroy(alerts->group_queue);
		alerts->group_queue = NULL;
	}
	return is_left;
}

/* The old one first: of two with a name the older is fenced. */
static void
renew(struct kafka_alerts *alerts)
{
	struct error err = ERROR_NONE;

	if (alerts->is_job_running ||
	    alerts->generation == atomic_load(&alerts->kafka->generation))
		return;
	stop_reading(alerts);
	if (leave(alerts))
		kafka_client_destroy(alerts->client);
	alerts->client = NULL;
	if (!join(alerts, &err))
		log_fatal(KAFKA_STATUS_TEMPORARY, "%s", err.text);
	kafka_wake(alerts->kafka);
}

void
kafka_alerts_dispatch(struct kafka_alerts *alerts)
{
	for (; alerts != NULL; alerts = alerts->next) {
		serve_group(alerts);
		read_records(alerts);
		renew(alerts);
	}
}

/* ---- open and close ---- */

bool
kafka_alerts_open(struct kafka *kafka, const char *destination,
    const struct port_alerts_events *events, void *core,
    struct port_alerts *ret_alerts, struct error *err)
{
	struct kafka_alerts *alerts = mem_zalloc(sizeof(*alerts));
	char group[512];

	alerts->magic = ALERTS_MAGIC;
	alerts->kafka = kafka;
	alerts->name = mem_strdup(destination);
	snprintf(group, sizeof(group), "%s.dest.%s", kafka->options.group,
	    destination);
	alerts->group = mem_strdup(group);
	alerts->events = events;
	alerts->core = core;
	if (!join(alerts, err)) {
		kafka_alerts_free(alerts);
		return false;
	}
	alerts->next = kafka->alerts;
	kafka->alerts = alerts;
	kafka_wake(kafka);
	*ret_alerts = (struct port_alerts){
		.port = alerts, .want = alerts_want, .commit = alerts_commit
	};
	return true;
}

static void
alerts_free_one(struct kafka_alerts *alerts)
{
	bool is_left = false;

	alerts->is_started = false;
	if (alerts->records != NULL) {
		rd_kafka_queue_io_event_enable(alerts->records, -1, NULL, 0);
		rd_kafka_queue_destroy(alerts->records);
	}
	if (alerts->client != NULL)
		is_left = leave(alerts);
	if (is_left)
		kafka_client_destroy(alerts->client);
	if (alerts->assignment != NULL)
		rd_kafka_topic_partition_list_destroy(alerts->assignment);
	mem_free(alerts->name);
	mem_free(alerts->group);
	mem_free(alerts);
}

void
kafka_alerts_free(struct kafka_alerts *alerts)
{
	while (alerts != NULL) {
		struct kafka_alerts *next = alerts->next;

		alerts_free_one(alerts);
		alerts = next;
	}
}
