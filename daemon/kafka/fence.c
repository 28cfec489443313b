/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "kafka/source_internal.h"

rd_kafka_consumer_group_metadata_t *
kafka_fence_take(struct kafka_source *source, const void *fence)
{
	rd_kafka_consumer_group_metadata_t *copy = NULL;
	rd_kafka_error_t *error;
	void *bytes;
	size_t len;

	if (source->assignment == NULL ||
	    (fence != NULL && fence != (void *)source->generation))
		return NULL;
	error = rd_kafka_consumer_group_metadata_write(source->group, &bytes,
	    &len);
	if (error == NULL) {
		error = rd_kafka_consumer_group_metadata_read(&copy, bytes,
		    len);
		rd_kafka_mem_free(source->client, bytes);
	}
	CHECK(error == NULL);
	return copy;
}

rd_kafka_topic_partition_list_t *
kafka_fence_offsets(struct kafka_source *source,
    const struct port_offset *offsets, size_t count)
{
	rd_kafka_topic_partition_list_t
	    *list = rd_kafka_topic_partition_list_new((int)count);
	rd_kafka_topic_partition_t *partition;

	for (size_t i = 0; i < count; i++) {
		const struct feed *feed;
		size_t len = strnlen(offsets[i].metadata, PORT_METADATA_MAX);

		CHECK(offsets[i].feed < source->feed_count);
		CHECK(len < PORT_METADATA_MAX);
		feed = source->feeds[offsets[i].feed];
		partition = rd_kafka_topic_partition_list_add(list,
		    source->inputs[feed->port.input].options.topic,
		    feed->port.partition);
		partition->offset = offsets[i].next_offset;
		partition->metadata = rd_kafka_mem_malloc(source->client,
		    len + 1);
		memcpy(partition->metadata, offsets[i].metadata, len + 1);
		partition->metadata_size = len;
	}
	return list;
}

void
kafka_fence_committed(struct kafka_source *source,
    const rd_kafka_topic_partition_list_t *offsets)
{
	for (int i = 0; i < offsets->cnt; i++) {
		const rd_kafka_topic_partition_t *from = &offsets->elems[i];
		struct feed *feed = kafka_feeds_of(source, from->topic,
		    from->partition);

		feed->kept = from->offset;
		mem_free(feed->kept_metadata);
		feed->kept_metadata = span_strdup(span_make(from->metadata,
		    from->metadata_size));
	}
}
