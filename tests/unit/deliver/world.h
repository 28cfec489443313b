/* SPDX-License-Identifier: Apache-2.0 */
/* A destination over fake ports, on scripted time. */
#ifndef UNIT_DELIVER_WORLD_H
#define UNIT_DELIVER_WORLD_H

#include <stdio.h>

#include <openssl/evp.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/mem.h"

#include "deliver/destination.h"

#define S INT64_C(1000000)
#define MIB ((size_t)1024 * 1024)
#define SENT_MAX 256

struct world {
	struct destination *destination;
	struct port_alerts alerts;
	struct port_frame frame;
	int64_t now_us;
	int64_t due_us;
	/* what was asked of the ports */
	size_t wanted;
	int64_t committed;
	char metadata[PORT_METADATA_MAX];
	unsigned commits;
	/* what is on the wire */
	struct {
		uint64_t number;
		char text[64];
		size_t len;
	} sent[SENT_MAX];
	size_t sent_count;
	size_t refuse_from; /* send() is refused from this count on */
	/* how records are rendered */
	size_t frames_per_record;
	size_t frame_bytes; /* 0: as the text is */
};

static inline void
port_want(void *port, size_t count)
{
	((struct world *)port)->wanted = count;
}

static inline void
port_commit(void *port, int64_t next_offset, struct span metadata)
{
	struct world *world = port;

	assert_true(metadata.len < PORT_METADATA_MAX);
	world->committed = next_offset;
	memcpy(world->metadata, metadata.ptr, metadata.len);
	world->metadata[metadata.len] = '\0';
	world->commits++;
}

static inline bool
port_send(void *port, uint64_t number, struct span frame)
{
	struct world *world = port;

	assert_true(world->sent_count < SENT_MAX);
	if (world->sent_count >= world->refuse_from)
		return false;
	world->sent[world->sent_count].number = number;
	world->sent[world->sent_count].len = frame.len;
	snprintf(world->sent[world->sent_count].text,
	    sizeof(world->sent[0].text), SPAN_FMT, SPAN_ARG(frame));
	world->sent_count++;
	return true;
}

/* "SEQUENCE.PART record", filled up to frame_bytes. */
static inline void
render(void *context, struct destination *destination, struct span record,
    const struct destination_place *place)
{
	struct world *world = context;
	struct buffer frame = BUFFER_INIT;

	for (size_t i = 0; i < world->frames_per_record; i++) {
		buffer_reset(&frame);
		buffer_printf(&frame, "%llu.%zu " SPAN_FMT,
		    (unsigned long long)place->sequence, i, SPAN_ARG(record));
		while (frame.len < world->frame_bytes)
			buffer_add_char(&frame, '.');
		destination_frame(destination, buffer_span(&frame));
	}
	buffer_done(&frame);
}

static inline struct world *
world_new(bool is_confirmed)
{
	struct world *world = mem_zalloc(sizeof(*world));
	struct destination_options options = {
		.name = "siem",
		.render = render,
		.context = world,
		.trail_us = 60 * S,
		.trail_bytes = 4 * MIB,
	};

	world->alerts = (struct port_alerts){ world, port_want, port_commit };
	world->frame = (struct port_frame){ world, port_send, is_confirmed };
	world->refuse_from = SENT_MAX;
	world->frames_per_record = 1;
	world->committed = -2;
	world->now_us = 1000 * S;
	world->destination = destination_new(&options);
	destination_connect(world->destination, &world->alerts, &world->frame);
	return world;
}

static inline void
world_free(struct world *world)
{
	destination_free(world->destination);
	mem_free(world);
}

static inline void
run_at(struct world *world, int64_t now_us)
{
	world->now_us = now_us;
	world->due_us = destination_run(world->destination, now_us);
}

static inline void
start(struct world *world, int64_t next_offset, const char *metadata)
{
	destination_alerts_events.started(world->destination, next_offset,
	    span_of(metadata));
}

static inline void
alert(struct world *world, int64_t offset, const char *value)
{
	struct port_alert alert = { offset, span_of(value) };

	destination_alerts_events.alert(world->destination, &alert);
}

static inline void
connected(struct world *world)
{
	destination_frame_events.connected(world->destination);
}

static inline void
disconnected(struct world *world)
{
	struct error err = ERROR_NONE;

	error_set(&err, NULL, "peer gone");
	destination_frame_events.disconnected(world->destination, &err);
}

/* All that was sent has left the process. */
static inline void
acknowledge_all(struct world *world)
{
	assert_true(world->sent_count > 0);
	destination_frame_events.acknowledged(world->destination,
	    world->sent[world->sent_count - 1].number);
}

static inline void
want_sent(struct world *world, size_t from, const char *const *want)
{
	size_t count = 0;

	for (; want[count] != NULL; count++) {
		if (from + count >= world->sent_count)
			testing_fail(want[count], "was not sent");
		assert_string_equal(world->sent[from + count].text,
		    want[count]);
	}
	assert_int_equal(world->sent_count, from + count);
}

#define WANT_SENT(world, from, ...)                                            \
	want_sent((world), (from), (const char *const[]){ __VA_ARGS__, NULL })

/* "v1 N HEX" of a chain computed by another library, from `before` on. */
static inline void
chain(uint8_t value[32], const char *record)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned len;

	assert_int_equal(EVP_DigestInit_ex(context, EVP_sha256(), NULL), 1);
	EVP_DigestUpdate(context, value, 32);
	EVP_DigestUpdate(context, record, strlen(record));
	EVP_DigestFinal_ex(context, value, &len);
	EVP_MD_CTX_free(context);
	assert_int_equal(len, 32);
}

static inline void
want_metadata(struct world *world, unsigned sequence,
    const char *const *records)
{
	uint8_t value[32] = { 0 };
	char want[128];
	int len = snprintf(want, sizeof(want), "v1 %u ", sequence);

	for (unsigned i = 0; i < sequence; i++)
		chain(value, records[i]);
	for (size_t i = 0; i < 32; i++)
		len += snprintf(want + len, sizeof(want) - (size_t)len, "%02x",
		    value[i]);
	assert_string_equal(world->metadata, want);
}

static const char *const records[] = { "a", "b", "c", "d" };

#endif
