/* SPDX-License-Identifier: Apache-2.0 */
/* A transport and what it tells, with a receiver in the same loop. */
#ifndef UNIT_DELIVER_TRANSPORT_WORLD_H
#define UNIT_DELIVER_TRANSPORT_WORLD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/mem.h"

#include "deliver/transport.h"

#define DEADLINE_S 20
#define MIB ((size_t)1024 * 1024)

struct world {
	struct event_base *base;
	struct transport *transport;
	struct port_frame port;
	struct transport_options options; /* a test may set more of them */
	char address[128];
	char folder[64];
	/* up-calls */
	unsigned connects, disconnects, tells;
	uint64_t acknowledged;
	bool in_call; /* up-calls must not come from inside a call */
	char error[1024];
	char told[1024];
	/* the receiver */
	int listener, peer;
	struct buffer received;
	unsigned datagrams;
};

static inline void
on_connected(void *core)
{
	struct world *world = core;

	assert_false(world->in_call);
	world->connects++;
}

static inline void
on_disconnected(void *core, const struct error *err)
{
	struct world *world = core;

	assert_false(world->in_call);
	world->disconnects++;
	snprintf(world->error, sizeof(world->error), "%s", err->text);
}

static inline void
on_acknowledged(void *core, uint64_t number)
{
	struct world *world = core;

	assert_false(world->in_call);
	assert_true(number > world->acknowledged);
	world->acknowledged = number;
}

static inline void
on_tell(void *context, const struct error *err)
{
	struct world *world = context;

	world->tells++;
	snprintf(world->told, sizeof(world->told), "%s", err->text);
}

static const struct port_frame_events events = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.acknowledged = on_acknowledged,
};

static inline struct world *
world_new(void)
{
	struct world *world = mem_zalloc(sizeof(*world));

	world->base = event_base_new();
	world->listener = world->peer = -1;
	strcpy(world->folder, "/tmp/integrity-test-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	return world;
}

static inline void
open_transport(struct world *world, enum transport_kind kind)
{
	struct error err = ERROR_NONE;

	world->options.kind = kind;
	world->options.name = "siem";
	world->options.address = world->address;
	world->options.buffer_bytes = MIB;
	world->options.tell = on_tell;
	world->options.context = world;
	world->in_call = true;
	if (!transport_open(world->base, &world->options, &events, world,
		&world->transport, &err))
		testing_fail("open", "%s", err.text);
	world->port = transport_port(world->transport);
	world->in_call = false;
}

static inline void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline void
world_free(struct world *world)
{
	transport_close(world->transport);
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	event_base_free(world->base);
	close_fd(&world->listener);
	close_fd(&world->peer);
	if (world->address[0] == '/')
		unlink(world->address);
	rmdir(world->folder);
	buffer_done(&world->received);
	mem_free(world);
}

static inline bool
send_frame(struct world *world, uint64_t number, const char *frame, size_t len)
{
	bool ok;

	world->in_call = true;
	ok = world->port.send(world->port.port, number, span_make(frame, len));
	world->in_call = false;
	return ok;
}

static inline void
must_send(struct world *world, uint64_t number, const char *frame)
{
	assert_true(send_frame(world, number, frame, strlen(frame)));
}

/* What has arrived, without waiting. */
static inline void
receive(struct world *world)
{
	char bytes[65536];
	ssize_t len;

	if (world->peer < 0 && world->listener >= 0)
		world->peer = accept4(world->listener, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (world->peer >= 0 &&
	    (len = recv(world->peer, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		buffer_add(&world->received, bytes, (size_t)len);
		world->datagrams++;
	}
}

static inline void
on_deadline(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	*(bool *)context = true;
}

static inline void
on_tick(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	receive(context);
}

/* Runs the loop until the condition holds; fails at the deadline. */
#define run_until(world, receives, condition)                                  \
	do {                                                                   \
		struct waiting waiting;                                        \
		waiting_start(&waiting, (world), (receives));                  \
		while (!(condition) && !waiting.is_over)                       \
			event_base_loop((world)->base, EVLOOP_ONCE);           \
		waiting_end(&waiting);                                         \
		if (!(condition))                                              \
			testing_fail(#condition, "not within %d s: %s",        \
			    DEADLINE_S, (world)->error);                       \
	} while (0)

struct waiting {
	struct event *deadline, *tick;
	bool is_over;
};

static inline void
waiting_start(struct waiting *waiting, struct world *world, bool receives)
{
	struct timeval limit = { DEADLINE_S, 0 }, every = { 0, 2000 };

	waiting->is_over = false;
	waiting->deadline = evtimer_new(world->base, on_deadline,
	    &waiting->is_over);
	evtimer_add(waiting->deadline, &limit);
	waiting->tick = NULL;
	if (!receives)
		return;
	waiting->tick = event_new(world->base, -1, EV_PERSIST, on_tick, world);
	event_add(waiting->tick, &every);
}

static inline void
waiting_end(struct waiting *waiting)
{
	event_free(waiting->deadline);
	if (waiting->tick != NULL)
		event_free(waiting->tick);
}

/* Binds a free port of loopback; TCP is refused until listen(). */
static inline int
bind_port(struct world *world, int type, const char *host)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		abort();
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	snprintf(world->address, sizeof(world->address), "%s:%u", host,
	    ntohs(in.sin_port));
	return fd;
}

static inline void
bind_tcp(struct world *world, const char *host)
{
	world->listener = bind_port(world, SOCK_STREAM, host);
}

/* Binds world->address, a path. */
static inline int
bind_path(struct world *world, int type)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		abort();
	assert_true(strlen(world->address) < sizeof(un.sun_path));
	memcpy(un.sun_path, world->address, strlen(world->address) + 1);
	unlink(un.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return fd;
}

#endif
