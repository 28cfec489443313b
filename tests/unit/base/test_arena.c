/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/base/child.h"

#include "base/arena.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define UNDER_ASAN 1
#endif

static void
test_alignment_and_room(void **state)
{
	struct arena *arena = arena_new(256);
	char *pointers[200];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		pointers[i] = arena_alloc(arena, i + 1);
		assert_int_equal((uintptr_t)pointers[i] % _Alignof(max_align_t),
		    0);
		memset(pointers[i], (int)i, i + 1);
	}
	for (size_t i = 0; i < 200; i++) {
		for (size_t k = 0; k <= i; k++)
			assert_int_equal((unsigned char)pointers[i][k], i);
	}

	/* 1 + 2 + ... + 200, by Gauss. */
	assert_int_equal(arena_used(arena), 20100);
	arena_free(arena);
}

static void
test_zeroed(void **state)
{
	struct arena *arena = arena_new(4096);
	unsigned char *bytes;

	(void)state;
	for (int round = 0; round < 2; round++) {
		bytes = arena_array(arena, 30, 10);
		for (size_t i = 0; i < 300; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, 300);
		bytes = arena_zalloc(arena, 17);
		for (size_t i = 0; i < 17; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, 17);
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
	arena_free(arena);
}

/* The same work after a reset is done in the same memory. */
static void
test_reset_keeps_chunks(void **state)
{
	struct arena *arena = arena_new(1024);
	void *first[8], *again;
	bool found;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		first[i] = arena_alloc(arena, 900);
	arena_reset(arena);
	for (size_t i = 0; i < 8; i++) {
		again = arena_alloc(arena, 900);
		found = false;
		for (size_t k = 0; k < 8; k++)
			found |= again == first[k];
		assert_true(found);
	}
	arena_free(arena);
}

static void
test_text(void **state)
{
	struct arena *arena = arena_new(64);
	char letters[1000];
	struct span copy, source = SPAN("a\0b");

	(void)state;
	memset(letters, 'x', sizeof(letters));
	copy = arena_dup(arena, source);
	assert_ptr_not_equal(copy.ptr, source.ptr);
	assert_span_equal(copy, source);
	assert_null(arena_dup(arena, SPAN_NONE).ptr);
	assert_non_null(arena_dup(arena, SPAN("")).ptr);
	assert_string_equal(arena_strdup(arena, SPAN("abc")), "abc");
	assert_string_equal(arena_strdup(arena, SPAN_NONE), "");
	assert_span_equal(arena_printf(arena, "%s=%d", "n", 42), SPAN("n=42"));
	assert_span_equal(arena_printf(arena, "%.1000s", letters),
	    span_make(letters, 1000));
	assert_span_equal(arena_printf(arena, "%.255s", letters),
	    span_make(letters, 255));
	assert_span_equal(arena_printf(arena, "%.256s", letters),
	    span_make(letters, 256));
	arena_free(arena);
}

static void
test_free_of_null(void **state)
{
	(void)state;
	arena_free(NULL);
}

#ifdef UNDER_ASAN
static void
use_after_reset(void)
{
	struct arena *arena = arena_new(4096);
	volatile char *bytes = arena_alloc(arena, 100);

	bytes[50] = 1;
	arena_reset(arena);
	bytes[50] = 2;
}

static void
run_over(void)
{
	struct arena *arena = arena_new(4096);
	volatile char *bytes = arena_alloc(arena, 16);

	(void)arena_alloc(arena, 16);
	bytes[16] = 1;
}

static void
test_poison(void **state)
{
	struct child child;

	(void)state;
	child_run(use_after_reset, &child);
	assert_non_null(strstr(child.text, "use-after-poison"));
	child_run(run_over, &child);
	assert_non_null(strstr(child.text, "use-after-poison"));
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment_and_room),
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_reset_keeps_chunks),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_free_of_null),
#ifdef UNDER_ASAN
		cmocka_unit_test(test_poison),
#endif
	};

	return cmocka_run_group_tests_name("base_arena", tests, NULL, NULL);
}
