/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <openssl/evp.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/mem.h"

#include "deliver/destination.h"

#define S INT64_C(1000000)
#define MIB ((size_t)1024 * 1024)
#define SENT_MAX 256

/* A world of scripted time: a queue of alerts and a wire. */
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

static void
port_want(void *port, size_t count)
{
	((struct world *)port)->wanted = count;
}

static void
port_commit(void *port, int64_t next_offset, struct span metadata)
{
	struct world *world = port;

	assert_true(metadata.len < PORT_METADATA_MAX);
	world->committed = next_offset;
	memcpy(world->metadata, metadata.ptr, metadata.len);
	world->metadata[metadata.len] = '\0';
	world->commits++;
}

static bool
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
static void
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

static struct world *
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

static void
world_free(struct world *world)
{
	destination_free(world->destination);
	mem_free(world);
}

static void
run_at(struct world *world, int64_t now_us)
{
	world->now_us = now_us;
	world->due_us = destination_run(world->destination, now_us);
}

static void
start(struct world *world, int64_t next_offset, const char *metadata)
{
	destination_alerts_events.started(world->destination, next_offset,
	    span_of(metadata));
}

static void
alert(struct world *world, int64_t offset, const char *value)
{
	struct port_alert alert = { offset, span_of(value) };

	destination_alerts_events.alert(world->destination, &alert);
}

static void
connected(struct world *world)
{
	destination_frame_events.connected(world->destination);
}

static void
disconnected(struct world *world)
{
	struct error err = ERROR_NONE;

	error_set(&err, NULL, "peer gone");
	destination_frame_events.disconnected(world->destination, &err);
}

/* All that was sent has left the process. */
static void
acknowledge_all(struct world *world)
{
	assert_true(world->sent_count > 0);
	destination_frame_events.acknowledged(world->destination,
	    world->sent[world->sent_count - 1].number);
}

static void
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
static void
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

static void
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

/* ---- Sequence, chain, position ---- */

static void
test_trail_of_time(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	run_at(world, 1000 * S);
	assert_true(world->wanted > 0);
	alert(world, 7, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a");
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->due_us, 1060 * S);
	run_at(world, 1060 * S - 1);
	assert_int_equal(world->commits, 0);
	run_at(world, 1060 * S);
	assert_int_equal(world->commits, 1);
	assert_int_equal(world->committed, 8);
	want_metadata(world, 1, records);
	assert_true(world->due_us == INT64_MAX);
	world_free(world);
}

/* While bytes are still in this process the clock does not run. */
static void
test_trail_starts_when_it_left(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	run_at(world, 1100 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1100 * S);
	run_at(world, 1160 * S - 1);
	assert_int_equal(world->commits, 0);
	run_at(world, 1160 * S);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

/* Four frames of 1 MiB may trail; one byte more settles the oldest. */
static void
test_trail_of_bytes(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->frame_bytes = MIB;
	for (int i = 0; i < 4; i++)
		alert(world, i, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1001 * S);
	assert_int_equal(world->sent_count, 4);
	assert_int_equal(world->commits, 0);
	world->frame_bytes = 0;
	alert(world, 4, "b");
	run_at(world, 1002 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1002 * S);
	assert_int_equal(world->commits, 1);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

static void
test_confirmed(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	run_at(world, 5000 * S);
	assert_int_equal(world->commits, 0);
	destination_frame_events.acknowledged(world->destination,
	    world->sent[0].number);
	run_at(world, 5000 * S);
	assert_int_equal(world->committed, 1);
	want_metadata(world, 1, records);
	/* Positions go out once a second. */
	acknowledge_all(world);
	run_at(world, 5000 * S + 999999);
	assert_int_equal(world->commits, 1);
	assert_int_equal(world->due_us, 5001 * S);
	run_at(world, 5001 * S);
	assert_int_equal(world->committed, 2);
	want_metadata(world, 2, records);
	world_free(world);
}

/* A record of several frames is settled with the last of them. */
static void
test_parts(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->frames_per_record = 3;
	alert(world, 5, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "1.1 a", "1.2 a");
	destination_frame_events.acknowledged(world->destination,
	    world->sent[1].number);
	run_at(world, 1000 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 6);
	world_free(world);
}

/* A record that gives no frame is numbered, and holds up nothing. */
static void
test_record_without_frames(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->frames_per_record = 0;
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 1);
	world->frames_per_record = 1;
	alert(world, 1, "b");
	world->frames_per_record = 0;
	alert(world, 2, "c");
	run_at(world, 1001 * S);
	WANT_SENT(world, 0, "2.0 b");
	acknowledge_all(world);
	run_at(world, 1001 * S);
	run_at(world, 1061 * S);
	assert_int_equal(world->committed, 3);
	want_metadata(world, 3, records);
	world_free(world);
}

/* ---- Lost connections, restarts, standby ---- */

static void
test_reconnect_repeats_the_trail(void **state)
{
	struct world *world = world_new(false);
	struct destination_stats stats;
	uint64_t number;

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	alert(world, 1, "b");
	run_at(world, 1030 * S);
	acknowledge_all(world);
	run_at(world, 1030 * S);
	number = world->sent[1].number;

	/* 60 s after a, 30 s after b. */
	disconnected(world);
	run_at(world, 1060 * S);
	assert_int_equal(world->committed, 1);
	alert(world, 2, "c");
	run_at(world, 1065 * S);
	assert_int_equal(world->sent_count, 2);

	/* However long it was away: what was at risk is still so. */
	run_at(world, 9000 * S);
	connected(world);
	run_at(world, 9000 * S);
	WANT_SENT(world, 2, "2.0 b", "3.0 c");
	assert_int_equal(world->sent[2].number, number);
	destination_get_stats(world->destination, &stats);
	assert_int_equal(stats.repeated, 1);
	assert_int_equal(stats.frames, 4);
	assert_string_equal(stats.last_error, "peer gone");
	acknowledge_all(world);
	run_at(world, 9000 * S);
	run_at(world, 9060 * S);
	assert_int_equal(world->committed, 3);
	want_metadata(world, 3, records);
	world_free(world);
}

static void
test_quiet_connection_repeats_nothing(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	disconnected(world);
	connected(world);
	run_at(world, 1060 * S);
	assert_int_equal(world->sent_count, 1);
	world_free(world);
}

/* What had not left the process is sent again at any age. */
static void
test_unacknowledged_is_repeated(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	run_at(world, 2000 * S);
	disconnected(world);
	connected(world);
	run_at(world, 2000 * S);
	WANT_SENT(world, 0, "1.0 a", "1.0 a");
	assert_int_equal(world->sent[0].number, world->sent[1].number);
	world_free(world);
}

/* The successor numbers and chains on from the committed metadata. */
static void
test_restart(void **state)
{
	struct world *world = world_new(true), *next = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 2);

	start(next, world->committed, world->metadata);
	connected(next);
	alert(next, 2, "c");
	run_at(next, 1000 * S);
	WANT_SENT(next, 0, "3.0 c");
	acknowledge_all(next);
	run_at(next, 1000 * S);
	assert_int_equal(next->committed, 3);
	want_metadata(next, 3, records);
	world_free(world);
	world_free(next);
}

