/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/alert/scene.h"

/* ---- RFC 5424 ---- */

/* By hand: facility 13 (log audit), level high is severity 3: 13*8+3. */
static void
test_header(void **state)
{
	static const char want[] =
	    "<107>1 2026-03-02T21:15:08.752Z mon1.example integrityd 77 open "
	    "[integrity@32473 alert=\"ir-6f1c09d2a4b8e377\" "
	    "rule=\"subject_swarm\" level=\"high\" kind=\"open\" "
	    "revision=\"1\" sequence=\"12\" "
	    "chain=\"" REPEAT8("c4c4c4c4") "\"] {\"@timestamp\":";
	struct scene *scene = scene_new();
	struct span frame;

	(void)state;
	scene_render(scene);
	frame = scene->frames.items[0];
	assert_int_equal(scene->frames.count, 1);
	assert_true(frame.len > sizeof(want));
	assert_span_equal(span_make(frame.ptr, sizeof(want) - 1),
	    span_make(want, sizeof(want) - 1));
	scene_free(scene);
}

static void
test_severities(void **state)
{
	/* The table of levels: syslog severity, ECS (as CEF). */
	static const struct {
		enum rule_level level;
		unsigned severity;
		const char *ecs;
	} cases[] = {
		{ LEVEL_INFORMATIONAL, 6, "1" },
		{ LEVEL_LOW, 5, "3" },
		{ LEVEL_MEDIUM, 4, "5" },
		{ LEVEL_HIGH, 3, "8" },
		{ LEVEL_CRITICAL, 2, "10" },
	};
	struct scene *scene = scene_new();
	json_t *root;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scene->fixture->rule.level = cases[i].level;
		scene_render(scene);
		assert_int_equal(frame_severity(cases[i].level),
		    cases[i].severity);
		assert_int_equal(scene->frames.messages[0].severity,
		    cases[i].severity);
		assert_int_equal(scene->frames.messages[0].facility, 13);
		root = scene_body(scene, 0);
		fixture_want(root, "event/severity", cases[i].ecs);
		json_decref(root);
	}
	scene_free(scene);
}

static void
test_header_fields(void **state)
{
	char long_name[301];
	struct scene *scene = scene_new();
	const struct rfc5424 *message = &scene->frames.messages[0];

	(void)state;
	memset(long_name, 'h', 300);
	long_name[300] = '\0';
	scene->options.host_name = long_name;
	scene->options.app_name = long_name;
	scene->options.process_id = long_name;
	scene_render(scene);
	assert_int_equal(message->hostname.len, 255);
	assert_int_equal(message->app_name.len, 48);
	assert_int_equal(message->procid.len, 128);

	scene->options.host_name = "";
	scene->options.app_name = "";
	scene->options.process_id = "";
	scene_render(scene);
	assert_span_equal(message->hostname, SPAN("-"));
	assert_span_equal(message->app_name, SPAN("-"));
	assert_span_equal(message->procid, SPAN("-"));

	/* One sign for each byte that PRINTUSASCII has not. */
	scene->options.host_name = "a b\nc\xc3\xa9";
	scene_render(scene);
	assert_span_equal(message->hostname, SPAN("a?b?c??"));
	scene_free(scene);
}

/* A name with everything that could end a parameter, an element, a line. */
static void
test_structured_data(void **state)
{
	static const char hostile[] =
	    "a\"b\\c]d\ne\0f\xc2\x85g\xe2\x80\xa8h\xffi\xf0\x9f\x98\x80";
	static const char want[] =
	    "a\"b\\c]d\xef\xbf\xbd"
	    "e\xef\xbf\xbd"
	    "f\xef\xbf\xbdg\xef\xbf\xbdh\xef\xbf\xbdi\xf0\x9f\x98\x80";
	struct scene *scene = scene_new();

	(void)state;
	scene->fixture->rule.name = span_make(hostile, sizeof(hostile) - 1);
	scene_render(scene);
	assert_span_equal(scene->frames.messages[0].sd_id,
	    SPAN("integrity@32473"));
	assert_span_equal(rfc5424_param(&scene->frames.messages[0], "rule"),
	    span_make(want, sizeof(want) - 1));
	assert_true(span_find(scene->frames.items[0],
			SPAN("rule=\"a\\\"b\\\\c\\]d")) > 0);
	scene_free(scene);
}

static void
test_time_of_sending(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	scene->fixture->options.decided_us = RECORD_NO_TIME;
	scene_render(scene);
	assert_span_equal(scene->frames.messages[0].timestamp,
	    SPAN("2026-03-02T21:15:47.412Z"));
	scene_free(scene);
}

static void
test_message_id(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	scene->fixture->detection.kind = DETECTION_CLOSE;
	scene_render(scene);
	assert_span_equal(scene->frames.messages[0].msgid, SPAN("close"));
	scene_free(scene);
}

/* ---- Audience and plain text ---- */

