/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edge of the deterministic core.  Above it: one thread, no I/O, no clock,
 * no randomness.  Below it live Kafka and sockets, or a simulated world.
 *
 * Ports are asynchronous and total.  The core calls down through the `*_port`
 * tables and never blocks; what happens comes up through the `*_events`
 * tables, on the same thread, never from inside a call down.  Every call down
 * is answered exactly once, if only with PORT_UNKNOWN.
 *
 *	source  --batch-->  core  --submit-->  output
 *	  ^                  |  ^                 |
 *	  +----release-------+  +---submitted-----+
 *
 *	alerts  --alert-->  destination  --send-->  frame
 *	  ^                   |  ^                    |
 *	  +----commit---------+  +----acknowledged----+
 */
#ifndef MODEL_PORTS_H
#define MODEL_PORTS_H

#include "base/error.h"
#include "model/record.h"

/* ---- source: records come in ---- */

/* Longest offset metadata, printable ASCII (Kafka's limit is 4096). */
#define PORT_METADATA_MAX 512

/* One partition of one input, as long as it is assigned. */
struct port_feed {
	uint32_t feed;	/* dense; stable for (topic, partition) in a process */
	uint32_t input; /* index of the configured input */
	struct span topic;
	int32_t partition;
	int64_t committed;    /* next offset to read; -1: nothing committed */
	int64_t position;     /* where reading begins; -1: not known yet */
	struct span metadata; /* what was committed with it */
};

struct port_batch {
	const struct record *records; /* by feed in offset order, interleaved */
	size_t count;
	/* The consumer group's generation when the first record was polled: it
	 * travels with the batch into its submission and is the fence. */
	void *fence;
	void *handle; /* the port's own */
};

enum port_gap_kind {
	PORT_GAP_RETENTION, /* deleted before it was read */
	PORT_GAP_OFFSETS    /* offsets jump by more than a marker explains */
};

struct port_source_events {
	/* Committed positions are known; records of these feeds may follow. */
	void (*assigned)(void *core, const struct port_feed *feeds,
	    size_t count);
	/* No more of these.  The core drops what it has computed of them and
	 * then calls revoke_done(). */
	void (*revoked)(void *core, const uint32_t *feeds, size_t count);
	/* The core owes one release(). */
	void (*batch)(void *core, struct port_batch *batch);
	/* The end was reached and nothing came for the idle time; or again. */
	void (*idle)(void *core, uint32_t feed, bool is_idle);
	/* Offsets [from, to) are gone. */
	void (*gap)(void *core, uint32_t feed, enum port_gap_kind kind,
	    int64_t from, int64_t to);
	/* The source cannot go on; the process must end with `status`. */
	void (*failed)(void *core, int status, const struct error *err);
};

struct port_source {
	void *port;
	/* The core wants the next batch; answered by batch() when there is one.
	 * At most one is outstanding. */
	void (*want)(void *port);
	void (*release)(void *port, struct port_batch *batch);
	void (*revoke_done)(void *port);
	/* After an aborted or unknown transaction: read on from what is
	 * committed; answered by assigned(). */
	void (*rewind)(void *port);
};

/* ---- output: one batch is one transaction ---- */

enum port_topic { PORT_TOPIC_ALERTS, PORT_TOPIC_REJECTED, PORT_TOPIC_COUNT };

struct port_output {
	enum port_topic topic;
	struct span key; /* may be empty: none */
	struct span value;
};

struct port_offset {
	uint32_t feed;
	int64_t next_offset;
	char metadata[PORT_METADATA_MAX];
};

/* Everything is copied or written before submitted() is called. */
struct port_submission {
	uint64_t number; /* the core's, counting */
	const struct port_output *outputs;
	size_t output_count;
	const struct port_offset *offsets; /* at least one */
	size_t offset_count;
	void *fence; /* of the batch; NULL: the current generation */
};

enum port_outcome {
	PORT_OK,
	PORT_ABORTED, /* nothing of it is visible; rewind */
	PORT_FENCED,  /* another owns this; the process must end */
	PORT_UNKNOWN  /* rewind and believe what is committed then */
};

/* The code of an aborted submission with outputs that are refused for their
 * size: submit it smaller. */
#define PORT_TOO_LARGE "IK0101"

struct port_output_events {
	void (*submitted)(void *core, uint64_t number,
	    enum port_outcome outcome, const struct error *err);
	/* Told before an aborted submission is answered, for each output that
	 * is too large: value and key must fit `limit_bytes`; 0: not known. */
	void (*refused)(void *core, size_t output, size_t limit_bytes);
};

struct port_output_calls {
	void *port;
	/* At most one is outstanding. */
	void (*submit)(void *port, const struct port_submission *submission);
};

/* ---- alerts: the queue of one destination ---- */

struct port_alert {
	int64_t offset;
	struct span value; /* borrowed during the call */
};

struct port_alerts_events {
	/* This instance sends now.  `next_offset` -1: from the beginning. */
	void (*started)(void *destination, int64_t next_offset,
	    struct span metadata);
	void (*alert)(void *destination, const struct port_alert *alert);
	/* Another instance sends now. */
	void (*stopped)(void *destination);
};

struct port_alerts {
	void *port;
	/* Up to `count` further alerts may come up. */
	void (*want)(void *port, size_t count);
	/* Positions; the last one wins, losing one only repeats frames. */
	void (*commit)(void *port, int64_t next_offset, struct span metadata);
};

/* ---- frame: to one receiver ---- */

struct port_frame_events {
	void (*connected)(void *destination);
	/* Unconfirmed frames may be lost: the destination sends them again. */
	void (*disconnected)(void *destination, const struct error *err);
	/* Everything up to and with frame `number` has left this process
	 * (RELP: was confirmed by the receiver). */
	void (*acknowledged)(void *destination, uint64_t number);
};

struct port_frame {
	void *port;
	/* Only while connected.  The bytes are copied.  False: the transport's
	 * buffer is full, nothing was taken; wait for acknowledged(). */
	bool (*send)(void *port, uint64_t number, struct span frame);
	bool is_confirmed; /* acknowledged() means the receiver has it */
};

#endif
