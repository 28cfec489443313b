/* SPDX-License-Identifier: Apache-2.0 */
/* Transports against receivers in the same loop, on loopback. */
#include "unit/deliver/transport_world.h"

/* ---- TCP ---- */

static struct world *
world_tcp(const char *host)
{
	struct world *world = world_new();

	bind_tcp(world, host);
	assert_int_equal(listen(world->listener, 8), 0);
	open_transport(world, TRANSPORT_TCP);
	return world;
}

/* RFC 6587, 3.4.1: MSG-LEN SP SYSLOG-MSG, the length in octets. */
static void
test_octet_counting(void **state)
{
	static const char want[] = "6 <1>1 x12 <1>1 \xe2\x82\xac\n1 y"
				   "2 ab";
	struct world *world = world_tcp("127.0.0.1");

	(void)state;
	assert_false(send_frame(world, 1, "early", 5));
	run_until(world, true, world->connects == 1);
	assert_false(world->port.is_confirmed);
	must_send(world, 1, "<1>1 x");
	must_send(world, 2, "<1>1 \xe2\x82\xac\n1 y");
	must_send(world, 3, "ab");
	run_until(world, true, world->acknowledged == 3);
	run_until(world, true, world->received.len >= sizeof(want) - 1);
	assert_span_equal(buffer_span(&world->received),
	    span_make(want, sizeof(want) - 1));
	assert_int_equal(transport_pending(world->transport), 0);
	world_free(world);
}

static void
test_peer_closes(void **state)
{
	struct world *world = world_tcp("127.0.0.1");
	struct transport_stats stats;

	(void)state;
	run_until(world, true, world->connects == 1 && world->peer >= 0);
	close_fd(&world->peer);
	run_until(world, false, world->disconnects == 1);
	assert_non_null(strstr(world->error, world->address));
	assert_false(send_frame(world, 1, "x", 1));
	run_until(world, true, world->connects == 2 && world->peer >= 0);
	must_send(world, 1, "again");
	run_until(world, true, world->received.len == 7);
	assert_span_equal(buffer_span(&world->received), SPAN("5 again"));
	transport_get_stats(world->transport, &stats);
	assert_int_equal(stats.connects, 2);
	assert_int_equal(stats.frames, 1);
	world_free(world);
}

/* What the receiver says is read and ignored. */
static void
test_peer_talks(void **state)
{
	struct world *world = world_tcp("127.0.0.1");

	(void)state;
	run_until(world, true, world->connects == 1 && world->peer >= 0);
	assert_int_equal(send(world->peer, "hello", 5, MSG_NOSIGNAL), 5);
	must_send(world, 1, "x");
	run_until(world, true, world->received.len == 3);
	assert_int_equal(world->disconnects, 0);
	world_free(world);
}

static void
test_refused_then_up(void **state)
{
	struct world *world = world_new();

	(void)state;
	bind_tcp(world, "127.0.0.1");
	open_transport(world, TRANSPORT_TCP);
	run_until(world, false, world->disconnects == 2);
	assert_non_null(strstr(world->error, "refused"));
	assert_int_equal(listen(world->listener, 8), 0);
	run_until(world, true, world->connects == 1);
	world_free(world);
}

/* A receiver that does not read: the buffer fills, then nothing is taken. */
static void
test_full(void **state)
{
	struct world *world = world_tcp("127.0.0.1");
	char *frame = mem_zalloc(65536);
	uint64_t number = 0, seen;

	(void)state;
	run_until(world, true, world->connects == 1);
	for (int round = 0; round < 400; round++) {
		while (send_frame(world, number + 1, frame, 65536))
			number++;
		seen = world->acknowledged;
		event_base_loop(world->base, EVLOOP_NONBLOCK);
		event_base_loop(world->base, EVLOOP_NONBLOCK);
		if (world->acknowledged == seen)
			break;
	}
	assert_true(number > world->acknowledged);
	assert_true(transport_pending(world->transport) <= MIB);
	assert_true(transport_pending(world->transport) > MIB - 70000);
	run_until(world, true, world->acknowledged == number);
	run_until(world, true, world->received.len == number * (65536 + 6));
	assert_true(send_frame(world, number + 1, frame, 65536));
	mem_free(frame);
	world_free(world);
}

/* An empty buffer takes a frame of any size. */
static void
test_frame_above_buffer(void **state)
{
	struct world *world = world_tcp("127.0.0.1");
	char *frame = mem_zalloc(3 * MIB);

	(void)state;
	run_until(world, true, world->connects == 1);
	assert_true(send_frame(world, 1, frame, 3 * MIB));
	assert_false(send_frame(world, 2, "x", 1));
	run_until(world, true, world->acknowledged == 1);
	must_send(world, 2, "x");
	run_until(world, true, world->acknowledged == 2);
	mem_free(frame);
	world_free(world);
}

/* ::1 may come first and be refused: then the next address is tried. */
static void
test_name(void **state)
{
	struct world *world = world_tcp("localhost");

	(void)state;
	run_until(world, true, world->connects == 1);
	must_send(world, 1, "x");
	run_until(world, true, world->received.len == 3);
	world_free(world);
}

