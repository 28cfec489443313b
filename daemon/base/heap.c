/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "base/heap.h"

static bool
is_before(const struct heap_node *a, const struct heap_node *b)
{
	if (a->at_us != b->at_us)
		return a->at_us < b->at_us;
	return a->sequence < b->sequence;
}

static void
place(struct heap *heap, struct heap_node *node, size_t position)
{
	heap->nodes[position] = node;
	node->position = position;
}

static void
sift_up(struct heap *heap, struct heap_node *node)
{
	size_t position = node->position;

	while (position > 1 && is_before(node, heap->nodes[position / 2])) {
		place(heap, heap->nodes[position / 2], position);
		position /= 2;
	}
	place(heap, node, position);
}

static void
sift_down(struct heap *heap, struct heap_node *node)
{
	size_t position = node->position, child;

	while ((child = position * 2) <= heap->count) {
		if (child < heap->count &&
		    is_before(heap->nodes[child + 1], heap->nodes[child]))
			child++;
		if (!is_before(heap->nodes[child], node))
			break;
		place(heap, heap->nodes[child], position);
		position = child;
	}
	place(heap, node, position);
}

void
heap_done(struct heap *heap)
{
	for (size_t i = 1; i <= heap->count; i++)
		heap->nodes[i]->position = 0;
	mem_free(heap->nodes);
	*heap = (struct heap)HEAP_INIT;
}

void
heap_add(struct heap *heap, struct heap_node *node)
{
	CHECK(node->position == 0);
	heap->nodes = mem_grow(heap->nodes, &heap->cap, heap->count + 2,
	    sizeof(struct heap_node *));
	place(heap, node, ++heap->count);
	sift_up(heap, node);
}

void
heap_remove(struct heap *heap, struct heap_node *node)
{
	size_t position = node->position;
	struct heap_node *last;

	CHECK(position > 0 && position <= heap->count);
	CHECK(heap->nodes[position] == node);
	last = heap->nodes[heap->count--];
	node->position = 0;
	if (last == node)
		return;
	place(heap, last, position);
	heap_update(heap, last);
}

void
heap_update(struct heap *heap, struct heap_node *node)
{
	CHECK(node->position > 0 && node->position <= heap->count);
	sift_up(heap, node);
	sift_down(heap, node);
}

struct heap_node *
heap_first(const struct heap *heap)
{
	return heap->count > 0 ? heap->nodes[1] : NULL;
}
