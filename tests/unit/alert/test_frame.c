/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "unit/alert/fixture.h"
#include "unit/alert/rfc5424.h"

#include "alert/frame.h"

#define FRAMES_MAX 512
#define REPEAT8(text) text text text text text text text text

struct frames {
	struct span items[FRAMES_MAX];
	struct rfc5424 messages[FRAMES_MAX];
	size_t count;
};

struct scene {
	struct fixture *fixture;
	struct json_reader *reader;
	struct frame_options options;
	struct frame_place place;
	struct frames frames;
};

static struct scene *
scene_new(void)
{
	struct scene *scene = mem_zalloc(sizeof(*scene));

	scene->fixture = fixture_new();
	scene->reader = json_reader_new(1 << 20, 64);
	scene->options = (struct frame_options){
		.format = FRAME_ECS,
		.audience = FRAME_INVESTIGATORS,
		.facility = 13,
		.host_name = "mon1.example",
		.app_name = "integrityd",
		.process_id = "77",
		.enterprise_id = 32473,
		.max_message_size = 8192,
	};
	scene->place.sequence = 12;
	memset(scene->place.chain, 0xc4, HASH_SHA256_LEN);
	scene->place.now_us = FIXTURE_TIME + 100 * FIXTURE_SECOND;
	return scene;
}

static void
scene_clear(struct scene *scene)
{
	for (size_t i = 0; i < scene->frames.count; i++)
		mem_free((void *)(uintptr_t)scene->frames.items[i].ptr);
	scene->frames.count = 0;
}

static void
scene_free(struct scene *scene)
{
	scene_clear(scene);
	json_reader_free(scene->reader);
	fixture_free(scene->fixture);
	mem_free(scene);
}

/* The reader above must accept every frame, and no line may end in it. */
static void
take_frame(void *context, struct span frame)
{
	struct scene *scene = context;
	struct frames *frames = &scene->frames;
	size_t limit = scene->options.max_message_size;

	assert_true(frames->count < FRAMES_MAX);
	if (limit < FRAME_SIZE_MIN)
		limit = FRAME_SIZE_MIN;
	if (frame.len > limit)
		testing_fail("size", "%zu bytes, limit %zu", frame.len, limit);
	for (size_t i = 0; i < frame.len; i++)
		if ((unsigned char)frame.ptr[i] < 0x20 || frame.ptr[i] == 0x7f)
			testing_fail("control character", "%d at %zu",
			    frame.ptr[i], i);
	frame.ptr = mem_dup(frame.ptr, frame.len);
	frames->items[frames->count] = frame;
	if (!rfc5424_read(frame, &frames->messages[frames->count]))
		testing_fail("grammar", SPAN_FMT, SPAN_ARG(frame));
	frames->count++;
}

static void
scene_render_text(struct scene *scene, struct span record)
{
	struct alert_view view;
	struct error err = ERROR_NONE;

	scene_clear(scene);
	if (!alert_read(scene->reader, record, &view, &err))
		testing_fail("read", "%s", err.text);
	frame_render(&scene->options, &view, &scene->place, take_frame, scene);
	assert_true(scene->frames.count >= 1);
}

static void
scene_render(struct scene *scene)
{
	struct fixture *fixture = scene->fixture;

	buffer_reset(&fixture->out);
	alert_build(&fixture->options, &fixture->detection, &fixture->out);
	scene_render_text(scene, buffer_span(&fixture->out));
}

/* The body of frame `index` as JSON, which must be plain ASCII. */
static json_t *
body(struct scene *scene, size_t index)
{
	struct span text = scene->frames.messages[index].msg;

	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x7f)
			testing_fail("ASCII", "byte %u at %zu",
			    (unsigned char)text.ptr[i], i);
	return fixture_parse("body", text);
}

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
		root = body(scene, 0);
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

/* ---- ECS ---- */

