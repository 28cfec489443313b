/* SPDX-License-Identifier: Apache-2.0 */
#include "model/field.h"
#include "model/value_list.h"
#include "model/record.h"
#include "support/testing.h"

static void
test_slots(void **state)
{
	struct field_set *fields = field_set_new();
	uint32_t user = field_set_add(fields, SPAN("user.id"));
	uint32_t threat = field_set_add(fields, SPAN("Threat Name"));

	(void)state;
	assert_int_equal(field_set_add(fields, SPAN("user.id")), user);
	assert_int_equal(field_set_find(fields, SPAN("ThreatName")), threat);
	assert_int_equal(field_set_find(fields, SPAN("User.Id")), FIELD_NONE);
	assert_span_equal(field_set_name(fields, threat), SPAN("ThreatName"));
	assert_int_equal(field_set_count(fields), 2);
	assert_false(field_set_wants_all_values(fields));
	field_set_want_all_values(fields);
	assert_true(field_set_wants_all_values(fields));
	field_set_free(fields);
}

static void
test_list(void **state)
{
	struct value_list *list = value_list_new(SPAN("vip"));

	(void)state;
	value_list_add(list, SPAN("Pn:91AB"));
	value_list_add(list, SPAN("Pn:91AB"));
	value_list_add(list, SPAN(""));
	assert_int_equal(value_list_count(list), 2);
	assert_true(value_list_has(list, SPAN("pn:91ab"), false));
	assert_false(value_list_has(list, SPAN("pn:91ab"), true));
	assert_true(value_list_has(list, SPAN("Pn:91AB"), true));
	assert_true(value_list_has(list, SPAN(""), true));
	assert_span_equal(value_list_get(list, 0, false), SPAN("pn:91ab"));
	value_list_free(list);
}

/* Topic, then partition, then offset. */
static void
test_position_order(void **state)
{
	const struct record_position ordered[] = {
		{ SPAN("a"), 0, 5 },
		{ SPAN("a"), 0, 6 },
		{ SPAN("a"), 1, 0 },
		{ SPAN("aa"), 0, 0 },
		{ SPAN("b"), 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (size_t j = 0; j < 5; j++) {
			int got = record_position_compare(&ordered[i],
			    &ordered[j]);

			assert_int_equal((got > 0) - (got < 0),
			    (i > j) - (i < j));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_position_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
