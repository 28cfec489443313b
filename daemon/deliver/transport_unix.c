/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
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
	    "destination %s: %s takes no datagram of %zu bytes: alerts so "
	    "large are not delivered; lower max_message_size",
	    transport->name, transport->place, len);
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

static void
flush_queue(struct transport *transport)
{
	struct transport_item *item;
	struct error err = ERROR_NONE;

	while ((item = transport->first) != NULL) {
		size_t len = item->len;

		if (send(transport->fd, item->bytes, len, MSG_NOSIGNAL) >= 0) {
			transport_left(transport, len);
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
unix_connect(struct transport *transport, struct error *err)
{
	int size = SEND_BUFFER_BYTES;

	transport->fd = socket(AF_UNIX,
	    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (transport->fd < 0)
		return error_set(err, NULL, "socket: %s", strerror(errno));
	(void)setsockopt(transport->fd, SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size));
	if (connect(transport->fd,
		(struct sockaddr *)&transport->address.socket,
		transport->address.socket_len) != 0)
		return error_set(err, NULL, "%s", strerror(errno));
	transport->writable = event_new(transport->base, transport->fd,
	    EV_WRITE, on_writable, transport);
	CHECK(transport->writable != NULL);
	transport_up(transport);
	return true;
}

static void
unix_disconnect(struct transport *transport)
{
	if (transport->writable != NULL)
		event_free(transport->writable);
	transport->writable = NULL;
	if (transport->fd >= 0)
		close(transport->fd);
	transport->fd = -1;
}

static void
unix_write(struct transport *transport, struct span frame,
    struct transport_item *item)
{
	transport->accepted += frame.len;
	item->end = transport->accepted;
	transport_wake(transport);
}

const struct transport_calls transport_unix_calls = {
	.connect = unix_connect,
	.disconnect = unix_disconnect,
	.write = unix_write,
	.flush = flush_queue,
	.keeps_bytes = true,
};
