/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of one destination that its receiver may still lose, oldest
 * first, with their frames:
 *
 *	settled | left, trailing | sent | unsent
 *	        first            left    sent
 *
 * A record is settled, and dropped, when all of its frames have left this
 * process and then stayed in the trail long enough.  Pure: time comes in.
 */
#ifndef DELIVER_QUEUE_H
#define DELIVER_QUEUE_H

#include "deliver/destination.h"

struct queue;

struct queue_frame {
	uint64_t number;
	struct span bytes;
};

struct queue *queue_new(bool is_confirmed, int64_t trail_us,
    size_t trail_bytes);
void queue_free(struct queue *queue); /* accepts NULL */
void queue_set_confirmed(struct queue *queue, bool is_confirmed);

/* Forgets all records; numbers of frames go on. */
void queue_clear(struct queue *queue);

/* A record of which `place` is true after it; then its frames. */
void queue_add(struct queue *queue, int64_t offset,
    const struct destination_place *place);
void queue_add_frame(struct queue *queue, struct span frame);

/* The next frame to send; false if there is none. */
bool queue_next(const struct queue *queue, struct queue_frame *ret_frame);
void queue_sent(struct queue *queue); /* that one was */

/*
 * The number of the last frame sent, 0 if there was none; `*place` becomes
 * what is true after the last record sent whole, if there is one.
 */
uint64_t queue_place(const struct queue *queue,
    struct destination_place *place);

/* Frames up to and with `number` left this process. */
void queue_acknowledge(struct queue *queue, uint64_t number);

/* The connection is gone: what is not settled is to be sent again.  Returns
 * how many frames had been sent. */
size_t queue_rewind(struct queue *queue);

/*
 * Takes note of what has left by now and drops what is settled; true if
 * something was, then `*ret_offset` is the offset to read from and
 * `*ret_place` what is true before it.
 */
bool queue_settle(struct queue *queue, int64_t now_us, int64_t *ret_offset,
    struct destination_place *ret_place);

/* When queue_settle() has something to do by itself; INT64_MAX: never. */
int64_t queue_due_us(const struct queue *queue);

/* Not sent yet. */
size_t queue_frames(const struct queue *queue);
size_t queue_bytes(const struct queue *queue);

#endif
