/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/alert/scene.h"

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
	root = scene_body(scene, 0);
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
	root = scene_body(scene, 0);
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
			json_t *root = scene_body(scene, j), *evidence, *sample;
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

/* What is too large for any frame is taken apart; a single text that alone is
 * too large goes on in the next frames, to the last character. */
static void
test_oversized_values(void **state)
{
	static struct span triage[64];
	struct scene *scene = scene_new();
	struct fixture *fixture = scene->fixture;
	char *text = mem_alloc(30001);
	struct buffer joined = BUFFER_INIT;
	size_t found = 0, pieces = 0;

	(void)state;
	for (size_t i = 0; i < 30000; i++)
		text[i] = (char)('a' + i % 26);
	text[30000] = '\0';
	for (size_t i = 0; i < 64; i++)
		triage[i] = span_make(text, 1000);
	fixture->rule.extension.triage = triage;
	fixture->rule.extension.triage_count = 64;
	fixture->group[0] = span_of(text);
	scene_render(scene);
	for (size_t j = 0; j < scene->frames.count; j++) {
		json_t *root = scene_body(scene, j), *group;

		found += json_array_size(fixture_at(root, "integrity/triage"));
		group = fixture_at(root, "integrity/group/subject.id");
		if (group != NULL) {
			pieces++;
			buffer_add_string(&joined, json_string_value(group));
		}
		json_decref(root);
	}
	assert_int_equal(found, 64);
	assert_true(pieces > 1);
	assert_span_equal(buffer_span(&joined), span_of(text));
	buffer_done(&joined);
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
	root = scene_body(scene, 0);
	fixture_want(root, "rule/name", "integrityd.gap");
	fixture_want(root, "message", "gone");
	fixture_want(root, "event/category", "[\"configuration\"]");
	json_decref(root);
	scene_free(scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ecs),
		cmocka_unit_test(test_any_value),
		cmocka_unit_test(test_follow_up),
		cmocka_unit_test(test_oversized_values),
		cmocka_unit_test(test_self),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
