/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A destination over a real transport to a receiver that fails: what it had
 * not surely got comes again, to the byte and under the same numbers.
 */
#include "unit/deliver/tls_world.h"

#include "base/clock.h"

#include "deliver/destination.h"

#define ALERTS 1000
#define FRAME_BYTES 3000
#define DEAD_US INT64_C(1000000)

struct scene {
	struct world *world;
	struct destination *destination;
	struct port_alerts alerts;
	struct port_frame frame;
	struct identity self;
	struct receiver *receiver;
	struct event *due;
	size_t wanted, given;
	char fingerprint[65];
	size_t framing; /* bytes of it: "3000 ", or a line feed */
};

static void
port_want(void *port, size_t count)
{
	((struct scene *)port)->wanted = count;
}

static void
port_commit(void *port, int64_t next_offset, struct span metadata)
{
	(void)port;
	(void)next_offset;
	(void)metadata;
}

/* "NUMBER CHAIN xxx..." */
static void
render(void *context, struct destination *destination, struct span record,
    const struct destination_place *place)
{
	struct buffer frame = BUFFER_INIT;

	(void)context;
	buffer_printf(&frame, "%llu %02x%02x " SPAN_FMT " ",
	    (unsigned long long)place->sequence, place->chain[0],
	    place->chain[1], SPAN_ARG(record));
	while (frame.len < FRAME_BYTES)
		buffer_add_char(&frame, (char)('a' + place->sequence % 26));
	destination_frame(destination, buffer_span(&frame));
	buffer_done(&frame);
}

static void
give(struct scene *scene)
{
	char value[32];
	struct port_alert alert = { 0, SPAN("") };

	while (scene->wanted > 0 && scene->given < ALERTS) {
		snprintf(value, sizeof(value), "alert %zu", scene->given);
		alert = (struct port_alert){ (int64_t)scene->given,
			span_of(value) };
		scene->given++;
		scene->wanted--;
		destination_alerts_events.alert(scene->destination, &alert);
	}
}

static void
on_due(evutil_socket_t fd, short what, void *context)
{
	struct scene *scene = context;

	(void)fd;
	(void)what;
	give(scene);
	(void)destination_run(scene->destination, clock_monotonic_us());
}

static int
bind_kind(struct world *world, enum transport_kind kind)
{
	if (kind != TRANSPORT_UNIX_STREAM)
		return bind_port(world, SOCK_STREAM, "127.0.0.1");
	snprintf(world->address, sizeof(world->address), "%s/log",
	    world->folder);
	return bind_path(world, SOCK_STREAM);
}

static void
open_receiver(struct scene *scene, enum transport_kind kind)
{
	struct identity_options options = { .name = "siem" };
	int fd = bind_kind(scene->world, kind);

	scene->self = identity_new(&options, NULL);
	identity_fingerprint(&scene->self, scene->fingerprint);
	scene->receiver = receiver_new(scene->world,
	    kind == TRANSPORT_TLS ? &scene->self : NULL, fd);
}

static void
open_destination(struct scene *scene)
{
	struct destination_options options = {
		.name = "siem",
		.render = render,
		.context = scene,
		.trail_us = 60 * CLOCK_US_PER_S,
		.trail_bytes = 4 * MIB,
	};

	scene->alerts = (struct port_alerts){ scene, port_want, port_commit };
	scene->destination = destination_new(&options);
}

static void
open_port(struct scene *scene, enum transport_kind kind)
{
	const char *pin = scene->fingerprint;
	struct transport_tls_options tls = { .fingerprints = &pin,
		.fingerprint_count = 1 };
	struct transport_options options = {
		.kind = kind,
		.name = "siem",
		.address = scene->world->address,
		.tls = &tls,
		.buffer_bytes = MIB,
		.dead_us = DEAD_US,
		.connect_us = DEAD_US / 2,
	};
	struct error err = ERROR_NONE;

	if (!transport_open(scene->world->base, &options,
		&destination_frame_events, scene->destination,
		&scene->world->transport, &err))
		testing_fail("open", "%s", err.text);
	scene->frame = transport_port(scene->world->transport);
	destination_connect(scene->destination, &scene->alerts, &scene->frame);
	destination_alerts_events.started(scene->destination, -1, SPAN(""));
}

