/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/check.h"

#include "deliver/transport_internal.h"

/* A receiver whose queue is full (10 datagrams by default) wakes us; where
 * the kernel itself is short of memory nothing does. */
#define RETRY_US 20000

/* The largest datagram is bounded by the sender's buffer. */
#define SEND_BUFFER_BYTES (1024 * 1024)

/*
 * UDP tells nobody that a receiver's buffer is full (RFC 5426, 4.3).  One of
 * the kernel's default size, 208 KiB, holds this much in datagrams of any
 * size, for each takes twice its room; and a receiver has emptied it before
 * the next: 6 MB/s, some thousands of alerts.
 */
#define BURST_BYTES (64 * 1024)
#define PAUSE_US 10000

/* Nothing would make it smaller: it counts as gone, and is told. */
static void
refuse(struct transport *transport, size_t len)
{
	struct error err = ERROR_NONE;

	transport->stats.too_large++;
	if (transport->told_too_large || transport->tell == NULL)
		return;
	transport->told_too_large = true;
	error_set(&err, NULL,
	    "%s takes no datagram of %zu bytes: alerts so large are not "
	    "delivered; lower max_message_size",
	    transport->place, len);
	transport->tell(transport->context, &err);
}

static void
wait_and_retry(struct transport *transport, int error)
{
	struct timeval delay = { 0, RETRY_US };

	if (error == EAGAIN)
		CHECK(event_add(transport->writable, NULL) == 0);
	else
		CHECK(event_add(transport->timer, &delay) == 0);
}

/* True: a burst is over, the next comes from the timer. */
static bool
must_pause(struct transport *transport, size_t len)
{
	struct timeval pause = { 0, PAUSE_US };

	if (transport->calls != &transport_udp_calls)
		return false;
	transport->burst += len;
	if (transport->burst < BURST_BYTES)
		return false;
	transport->burst = 0;
	CHECK(event_add(transport->timer, &pause) == 0);
	return true;
}

static void
flush_queue(struct transport *transport)
{
	struct transport_item *item;
	struct error err = ERROR_NONE;

	if (event_pending(transport->timer, EV_TIMEOUT, NULL) != 0)
		return;
	while ((item = transport->first) != NULL) {
		size_t len = item->len;

		if (send(transport->fd, item->bytes, len, MSG_NOSIGNAL) >= 0) {
			transport_left(transport, len);
			if (must_pause(transport, len))
				return;
			continue;
		}
		switch (errno) {
		case EINTR:
			continue;
		case EMSGSIZE:
			refuse(transport, len);
			transport_left(transport, len);
			continue;
		case EAGAIN:
		case ENOBUFS:
		case ENOMEM:
			wait_and_retry(transport, errno);
			return;
		default:
			error_set(&err, NULL, "%s", strerror(errno));
			transport_lost(transport, &err);
			return;
		}
	}
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct transport *transport = CHECK_CAST(transport, TRANSPORT_MAGIC,
	    context);

	(void)fd;
	(void)what;
	if (transport->state == TRANSPORT_UP)
		flush_queue(transport);
}

static bool
open_socket(struct transport *transport, const struct sockaddr *to,
    struct error *err)
{
	int size = SEND_BUFFER_BYTES;

	transport->fd = socket(to->sa_family,
	    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (transport->fd < 0)
		return error_set(err, NULL, "socket: %s", strerror(errno));
	(void)setsockopt(transport->fd, SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size));
	return true;
}

static bool
connect_socket(struct transport *transport, const struct sockaddr *to,
    socklen_t len, struct error *err)
{
	if (connect(transport->fd, to, len) != 0)
		return error_set(err, NULL, "%s", strerror(errno));
	transport->burst = 0;
	transport->writable = event_new(transport->base, transport->fd,
	    EV_WRITE, on_writable, transport);
	CHECK(transport->writable != NULL);
	transport_up(transport);
	return true;
}

static bool
unix_connect(struct transport *transport, const struct sockaddr *to,
    socklen_t len, struct error *err)
{
	return open_socket(transport, to, err) &&
	    connect_socket(transport, to, len, err);
}

static void
datagram_disconnect(struct transport *transport)
{
	if (transport->writable != NULL)
		event_free(transport->writable);
	if (transport->readable != NULL)
		event_free(transport->readable);
	transport->writable = transport->readable = NULL;
	if (transport->fd >= 0)
		close(transport->fd);
	transport->fd = -1;
}

static void
datagram_write(struct transport *transport, struct span frame,
    struct transport_item *item)
{
	transport->accepted += frame.len;
	item->end = transport->accepted;
	transport_wake(transport);
}

const struct transport_calls transport_unix_calls = {
	.connect = unix_connect,
	.disconnect = datagram_disconnect,
	.write = datagram_write,
	.flush = flush_queue,
	.socket_type = SOCK_DGRAM,
	.keeps_bytes = true,
};

/* ---- UDP ---- */

/* What was refused here, such as a datagram too large, send() has told. */
static void
drain_errors(int fd)
{
	char bytes[64];
	struct iovec part = { bytes, sizeof(bytes) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	while (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		continue;
}

/* What ICMP says of datagrams sent before; receivers have nothing to say. */
static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct transport *transport = CHECK_CAST(transport, TRANSPORT_MAGIC,
	    context);
	struct error err = ERROR_NONE;
	char bytes[64];

	(void)what;
	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) >= 0)
		continue;
	if (errno == EAGAIN || errno == EINTR) {
		drain_errors(fd);
		return;
	}
	error_set(&err, NULL, "%s", strerror(errno));
	transport_lost(transport, &err);
}

static void
set_option(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

/* Routers may fragment, or the first large datagram to a narrow path would be
 * lost (RFC 5426, 3.2); every ICMP error counts, not only refusals (ip(7)). */
static void
set_options(int fd, int family)
{
	if (family == AF_INET) {
		set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
		set_option(fd, IPPROTO_IP, IP_RECVERR, 1);
	} else {
		set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		    IPV6_PMTUDISC_DONT);
		set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	}
}

static bool
udp_connect(struct transport *transport, const struct sockaddr *to,
    socklen_t len, struct error *err)
{
	if (!open_socket(transport, to, err))
		return false;
	set_options(transport->fd, to->sa_family);
	transport->readable = event_new(transport->base, transport->fd,
	    EV_READ | EV_PERSIST, on_readable, transport);
	CHECK(transport->readable != NULL &&
	    event_add(transport->readable, NULL) == 0);
	return connect_socket(transport, to, len, err);
}

const struct transport_calls transport_udp_calls = {
	.connect = udp_connect,
	.disconnect = datagram_disconnect,
	.write = datagram_write,
	.flush = flush_queue,
	.socket_type = SOCK_DGRAM,
	.keeps_bytes = true,
};
