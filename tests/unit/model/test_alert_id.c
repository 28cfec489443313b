/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alert ids are published and cited: they must never change.  What is wanted
 * here was computed by Python's hashlib over the pieces, each after its length
 * as 8 bytes, least first: id or label, group values, topic, partition (4
 * bytes) and offset (8 bytes), greatest first.
 */
#include "support/testing.h"

#include "model/detection.h"

#define UUID SPAN("5a5f0000-0000-4000-8000-000000000001")

static const struct span group[] = { SPAN("pn:91ab"), SPAN("") };

static const struct {
	const char *name;
	struct span id, rule_name;
	bool has_group;
	int32_t partition;
	int64_t offset;
	const char *want;
} cases[] = {
	{ "id, group, position", UUID, SPAN("swarm"), true, 3, 8812,
	    "ir-73c9d5dceda2d961" },
	{ "no group", UUID, SPAN("swarm"), false, 3, 8812,
	    "ir-a5e143c645281503" },
	{ "no id: the name", SPAN_NONE, SPAN("swarm"), false, 3, 8812,
	    "ir-3bc9f7b613a266f6" },
	{ "another position", SPAN_NONE, SPAN("swarm"), false, -1, 0,
	    "ir-43397329fe46eeb4" },
};

static void
test_ids(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct correlation correlation = { .group_count = 2 };
		const struct rule rule = {
			.id = cases[i].id,
			.name = cases[i].rule_name,
			.title = SPAN("A swarm"),
			.correlation = cases[i].has_group ? &correlation : NULL,
		};
		const struct record_position position = { SPAN("audit"),
			cases[i].partition, cases[i].offset };
		char text[20];

		alert_id_format(alert_id_make(&rule,
				    cases[i].has_group ? group : NULL,
				    &position),
		    text);
		if (strcmp(text, cases[i].want) != 0)
			testing_fail(cases[i].name, "got %s, want %s", text,
			    cases[i].want);
	}
}

static void
test_kinds_have_names(void **unused)
{
	(void)unused;
	assert_string_equal(detection_kind_names[DETECTION_OPEN], "open");
	assert_string_equal(detection_kind_names[DETECTION_UPDATE], "update");
	assert_string_equal(detection_kind_names[DETECTION_CLOSE], "close");
	assert_string_equal(detection_kind_names[DETECTION_MERGED], "merged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
