/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One destination: reads integrity.alerts through its own consumer group,
 * numbers and chains the records, renders frames, sends them, and commits a
 * position that trails by what the receiver may still lose.
 *
 * Sequence and chain run over the alert records passed to it and stand in the
 * metadata of the committed offset, as they are after the last record before
 * it (destination_place.h).  After a reconnect or a restart it sends again
 * from there: same ids, same numbers.
 *
 * A sign of life, the heartbeat, goes at an interval while it is connected
 * and this instance sends, whether there are alerts or not: then silence is
 * visible at the receiver.  It tells sequence and chain as they are after the
 * last record of which every frame was sent before it, and takes no number.
 *
 * deliver/ may not know alert/ (a sibling): whoever puts the two together
 * passes the renderer in.
 */
#ifndef DELIVER_DESTINATION_H
#define DELIVER_DESTINATION_H

#include "deliver/destination_place.h"
#include "model/ports.h"

struct destination;

/* Renders a record into frames by calling destination_frame() for each. */
typedef void destination_render(void *context, struct destination *destination,
    struct span record, const struct destination_place *place);

/* Appends one frame, the heartbeat. */
typedef void destination_beat(void *context,
    const struct destination_place *place, struct buffer *frame);

struct destination_options {
	const char *name;
	destination_render *render;
	destination_beat *beat; /* NULL: none */
	int64_t beat_every_us;
	void *context;
	int64_t trail_us;   /* 60 s */
	size_t trail_bytes; /* 4 MiB */
};

struct destination *destination_new(const struct destination_options *options);
void destination_free(struct destination *destination); /* accepts NULL */

/* The ports that it calls, once both are open; borrowed. */
void destination_connect(struct destination *destination,
    const struct port_alerts *alerts, const struct port_frame *frame);

/* Up-calls; `core` is the destination. */
extern const struct port_alerts_events destination_alerts_events;
extern const struct port_frame_events destination_frame_events;

/* From within render: takes a copy. */
void destination_frame(struct destination *destination, struct span frame);

/*
 * Does what is due: sends queued frames, moves the committed position on.
 * Call it soon after every up-call, for those carry no time: what left the
 * process since the last call is taken to have left now.
 * Returns the time at which to call again at the latest.  `now_us` is from
 * clock_monotonic_us().
 */
int64_t destination_run(struct destination *destination, int64_t now_us);

struct destination_stats {
	bool is_active, is_connected;
	uint64_t sequence, frames, repeated, beats, queue_frames, queue_bytes;
	int64_t committed_offset, read_offset;
	char last_error[256];
};
void destination_get_stats(const struct destination *destination,
    struct destination_stats *ret_stats);

#endif