static void
test_closed_during_lookup(void **state)
{
	struct world *world = world_new();

	(void)state;
	strcpy(world->address, "no-such-host.invalid:514");
	open_transport(world, TRANSPORT_TCP);
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	transport_close(world->transport);
	world->transport = NULL;
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	world_free(world);
}

static void
test_bad_address(void **state)
{
	struct world *world = world_new();
	struct transport_options options = { .kind = TRANSPORT_TCP,
		.name = "siem",
		.address = "nowhere",
		.buffer_bytes = MIB };
	struct error err = ERROR_NONE;

	(void)state;
	assert_false(transport_open(world->base, &options, &events, world,
	    &world->transport, &err));
	assert_non_null(strstr(err.text, "nowhere"));
	world_free(world);
}

/* ---- Unix datagrams ---- */

static void
bind_unix(struct world *world)
{
	world->peer = bind_path(world, SOCK_DGRAM);
}

static struct world *
world_unix(bool is_bound)
{
	struct world *world = world_new();

	snprintf(world->address, sizeof(world->address), "%s/log",
	    world->folder);
	if (is_bound)
		bind_unix(world);
	open_transport(world, TRANSPORT_UNIX);
	return world;
}

static void
test_datagrams(void **state)
{
	struct world *world = world_unix(true);

	(void)state;
	run_until(world, false, world->connects == 1);
	must_send(world, 1, "<1>1 x");
	must_send(world, 2, "<1>1 y");
	run_until(world, true, world->acknowledged == 2);
	run_until(world, true, world->datagrams == 2);
	assert_span_equal(buffer_span(&world->received), SPAN("<1>1 x<1>1 y"));
	world_free(world);
}

/* Its queue holds some ten: the rest waits here and comes in order. */
static void
test_slow_receiver(void **state)
{
	struct world *world = world_unix(true);
	struct buffer want = BUFFER_INIT;
	char frame[16];

	(void)state;
	run_until(world, false, world->connects == 1);
	for (unsigned i = 1; i <= 1000; i++) {
		snprintf(frame, sizeof(frame), "%u;", i);
		must_send(world, i, frame);
		buffer_add_string(&want, frame);
	}
	for (int i = 0; i < 5; i++)
		event_base_loop(world->base, EVLOOP_NONBLOCK);
	assert_true(world->acknowledged > 0);
	assert_true(world->acknowledged < 1000);
	run_until(world, true, world->datagrams == 1000);
	run_until(world, false, world->acknowledged == 1000);
	assert_span_equal(buffer_span(&world->received), buffer_span(&want));
	assert_int_equal(world->disconnects, 0);
	buffer_done(&want);
	world_free(world);
}

static void
test_too_large(void **state)
{
	struct world *world = world_unix(true);
	char *frame = mem_zalloc(8 * MIB);
	struct transport_stats stats;

	(void)state;
	run_until(world, false, world->connects == 1);
	for (uint64_t number = 1; number <= 2; number++) {
		assert_true(send_frame(world, number, frame, 8 * MIB));
		run_until(world, true, world->acknowledged == number);
	}
	must_send(world, 3, "fits");
	run_until(world, true, world->datagrams == 1);
	assert_span_equal(buffer_span(&world->received), SPAN("fits"));
	assert_int_equal(world->tells, 1);
	assert_non_null(strstr(world->told, "8388608"));
	assert_int_equal(world->disconnects, 0);
	transport_get_stats(world->transport, &stats);
	assert_int_equal(stats.too_large, 2);
	assert_int_equal(stats.frames, 1);
	mem_free(frame);
	world_free(world);
}

static void
test_missing_then_there(void **state)
{
	struct world *world = world_unix(false);

	(void)state;
	run_until(world, false, world->disconnects == 1);
	assert_non_null(strstr(world->error, "No such file"));
	bind_unix(world);
	run_until(world, false, world->connects == 1);
	must_send(world, 1, "x");
	run_until(world, true, world->datagrams == 1);
	world_free(world);
}

static void
test_receiver_restarts(void **state)
{
	struct world *world = world_unix(true);

	(void)state;
	run_until(world, false, world->connects == 1);
	close_fd(&world->peer);
	must_send(world, 1, "lost");
	run_until(world, false, world->disconnects == 1);
	assert_int_equal(world->acknowledged, 0);
	bind_unix(world);
	run_until(world, false, world->connects == 2);
	must_send(world, 1, "again");
	run_until(world, true, world->datagrams == 1);
	assert_span_equal(buffer_span(&world->received), SPAN("again"));
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_octet_counting),
		cmocka_unit_test(test_peer_closes),
		cmocka_unit_test(test_peer_talks),
		cmocka_unit_test(test_refused_then_up),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_frame_above_buffer),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_closed_during_lookup),
		cmocka_unit_test(test_bad_address),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_slow_receiver),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_missing_then_there),
		cmocka_unit_test(test_receiver_restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
