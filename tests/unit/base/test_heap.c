/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "support/testing.h"

#include "base/heap.h"

#define COUNT 2000

struct item {
	struct heap_node node;
	bool is_in;
};

/* A linear search over what should be in the heap. */
static struct heap_node *
model_first(struct item *items)
{
	struct heap_node *first = NULL, *node;

	for (size_t i = 0; i < COUNT; i++) {
		node = &items[i].node;
		if (!items[i].is_in)
			continue;
		if (first == NULL || node->at_us < first->at_us ||
		    (node->at_us == first->at_us &&
			node->sequence < first->sequence))
			first = node;
	}
	return first;
}

/* Few different times, so that many are equal. */
static void
test_against_model(void **state)
{
	static struct item items[COUNT];
	struct heap heap = HEAP_INIT;
	unsigned short seed[3] = { 1, 2, 3 };
	struct item *item;

	(void)state;
	assert_null(heap_first(&heap));
	for (int step = 0; step < 20000; step++) {
		item = &items[(size_t)nrand48(seed) % COUNT];
		if (!item->is_in) {
			item->node.at_us = nrand48(seed) % 50 - 25;
			item->node.sequence = (uint64_t)step;
			heap_add(&heap, &item->node);
			item->is_in = true;
		} else if (nrand48(seed) % 2 == 0) {
			heap_remove(&heap, &item->node);
			assert_int_equal(item->node.position, 0);
			item->is_in = false;
		} else {
			item->node.at_us = nrand48(seed) % 50 - 25;
			heap_update(&heap, &item->node);
		}
		assert_ptr_equal(heap_first(&heap), model_first(items));
	}
	heap_done(&heap);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(items[i].node.position, 0);
}

static void
test_equal_times_by_sequence(void **state)
{
	struct heap_node nodes[100] = { 0 };
	struct heap heap = HEAP_INIT;

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		nodes[i].at_us = INT64_MIN;
		nodes[i].sequence = i * 37 % 100;
		heap_add(&heap, &nodes[i]);
	}
	for (uint64_t i = 0; i < 100; i++) {
		assert_int_equal(heap_first(&heap)->sequence, i);
		heap_remove(&heap, heap_first(&heap));
	}
	assert_null(heap_first(&heap));
	heap_done(&heap);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_equal_times_by_sequence),
	};

	return cmocka_run_group_tests_name("base_heap", tests, NULL, NULL);
}
