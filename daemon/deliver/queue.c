/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/check.h"
#include "base/mem.h"

#include "deliver/queue.h"

struct record_item {
	struct record_item *next;
	int64_t offset;
	struct destination_place place;
	struct buffer text; /* its frames, one behind the other */
	size_t *ends;
	size_t count, cap;
	uint64_t number;   /* of its first frame */
	size_t sent, left; /* frames */
	int64_t left_us;   /* once all have left */
};

struct queue {
	bool is_confirmed;
	int64_t trail_us;
	size_t trail_bytes;
	struct record_item *first, **last;
	struct record_item *newest; /* frames may still be added */
	struct record_item *to_send, *to_leave, *to_stamp; /* NULL: the end */
	uint64_t next_number;
	size_t unsent_frames, unsent_bytes;
	size_t trailing_bytes; /* of stamped records */
};

struct queue *
queue_new(bool is_confirmed, int64_t trail_us, size_t trail_bytes)
{
	struct queue *queue = mem_zalloc(sizeof(*queue));

	queue->is_confirmed = is_confirmed;
	queue->trail_us = trail_us;
	queue->trail_bytes = trail_bytes;
	queue->last = &queue->first;
	queue->next_number = 1;
	return queue;
}

void
queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	queue_clear(queue);
	mem_free(queue);
}

void
queue_set_confirmed(struct queue *queue, bool is_confirmed)
{
	queue->is_confirmed = is_confirmed;
}

static void
free_item(struct record_item *item)
{
	buffer_done(&item->text);
	mem_free(item->ends);
	mem_free(item);
}

void
queue_clear(struct queue *queue)
{
	struct record_item *item;

	while ((item = queue->first) != NULL) {
		queue->first = item->next;
		free_item(item);
	}
	queue->last = &queue->first;
	queue->newest = NULL;
	queue->to_send = queue->to_leave = queue->to_stamp = NULL;
	queue->unsent_frames = queue->unsent_bytes = 0;
	queue->trailing_bytes = 0;
}

static size_t
frame_start(const struct record_item *item, size_t index)
{
	return index > 0 ? item->ends[index - 1] : 0;
}

void
queue_add(struct queue *queue, int64_t offset,
    const struct destination_place *place)
{
	struct record_item *item = mem_zalloc(sizeof(*item));

	item->offset = offset;
	item->place = *place;
	item->number = queue->next_number;
	*queue->last = item;
	queue->last = &item->next;
	queue->newest = item;
	if (queue->to_send == NULL)
		queue->to_send = item;
	if (queue->to_leave == NULL)
		queue->to_leave = item;
	if (queue->to_stamp == NULL)
		queue->to_stamp = item;
}

void
queue_add_frame(struct queue *queue, struct span frame)
{
	struct record_item *item = queue->newest;

	CHECK(item != NULL && item->sent == 0);
	buffer_add_span(&item->text, frame);
	item->ends = mem_grow(item->ends, &item->cap, item->count + 1,
	    sizeof(*item->ends));
	item->ends[item->count++] = item->text.len;
	queue->next_number++;
	queue->unsent_frames++;
	queue->unsent_bytes += frame.len;
}

/* ---- Sending ---- */

/* The record whose next frame is due, past those that have none left. */
static struct record_item *
sending(const struct queue *queue)
{
	struct record_item *item = queue->to_send;

	while (item != NULL && item->sent == item->count)
		item = item->next;
	return item;
}

bool
queue_next(const struct queue *queue, struct queue_frame *ret_frame)
{
	const struct record_item *item = sending(queue);
	size_t start;

	if (item == NULL)
		return false;
	start = frame_start(item, item->sent);
	ret_frame->number = item->number + item->sent;
	ret_frame->bytes = span_make(item->text.ptr + start,
	    item->ends[item->sent] - start);
	return true;
}

void
queue_sent(struct queue *queue)
{
	struct record_item *item = sending(queue);

	CHECK(item != NULL);
	queue->to_send = item;
	queue->unsent_frames--;
	queue->unsent_bytes -= item->ends[item->sent] -
	    frame_start(item, item->sent);
	item->sent++;
}

uint64_t
queue_place(const struct queue *queue, struct destination_place *place)
{
	const struct record_item *item = queue->first;

	for (; item != NULL && item->sent == item->count; item = item->next)
		*place = item->place;
	return (item != NULL ? item->number + item->sent : queue->next_number) -
	    1;
}

void
queue_acknowledge(struct queue *queue, uint64_t number)
{
	struct record_item *item = queue->to_leave;
	uint64_t upto;

	for (; item != NULL; item = item->next) {
		queue->to_leave = item;
		if (number < item->number)
			return;
		upto = number - item->number + 1;
		if (upto > item->sent)
			upto = item->sent;
		if (upto > item->left)
			item->left = upto;
		if (item->left < item->count)
			return;
	}
}

size_t
queue_rewind(struct queue *queue)
{
	size_t repeated = 0;

	queue->unsent_frames = queue->unsent_bytes = 0;
	for (struct record_item *item = queue->first; item != NULL;
	    item = item->next) {
		repeated += item->sent;
		item->sent = item->left = 0;
		queue->unsent_frames += item->count;
		queue->unsent_bytes += item->text.len;
	}
	queue->to_send = queue->to_leave = queue->to_stamp = queue->first;
	queue->trailing_bytes = 0;
	return repeated;
}

/* ---- Settling ---- */

static void
stamp(struct queue *queue, int64_t now_us)
{
	struct record_item *item = queue->to_stamp;

	for (; item != NULL && item->left == item->count; item = item->next) {
		item->left_us = now_us;
		queue->trailing_bytes += item->text.len;
	}
	queue->to_stamp = item;
}

static bool
is_settled(const struct queue *queue, const struct record_item *item,
    int64_t now_us)
{
	if (item == queue->to_stamp)
		return false;
	return queue->is_confirmed || item->count == 0 ||
	    queue->trailing_bytes > queue->trail_bytes ||
	    now_us - item->left_us >= queue->trail_us;
}

static void
drop_first(struct queue *queue)
{
	struct record_item *item = queue->first;

	queue->first = item->next;
	if (queue->first == NULL)
		queue->last = &queue->first;
	if (queue->newest == item)
		queue->newest = NULL;
	if (queue->to_send == item)
		queue->to_send = item->next;
	if (queue->to_leave == item)
		queue->to_leave = item->next;
	queue->trailing_bytes -= item->text.len;
	free_item(item);
}

bool
queue_settle(struct queue *queue, int64_t now_us, int64_t *ret_offset,
    struct destination_place *ret_place)
{
	bool is_moved = false;

	stamp(queue, now_us);
	while (queue->first != NULL &&
	    is_settled(queue, queue->first, now_us)) {
		*ret_offset = queue->first->offset + 1;
		*ret_place = queue->first->place;
		drop_first(queue);
		is_moved = true;
	}
	return is_moved;
}

int64_t
queue_due_us(const struct queue *queue)
{
	if (queue->first == NULL || queue->first == queue->to_stamp)
		return INT64_MAX;
	return queue->first->left_us + queue->trail_us;
}

size_t
queue_frames(const struct queue *queue)
{
	return queue->unsent_frames;
}

size_t
queue_bytes(const struct queue *queue)
{
	return queue->unsent_bytes;
}