static void
test_reference(void **state)
{
	static const enum frame_format formats[] = { FRAME_ECS, FRAME_PLAIN };
	struct scene *scene = scene_new();
	struct fixture *fixture = scene->fixture;

	(void)state;
	fixture_evidence(fixture, 2);
	for (uint32_t i = 0; i < FIXTURE_FIELDS; i++)
		fixture_set_all(fixture, i, "SECRET");
	fixture->group[0] = SPAN("SECRET");
	fixture->rule.extension.sentence = fixture_template(fixture,
	    "{user.id} {subject.id}");
	scene->options.audience = FRAME_REFERENCE;
	for (size_t i = 0; i < 2; i++) {
		struct span frame;

		scene->options.format = formats[i];
		scene_render(scene);
		frame = scene->frames.items[0];
		assert_int_equal(scene->frames.count, 1);
		assert_true(span_find(frame, SPAN("SECRET")) < 0);
		/* Nor when it happened, how often, and in what records. */
		assert_true(span_find(frame, SPAN("21:14:07")) < 0);
		assert_true(span_find(frame, SPAN("niche")) < 0);
		assert_true(span_find(scene->frames.messages[0].msg,
				SPAN("ir-6f1c09d2a4b8e377")) >= 0);
		assert_true(span_find(scene->frames.messages[0].msg,
				SPAN("subject_swarm")) >= 0);
	}
	assert_span_equal(scene->frames.messages[0].msg,
	    SPAN("\xef\xbb\xbf"
		 "Alert ir-6f1c09d2a4b8e377, rule subject_swarm, high"));
	scene_free(scene);
}

/* RFC 5424, 6.4: UTF-8 behind a BOM. */
static void
test_plain(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	scene->options.format = FRAME_PLAIN;
	scene_render_text(scene,
	    SPAN("{\"alert\":\"ir-1\",\"kind\":\"open\","
		 "\"sentence\":\"P1 \\u20ac\\u0000\\n<0>1 x\\u2028\\ud83d"
		 "\\ude00\",\"rule\":{\"name\":\"r\",\"level\":\"low\"}}"));
	assert_int_equal(scene->frames.count, 1);
	assert_span_equal(scene->frames.messages[0].msg,
	    SPAN("\xef\xbb\xbfP1 \xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd<0>1 x"
		 "\xef\xbf\xbd\xf0\x9f\x98\x80 [ir-1, rule r, low]"));
	scene_free(scene);
}

static void
test_plain_is_split(void **state)
{
	struct scene *scene = scene_new();
	struct buffer record = BUFFER_INIT;
	size_t letters = 0;

	(void)state;
	buffer_add_string(&record,
	    "{\"alert\":\"ir-1\",\"kind\":\"open\",\"rule\":{\"name\":\"r\","
	    "\"level\":\"low\"},\"sentence\":\"");
	for (int i = 0; i < 1500; i++)
		buffer_add_string(&record, "\xe2\x82\xac");
	buffer_add_string(&record, "\"}");
	scene->options.format = FRAME_PLAIN;
	scene->options.max_message_size = 2048;
	scene_render_text(scene, buffer_span(&record));
	assert_true(scene->frames.count > 1);
	for (size_t i = 0; i < scene->frames.count; i++) {
		struct span msg = scene->frames.messages[i].msg;

		assert_true(span_starts_with(msg, SPAN("\xef\xbb\xbf")));
		assert_true(span_ends_with(msg, SPAN(" [ir-1, rule r, low]")));
		letters += (msg.len - 3 - 20) / 3;
		assert_int_equal((msg.len - 3 - 20) % 3, 0);
	}
	assert_int_equal(letters, 1500);
	buffer_done(&record);
	scene_free(scene);
}

/* The longest of everything still fits into the smallest frame. */
static void
test_worst_case(void **state)
{
	struct scene *scene = scene_new();
	struct buffer record = BUFFER_INIT, emoji = BUFFER_INIT;
	char long_name[301];

	(void)state;
	memset(long_name, 'h', 300);
	long_name[300] = '\0';
	for (int i = 0; i < 500; i++)
		buffer_add_string(&emoji, i % 2 ? "\xf0\x9f\x98\x80" : "]");
	buffer_string(&emoji);
	buffer_printf(&record,
	    "{\"alert\":\"%s\",\"kind\":\"%s\",\"sentence\":\"%s\","
	    "\"revision\":-9223372036854775808,\"first\":"
	    "\"2026-03-02T21:14:07.412Z\",\"last\":\"2026-03-02T21:14:07Z\","
	    "\"rule\":{\"id\":\"%s\",\"name\":\"%s\",\"title\":\"%s\","
	    "\"level\":\"informational\"},\"%s\":[[[1]]]}",
	    emoji.ptr, emoji.ptr, emoji.ptr, emoji.ptr, emoji.ptr, emoji.ptr,
	    emoji.ptr);
	scene->options.max_message_size = 0;
	scene->options.host_name = long_name;
	scene->options.app_name = long_name;
	scene->options.process_id = long_name;
	scene->options.enterprise_id = UINT32_MAX;
	scene->options.facility = 23;
	scene->place.sequence = UINT64_MAX;
	scene_render_text(scene, buffer_span(&record));
	scene->options.format = FRAME_PLAIN;
	scene_render_text(scene, buffer_span(&record));
	scene->options.audience = FRAME_REFERENCE;
	scene_render_text(scene, buffer_span(&record));
	scene->options.format = FRAME_ECS;
	scene_render_text(scene, buffer_span(&record));
	buffer_done(&record);
	buffer_done(&emoji);
	scene_free(scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_severities),
		cmocka_unit_test(test_header_fields),
		cmocka_unit_test(test_structured_data),
		cmocka_unit_test(test_time_of_sending),
		cmocka_unit_test(test_message_id),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_is_split),
		cmocka_unit_test(test_worst_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
