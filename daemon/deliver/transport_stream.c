/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h> /* tcp_info is longer than in netinet/tcp.h */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/check.h"
#include "base/clock.h"

#include "deliver/transport_internal.h"

/* A quiet peer without power is noticed by probes. */
#define PROBE_AFTER_S 10
#define PROBE_EVERY_S 5
#define PROBE_COUNT 4

/* What the kernel holds back beyond what it may send: a peer that hangs and
 * is killed takes less along. */
#define UNSENT_BYTES (256 * 1024)

/* A turn of the loop; libevent's own 16 KiB are two frames. */
#define WRITE_BYTES (256 * 1024)

/* "LEN SP": up to 20 digits. */
#define PREFIX_BYTES 24

static void
set_option(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

/*
 * A peer without power acknowledges nothing; by default the kernel goes on
 * trying for a quarter of an hour.  This must be noticed while the frames
 * that it took along are still in the destination's trail of 60 s.  The
 * transport looks by itself, and can say what it saw: the kernel comes second.
 */
static void
set_options(const struct transport *transport, int fd)
{
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, PROBE_AFTER_S);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_EVERY_S);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, PROBE_COUNT);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
	    (int)(transport->dead_us / 1000 * 4 / 3));
	set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES);
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/* ---- The connection, once it is there ---- */

static void
explain(struct transport *transport, short what, struct error *err)
{
	int error = EVUTIL_SOCKET_ERROR();

	/* Once a write has told the error, a read finds the end. */
	if (transport->calls->explain != NULL)
		transport->calls->explain(transport, what, err);
	else if ((what & BEV_EVENT_ERROR) != 0 && error != 0)
		error_set(err, NULL, "%s",
		    evutil_socket_error_to_string(error));
	else
		error_set(err, NULL, "the receiver closed the connection");
}

static void
on_event(struct bufferevent *stream, short what, void *context)
{
	struct transport *transport = CHECK_CAST(transport, TRANSPORT_MAGIC,
	    context);
	struct error err = ERROR_NONE;

	(void)stream;
	if (what & BEV_EVENT_CONNECTED) {
		transport_up(transport);
		return;
	}
	explain(transport, what, &err);
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

void
transport_stream_open(struct transport *transport, struct bufferevent *stream)
{
	CHECK(stream != NULL);
	transport->fd = -1;
	transport->stream = stream;
	bufferevent_setcb(stream, on_read, NULL, on_event, transport);
	(void)bufferevent_set_max_single_write(stream, WRITE_BYTES);
	CHECK(evbuffer_add_cb(bufferevent_get_output(stream), on_output,
		  transport) != NULL);
	CHECK(bufferevent_enable(stream, EV_READ | EV_WRITE) == 0);
}

/* ---- Connecting ---- */

static bool
finish(struct transport *transport, struct error *err)
{
	int error = 0, fd = transport->fd;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error != 0)
		return error_set(err, NULL, "%s", strerror(error));
	if (transport->calls->wrap != NULL)
		return transport->calls->wrap(transport, fd, err);
	transport_stream_open(transport,
	    bufferevent_socket_new(transport->base, fd,
		BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS));
	transport_up(transport);
	return true;
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct transport *transport = CHECK_CAST(transport, TRANSPORT_MAGIC,
	    context);
	struct error err = ERROR_NONE;

	(void)fd;
	(void)what;
	event_free(transport->writable);
	transport->writable = NULL;
	if (!finish(transport, &err))
		transport_lost(transport, &err);
}

bool
transport_stream_connect(struct transport *transport, const struct sockaddr *to,
    socklen_t len, struct error *err)
{
	int fd = socket(to->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_set(err, NULL, "socket: %s", strerror(errno));
	transport->fd = fd;
	if (to->sa_family != AF_UNIX)
		set_options(transport, fd);
	if (connect(fd, to, len) != 0 && errno != EINPROGRESS)
		return error_set(err, NULL, "%s",
		    errno == EAGAIN ? "too many connections wait there" :
				      strerror(errno));
	transport->writable = event_new(transport->base, fd, EV_WRITE,
	    on_writable, transport);
	CHECK(transport->writable != NULL &&
	    event_add(transport->writable, NULL) == 0);
	return true;
}

void
transport_stream_disconnect(struct transport *transport)
{
	if (transport->writable != NULL)
		event_free(transport->writable);
	transport->writable = NULL;
	if (transport->stream != NULL)
		bufferevent_free(transport->stream);
	transport->stream = NULL;
	if (transport->fd >= 0)
		close(transport->fd);
	transport->fd = -1;
}

/* ---- Frames ---- */

void
transport_stream_write(struct transport *transport, struct span frame,
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

/* A line feed within would end the frame and begin one of its writer's: there
 * is none, and should there be one it becomes a blank. */
static void
write_line(struct transport *transport, struct span frame,
    struct transport_item *item)
{
	struct evbuffer *output = bufferevent_get_output(transport->stream);
	struct span line;

	transport->accepted += frame.len + 1;
	item->end = transport->accepted;
	for (bool is_first = true; span_split(&frame, '\n', &line);
	    is_first = false)
		CHECK((is_first || evbuffer_add(output, " ", 1) == 0) &&
		    evbuffer_add(output, line.ptr, line.len) == 0);
	CHECK(evbuffer_add(output, "\n", 1) == 0);
}

/* Of TCP what was not acknowledged, of a socket here what was not read. */
size_t
transport_stream_held(const struct transport *transport)
{
	int bytes = 0;

	if (ioctl(bufferevent_getfd(transport->stream), SIOCOUTQ, &bytes) != 0)
		return 0;
	return bytes > 0 ? (size_t)bytes : 0;
}

/* None of a socket here: then what is held has to tell. */
uint64_t
transport_stream_taken(const struct transport *transport)
{
	struct tcp_info info = { .tcpi_bytes_acked = 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(bufferevent_getfd(transport->stream), IPPROTO_TCP,
		TCP_INFO, &info, &len) != 0)
		return 0;
	return info.tcpi_bytes_acked;
}

const struct transport_calls transport_stream_calls = {
	.connect = transport_stream_connect,
	.disconnect = transport_stream_disconnect,
	.write = transport_stream_write,
	.held = transport_stream_held,
	.taken = transport_stream_taken,
	.socket_type = SOCK_STREAM,
	.overhead = PREFIX_BYTES,
};

const struct transport_calls transport_stream_lines_calls = {
	.connect = transport_stream_connect,
	.disconnect = transport_stream_disconnect,
	.write = write_line,
	.held = transport_stream_held,
	.socket_type = SOCK_STREAM,
	.overhead = 1,
};
