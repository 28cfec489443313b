/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#include "deliver/transport_internal.h"

#define CONNECT_US (10 * CLOCK_US_PER_S)
#define DEAD_US (30 * CLOCK_US_PER_S)

/* How often in that time it is looked whether the peer takes anything.  Looks
 * are counted, not time: this process may have been stopped as well. */
#define LOOKS 6

/* A connection that lasted so long was a good one. */
#define STEADY_US (5 * CLOCK_US_PER_S)

static const struct transport_calls *const calls_of[] = {
	[TRANSPORT_TCP] = &transport_stream_calls,
	[TRANSPORT_UNIX] = &transport_unix_calls,
	[TRANSPORT_UNIX_STREAM] = &transport_stream_lines_calls,
	[TRANSPORT_UDP] = &transport_udp_calls,
	[TRANSPORT_TLS] = &transport_tls_calls,
};

static struct transport *
cast(void *pointer)
{
	return CHECK_CAST(transport, TRANSPORT_MAGIC, pointer);
}

static void
set_timer(struct event *timer, int64_t delay_us)
{
	struct timeval delay = {
		.tv_sec = delay_us / CLOCK_US_PER_S,
		.tv_usec = delay_us % CLOCK_US_PER_S,
	};

	CHECK(event_add(timer, &delay) == 0);
}

void
transport_wake(struct transport *transport)
{
	event_active(transport->wake, EV_TIMEOUT, 0);
}

/* ---- The queue of what has not left ---- */

static struct transport_item *
add_item(struct transport *transport, uint64_t number, struct span frame)
{
	size_t kept = transport->calls->keeps_bytes ? frame.len : 0;
	struct transport_item *item = mem_alloc(sizeof(*item) + kept);

	item->next = NULL;
	item->number = number;
	item->len = frame.len;
	if (kept > 0)
		memcpy(item->bytes, frame.ptr, kept);
	*transport->last = item;
	transport->last = &item->next;
	return item;
}

static void
drop_first(struct transport *transport)
{
	struct transport_item *item = transport->first;

	transport->first = item->next;
	if (transport->first == NULL)
		transport->last = &transport->first;
	mem_free(item);
}

static void
drop_all(struct transport *transport)
{
	while (transport->first != NULL)
		drop_first(transport);
	transport->accepted = 0;
	transport->left = 0;
	transport->has_acknowledged = false;
}

void
transport_left(struct transport *transport, uint64_t bytes)
{
	transport->left += bytes;
	while (transport->first != NULL &&
	    transport->first->end <= transport->left) {
		transport->acknowledged = transport->first->number;
		transport->has_acknowledged = true;
		transport->stats.frames++;
		drop_first(transport);
	}
	if (transport->has_acknowledged)
		transport_wake(transport);
}

/* ---- Up and down ---- */

void
transport_up(struct transport *transport)
{
	CHECK(transport->state == TRANSPORT_CONNECTING);
	(void)event_del(transport->timer);
	transport->state = TRANSPORT_UP;
	transport->up_since_us = clock_monotonic_us();
	transport->stats.connects++;
	transport->events->connected(transport->destination);
}

static void
disconnect(struct transport *transport)
{
	(void)event_del(transport->patience);
	transport_lookup_cancel(transport->lookup);
	transport->calls->disconnect(transport);
}

void
transport_lost(struct transport *transport, const struct error *err)
{
	struct error told = *err;

	if (transport->state == TRANSPORT_UP &&
	    clock_monotonic_us() - transport->up_since_us >= STEADY_US)
		backoff_reset(&transport->backoff);
	disconnect(transport);
	transport->state = TRANSPORT_DOWN;
	drop_all(transport);
	set_timer(transport->timer, backoff_next_us(&transport->backoff));
	error_prefix(&told, "%s", transport->place);
	transport->events->disconnected(transport->destination, &told);
}

void
transport_reach(struct transport *transport, const struct sockaddr *to,
    socklen_t len)
{
	struct error err = ERROR_NONE;

	if (!transport->calls->connect(transport, to, len, &err))
		transport_lost(transport, &err);
}

static void
try_to_connect(struct transport *transport)
{
	const struct address *address = &transport->address;
	struct error err = ERROR_NONE;

	transport->state = TRANSPORT_CONNECTING;
	set_timer(transport->timer, transport->connect_us);
	if (address->is_numeric)
		transport_reach(transport,
		    (const struct sockaddr *)&address->socket,
		    address->socket_len);
	else if (!transport_lookup_start(transport->lookup, &err))
		transport_lost(transport, &err);
}

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct transport *transport = cast(context);
	struct error err = ERROR_NONE;

	(void)fd;
	(void)what;
	switch (transport->state) {
	case TRANSPORT_UP:
		transport_wake(transport);
		break;
	case TRANSPORT_CONNECTING:
		error_set(&err, NULL, "no %s within %.3g s",
		    transport->stream != NULL ? "end of the TLS handshake" :
						"connection",
		    (double)transport->connect_us / CLOCK_US_PER_S);
		transport_lost(transport, &err);
		break;
	case TRANSPORT_DOWN:
		try_to_connect(transport);
		break;
	}
}

/* ---- A peer that takes nothing ---- */

static size_t
held(const struct transport *transport)
{
	return transport->calls->held != NULL ?
	    transport->calls->held(transport) :
	    0;
}

static uint64_t
taken(const struct transport *transport)
{
	return transport->calls->taken != NULL ?
	    transport->calls->taken(transport) :
	    0;
}

