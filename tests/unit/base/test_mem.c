/* SPDX-License-Identifier: Apache-2.0 */
#include <sysexits.h>

#include "unit/base/child.h"

#include "base/mem.h"

static void
overflow_array(void)
{
	mem_free(mem_array(SIZE_MAX / 2, 3));
}

static void
overflow_resize(void)
{
	mem_free(mem_resize(NULL, SIZE_MAX, 2));
}

static void
test_overflow_is_fatal(void **state)
{
	struct child child;

	(void)state;
	child_run(overflow_array, &child);
	assert_int_equal(WEXITSTATUS(child.status), EX_OSERR);
	assert_non_null(strstr(child.text, "out of memory"));
	child_run(overflow_resize, &child);
	assert_int_equal(WEXITSTATUS(child.status), EX_OSERR);
}

static void
test_nothing_is_not_null(void **state)
{
	void *pointers[] = { mem_alloc(0), mem_zalloc(0), mem_array(0, 8),
		mem_resize(NULL, 0, 8), mem_dup("", 0) };

	(void)state;
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		assert_non_null(pointers[i]);
		mem_free(pointers[i]);
	}
	mem_free(NULL);
}

static void
test_copies(void **state)
{
	char *string = mem_strdup("roster"), *bytes = mem_dup("a\0b", 3);
	unsigned char *zeros = mem_array(3, 5);

	(void)state;
	assert_string_equal(string, "roster");
	assert_memory_equal(bytes, "a\0b", 3);
	for (size_t i = 0; i < 15; i++)
		assert_int_equal(zeros[i], 0);
	mem_free(string);
	mem_free(bytes);
	mem_free(zeros);
}

/* A million pushes cost about 20 reallocations, not a million. */
static void
test_grow_doubles(void **state)
{
	uint32_t *array = NULL;
	size_t cap = 0, old_cap, moves = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		old_cap = cap;
		array = mem_grow(array, &cap, i + 1, sizeof(*array));
		moves += cap != old_cap;
		assert_true(cap > i);
		array[i] = i;
	}
	for (uint32_t i = 0; i < 1000000; i++)
		assert_int_equal(array[i], i);
	assert_true(moves <= 20);
	mem_free(array);

	array = NULL;
	cap = 0;
	array = mem_grow(array, &cap, 1000, sizeof(*array));
	assert_true(cap >= 1000);
	mem_free(array);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overflow_is_fatal),
		cmocka_unit_test(test_nothing_is_not_null),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_grow_doubles),
	};

	return cmocka_run_group_tests_name("base_mem", tests, NULL, NULL);
}
