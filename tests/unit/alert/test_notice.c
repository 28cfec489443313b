/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/alert/fixture.h"

/* ---- The program's own alerts ---- */

static void
test_notice(void **state)
{
	struct fixture *fixture = fixture_new();
	struct notice notice = {
		.kind = NOTICE_RULE_REFUSED,
		.level = LEVEL_MEDIUM,
		.about = SPAN("x.yml"),
		.sentence = SPAN("A rule was refused"),
		.at_us = FIXTURE_TIME,
		.count = 3,
	};
	char id[20];
	json_t *root;

	(void)state;
	alert_id_format(alert_notice_id(&notice), id);
	alert_build_notice(&fixture->options, &notice, &fixture->out);
	root = fixture_parse("notice", buffer_span(&fixture->out));
	fixture_want(root, "alert", id);
	fixture_want(root, "kind", "open");
	fixture_want(root, "revision", "1");
	fixture_want(root, "rule/name", "integrityd.rule-refused");
	fixture_want(root, "rule/type", "self");
	fixture_want(root, "rule/level", "medium");
	fixture_want(root, "group", "{}");
	fixture_want(root, "evidence", "[]");
	fixture_want(root, "count", "3");
	fixture_want(root, "sentence", "A rule was refused");
	fixture_want(root, "first", "2026-03-02T21:14:07.412Z");
	fixture_want(root, "delay_ms", "61340");
	json_decref(root);
	fixture_free(fixture);
}

/* The same notice has the same id; kind, subject and time all change it. */
static void
test_notice_id(void **state)
{
	struct notice a = {
		.kind = NOTICE_GAP, .about = SPAN("x"), .at_us = 1
	};
	struct notice same = { .kind = NOTICE_GAP,
		.about = SPAN("x"),
		.at_us = 1,
		.count = 9,
		.sentence = SPAN("other words") };
	struct notice kind = {
		.kind = NOTICE_LATE, .about = SPAN("x"), .at_us = 1
	};
	struct notice about = {
		.kind = NOTICE_GAP, .about = SPAN("y"), .at_us = 1
	};
	struct notice later = {
		.kind = NOTICE_GAP, .about = SPAN("x"), .at_us = 2
	};

	(void)state;
	assert_true(alert_notice_id(&a).bits == alert_notice_id(&same).bits);
	assert_true(alert_notice_id(&a).bits != alert_notice_id(&kind).bits);
	assert_true(alert_notice_id(&a).bits != alert_notice_id(&about).bits);
	assert_true(alert_notice_id(&a).bits != alert_notice_id(&later).bits);
}

/* ---- Read back ---- */

static void
test_read(void **state)
{
	struct fixture *fixture = fixture_new();
	struct json_reader *reader = json_reader_new(1 << 20, 64);
	struct alert_view view;
	struct error err = ERROR_NONE;

	(void)state;
	fixture_evidence(fixture, 2);
	alert_build(&fixture->options, &fixture->detection, &fixture->out);
	if (!alert_read(reader, buffer_span(&fixture->out), &view, &err))
		testing_fail("read", "%s", err.text);
	assert_span_equal(view.alert, SPAN("ir-6f1c09d2a4b8e377"));
	assert_span_equal(view.kind, SPAN("open"));
	assert_span_equal(view.rule_name, SPAN("subject_swarm"));
	assert_span_equal(view.rule_type, SPAN("value_count"));
	assert_int_equal(view.level, LEVEL_HIGH);
	assert_int_equal(view.revision, 1);
	assert_int_equal(view.first_us, FIXTURE_TIME);
	assert_int_equal(view.last_us, FIXTURE_TIME + 60 * FIXTURE_SECOND);
	assert_int_equal(view.decided_us,
	    FIXTURE_TIME + 61 * FIXTURE_SECOND + 340000);
	json_reader_free(reader);
	fixture_free(fixture);
}

static void
test_read_refuses(void **state)
{
	static const char *const cases[] = {
		"",
		"[]",
		"{}",
		"{\"alert\":\"ir-1\"}",
		"{\"alert\":\"ir-1\",\"kind\":\"open\"}",
		"{\"alert\":\"ir-1\",\"kind\":\"open\",\"sentence\":\"\"}",
		"{\"alert\":\"ir-1\",\"kind\":\"open\",\"sentence\":\"\","
		"\"rule\":{\"name\":\"x\"}}",
		"{\"alert\":1,\"kind\":\"open\",\"sentence\":\"\","
		"\"rule\":{\"name\":\"x\",\"level\":\"high\"}}",
		"{\"alert\":\"ir-1\",\"kind\":\"open\",\"sentence\":\"\","
		"\"rule\":{\"name\":\"x\",\"level\":\"huge\"}}",
		"{\"alert\":\"ir-1\",\"kind\":\"open\",\"sentence\":\"\","
		"\"rule\":{\"level\":\"high\"}}",
		"{\"alert\":\"ir-1\",\"alert\":\"ir-2\",\"kind\":\"open\","
		"\"sentence\":\"\",\"rule\":{\"name\":\"x\","
		"\"level\":\"high\"}}",
	};
	struct json_reader *reader = json_reader_new(1 << 20, 64);
	struct alert_view view;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = ERROR_NONE;

		if (alert_read(reader, span_of(cases[i]), &view, &err))
			testing_fail(cases[i], "was read");
		assert_true(err.text[0] != '\0');
	}
	json_reader_free(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_notice_id),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
