/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transports: frames over a socket, reconnecting with backoff (0.1 s doubling
 * to 30 s, with jitter from the name, not from chance).
 *
 * tcp, tls: octet counting (RFC 6587, 3.4.1: "LEN SP FRAME"; RFC 5425).
 * unix-stream: a line feed behind each frame (RFC 6587, 3.4.2), for syslog-ng
 * counts no octets there; frames hold none.  unix, udp: one datagram a frame,
 * as /dev/log takes them and RFC 5426 has it.
 */
#ifndef DELIVER_TRANSPORT_H
#define DELIVER_TRANSPORT_H

#include "model/ports.h"

struct event_base;
struct transport;

enum transport_kind {
	TRANSPORT_TCP,
	TRANSPORT_UNIX,
	TRANSPORT_UNIX_STREAM,
	TRANSPORT_UDP,
	TRANSPORT_TLS
};

/*
 * The receiver's certificate must be for the host of the address and come from
 * an authority of `ca_file` (NULL: of the system), or be one of those pinned;
 * with `ca_file` both (RFC 5425, 5.2).  Pinning asks neither for a name nor
 * for a date.  Files are read again for each connection.
 */
struct transport_tls_options {
	const char *ca_file;
	const char *certificate_file, *key_file; /* both or none; ours */
	const char *server_name;	 /* NULL: the host of the address */
	const char *const *fingerprints; /* SHA-256, 64 hex digits each */
	size_t fingerprint_count;
};

struct transport_options {
	enum transport_kind kind;
	const char *name;    /* of the destination, for messages */
	const char *address; /* host:port, [v6]:port, or socket path */
	const struct transport_tls_options *tls; /* of TRANSPORT_TLS */
	size_t buffer_bytes; /* send() refuses above this; 1 MiB */
	int64_t connect_us;  /* longest wait for a connection; 0: 10 s */
	int64_t dead_us;     /* and for a peer that takes nothing; 0: 30 s */
	/* Told once of what is wrong with the frames, not the connection: one
	 * that no datagram can hold.  May be NULL. */
	void (*tell)(void *context, const struct error *err);
	void *context;
};

struct transport_stats {
	uint64_t connects;  /* that succeeded */
	uint64_t frames;    /* that left this process */
	uint64_t too_large; /* that no datagram could hold: not sent */
};

/*
 * Fails where the address or a file cannot be used.  Starts connecting at
 * once; what happens comes up through `events`.  A peer that dies without a
 * word, or takes nothing of what is sent, is noticed within 40 s by looking
 * (else by TCP_USER_TIMEOUT, RFC 5482), well within the destination's trail.
 * SIGPIPE is ignored from here on in the whole process.
 */
bool transport_open(struct event_base *base,
    const struct transport_options *options,
    const struct port_frame_events *events, void *destination,
    struct transport **ret_transport, struct error *err);
struct port_frame transport_port(struct transport *transport);

/* Bytes accepted by send() that are still in this process. */
size_t transport_pending(const struct transport *transport);
void transport_get_stats(const struct transport *transport,
    struct transport_stats *ret_stats);
void transport_close(struct transport *transport); /* accepts NULL */

#endif