static void
test_ecs(void **state)
{
	struct scene *scene = scene_new();
	struct fixture *fixture = scene->fixture;
	json_t *root;

	(void)state;
	fixture->rule.description = SPAN("Curiosity");
	fixture->rule.extension.sentence = fixture_template(fixture,
	    "{count} \xe2\x82\xac \xf0\x9f\x98\x80");
	fixture_evidence(fixture, 2);
	fixture_set_text(fixture, 0, USER_ID, "P1");
	fixture_set_text(fixture, 1, USER_ID, "P2");
	fixture_set_all(fixture, USER_NAME, "jo");
	scene_render(scene);
	root = body(scene, 0);
	fixture_want(root, "@timestamp", "2026-03-02T21:15:08.752Z");
	fixture_want(root, "ecs/version", "8.11.0");
	fixture_want(root, "message", "12 \xe2\x82\xac \xf0\x9f\x98\x80");
	fixture_want(root, "event/kind", "alert");
	fixture_want(root, "event/category", "[\"intrusion_detection\"]");
	fixture_want(root, "event/id", "ir-6f1c09d2a4b8e377");
	fixture_want(root, "event/sequence", "12");
	fixture_want(root, "event/start", "2026-03-02T21:14:07.412Z");
	fixture_want(root, "event/end", "2026-03-02T21:15:07.412Z");
	fixture_want(root, "rule/id", "2d3684e1-2889-4bff-a9db-1f7ee0069a73");
	fixture_want(root, "rule/name", "subject_swarm");
	fixture_want(root, "rule/description", "Curiosity");
	fixture_want(root, "rule/version", "sha256:" REPEAT8("abababab"));
	fixture_want(root, "user", "{\"name\":\"jo\"}");
	fixture_want(root, "related/user", "[\"P1\",\"P2\",\"jo\"]");
	fixture_want(root, "integrity/kind", "open");
	fixture_want(root, "integrity/group", "{\"subject.id\":\"pn:91ab\"}");
	fixture_want(root, "integrity/count", "12");
	fixture_want(root, "integrity/condition/gte", "10");
	fixture_want(root, "integrity/evidence/1/offset", "8813");
	fixture_want(root, "integrity/evidence/0/values/user.id", "P1");
	fixture_want(root, "integrity/sentence", "(absent)");
	json_decref(root);
	scene_free(scene);
}

/* Keys that we do not know, of any kind, pass through. */
static void
test_any_value(void **state)
{
	struct scene *scene = scene_new();
	json_t *root;

	(void)state;
	scene_render_text(scene,
	    SPAN("{\"alert\":\"ir-1\",\"kind\":\"open\",\"sentence\":\"s\","
		 "\"rule\":{\"title\":\"only\",\"level\":\"low\"},"
		 "\"a\":[null,true,false,-5,0.25,"
		 "\"\\u00e9\\\\\",{},[]],\"evidence\":7}"));
	root = body(scene, 0);
	fixture_want(root, "rule", "{\"name\":\"only\"}");
	fixture_want(root, "integrity/a/0", "null");
	fixture_want(root, "integrity/a/1", "true");
	fixture_want(root, "integrity/a/2", "false");
	fixture_want(root, "integrity/a/3", "-5");
	fixture_want(root, "integrity/a/4", "0.25");
	fixture_want(root, "integrity/a/5", "\xc3\xa9\\");
	fixture_want(root, "integrity/a/6", "{}");
	fixture_want(root, "integrity/a/7", "[]");
	fixture_want(root, "integrity/evidence", "7");
	json_decref(root);

	/* Beyond what the other parser can hold. */
	scene_render_text(scene,
	    SPAN("{\"alert\":\"ir-1\",\"kind\":\"open\",\"sentence\":\"s\","
		 "\"rule\":{\"title\":\"only\",\"level\":\"low\"},"
		 "\"a\":18446744073709551615}"));
	assert_true(span_find(scene->frames.messages[0].msg,
			SPAN("\"a\":18446744073709551615}}")) > 0);
	scene_free(scene);
}