static void
look_again(struct transport *transport)
{
	transport->left_then = transport->left;
	transport->held_then = held(transport);
	transport->taken_then = taken(transport);
	set_timer(transport->patience, transport->dead_us / LOOKS);
}

/*
 * What left this process may only have filled the kernel's buffer; but while
 * that is full, nothing leaves unless the peer takes something.
 */
static bool
is_taking(const struct transport *transport, size_t held_now)
{
	return taken(transport) > transport->taken_then ||
	    held_now < transport->held_then ||
	    (transport->first != NULL &&
		transport->left > transport->left_then);
}

static void
on_patience(evutil_socket_t fd, short what, void *context)
{
	struct transport *transport = cast(context);
	size_t held_now = held(transport);
	struct error err = ERROR_NONE;

	(void)fd;
	(void)what;
	if (transport->first == NULL && held_now == 0)
		return; /* all is taken: until the next frame */
	if (is_taking(transport, held_now))
		transport->idle_looks = 0;
	else
		transport->idle_looks++;
	if (transport->idle_looks < LOOKS) {
		look_again(transport);
		return;
	}
	error_set(&err, NULL, "the receiver has taken nothing for %.3g s",
	    (double)transport->dead_us / CLOCK_US_PER_S);
	transport_lost(transport, &err);
}

static void
be_patient(struct transport *transport)
{
	if (event_pending(transport->patience, EV_TIMEOUT, NULL) != 0)
		return;
	transport->idle_looks = 0;
	look_again(transport);
}

static void
on_wake(evutil_socket_t fd, short what, void *context)
{
	struct transport *transport = cast(context);

	(void)fd;
	(void)what;
	if (transport->state == TRANSPORT_UP && transport->calls->flush != NULL)
		transport->calls->flush(transport);
	if (!transport->has_acknowledged)
		return;
	transport->has_acknowledged = false;
	transport->events->acknowledged(transport->destination,
	    transport->acknowledged);
}

/* ---- What others call ---- */

static bool
send_frame(void *port, uint64_t number, struct span frame)
{
	struct transport *transport = cast(port);
	size_t need = frame.len + transport->calls->overhead;
	struct transport_item *item;

	/* An empty buffer takes any frame, or a large one would never go. */
	if (transport->state != TRANSPORT_UP ||
	    (transport->first != NULL &&
		transport_pending(transport) + need > transport->buffer_bytes))
		return false;
	item = add_item(transport, number, frame);
	transport->calls->write(transport, frame, item);
	be_patient(transport);
	return true;
}

size_t
transport_pending(const struct transport *transport)
{
	return (size_t)(transport->accepted - transport->left);
}

void
transport_get_stats(const struct transport *transport,
    struct transport_stats *ret_stats)
{
	*ret_stats = transport->stats;
	ret_stats->frames -= transport->stats.too_large;
}

struct port_frame
transport_port(struct transport *transport)
{
	return (struct port_frame){
		.port = transport,
		.send = send_frame,
		.is_confirmed = false,
	};
}

static bool
parse_address(const struct transport_options *options,
    struct address *ret_address, struct error *err)
{
	if (options->kind == TRANSPORT_UNIX ||
	    options->kind == TRANSPORT_UNIX_STREAM)
		return address_parse_path(options->address, ret_address, err);
	return address_parse(options->address, ret_address, err);
}

static struct transport *
transport_new(const struct transport_options *options)
{
	struct transport *transport = mem_zalloc(sizeof(*transport));

	transport->magic = TRANSPORT_MAGIC;
	transport->calls = calls_of[options->kind];
	transport->name = mem_strdup(options->name);
	transport->place = mem_strdup(options->address);
	transport->buffer_bytes = options->buffer_bytes;
	transport->connect_us = options->connect_us > 0 ? options->connect_us :
							  CONNECT_US;
	transport->dead_us = options->dead_us > 0 ? options->dead_us : DEAD_US;
	transport->tell = options->tell;
	transport->context = options->context;
	transport->last = &transport->first;
	transport->fd = -1;
	transport->lookup = transport_lookup_new(transport);
	backoff_init(&transport->backoff, span_of(options->name));
	return transport;
}

bool
transport_open(struct event_base *base, const struct transport_options *options,
    const struct port_frame_events *events, void *destination,
    struct transport **ret_transport, struct error *err)
{
	struct transport_tls *tls = NULL;
	struct transport *transport;
	struct address address;

	if (!parse_address(options, &address, err))
		return false;
	if (options->kind == TRANSPORT_TLS &&
	    !transport_tls_new(options->tls, address.host, &tls, err))
		return error_prefix(err, "%s", options->address);
	(void)signal(SIGPIPE, SIG_IGN);
	transport = transport_new(options);
	transport->base = base;
	transport->address = address;
	transport->tls = tls;
	transport->events = events;
	transport->destination = destination;
	transport->timer = event_new(base, -1, 0, on_timer, transport);
	transport->wake = event_new(base, -1, 0, on_wake, transport);
	transport->patience = event_new(base, -1, 0, on_patience, transport);
	CHECK(transport->timer != NULL && transport->wake != NULL &&
	    transport->patience != NULL);
	set_timer(transport->timer, 0);
	*ret_transport = transport;
	return true;
}

void
transport_close(struct transport *transport)
{
	if (transport == NULL)
		return;
	disconnect(transport);
	transport_lookup_free(transport->lookup);
	transport_tls_free(transport->tls);
	drop_all(transport);
	event_free(transport->timer);
	event_free(transport->patience);
	event_free(transport->wake);
	mem_free(transport->name);
	mem_free(transport->place);
	transport->magic = 0;
	mem_free(transport);
}
