/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

static struct feed *
feed_new(struct kafka_source *source, uint32_t input, int32_t partition)
{
	struct feed *feed = mem_zalloc(sizeof(*feed));

	feed->port.feed = (uint32_t)source->feed_count;
	feed->port.input = input;
	feed->port.topic = span_of(source->inputs[input].options.topic);
	feed->port.partition = partition;
	feed->port.committed = -1;
	feed->next = RD_KAFKA_OFFSET_BEGINNING;
	feed->reread = -1;
	feed->kept = -1;
	feed->done = feed->asked_end = feed->eof_offset = -1;
	source->feeds = mem_grow(source->feeds, &source->feed_cap,
	    source->feed_count + 1, sizeof(struct feed *));
	source->feeds[source->feed_count++] = feed;
	return feed;
}

static struct feed *
feed_of_partition(struct kafka_source *source, size_t index, int32_t partition)
{
	struct source_input *input = &source->inputs[index];
	size_t at = (size_t)partition, cap = input->partition_cap;
	struct feed *feed;

	CHECK(partition >= 0);
	if (at >= cap) {
		input->by_partition = mem_grow(input->by_partition,
		    &input->partition_cap, at + 1, sizeof(uint32_t));
		memset(input->by_partition + cap, 0,
		    (input->partition_cap - cap) * sizeof(uint32_t));
	}
	if (input->by_partition[at] == 0) {
		feed = feed_new(source, (uint32_t)index, partition);
		input->by_partition[at] = feed->port.feed + 1;
	}
	return source->feeds[input->by_partition[at] - 1];
}

struct feed *
kafka_feeds_of(struct kafka_source *source, const char *topic,
    int32_t partition)
{
	for (size_t i = 0; i < source->input_count; i++) {
		if (strcmp(source->inputs[i].options.topic, topic) == 0)
			return feed_of_partition(source, i, partition);
	}
	return NULL;
}

/* Comparing handles saves comparing names, which is most of the work. */
struct feed *
kafka_feeds_of_message(struct kafka_source *source,
    const rd_kafka_message_t *message)
{
	const char *topic;

	for (size_t i = 0; i < source->input_count; i++) {
		if (source->inputs[i].handle == message->rkt)
			return feed_of_partition(source, i, message->partition);
	}
	topic = rd_kafka_topic_name(message->rkt);
	for (size_t i = 0; i < source->input_count; i++) {
		if (strcmp(source->inputs[i].options.topic, topic) == 0) {
			source->inputs[i].handle = message->rkt;
			return feed_of_partition(source, i, message->partition);
		}
	}
	return NULL;
}

void
kafka_feeds_forget_handles(struct kafka_source *source)
{
	for (size_t i = 0; i < source->input_count; i++)
		source->inputs[i].handle = NULL;
}

void
kafka_feeds_set_metadata(struct feed *feed, const void *bytes, size_t len)
{
	mem_free(feed->metadata);
	feed->metadata = span_strdup(span_make(bytes, len));
	feed->port.metadata = span_of(feed->metadata);
}

void
kafka_feeds_free(struct kafka_source *source)
{
	for (size_t i = 0; i < source->feed_count; i++) {
		mem_free(source->feeds[i]->metadata);
		mem_free(source->feeds[i]->kept_metadata);
		mem_free(source->feeds[i]);
	}
	mem_free(source->feeds);
}

void
kafka_feeds_tell_assigned(struct kafka_source *source)
{
	struct port_feed *feeds = mem_array(source->feed_count + 1,
	    sizeof(*feeds));
	size_t count = 0;

	for (size_t i = 0; i < source->feed_count; i++) {
		if (source->feeds[i]->is_assigned)
			feeds[count++] = source->feeds[i]->port;
	}
	source->events->assigned(source->core, feeds, count);
	mem_free(feeds);
}

bool
kafka_feeds_tell_revoked(struct kafka_source *source)
{
	uint32_t *feeds = mem_array(source->feed_count + 1, sizeof(*feeds));
	size_t count = 0;

	for (size_t i = 0; i < source->feed_count; i++) {
		if (source->feeds[i]->is_assigned)
			feeds[count++] = (uint32_t)i;
	}
	if (count > 0)
		source->events->revoked(source->core, feeds, count);
	mem_free(feeds);
	return count > 0;
}

void
kafka_feeds_tell_idle(struct kafka_source *source, int64_t now_us)
{
	for (size_t i = 0; i < source->feed_count; i++) {
		struct feed *feed = source->feeds[i];
		const struct kafka_input
		    *input = &source->inputs[feed->port.input].options;

		if (!feed->is_assigned || feed->is_idle || !feed->is_at_end ||
		    now_us - feed->active_us < input->idle_us)
			continue;
		feed->is_idle = true;
		source->events->idle(source->core, (uint32_t)i, true);
	}
}