static void
test_unreadable_metadata(void **state)
{
	static const char *const cases[] = { "", "v1", "v2 1 00", "v1 x 00",
		"v1 1 0000000000000000000000000000000000000000000000000000000"
		"00000000",
		"v1 99999999999999999999999 "
		"0000000000000000000000000000000000000000000000000000000000"
		"000000",
		"v1 1 "
		"000000000000000000000000000000000000000000000000000000000"
		"000000g",
		"v1 1 "
		"000000000000000000000000000000000000000000000000000000000"
		"0000000 more" };
	struct destination_stats stats;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = world_new(true);

		start(world, 5, cases[i]);
		connected(world);
		alert(world, 5, "a");
		run_at(world, 1000 * S);
		WANT_SENT(world, 0, "1.0 a");
		destination_get_stats(world->destination, &stats);
		if (stats.last_error[0] == '\0')
			testing_fail(cases[i], "nothing was said");
		world_free(world);
	}
}

static void
test_standby(void **state)
{
	struct world *world = world_new(false);
	struct destination_stats stats;

	(void)state;
	connected(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 0);
	start(world, -1, "");
	alert(world, 0, "a");
	destination_alerts_events.stopped(world->destination);
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 0);
	assert_true(world->due_us == INT64_MAX);
	run_at(world, 2000 * S);
	assert_int_equal(world->commits, 0);
	destination_get_stats(world->destination, &stats);
	assert_false(stats.is_active);
	assert_true(stats.is_connected);

	/* Again ours: from where it was left. */
	start(world, -1, "");
	alert(world, 0, "a");
	run_at(world, 2001 * S);
	WANT_SENT(world, 0, "1.0 a");
	world_free(world);
}

/* What an older life sent may still be acknowledged: not these frames. */
static void
test_old_acknowledgement(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	start(world, -1, "");
	alert(world, 0, "a");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "1.0 a");
	destination_frame_events.acknowledged(world->destination,
	    world->sent[0].number);
	run_at(world, 1000 * S);
	assert_int_equal(world->commits, 0);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->committed, 1);
	world_free(world);
}

/* Numbering a record twice would break the chain for who verifies it. */
static void
test_repeated_record(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	start(world, -1, "");
	connected(world);
	alert(world, 0, "a");
	alert(world, 0, "a");
	alert(world, 1, "b");
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "2.0 b");
	world_free(world);
}

/* ---- Back-pressure ---- */

static void
test_full_transport(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	connected(world);
	world->refuse_from = 2;
	for (int i = 0; i < 4; i++)
		alert(world, i, records[i]);
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "2.0 b");
	world->refuse_from = SENT_MAX;
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 2);
	acknowledge_all(world);
	run_at(world, 1000 * S);
	WANT_SENT(world, 0, "1.0 a", "2.0 b", "3.0 c", "4.0 d");
	world_free(world);
}

/* Nothing is wanted that would not fit: 8 MiB, at 256 KiB an alert. */
static void
test_wants_what_fits(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	start(world, -1, "");
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 32);
	world->frame_bytes = MIB;
	for (int i = 0; i < 5; i++)
		alert(world, i, "a");
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 12);
	for (int i = 5; i < 8; i++)
		alert(world, i, "a");
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 0);
	connected(world);
	run_at(world, 1000 * S);
	assert_int_equal(world->sent_count, 8);
	run_at(world, 1000 * S);
	assert_int_equal(world->wanted, 32);
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trail_of_time),
		cmocka_unit_test(test_trail_starts_when_it_left),
		cmocka_unit_test(test_trail_of_bytes),
		cmocka_unit_test(test_confirmed),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_record_without_frames),
		cmocka_unit_test(test_reconnect_repeats_the_trail),
		cmocka_unit_test(test_quiet_connection_repeats_nothing),
		cmocka_unit_test(test_unacknowledged_is_repeated),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_unreadable_metadata),
		cmocka_unit_test(test_standby),
		cmocka_unit_test(test_old_acknowledgement),
		cmocka_unit_test(test_repeated_record),
		cmocka_unit_test(test_full_transport),
		cmocka_unit_test(test_wants_what_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
