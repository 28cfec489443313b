/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#include "deliver/queue.h"

#include "deliver/destination.h"

#define MAGIC 0xde571a70u

/* Frames rendered ahead; an alert record has at most 256 KiB. */
#define QUEUE_BYTES_MAX (8 * 1024 * 1024)
#define RECORD_BYTES_MAX (256 * 1024)

/* Positions are not worth more: losing one repeats a second's frames. */
#define COMMIT_EVERY_US CLOCK_US_PER_S

struct destination {
	uint32_t magic;
	char *name;
	destination_render *render;
	destination_beat *beat; /* NULL: no sign of life */
	void *context;
	int64_t beat_every_us;
	int64_t beat_at_us; /* the next one */
	struct queue *queue;
	const struct port_alerts *alerts;
	const struct port_frame *frame;
	bool is_active, is_connected;
	bool is_lost;	 /* a connection was, since the last run */
	bool is_blocked; /* the transport's buffer is full */
	bool is_rendering;
	size_t wanted;		       /* alerts that may still come up */
	int64_t read_offset;	       /* the next one expected; -1: any */
	struct destination_place read; /* after the last one read */
	int64_t settled_offset, committed_offset; /* -1: none */
	struct destination_place settled;
	int64_t committed_us;
	bool has_committed; /* since it was started */
	struct buffer scratch;
	uint64_t frames, repeated, beats;
	char last_error[256];
};

static struct destination *
cast(void *pointer)
{
	return CHECK_CAST(destination, MAGIC, pointer);
}

struct destination *
destination_new(const struct destination_options *options)
{
	struct destination *destination = mem_zalloc(sizeof(*destination));

	destination->magic = MAGIC;
	destination->name = mem_strdup(options->name);
	destination->render = options->render;
	destination->beat = options->beat;
	destination->beat_every_us = options->beat_every_us;
	destination->beat_at_us = INT64_MIN;
	destination->context = options->context;
	destination->queue = queue_new(false, options->trail_us,
	    options->trail_bytes);
	destination->read_offset = -1;
	destination->settled_offset = -1;
	destination->committed_offset = -1;
	return destination;
}

void
destination_free(struct destination *destination)
{
	if (destination == NULL)
		return;
	queue_free(destination->queue);
	buffer_done(&destination->scratch);
	mem_free(destination->name);
	destination->magic = 0;
	mem_free(destination);
}

void
destination_connect(struct destination *destination,
    const struct port_alerts *alerts, const struct port_frame *frame)
{
	destination->alerts = alerts;
	destination->frame = frame;
	queue_set_confirmed(destination->queue, frame->is_confirmed);
}

static void
note_error(struct destination *destination, const char *text)
{
	(void)snprintf(destination->last_error, sizeof(destination->last_error),
	    "%.255s", text);
}

/* ---- Up-calls of the alerts ---- */

static void
on_started(void *core, int64_t next_offset, struct span metadata)
{
	struct destination *destination = cast(core);
	struct destination_place place = { 0, { 0 } };

	queue_clear(destination->queue);
	if (next_offset >= 0 && !destination_place_parse(metadata, &place))
		note_error(destination,
		    "the committed position has no readable sequence: "
		    "numbering starts anew");
	destination->read = place;
	destination->settled = place;
	destination->read_offset = next_offset;
	destination->settled_offset = next_offset;
	destination->committed_offset = next_offset;
	destination->has_committed = false;
	destination->wanted = 0;
	destination->is_active = true;
}

static void
on_stopped(void *core)
{
	struct destination *destination = cast(core);

	queue_clear(destination->queue);
	destination->is_active = false;
	destination->wanted = 0;
}

static void
on_alert(void *core, const struct port_alert *alert)
{
	struct destination *destination = cast(core);

	/* A record that was already numbered must not be so twice. */
	if (!destination->is_active || alert->offset < destination->read_offset)
		return;
	if (destination->wanted > 0)
		destination->wanted--;
	destination->read_offset = alert->offset + 1;
	destination_place_add(&destination->read, alert->value,
	    &destination->scratch);
	queue_add(destination->queue, alert->offset, &destination->read);
	destination->is_rendering = true;
	destination->render(destination->context, destination, alert->value,
	    &destination->read);
	destination->is_rendering = false;
}

void
destination_frame(struct destination *destination, struct span frame)
{
	CHECK(destination->is_rendering);
	queue_add_frame(destination->queue, frame);
}

const struct port_alerts_events destination_alerts_events = {
	.started = on_started,
	.alert = on_alert,
	.stopped = on_stopped,
};

/* ---- Up-calls of the transport ---- */

static void
on_connected(void *core)
{
	struct destination *destination = cast(core);

	destination->is_connected = true;
	destination->is_blocked = false;
}