/* Samples move on to further frames of the same alert; none is lost. */
static void
test_follow_up(void **state)
{
	static const size_t sizes[] = { 8192, 2048, 100 };
	struct scene *scene = scene_new();
	struct fixture *fixture = scene->fixture;
	char want_part[32];

	(void)state;
	fixture_evidence(fixture, 200);
	fixture_set_all(fixture, USER_ID, "P1");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t samples = 0;

		scene->options.max_message_size = sizes[i];
		scene_render(scene);
		assert_true(scene->frames.count > 3);
		for (size_t j = 0; j < scene->frames.count; j++) {
			const struct rfc5424 *message = &scene->frames
							     .messages[j];
			json_t *root = body(scene, j), *evidence, *sample;
			size_t at;

			snprintf(want_part, sizeof(want_part), "%zu/%zu", j + 1,
			    scene->frames.count);
			assert_span_equal(rfc5424_param(message, "part"),
			    span_of(want_part));
			assert_span_equal(rfc5424_param(message, "alert"),
			    SPAN("ir-6f1c09d2a4b8e377"));
			assert_span_equal(rfc5424_param(message, "sequence"),
			    SPAN("12"));
			fixture_want(root, "event/id", "ir-6f1c09d2a4b8e377");
			fixture_want(root, "rule/name", "subject_swarm");
			evidence = fixture_at(root, "integrity/evidence");
			json_array_foreach(evidence, at, sample)
			{
				assert_int_equal(
				    json_integer_value(json_object_get(sample,
					"offset")),
				    8812 + samples);
				samples++;
			}
			json_decref(root);
		}
		assert_int_equal(samples, 200);
	}
	scene_free(scene);
}

/* What is too large for any frame is taken apart; only a single text that
 * alone is too large is cut. */
static void
test_oversized_values(void **state)
{
	static struct span triage[64];
	struct scene *scene = scene_new();
	struct fixture *fixture = scene->fixture;
	char *text = mem_alloc(30001);
	size_t found = 0, cut = 0;

	(void)state;
	memset(text, 't', 30000);
	text[30000] = '\0';
	for (size_t i = 0; i < 64; i++)
		triage[i] = span_make(text, 1000);
	fixture->rule.extension.triage = triage;
	fixture->rule.extension.triage_count = 64;
	fixture->group[0] = span_of(text);
	scene_render(scene);
	for (size_t j = 0; j < scene->frames.count; j++) {
		json_t *root = body(scene, j), *group;

		found += json_array_size(fixture_at(root, "integrity/triage"));
		group = fixture_at(root, "integrity/group/subject.id");
		if (group != NULL) {
			const char *got = json_string_value(group);

			cut++;
			assert_true(strlen(got) > 6000);
			assert_string_equal(got + strlen(got) - 3,
			    "\xe2\x80\xa6");
		}
		json_decref(root);
	}
	assert_int_equal(found, 64);
	assert_int_equal(cut, 1);
	mem_free(text);
	scene_free(scene);
}

static void
test_self(void **state)
{
	struct scene *scene = scene_new();
	struct fixture *fixture = scene->fixture;
	struct notice notice = { .kind = NOTICE_GAP,
		.level = LEVEL_MEDIUM,
		.about = SPAN("t/0"),
		.sentence = SPAN("gone"),
		.at_us = FIXTURE_TIME,
		.count = 1 };
	json_t *root;

	(void)state;
	alert_build_notice(&fixture->options, &notice, &fixture->out);
	scene_render_text(scene, buffer_span(&fixture->out));
	root = body(scene, 0);
	fixture_want(root, "rule/name", "integrityd.gap");
	fixture_want(root, "message", "gone");
	fixture_want(root, "event/category", "[\"configuration\"]");
	json_decref(root);
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
		cmocka_unit_test(test_ecs),
		cmocka_unit_test(test_any_value),
		cmocka_unit_test(test_follow_up),
		cmocka_unit_test(test_oversized_values),
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_is_split),
		cmocka_unit_test(test_worst_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
