/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

#define RETRY_US CLOCK_US_PER_S

static struct feed *
feed_of(struct kafka_source *source,
    const rd_kafka_topic_partition_t *partition)
{
	struct feed *feed = kafka_feeds_of(source, partition->topic,
	    partition->partition);

	CHECK(feed != NULL); /* we subscribed to these topics only */
	return feed;
}

static void
assign(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *partitions)
{
	rd_kafka_resp_err_t code = rd_kafka_assign(source->client, partitions);

	/* A fatal error comes up by itself as a message. */
	if (code)
		log_warning("Kafka: assign: %s", rd_kafka_err2str(code));
	kafka_feeds_forget_handles(source);
}

void
kafka_assign_resume(struct kafka_source *source)
{
	rd_kafka_topic_partition_list_t *list = source->assignment;

	for (int i = 0; i < list->cnt; i++)
		list->elems[i].offset = feed_of(source, &list->elems[i])->next;
	assign(source, list);
	source->state = SOURCE_READING;
	source->is_drained = false;
	kafka_wake(source->kafka);
}

/* The mock cluster forgets what transactions committed. */
static bool
use_kept(struct feed *feed, int64_t committed)
{
	if (feed->kept < 0 || feed->kept <= committed)
		return false;
	feed->port.committed = feed->next = feed->kept;
	kafka_feeds_set_metadata(feed, feed->kept_metadata,
	    strlen(feed->kept_metadata));
	return true;
}

static void
position_feed(struct kafka_source *source,
    const rd_kafka_topic_partition_t *partition)
{
	struct feed *feed = feed_of(source, partition);
	bool is_latest = partition->opaque == &kafka_positions_latest;

	feed->is_assigned = true;
	feed->is_at_end = false;
	/* The core takes it for a busy one, until it is told again. */
	feed->is_idle = false;
	feed->active_us = clock_monotonic_us();
	feed->reread = -1;
	if (use_kept(feed, partition->offset)) {
		feed->port.position = feed->done = feed->next;
		return;
	}
	feed->next = partition->offset;
	feed->port.position = feed->done = feed->next >= 0 ? feed->next : -1;
	/* The embedded broker forgets nothing while it lives. */
	if (feed->next < 0 && source->kafka->options.is_embedded)
		feed->port.position = 0;
	feed->port.committed = partition->offset >= 0 && !is_latest ?
	    partition->offset :
	    -1;
	kafka_feeds_set_metadata(feed, partition->metadata,
	    partition->metadata_size);
}

/*
 * "The latest" must stay the same place if we die before the first batch, and
 * a partition without position must be a new one later.
 */
static void
keep_latest(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *partitions)
{
	rd_kafka_topic_partition_list_t
	    *latest = rd_kafka_topic_partition_list_new(partitions->cnt);

	for (int i = 0; i < partitions->cnt; i++) {
		const rd_kafka_topic_partition_t *from = &partitions->elems[i];

		if (from->opaque == &kafka_positions_latest)
			rd_kafka_topic_partition_list_add(latest, from->topic,
			    from->partition)
			    ->offset = from->offset;
	}
	if (latest->cnt > 0)
		rd_kafka_commit(source->client, latest, 1);
	rd_kafka_topic_partition_list_destroy(latest);
}

static void
fetched(void *owner, bool ok, rd_kafka_topic_partition_list_t *partitions,
    const struct error *err)
{
	struct kafka_source *source = CHECK_CAST(kafka_source, SOURCE_MAGIC,
	    owner);

	source->is_job_running = false;
	if (source->state != SOURCE_FETCHING)
		return;
	if (!ok) {
		log_warning("Kafka: %s; trying again", err->text);
		source->retry_at_us = clock_monotonic_us() + RETRY_US;
		return;
	}
	if (source->is_rewind_wanted && !source->is_new_generation) {
		/* Asked for while this one ran: it may be too old. */
		kafka_assign_fetch(source);
		return;
	}
	for (int i = 0; i < partitions->cnt; i++)
		position_feed(source, &partitions->elems[i]);
	source->is_new_generation = false;
	source->is_rewind_wanted = false;
	kafka_assign_resume(source);
	keep_latest(source, partitions);
	kafka_feeds_tell_assigned(source);
}

