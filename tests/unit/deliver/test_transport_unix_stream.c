/* SPDX-License-Identifier: Apache-2.0 */
/* Lines over a unix socket, and receivers that take nothing. */
#include "unit/deliver/transport_world.h"

#define DEAD_US INT64_C(600000)

static void
listen_unix(struct world *world)
{
	world->listener = bind_path(world, SOCK_STREAM);
	assert_int_equal(listen(world->listener, 8), 0);
}

static struct world *
world_unix_stream(bool is_bound)
{
	struct world *world = world_new();

	snprintf(world->address, sizeof(world->address), "%s/log",
	    world->folder);
	if (is_bound)
		listen_unix(world);
	world->options.dead_us = DEAD_US;
	open_transport(world, TRANSPORT_UNIX_STREAM);
	return world;
}

static void
test_lines(void **state)
{
	struct world *world = world_unix_stream(true);

	(void)state;
	run_until(world, true, world->connects == 1);
	must_send(world, 1, "<1>1 x");
	must_send(world, 2, "<1>1 y\nz\n");
	run_until(world, true, world->received.len == 17);
	/* No frame can end another. */
	assert_span_equal(buffer_span(&world->received),
	    SPAN("<1>1 x\n<1>1 y z \n"));
	assert_int_equal(world->acknowledged, 2);
	world_free(world);
}

static void
test_missing_then_there(void **state)
{
	struct world *world = world_unix_stream(false);

	(void)state;
	run_until(world, false, world->disconnects == 1);
	assert_non_null(strstr(world->error, world->address));
	assert_non_null(strstr(world->error, "No such file"));
	listen_unix(world);
	run_until(world, true, world->connects == 1);
	must_send(world, 1, "x");
	run_until(world, true, world->received.len == 2);
	world_free(world);
}

static void
test_receiver_restarts(void **state)
{
	struct world *world = world_unix_stream(true);

	(void)state;
	run_until(world, true, world->connects == 1 && world->peer >= 0);
	close_fd(&world->peer);
	run_until(world, false, world->disconnects == 1);
	run_until(world, true, world->connects == 2 && world->peer >= 0);
	must_send(world, 1, "x");
	run_until(world, true, world->received.len == 2);
	world_free(world);
}

/* All left this process, but a look at the socket shows it unread. */
static void
test_never_read(void **state)
{
	struct world *world = world_unix_stream(true);

	(void)state;
	run_until(world, true, world->connects == 1 && world->peer >= 0);
	must_send(world, 1, "x");
	run_until(world, false, world->acknowledged == 1);
	run_until(world, false, world->disconnects == 1);
	assert_non_null(strstr(world->error,
	    "the receiver has taken nothing for 0.6 s"));
	close_fd(&world->peer);
	run_until(world, true, world->connects == 2);
	world_free(world);
}

static void
test_never_read_full(void **state)
{
	struct world *world = world_unix_stream(true);
	char *frame = mem_zalloc(65536);
	uint64_t number = 0;

	(void)state;
	run_until(world, true, world->connects == 1 && world->peer >= 0);
	while (world->disconnects == 0) {
		while (send_frame(world, number + 1, frame, 65536))
			number++;
		event_base_loop(world->base, EVLOOP_ONCE);
	}
	assert_true(number > world->acknowledged);
	assert_non_null(strstr(world->error, "taken nothing"));
	mem_free(frame);
	world_free(world);
}

/* A receiver that is slow, a little at a time, is not one that hangs. */
static void
test_slow(void **state)
{
	struct world *world = world_unix_stream(true);
	char *frame = mem_zalloc(65536), byte[4096];
	unsigned reads = 0;
	uint64_t number = 0;

	(void)state;
	run_until(world, true, world->connects == 1 && world->peer >= 0);
	while (send_frame(world, number + 1, frame, 65536))
		number++;
	for (; reads < 30; reads++) {
		struct timeval pause = { 0, DEAD_US / 10 };

		event_base_loopexit(world->base, &pause);
		event_base_dispatch(world->base);
		assert_true(recv(world->peer, byte, sizeof(byte), 0) > 0);
	}
	assert_int_equal(world->disconnects, 0);
	mem_free(frame);
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_missing_then_there),
		cmocka_unit_test(test_receiver_restarts),
		cmocka_unit_test(test_never_read),
		cmocka_unit_test(test_never_read_full),
		cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
