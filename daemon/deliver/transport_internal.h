/* SPDX-License-Identifier: Apache-2.0 */
/* Inside transport*.c: what all kinds have in common, and what each does. */
#ifndef DELIVER_TRANSPORT_INTERNAL_H
#define DELIVER_TRANSPORT_INTERNAL_H

#include "deliver/address.h"
#include "deliver/backoff.h"
#include "deliver/transport.h"

#define TRANSPORT_MAGIC 0x7452a115u

enum transport_state { TRANSPORT_DOWN, TRANSPORT_CONNECTING, TRANSPORT_UP };

/* A frame accepted by send() that has not left this process. */
struct transport_item {
	struct transport_item *next;
	uint64_t number;
	uint64_t end; /* bytes of the connection up to its last */
	size_t len;
	char bytes[]; /* datagrams only: streams have a bufferevent */
};

struct bufferevent;
struct sockaddr;
struct transport_lookup;
struct transport_tls;

struct transport_calls {
	/* Starts connecting; answered by transport_up() or, if it returns
	 * true, transport_lost().  False: failed already. */
	bool (*connect)(struct transport *transport, const struct sockaddr *to,
	    socklen_t len, struct error *err);
	void (*disconnect)(struct transport *transport);
	/* Of an item just added to the queue: sets its end. */
	void (*write)(struct transport *transport, struct span frame,
	    struct transport_item *item);
	/* From the loop, after transport_wake(); may be NULL. */
	void (*flush)(struct transport *transport);
	/* Bytes that the kernel holds and the peer has not taken; may be
	 * NULL. */
	size_t (*held)(const struct transport *transport);
	/* Bytes that it did take, if the kernel knows; may be NULL. */
	uint64_t (*taken)(const struct transport *transport);
	/* Of streams: the connection is there, the socket is to be wrapped.
	 * NULL: as it is. */
	bool (*wrap)(struct transport *transport, int fd, struct error *err);
	/* Of streams: why the connection was lost, where errno does not tell;
	 * may be NULL. */
	void (*explain)(struct transport *transport, short what,
	    struct error *err);
	int socket_type;
	size_t overhead; /* most bytes that the transport adds to a frame */
	bool keeps_bytes;
};

extern const struct transport_calls transport_stream_calls;
extern const struct transport_calls transport_stream_lines_calls;
extern const struct transport_calls transport_tls_calls;
extern const struct transport_calls transport_unix_calls;
extern const struct transport_calls transport_udp_calls;

struct transport {
	uint32_t magic;
	const struct transport_calls *calls;
	struct event_base *base;
	char *name;
	char *place; /* the address as written, for messages */
	struct address address;
	size_t buffer_bytes;
	void (*tell)(void *context, const struct error *err);
	void *context;
	const struct port_frame_events *events;
	void *destination;
	enum transport_state state;
	struct backoff backoff;
	int64_t up_since_us;
	struct event *timer;	     /* next attempt, or the end of this one */
	struct event *wake;	     /* up-calls, never from inside send() */
	struct event *patience;	     /* is what was sent being taken? */
	int64_t connect_us, dead_us; /* how long to wait for a peer */
	unsigned idle_looks;	     /* in a row that saw it take nothing */
	uint64_t left_then;	     /* as it was at the last look */
	uint64_t taken_then;
	size_t held_then;
	struct transport_item *first, **last;
	uint64_t accepted, left;	 /* bytes of this connection */
	uint64_t acknowledged;		 /* the last number that left */
	bool has_acknowledged;		 /* it has not been told yet */
	struct transport_stats stats;	 /* frames: those too large as well */
	struct transport_lookup *lookup; /* of a host's name */
	struct bufferevent *stream;	 /* of streams, once connected */
	struct transport_tls *tls;	 /* NULL: not of TLS */
	/* of datagrams, and of streams until then; -1: none */
	int fd;
	struct event *writable, *readable;
	size_t burst; /* bytes sent since the last pause */
	bool told_too_large;
};

void transport_up(struct transport *transport);
void transport_lost(struct transport *transport, const struct error *err);
void transport_left(struct transport *transport, uint64_t bytes);
void transport_wake(struct transport *transport);

/* transport_lookup.c: answered by transport_reach() or transport_lost(). */
struct transport_lookup *transport_lookup_new(struct transport *transport);
bool transport_lookup_start(struct transport_lookup *lookup, struct error *err);
void transport_lookup_cancel(struct transport_lookup *lookup);
void transport_lookup_free(struct transport_lookup *lookup);
void transport_reach(struct transport *transport, const struct sockaddr *to,
    socklen_t len);

/* transport_stream.c: frames go through `stream` from now on. */
void transport_stream_open(struct transport *transport,
    struct bufferevent *stream);
bool transport_stream_connect(struct transport *transport,
    const struct sockaddr *to, socklen_t len, struct error *err);
void transport_stream_disconnect(struct transport *transport);
void transport_stream_write(struct transport *transport, struct span frame,
    struct transport_item *item);
size_t transport_stream_held(const struct transport *transport);
uint64_t transport_stream_taken(const struct transport *transport);

/* transport_tls.c */
bool transport_tls_new(const struct transport_tls_options *options,
    const char *host, struct transport_tls **ret_tls, struct error *err);
void transport_tls_free(struct transport_tls *tls); /* accepts NULL */

#endif
