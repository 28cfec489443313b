/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "support/testing.h"

#include "base/buffer.h"

static void
test_numbers(void **state)
{
	struct buffer buffer = BUFFER_INIT;

	(void)state;
	buffer_add_u64(&buffer, 0);
	buffer_add_char(&buffer, ' ');
	buffer_add_u64(&buffer, UINT64_MAX);
	buffer_add_char(&buffer, ' ');
	buffer_add_i64(&buffer, INT64_MIN);
	buffer_add_char(&buffer, ' ');
	buffer_add_i64(&buffer, INT64_MAX);
	buffer_add_char(&buffer, ' ');
	buffer_add_i64(&buffer, -7);

	/* 2^64 - 1, -2^63, 2^63 - 1 */
	assert_span_equal(buffer_span(&buffer),
	    SPAN("0 18446744073709551615 -9223372036854775808 "
		 "9223372036854775807 -7"));
	buffer_done(&buffer);
}

static void
test_pieces(void **state)
{
	struct buffer buffer = BUFFER_INIT;

	(void)state;
	assert_span_equal(buffer_span(&buffer), SPAN(""));
	assert_string_equal(buffer_string(&buffer), "");
	buffer_add(&buffer, "a\0b", 3);
	buffer_add(&buffer, NULL, 0);
	buffer_add_span(&buffer, SPAN_NONE);
	buffer_add_span(&buffer, SPAN("cd"));
	buffer_add_string(&buffer, "ef");
	memcpy(buffer_reserve(&buffer, 2), "gh", 2);
	buffer.len += 2;
	assert_span_equal(buffer_span(&buffer), SPAN("a\0bcdefgh"));
	buffer_reset(&buffer);
	assert_int_equal(buffer.len, 0);
	buffer_add_string(&buffer, "again");
	assert_string_equal(buffer_string(&buffer), "again");
	assert_int_equal(buffer.len, 5);
	buffer_done(&buffer);
	assert_null(buffer.ptr);
	buffer_add_char(&buffer, '!');
	assert_string_equal(buffer_string(&buffer), "!");
	buffer_done(&buffer);
}

/* Every length around the first guess and the powers of 2. */
static void
test_printf_of_any_length(void **state)
{
	struct buffer buffer = BUFFER_INIT;
	char letters[700];

	(void)state;
	memset(letters, 'x', sizeof(letters));
	for (int len = 0; len < 700; len++) {
		buffer_reset(&buffer);
		buffer_printf(&buffer, "%d:%.*s", 5, len, letters);
		assert_int_equal(buffer.len, len + 2);
		assert_memory_equal(buffer.ptr, "5:", 2);
		assert_memory_equal(buffer.ptr + 2, letters, (size_t)len);
		buffer_done(&buffer);
		buffer_printf(&buffer, "%.*s", len, letters);
		assert_int_equal(strlen(buffer_string(&buffer)), len);
	}
	buffer_done(&buffer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_printf_of_any_length),
	};

	return cmocka_run_group_tests_name("base_buffer", tests, NULL, NULL);
}
