/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "base/check.h"
#include "base/mem.h"

#include "ctl/receiver.h"

#define RECEIVER_MAGIC 0x4ece17e4u
#define PEER_MAGIC 0x9ee40000u
#define LENGTH_DIGITS_MAX 7

struct peer;

struct receiver {
	uint32_t magic;
	receiver_take *take;
	void *context;
	struct evconnlistener *listener;
	uint16_t port;
	struct peer *peers;
	struct receiver_counts counts;
};

struct peer {
	uint32_t magic;
	struct receiver *receiver;
	struct bufferevent *stream;
	struct peer *next, **link;
};

static void
close_peer(struct peer *peer)
{
	*peer->link = peer->next;
	if (peer->next != NULL)
		peer->next->link = peer->link;
	bufferevent_free(peer->stream);
	mem_free(peer);
}

static void
count_bad(struct receiver *receiver, const char *why)
{
	receiver->counts.bad++;
	(void)snprintf(receiver->counts.last_error,
	    sizeof(receiver->counts.last_error), "%s", why);
}

static void
take_frame(struct receiver *receiver, struct span frame)
{
	struct receiver_message message;
	struct error err = ERROR_NONE;

	receiver->counts.frames++;
	if (receiver_parse(frame, &message, &err))
		receiver->take(receiver->context, &message);
	else
		count_bad(receiver, err.text);
}

/*
 * "MSG-LEN SP": 1 with what they say, 0 if more bytes are needed, -1 if it is
 * none.
 */
static int
read_length(struct evbuffer *input, size_t *ret_digits, size_t *ret_len)
{
	char text[LENGTH_DIGITS_MAX + 1];
	ev_ssize_t got = evbuffer_copyout(input, text, sizeof(text));
	size_t len = 0;

	for (ev_ssize_t i = 0; i < got; i++) {
		if (text[i] == ' ' && i > 0) {
			*ret_digits = (size_t)i;
			*ret_len = len;
			return len <= RECEIVER_FRAME_MAX ? 1 : -1;
		}
		if (text[i] < (i == 0 ? '1' : '0') || text[i] > '9')
			return -1;
		len = len * 10 + (size_t)(text[i] - '0');
	}
	return got < (ev_ssize_t)sizeof(text) ? 0 : -1;
}

static void
on_read(struct bufferevent *stream, void *context)
{
	struct peer *peer = CHECK_CAST(peer, PEER_MAGIC, context);
	struct evbuffer *input = bufferevent_get_input(stream);
	size_t digits, len;
	int found;

	while ((found = read_length(input, &digits, &len)) > 0) {
		size_t whole = digits + 1 + len;
		const char *bytes;

		if (evbuffer_get_length(input) < whole)
			return;
		bytes = (const char *)evbuffer_pullup(input, (ev_ssize_t)whole);
		take_frame(peer->receiver, span_make(bytes + digits + 1, len));
		(void)evbuffer_drain(input, whole);
	}
	if (found < 0) {
		count_bad(peer->receiver, "no octet count (RFC 6587, 3.4.1)");
		close_peer(peer);
	}
}

static void
on_event(struct bufferevent *stream, short what, void *context)
{
	struct peer *peer = CHECK_CAST(peer, PEER_MAGIC, context);

	(void)what;
	if (evbuffer_get_length(bufferevent_get_input(stream)) > 0)
		count_bad(peer->receiver, "ended in the middle of a frame");
	close_peer(peer);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int len, void *context)
{
	struct receiver *receiver = CHECK_CAST(receiver, RECEIVER_MAGIC,
	    context);
	struct peer *peer = mem_zalloc(sizeof(*peer));

	(void)address;
	(void)len;
	peer->magic = PEER_MAGIC;
	peer->receiver = receiver;
	peer->stream = bufferevent_socket_new(evconnlistener_get_base(listener),
	    fd, BEV_OPT_CLOSE_ON_FREE);
	peer->next = receiver->peers;
	peer->link = &receiver->peers;
	if (peer->next != NULL)
		peer->next->link = &peer->next;
	receiver->peers = peer;
	receiver->counts.connections++;
	bufferevent_setcb(peer->stream, on_read, NULL, on_event, peer);
	(void)bufferevent_enable(peer->stream, EV_READ);
}

static bool
find_port(struct receiver *receiver, struct error *err)
{
	struct sockaddr_in address = { 0 };
	socklen_t len = sizeof(address);

	if (getsockname(evconnlistener_get_fd(receiver->listener),
		(struct sockaddr *)&address, &len) != 0)
		return error_set(err, NULL, "receiver: %s", strerror(errno));
	receiver->port = ntohs(address.sin_port);
	return true;
}

bool
receiver_open(struct event_base *base, receiver_take *take, void *context,
    struct receiver **ret_receiver, struct error *err)
{
	struct receiver *receiver = mem_zalloc(sizeof(*receiver));
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	receiver->magic = RECEIVER_MAGIC;
	receiver->take = take;
	receiver->context = context;
	receiver->listener = evconnlistener_new_bind(base, on_accept, receiver,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1,
	    (struct sockaddr *)&address, sizeof(address));
	if (receiver->listener == NULL) {
		error_set(err, NULL, "cannot listen on 127.0.0.1: %s",
		    strerror(errno));
		receiver_close(receiver);
		return false;
	}
	if (!find_port(receiver, err)) {
		receiver_close(receiver);
		return false;
	}
	*ret_receiver = receiver;
	return true;
}

uint16_t
receiver_port(const struct receiver *receiver)
{
	return receiver->port;
}

void
receiver_close(struct receiver *receiver)
{
	if (receiver == NULL)
		return;
	while (receiver->peers != NULL)
		close_peer(receiver->peers);
	if (receiver->listener != NULL)
		evconnlistener_free(receiver->listener);
	mem_free(receiver);
}

void
receiver_get_counts(const struct receiver *receiver,
    struct receiver_counts *ret_counts)
{
	*ret_counts = receiver->counts;
}
