/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/base/child.h"

#include "base/check.h"

struct thing {
	uint32_t magic;
};

#define THING_MAGIC 0x5eed0001u

static void
fail_with_record(void)
{
	check_in_hand("audit.ncmis", 7, 123456789012);
	check_rule_in_hand("self_lookup");
	CHECK(1 + 1 == 3);
}

static void
fail_without_record(void)
{
	check_in_hand("audit.ncmis", 7, 1);
	check_in_hand(NULL, 0, 0);
	CHECK(1 + 1 == 3);
}

static void
cast_stranger(void)
{
	struct thing thing = { 0xdeadbeef };

	(void)CHECK_CAST(thing, THING_MAGIC, (void *)&thing);
}

static void
cast_null(void)
{
	(void)CHECK_CAST(thing, THING_MAGIC, NULL);
}

static void
test_failure(void **state)
{
	struct child child;

	(void)state;
	child_aborts("condition", fail_with_record, "1 + 1 == 3");
	child_aborts("file", fail_with_record, "test_check.c:");
	child_aborts("record", fail_with_record,
	    "topic audit.ncmis, partition 7, offset 123456789012");
	child_aborts("rule", fail_with_record, "rule self_lookup");
	child_run(fail_without_record, &child);
	assert_null(strstr(child.text, "audit.ncmis"));
	child_aborts("cast", cast_stranger, "struct thing");
	child_aborts("cast of NULL", cast_null, "struct thing");
}

static void
test_success(void **state)
{
	struct thing thing = { THING_MAGIC };
	int calls = 0;

	(void)state;
	CHECK(++calls == 1);
	assert_int_equal(calls, 1);
	assert_ptr_equal(CHECK_CAST(thing, THING_MAGIC, (void *)&thing),
	    &thing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_success),
	};

	return cmocka_run_group_tests_name("base_check", tests, NULL, NULL);
}