static struct scene *
scene_new(enum transport_kind kind)
{
	struct scene *scene = mem_zalloc(sizeof(*scene));
	struct timeval every = { 0, 1000 };

	scene->world = world_new();
	scene->framing = kind == TRANSPORT_UNIX_STREAM ? 1 : 5;
	open_receiver(scene, kind);
	open_destination(scene);
	open_port(scene, kind);
	scene->due = event_new(scene->world->base, -1, EV_PERSIST, on_due,
	    scene);
	event_add(scene->due, &every);
	return scene;
}

static void
scene_free(struct scene *scene)
{
	event_free(scene->due);
	transport_close(scene->world->transport);
	scene->world->transport = NULL;
	destination_free(scene->destination);
	receiver_free(scene->receiver);
	identity_free(&scene->self);
	world_free(scene->world);
	mem_free(scene);
}

static struct destination_stats
stats_of(const struct scene *scene)
{
	struct destination_stats stats;

	destination_get_stats(scene->destination, &stats);
	return stats;
}

static void
keep_error(struct scene *scene)
{
	snprintf(scene->world->error, sizeof(scene->world->error), "%s",
	    stats_of(scene).last_error);
}

/* A frame has its number, and is what render() made of it. */
static void
check_frame(const struct scene *scene, struct span frame, unsigned number)
{
	char want[64];
	int len = snprintf(want, sizeof(want), "%s%u ",
	    scene->framing > 1 ? "3000 " : "", number);

	assert_span_equal(span_make(frame.ptr, (size_t)len),
	    span_make(want, (size_t)len));
	for (size_t i = 100; i < FRAME_BYTES; i++)
		if (frame.ptr[i] != (char)('a' + number % 26))
			testing_fail("frame", "%u has %c at %zu", number,
			    frame.ptr[i], i);
	if (scene->framing == 1)
		assert_int_equal(frame.ptr[FRAME_BYTES], '\n');
}

/* Numbers from 1 on; the last may be cut.  Returns how many are whole. */
static unsigned
check_frames(const struct scene *scene, struct span bytes)
{
	size_t whole = FRAME_BYTES + scene->framing;
	unsigned count = 0;

	while (bytes.len >= whole) {
		check_frame(scene, bytes, ++count);
		bytes = span_make(bytes.ptr + whole, bytes.len - whole);
	}
	return count;
}

static void
want_all(struct scene *scene)
{
	struct world *world = scene->world;
	size_t all = (FRAME_BYTES + scene->framing) * ALERTS;

	run_until(world, false, world->received.len >= all);
	assert_int_equal(check_frames(scene, buffer_span(&world->received)),
	    ALERTS);
	assert_int_equal(world->received.len, all);
}

/* ---- Failures ---- */

static void
check_reset(enum transport_kind kind)
{
	struct scene *scene = scene_new(kind);
	struct world *world = scene->world;
	struct buffer first = BUFFER_INIT;
	unsigned whole;

	run_until(world, false,
	    world->received.len > 100000 &&
		world->received.len % (FRAME_BYTES + scene->framing) != 0);
	receiver_reset(scene->receiver);
	first = world->received;
	world->received = (struct buffer)BUFFER_INIT;
	whole = check_frames(scene, buffer_span(&first));
	assert_true(whole >= 33);
	want_all(scene);
	/* The same bytes: numbers, chain and text. */
	assert_memory_equal(first.ptr, world->received.ptr, first.len);
	assert_true(stats_of(scene).repeated >= whole);
	assert_true(stats_of(scene).last_error[0] != '\0');
	assert_int_equal(scene->receiver->accepted, 2);
	buffer_done(&first);
	scene_free(scene);
}

static void
test_reset_tcp(void **state)
{
	(void)state;
	check_reset(TRANSPORT_TCP);
}

static void
test_reset_tls(void **state)
{
	(void)state;
	check_reset(TRANSPORT_TLS);
}

static void
test_reset_unix_stream(void **state)
{
	(void)state;
	check_reset(TRANSPORT_UNIX_STREAM);
}

