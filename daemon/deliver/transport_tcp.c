/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>

#include "base/check.h"
#include "base/mem.h"

#include "deliver/transport_internal.h"

/*
 * A peer without power acknowledges nothing; by default the kernel goes on
 * trying for a quarter of an hour.  This must be noticed while the frames
 * that it took along are still in the destination's trail of 60 s.
 */
#define DEAD_AFTER_MS 30000
#define PROBE_AFTER_S 10
#define PROBE_EVERY_S 5
#define PROBE_COUNT 4

/* A turn of the loop; libevent's own 16 KiB are two frames. */
#define WRITE_BYTES (256 * 1024)

/* "LEN SP": up to 20 digits. */
#define PREFIX_BYTES 24

static void
set_option(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

static void
set_options(int fd)
{
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, PROBE_AFTER_S);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_EVERY_S);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, PROBE_COUNT);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, DEAD_AFTER_MS);
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

static void
explain_loss(short what, struct error *err)
{
	if (what & BEV_EVENT_EOF)
		error_set(err, NULL, "the receiver closed the connection");
	else
		error_set(err, NULL, "%s",
		    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void
on_event(struct bufferevent *stream, short what, void *context)
{
	struct transport *transport = CHECK_CAST(transport, TRANSPORT_MAGIC,
	    context);
	struct error err = ERROR_NONE;

	if (what & BEV_EVENT_CONNECTED) {
		set_options(bufferevent_getfd(stream));
		transport_up(transport);
		return;
	}
	explain_loss(what, &err);
	transport_lost(transport, &err);
}

/* Receivers have nothing to say; reading is how their end is noticed. */
static void
on_read(struct bufferevent *stream, void *context)
{
	struct evbuffer *input = bufferevent_get_input(stream);

	(void)context;
	(void)evbuffer_drain(input, evbuffer_get_length(input));
}

static void
on_output(struct evbuffer *output, const struct evbuffer_cb_info *info,
    void *context)
{
	struct transport *transport = CHECK_CAST(transport, TRANSPORT_MAGIC,
	    context);

	(void)output;
	if (info->n_deleted > 0)
		transport_left(transport, info->n_deleted);
}

/* ---- Names ---- */

/* Outlives its transport where that is closed first. */
struct lookup {
	struct transport *transport; /* NULL: nobody waits any more */
	struct evdns_getaddrinfo_request *request;
};

static bool
connect_to(struct transport *transport, const struct sockaddr *to, size_t len,
    struct error *err)
{
	if (bufferevent_socket_connect(transport->stream, to, (int)len) == 0)
		return true;
	return error_set(err, NULL, "%s",
	    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

/* Each attempt takes the next address, so that one that is dead or cannot be
 * reached from here does not hide the others. */
static const struct evutil_addrinfo *
choose(const struct evutil_addrinfo *found, unsigned attempt)
{
	const struct evutil_addrinfo *info;
	unsigned count = 0;

	for (info = found; info != NULL; info = info->ai_next)
		count++;
	info = found;
	for (unsigned i = attempt % count; i > 0; i--)
		info = info->ai_next;
	return info;
}

static void
on_lookup(int result, struct evutil_addrinfo *found, void *context)
{
	struct lookup *lookup = context;
	struct transport *transport = lookup->transport;
	const struct evutil_addrinfo *info;
	struct error err = ERROR_NONE;
	bool ok = false;

	mem_free(lookup);
	if (transport != NULL) {
		transport->lookup = NULL;
		if (result == 0 && found != NULL) {
			info = choose(found, transport->attempts++);
			ok = connect_to(transport, info->ai_addr,
			    info->ai_addrlen, &err);
		} else {
			error_set(&err, NULL, "cannot look up %s: %s",
			    transport->address.host,
			    evutil_gai_strerror(result));
		}
		if (!ok)
			transport_lost(transport, &err);
	}
	if (found != NULL)
		evutil_freeaddrinfo(found);
}

static void
cancel_lookup(struct transport *transport)
{
	struct lookup *lookup = transport->lookup;

	if (lookup == NULL)
		return;
	transport->lookup = NULL;
	lookup->transport = NULL;
	evdns_getaddrinfo_cancel(lookup->request);
}

/*
 * A new resolver for each attempt: the one before read resolv.conf when the
 * network may not have been there.
 */
static bool
connect_by_name(struct transport *transport, struct error *err)
{
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP };
	struct evdns_getaddrinfo_request *request;
	struct lookup *lookup;
	char port[8];

	if (transport->resolver != NULL)
		evdns_base_free(transport->resolver, 0);
	transport->resolver = evdns_base_new(transport->base,
	    EVDNS_BASE_INITIALIZE_NAMESERVERS |
		EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (transport->resolver == NULL)
		return error_set(err, NULL, "cannot look up %s: no resolver",
		    transport->address.host);
	(void)snprintf(port, sizeof(port), "%d", transport->address.port);
	lookup = mem_zalloc(sizeof(*lookup));
	lookup->transport = transport;
	transport->lookup = lookup;

	/* From /etc/hosts it is answered at once, and `lookup` is gone. */
	request = evdns_getaddrinfo(transport->resolver,
	    transport->address.host, port, &hints, on_lookup, lookup);
	if (request != NULL)
		lookup->request = request;
	return true;
}

static void
on_unused(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	evdns_base_free(context, 0);
}

/* The answer to a cancelled lookup is still to come, and uses it. */
static void
tcp_close(struct transport *transport)
{
	struct timeval soon = { 0, 0 };

	if (transport->resolver != NULL &&
	    event_base_once(transport->base, -1, EV_TIMEOUT, on_unused,
		transport->resolver, &soon) != 0)
		evdns_base_free(transport->resolver, 0);
	transport->resolver = NULL;
}

/* ---- The connection ---- */

static bool
tcp_connect(struct transport *transport, struct error *err)
{
	struct bufferevent *stream = bufferevent_socket_new(transport->base, -1,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);

	CHECK(stream != NULL);
	transport->stream = stream;
	bufferevent_setcb(stream, on_read, NULL, on_event, transport);
	(void)bufferevent_set_max_single_write(stream, WRITE_BYTES);
	CHECK(evbuffer_add_cb(bufferevent_get_output(stream), on_output,
		  transport) != NULL);
	if (bufferevent_enable(stream, EV_READ | EV_WRITE) != 0)
		return error_set(err, NULL, "cannot watch a socket");
	if (!transport->address.is_numeric)
		return connect_by_name(transport, err);
	return connect_to(transport,
	    (struct sockaddr *)&transport->address.socket,
	    transport->address.socket_len, err);
}

static void
tcp_disconnect(struct transport *transport)
{
	cancel_lookup(transport);
	if (transport->stream != NULL)
		bufferevent_free(transport->stream);
	transport->stream = NULL;
}

static void
tcp_write(struct transport *transport, struct span frame,
    struct transport_item *item)
{
	struct evbuffer *output = bufferevent_get_output(transport->stream);
	char prefix[PREFIX_BYTES];
	int len = snprintf(prefix, sizeof(prefix), "%zu ", frame.len);

	transport->accepted += (size_t)len + frame.len;
	item->end = transport->accepted;
	CHECK(evbuffer_add(output, prefix, (size_t)len) == 0 &&
	    evbuffer_add(output, frame.ptr, frame.len) == 0);
}

const struct transport_calls transport_tcp_calls = {
	.connect = tcp_connect,
	.disconnect = tcp_disconnect,
	.close = tcp_close,
	.write = tcp_write,
	.overhead = PREFIX_BYTES,
};