static void
on_disconnected(void *core, const struct error *err)
{
	struct destination *destination = cast(core);

	destination->is_lost |= destination->is_connected;
	destination->is_connected = false;
	note_error(destination, err->text);
}

static void
on_acknowledged(void *core, uint64_t number)
{
	struct destination *destination = cast(core);

	destination->is_blocked = false;
	queue_acknowledge(destination->queue, number);
}

const struct port_frame_events destination_frame_events = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.acknowledged = on_acknowledged,
};

/* ---- What is due ---- */

static void
settle(struct destination *destination, int64_t now_us)
{
	(void)queue_settle(destination->queue, now_us,
	    &destination->settled_offset, &destination->settled);
	if (!destination->is_lost)
		return;
	destination->is_lost = false;
	destination->repeated += queue_rewind(destination->queue);
}

static void
send_frames(struct destination *destination)
{
	const struct port_frame *port = destination->frame;
	struct queue_frame frame;

	while (destination->is_connected && !destination->is_blocked &&
	    queue_next(destination->queue, &frame)) {
		if (!port->send(port->port, frame.number, frame.bytes)) {
			destination->is_blocked = true;
			return;
		}
		queue_sent(destination->queue);
		destination->frames++;
	}
}

/*
 * Goes before what is queued, so that a busy stream cannot hold it up, and
 * under the number of the last frame: that it left says nothing new of the
 * alerts.
 */
static void
send_beat(struct destination *destination, int64_t now_us)
{
	const struct port_frame *port = destination->frame;
	struct destination_place place = destination->settled;
	struct buffer *frame = &destination->scratch;
	uint64_t number;

	if (destination->beat == NULL || !destination->is_connected ||
	    destination->is_blocked || now_us < destination->beat_at_us)
		return;
	number = queue_place(destination->queue, &place);
	buffer_reset(frame);
	destination->beat(destination->context, &place, frame);
	if (!port->send(port->port, number, buffer_span(frame))) {
		destination->is_blocked = true;
		return;
	}
	destination->beats++;
	destination->beat_at_us = now_us + destination->beat_every_us;
}

static void
want_more(struct destination *destination)
{
	const struct port_alerts *port = destination->alerts;
	size_t held = queue_bytes(destination->queue), want = 0;

	if (held < QUEUE_BYTES_MAX)
		want = (QUEUE_BYTES_MAX - held) / RECORD_BYTES_MAX;
	if (want >= destination->wanted && want < 2 * destination->wanted)
		return;
	if (want == destination->wanted)
		return;
	destination->wanted = want;
	port->want(port->port, want);
}

static void
commit(struct destination *destination, int64_t now_us)
{
	const struct port_alerts *port = destination->alerts;

	if (destination->settled_offset == destination->committed_offset ||
	    (destination->has_committed &&
		now_us - destination->committed_us < COMMIT_EVERY_US))
		return;
	buffer_reset(&destination->scratch);
	destination_place_write(&destination->settled, &destination->scratch);
	destination->committed_offset = destination->settled_offset;
	destination->committed_us = now_us;
	destination->has_committed = true;
	port->commit(port->port, destination->committed_offset,
	    buffer_span(&destination->scratch));
}

static int64_t
next_due(const struct destination *destination)
{
	int64_t due_us = queue_due_us(destination->queue);
	int64_t commit_us = destination->committed_us + COMMIT_EVERY_US;

	if (destination->settled_offset != destination->committed_offset &&
	    commit_us < due_us)
		due_us = commit_us;
	if (destination->beat != NULL && destination->is_connected &&
	    !destination->is_blocked && destination->beat_at_us < due_us)
		due_us = destination->beat_at_us;
	return due_us;
}

int64_t
destination_run(struct destination *destination, int64_t now_us)
{
	if (destination->alerts == NULL || !destination->is_active) {
		destination->is_lost = false;
		return INT64_MAX;
	}
	settle(destination, now_us);
	send_beat(destination, now_us);
	send_frames(destination);
	want_more(destination);
	commit(destination, now_us);
	return next_due(destination);
}

void
destination_get_stats(const struct destination *destination,
    struct destination_stats *ret_stats)
{
	*ret_stats = (struct destination_stats){
		.is_active = destination->is_active,
		.is_connected = destination->is_connected,
		.sequence = destination->read.sequence,
		.frames = destination->frames,
		.repeated = destination->repeated,
		.beats = destination->beats,
		.queue_frames = queue_frames(destination->queue),
		.queue_bytes = queue_bytes(destination->queue),
		.committed_offset = destination->committed_offset,
		.read_offset = destination->read_offset,
	};
	memcpy(ret_stats->last_error, destination->last_error,
	    sizeof(ret_stats->last_error));
}