/* Its window stays shut: it is left in time, and gets all when it reads. */
static void
check_deaf(enum transport_kind kind)
{
	struct scene *scene = scene_new(kind);
	struct world *world = scene->world;

	scene->receiver->is_deaf = true;
	run_until(world, false, stats_of(scene).is_connected);
	run_until(world, false, !stats_of(scene).is_connected);
	keep_error(scene);
	/* On a busy machine the kernel may notice first. */
	if (strstr(world->error, "has taken nothing for 1 s") == NULL &&
	    strstr(world->error, "Connection timed out") == NULL)
		testing_fail("deaf", "got \"%s\"", world->error);
	assert_int_equal(world->received.len, 0);
	assert_true(stats_of(scene).queue_frames > 0);
	scene->receiver->is_deaf = false;
	want_all(scene);
	scene_free(scene);
}

static void
test_deaf_tcp(void **state)
{
	(void)state;
	check_deaf(TRANSPORT_TCP);
}

static void
test_deaf_tls(void **state)
{
	(void)state;
	check_deaf(TRANSPORT_TLS);
}

static void
test_deaf_unix_stream(void **state)
{
	(void)state;
	check_deaf(TRANSPORT_UNIX_STREAM);
}

/* Accepts, and does not answer the handshake. */
static void
test_mute(void **state)
{
	struct scene *scene = scene_new(TRANSPORT_TLS);
	struct world *world = scene->world;

	(void)state;
	scene->receiver->is_mute = true;
	run_until(world, false, stats_of(scene).last_error[0] != '\0');
	keep_error(scene);
	assert_non_null(strstr(world->error,
	    "no end of the TLS handshake within 0.5 s"));
	assert_int_equal(stats_of(scene).frames, 0);
	scene->receiver->is_mute = false;
	want_all(scene);
	assert_int_equal(stats_of(scene).repeated, 0);
	scene_free(scene);
}

/* Another certificate than the pinned one, then the right one again. */
static void
test_wrong_certificate(void **state)
{
	struct scene *scene = scene_new(TRANSPORT_TLS);
	struct world *world = scene->world;
	struct identity_options options = { .name = "impostor" };
	struct identity impostor = identity_new(&options, NULL);
	SSL_CTX *right = scene->receiver->context;

	(void)state;
	receiver_identify(scene->receiver, &impostor);
	run_until(world, false, stats_of(scene).last_error[0] != '\0');
	keep_error(scene);
	assert_non_null(strstr(world->error,
	    "certificate is refused: its fingerprint is not configured"));
	assert_int_equal(stats_of(scene).frames, 0);
	assert_int_equal(world->received.len, 0);
	SSL_CTX_free(scene->receiver->context);
	scene->receiver->context = right;
	want_all(scene);
	identity_free(&impostor);
	scene_free(scene);
}

/* One receiver hangs, and the other gets everything at once. */
static void
test_others_go_on(void **state)
{
	struct scene *deaf = scene_new(TRANSPORT_TLS);
	struct scene *other = scene_new(TRANSPORT_TLS);
	struct event_base *base = deaf->world->base;
	int64_t start_us = clock_monotonic_us();

	(void)state;
	deaf->receiver->is_deaf = true;
	run_until(deaf->world, false, stats_of(deaf).is_connected);
	while (other->world->received.len < FRAME_BYTES * ALERTS &&
	    clock_monotonic_us() - start_us < DEADLINE_S * CLOCK_US_PER_S) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		event_base_loop(other->world->base, EVLOOP_NONBLOCK);
	}
	want_all(other);
	assert_int_equal(deaf->world->received.len, 0);
	scene_free(other);
	scene_free(deaf);
}

/* The end is told in TLS too, so that nobody takes it for an attack. */
static void
test_says_goodbye(void **state)
{
	struct scene *scene = scene_new(TRANSPORT_TLS);
	struct world *world = scene->world;

	(void)state;
	want_all(scene);
	transport_close(world->transport);
	world->transport = NULL;
	run_until(world, false, scene->receiver->peer == NULL);
	assert_int_equal(scene->receiver->ended, 1);
	scene_free(scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_tcp),
		cmocka_unit_test(test_reset_tls),
		cmocka_unit_test(test_reset_unix_stream),
		cmocka_unit_test(test_deaf_tcp),
		cmocka_unit_test(test_deaf_tls),
		cmocka_unit_test(test_deaf_unix_stream),
		cmocka_unit_test(test_mute),
		cmocka_unit_test(test_wrong_certificate),
		cmocka_unit_test(test_others_go_on),
		cmocka_unit_test(test_says_goodbye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
