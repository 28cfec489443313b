/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the committed positions are behind the ends of the partitions.
 *
 * librdkafka knows an end from its last fetch; it fetches nothing while its
 * queue is full, and then a lag would seem to stand still.  So the partitions
 * that are not read to their end are also asked for, one a second.
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

#define ASK_EVERY_US CLOCK_US_PER_S
/* The worker has better to do than wait for a partition without leader. */
#define ASK_MS 2000
#define PAUSE_US (30 * CLOCK_US_PER_S)

const int64_t kafka_commit_bounds_us[KAFKA_COMMIT_BOUNDS] = { 5000, 10000,
	25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000 };

void
kafka_lag_commit_took(struct kafka_counters *counters, int64_t took_us)
{
	size_t i = 0;

	while (i < KAFKA_COMMIT_BOUNDS && took_us > kafka_commit_bounds_us[i])
		i++;
	counters->commit_counts[i]++;
	counters->commit_sum_us += took_us;
}

void
kafka_lag_committed(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *offsets)
{
	for (int i = 0; i < offsets->cnt; i++) {
		struct feed *feed = kafka_feeds_of(source,
		    offsets->elems[i].topic, offsets->elems[i].partition);

		if (feed != NULL)
			feed->done = offsets->elems[i].offset;
	}
}

static void
asked(void *owner, bool ok, int64_t oldest, int64_t end,
    const struct error *err)
{
	struct kafka_source *source = CHECK_CAST(kafka_source, SOURCE_MAGIC,
	    owner);
	struct feed *feed = source->feeds[source->asked_feed];

	(void)err; /* the next one will tell */
	source->is_asking = false;
	if (!ok) {
		source->asked_us += PAUSE_US;
		return;
	}
	feed->asked_end = end;
	if (feed->done < 0 && feed->is_assigned)
		feed->done = oldest;
}

void
kafka_lag_ask(struct kafka_source *source, int64_t now_us)
{
	if (source->is_asking || source->feed_count == 0 ||
	    source->state != SOURCE_READING ||
	    now_us - source->asked_us < ASK_EVERY_US)
		return;
	source->asked_us = now_us;
	for (size_t i = 1; i <= source->feed_count; i++) {
		size_t at = (source->asked_feed + i) % source->feed_count;
		const struct feed *feed = source->feeds[at];

		if (!feed->is_assigned || feed->is_at_end)
			continue;
		source->asked_feed = (uint32_t)at;
		source->is_asking = true;
		kafka_positions_edges(source->kafka, source->client,
		    source->inputs[feed->port.input].options.topic,
		    feed->port.partition, ASK_MS, asked, source);
		return;
	}
}

static void
find_end(const struct kafka_source *source, const struct feed *feed,
    int64_t *ret_oldest, int64_t *ret_end)
{
	int64_t oldest = -1, end = -1;

	if (rd_kafka_get_watermark_offsets(source->client,
		source->inputs[feed->port.input].options.topic,
		feed->port.partition, &oldest,
		&end) != RD_KAFKA_RESP_ERR_NO_ERROR)
		oldest = end = -1;
	*ret_oldest = oldest;
	*ret_end = end > feed->asked_end ? end : feed->asked_end;
}

static struct kafka_feed
describe(const struct kafka_source *source, const struct feed *feed)
{
	struct kafka_feed found = {
		.feed = feed->port.feed,
		.input = feed->port.input,
		.topic = feed->port.topic,
		.partition = feed->port.partition,
		.is_idle = feed->is_idle,
		.committed = feed->done,
		.lag = -1,
	};
	int64_t oldest;

	find_end(source, feed, &oldest, &found.end);
	if (found.committed < 0)
		found.committed = oldest;
	if (found.committed < 0 || found.end < 0)
		return found;
	/* Behind the last record there may be markers, which no position
	 * passes until there is a record again. */
	if (feed->is_at_end && found.committed == feed->next &&
	    found.committed < feed->eof_offset)
		found.committed = feed->eof_offset;
	found.lag = found.end > found.committed ? found.end - found.committed :
						  0;
	return found;
}

bool
kafka_is_assigned(const struct kafka *kafka)
{
	return kafka->source != NULL && kafka->source->state == SOURCE_READING;
}

void
kafka_each_feed(const struct kafka *kafka,
    void (*each)(void *context, const struct kafka_feed *feed), void *context)
{
	const struct kafka_source *source = kafka->source;

	if (source == NULL || source->state == SOURCE_CLOSED)
		return;
	for (size_t i = 0; i < source->feed_count; i++) {
		struct kafka_feed found;

		if (!source->feeds[i]->is_assigned)
			continue;
		found = describe(source, source->feeds[i]);
		each(context, &found);
	}
}

const char *
kafka_client_version(void)
{
	return rd_kafka_version_str();
}