void
kafka_assign_fetch(struct kafka_source *source)
{
	source->state = SOURCE_FETCHING;
	source->is_gap = false;
	source->is_rewind_wanted = false;
	source->is_job_running = true;
	kafka_positions_fetch(source->kafka, source->client, source->assignment,
	    source->kafka->options.is_embedded ? NULL : source->input_options,
	    source->input_count, fetched, source);
}

/*
 * What lies behind the log's end was there when it was committed: the topic
 * was made anew or its leader lost records.  Reading all of it again repeats
 * alerts; starting at the end would miss some.
 */
static void
tell_gap(struct kafka_source *source, struct feed *feed, int64_t oldest,
    int64_t end)
{
	if (feed->next < 0)
		return;
	if (feed->next < oldest)
		source->events->gap(source->core, feed->port.feed,
		    PORT_GAP_RETENTION, feed->next, oldest);
	else if (feed->next > end)
		source->events->gap(source->core, feed->port.feed,
		    PORT_GAP_OFFSETS, end, feed->next);
}

static void
edges_found(void *owner, bool ok, int64_t oldest, int64_t end,
    const struct error *err)
{
	struct kafka_source *source = CHECK_CAST(kafka_source, SOURCE_MAGIC,
	    owner);
	struct feed *feed = source->feeds[source->gap_feed];

	source->is_job_running = false;
	if (source->state != SOURCE_FETCHING)
		return;
	if (!ok) {
		log_warning("Kafka: %s; trying again", err->text);
		source->retry_at_us = clock_monotonic_us() + RETRY_US;
		return;
	}
	source->is_gap = false;
	tell_gap(source, feed, oldest, end);
	if (feed->next < oldest || feed->next > end)
		feed->next = oldest;
	kafka_assign_resume(source);
}

void
kafka_assign_find_oldest(struct kafka_source *source, struct feed *feed)
{
	source->state = SOURCE_FETCHING;
	source->is_gap = true;
	source->gap_feed = feed->port.feed;
	source->is_job_running = true;
	kafka_positions_edges(source->kafka, source->client,
	    source->inputs[feed->port.input].options.topic,
	    feed->port.partition, KAFKA_CALL_MS, edges_found, source);
}

void
kafka_assign_retry(struct kafka_source *source)
{
	if (source->is_job_running ||
	    clock_monotonic_us() < source->retry_at_us)
		return;
	if (source->is_gap)
		kafka_assign_find_oldest(source,
		    source->feeds[source->gap_feed]);
	else
		kafka_assign_fetch(source);
}

void
kafka_assign_none(struct kafka_source *source)
{
	for (size_t i = 0; i < source->feed_count; i++) {
		source->feeds[i]->is_assigned = false;
		source->feeds[i]->is_idle = false;
	}
	assign(source, NULL);
	if (source->assignment != NULL)
		rd_kafka_topic_partition_list_destroy(source->assignment);
	source->assignment = NULL;
	source->state = SOURCE_WAITING;
}

/*
 * The group metadata is taken here, between SyncGroup and the call of assign:
 * the member cannot enter a newer generation before it has given this one
 * back.  Taken later it would carry the new one and fence nothing.
 */
static void
assigned(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *partitions)
{
	if (source->group != NULL)
		rd_kafka_consumer_group_metadata_destroy(source->group);
	source->group = rd_kafka_consumer_group_metadata(source->client);
	source->generation++;
	if (source->assignment != NULL)
		rd_kafka_topic_partition_list_destroy(source->assignment);
	source->assignment = rd_kafka_topic_partition_list_copy(partitions);
	source->is_new_generation = true;
	kafka_assign_fetch(source);
}

void
kafka_assign_rebalanced(rd_kafka_t *client, rd_kafka_resp_err_t code,
    rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
	struct kafka_source *source = CHECK_CAST(kafka_source, SOURCE_MAGIC,
	    opaque);

	switch (code) {
	case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
		log_info("Kafka: %d partitions assigned to instance %s",
		    partitions->cnt, source->kafka->options.instance);
		assigned(source, partitions);
		break;
	case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
		source->state = SOURCE_REVOKING;
		source->is_revoke_told = false;
		source->is_revoke_done = false;
		break;
	default:
		log_warning("Kafka: rebalance: %s", rd_kafka_err2str(code));
		rd_kafka_assign(client, NULL);
	}
}
