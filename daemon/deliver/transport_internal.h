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
	char bytes[]; /* unix only: TCP has them in its bufferevent */
};

struct lookup;

struct transport_calls {
	/* Starts connecting; answered by transport_up() or, if it returns
	 * true, transport_lost().  False: failed already. */
	bool (*connect)(struct transport *transport, struct error *err);
	void (*disconnect)(struct transport *transport);
	void (*close)(struct transport *transport); /* may be NULL */
	/* Of an item just added to the queue: sets its end. */
	void (*write)(struct transport *transport, struct span frame,
	    struct transport_item *item);
	/* From the loop, after transport_wake(); may be NULL. */
	void (*flush)(struct transport *transport);
	size_t overhead; /* most bytes that the transport adds to a frame */
	bool keeps_bytes;
};

extern const struct transport_calls transport_tcp_calls;
extern const struct transport_calls transport_unix_calls;

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
	struct event *timer; /* next attempt, or the end of this one */
	struct event *wake;  /* up-calls, never from inside send() */
	struct transport_item *first, **last;
	uint64_t accepted, left;      /* bytes of this connection */
	uint64_t acknowledged;	      /* the last number that left */
	bool has_acknowledged;	      /* it has not been told yet */
	struct transport_stats stats; /* frames: those too large as well */
	/* tcp */
	struct bufferevent *stream;
	struct evdns_base *resolver;
	struct lookup *lookup; /* under way; NULL */
	unsigned attempts;
	/* unix */
	int fd;
	struct event *writable;
	bool told_too_large;
};

void transport_up(struct transport *transport);
void transport_lost(struct transport *transport, const struct error *err);
void transport_left(struct transport *transport, uint64_t bytes);
void transport_wake(struct transport *transport);

#endif
