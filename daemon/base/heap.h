/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binary min-heap of items that embed a node: what is due next.  Items with
 * equal times come out in the order of `sequence`, which the caller gives.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t at_us;
	uint64_t sequence;
	size_t position; /* 0: in no heap */
};

struct heap {
	struct heap_node **nodes; /* [1..count] */
	size_t count;
	size_t cap;
};

#define HEAP_INIT { NULL, 0, 0 }

void heap_done(struct heap *heap);

/* The node must be in no heap. */
void heap_add(struct heap *heap, struct heap_node *node);
void heap_remove(struct heap *heap, struct heap_node *node);

/* After a change of node->at_us. */
void heap_update(struct heap *heap, struct heap_node *node);

/* NULL if empty. */
struct heap_node *heap_first(const struct heap *heap);

#endif
