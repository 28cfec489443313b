/* SPDX-License-Identifier: Apache-2.0 */
/* UDP: one frame a datagram (RFC 5426, 3.1), and what ICMP says of them. */
#include "unit/deliver/transport_world.h"

/* Of IPv4: 65535 less the headers of IP and UDP (RFC 768, RFC 791). */
#define LARGEST 65507

static struct world *
world_udp(void)
{
	struct world *world = world_new();

	world->peer = bind_port(world, SOCK_DGRAM, "127.0.0.1");
	open_transport(world, TRANSPORT_UDP);
	run_until(world, false, world->connects == 1);
	return world;
}

static void
test_datagrams(void **state)
{
	struct world *world = world_udp();

	(void)state;
	assert_false(world->port.is_confirmed);
	must_send(world, 1, "<1>1 x");
	must_send(world, 2, "<1>1 \xe2\x82\xac\n1 y");
	run_until(world, true, world->acknowledged == 2);
	run_until(world, true, world->datagrams == 2);
	assert_span_equal(buffer_span(&world->received),
	    SPAN("<1>1 x<1>1 \xe2\x82\xac\n1 y"));
	assert_int_equal(transport_pending(world->transport), 0);
	world_free(world);
}

static void
test_ipv6(void **state)
{
	struct world *world = world_new();
	struct sockaddr_in6 in = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(in);

	(void)state;
	world->peer = socket(AF_INET6,
	    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (world->peer < 0 ||
	    bind(world->peer, (struct sockaddr *)&in, sizeof(in)) != 0) {
		world_free(world);
		skip(); /* a host without IPv6 */
		return;
	}
	assert_int_equal(getsockname(world->peer, (struct sockaddr *)&in, &len),
	    0);
	snprintf(world->address, sizeof(world->address), "[::1]:%u",
	    ntohs(in.sin6_port));
	open_transport(world, TRANSPORT_UDP);
	run_until(world, false, world->connects == 1);
	must_send(world, 1, "<1>1 x");
	run_until(world, true, world->datagrams == 1);
	assert_span_equal(buffer_span(&world->received), SPAN("<1>1 x"));
	world_free(world);
}

static void
test_name(void **state)
{
	struct world *world = world_new();

	(void)state;
	world->peer = bind_port(world, SOCK_DGRAM, "localhost");
	open_transport(world, TRANSPORT_UDP);
	run_until(world, true, world->connects > 0);
	/* ::1 may come first, where nobody listens. */
	while (world->datagrams == 0) {
		(void)send_frame(world, world->acknowledged + 1, "x", 1);
		run_until(world, true,
		    world->datagrams > 0 || world->disconnects > 0);
		if (world->datagrams > 0)
			break;
		world->disconnects = 0;
		world->connects = 0;
		run_until(world, true, world->connects > 0);
	}
	world_free(world);
}

/* Port unreachable (RFC 792) comes back from a host where nobody listens. */
static void
test_refused_then_up(void **state)
{
	struct world *world = world_udp();
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	(void)state;
	assert_int_equal(getsockname(world->peer, (struct sockaddr *)&in, &len),
	    0);
	close_fd(&world->peer);
	must_send(world, 1, "lost");
	run_until(world, false, world->disconnects == 1);
	assert_non_null(strstr(world->error, world->address));
	assert_non_null(strstr(world->error, "Connection refused"));
	assert_false(send_frame(world, 1, "x", 1));
	world->peer = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (world->peer < 0)
		abort();
	assert_int_equal(bind(world->peer, (struct sockaddr *)&in, sizeof(in)),
	    0);
	run_until(world, true, world->connects == 2);
	must_send(world, 2, "again");
	run_until(world, true, world->datagrams == 1);
	assert_span_equal(buffer_span(&world->received), SPAN("again"));
	world_free(world);
}

/* The error queue holds a copy of the refusal, which must not spin the loop. */
static void
test_too_large(void **state)
{
	struct world *world = world_udp();
	char *frame = mem_zalloc(LARGEST + 1);
	struct transport_stats stats;

	(void)state;
	must_send(world, 1, "first");
	assert_true(send_frame(world, 2, frame, LARGEST + 1));
	assert_true(send_frame(world, 3, frame, LARGEST + 1));
	assert_true(send_frame(world, 4, frame, LARGEST));
	run_until(world, true, world->datagrams == 2);
	run_until(world, true, world->acknowledged == 4);
	assert_int_equal(world->received.len, 5 + LARGEST);
	assert_int_equal(world->tells, 1);
	assert_non_null(strstr(world->told, "65508"));
	assert_non_null(strstr(world->told, "max_message_size"));
	assert_int_equal(world->disconnects, 0);
	transport_get_stats(world->transport, &stats);
	assert_int_equal(stats.too_large, 2);
	assert_int_equal(stats.frames, 2);
	mem_free(frame);
	world_free(world);
}

/* A receiver with the kernel's default buffer loses nothing of a backlog. */
static void
test_backlog(void **state)
{
	struct world *world = world_udp();
	char frame[1000];

	(void)state;
	memset(frame, 'x', sizeof(frame));
	for (uint64_t number = 1; number <= 1000; number++)
		assert_true(send_frame(world, number, frame, sizeof(frame)));
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	assert_true(world->acknowledged < 100);
	run_until(world, true, world->acknowledged == 1000);
	run_until(world, true, world->datagrams == 1000);
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_refused_then_up),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_backlog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
