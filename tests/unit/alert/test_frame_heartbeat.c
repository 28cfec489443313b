/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/alert/scene.h"

#include "alert/frame_heartbeat.h"

#define MINUTE (60 * FIXTURE_SECOND)
#define FEEDS_MAX 400

static const struct frame_heartbeat_count counts[] = { { "records", 812 },
	{ "rejected", 3 }, { "late", 0 } };

static struct frame_heartbeat
heartbeat(void)
{
	struct frame_heartbeat made = {
		.interval_us = MINUTE,
		.rules = 37,
		.refused = 1,
		.counts = counts,
		.count_count = 3,
	};

	memset(made.ruleset, 0x5c, sizeof(made.ruleset));
	return made;
}

static void
beat(struct scene *scene, const struct frame_heartbeat *heartbeat)
{
	struct buffer frame = BUFFER_INIT;

	scene_clear(scene);
	frame_heartbeat_render(&scene->options, heartbeat, &scene->place,
	    &frame);
	take_frame(scene, buffer_span(&frame));
	buffer_done(&frame);
}

/* By hand: facility 13, informational is severity 6: 13 * 8 + 6. */
static void
test_head(void **state)
{
	static const char want[] =
	    "<110>1 2026-03-02T21:15:47.412Z mon1.example integrityd 77 "
	    "heartbeat [integrity@32473 sequence=\"12\" "
	    "chain=\"" REPEAT8(
		"c4c4c4c4") "\" "
			    "ruleset=\"sha256:" REPEAT8(
				"5c5c5c5c") "\" rules=\"37\" "
					    "refused=\"1\" interval=\"60\" "
					    "lag=\"5\" records=\"812\" "
					    "rejected=\"3\" late=\"0\"] "
					    "{\"@timestamp\":";
	static const struct frame_heartbeat_feed feeds[] = {
		{ SPAN("a"), 0, 10, 5 }, { SPAN("a"), 1, -1, -1 }
	};
	struct frame_heartbeat made = heartbeat();
	struct scene *scene = scene_new();

	(void)state;
	made.feeds = feeds;
	made.feed_count = 2;
	beat(scene, &made);
	assert_true(scene->frames.items[0].len > sizeof(want));
	assert_span_equal(span_make(scene->frames.items[0].ptr,
			      sizeof(want) - 1),
	    span_make(want, sizeof(want) - 1));
	scene_free(scene);
}

static void
test_body(void **state)
{
	static const struct frame_heartbeat_feed feeds[] = {
		{ SPAN("niche.audit"), 0, 8812, 4 },
		{ SPAN("b\xc3\xa9\n"), 7, -1, -1 }
	};
	struct frame_heartbeat made = heartbeat();
	struct scene *scene = scene_new();
	json_t *root;

	(void)state;
	made.feeds = feeds;
	made.feed_count = 2;
	beat(scene, &made);
	root = scene_body(scene, 0);
	fixture_want(root, "@timestamp", "2026-03-02T21:15:47.412Z");
	fixture_want(root, "message",
	    "integrityd is alive: 37 rules, 1 refused, 4 records behind; "
	    "since the start records 812, rejected 3, late 0");
	fixture_want(root, "ecs/version", "8.11.0");
	fixture_want(root, "event/kind", "state");
	fixture_want(root, "event/action", "heartbeat");
	fixture_want(root, "event/sequence", "12");
	fixture_want(root, "rule/ruleset", "sha256:" REPEAT8("5c5c5c5c"));
	fixture_want(root, "integrity/chain", REPEAT8("c4c4c4c4"));
	fixture_want(root, "integrity/interval_seconds", "60");
	fixture_want(root, "integrity/counts",
	    "{\"late\":0,\"records\":812,\"rejected\":3}");
	fixture_want(root, "integrity/feeds",
	    "[{\"lag\":4,\"offset\":8812,\"partition\":0,"
	    "\"topic\":\"niche.audit\"},"
	    "{\"partition\":7,\"topic\":\"b\xc3\xa9\\n\"}]");
	json_decref(root);
	/* A reference destination learns no topics. */
	scene->options.audience = FRAME_REFERENCE;
	beat(scene, &made);
	root = scene_body(scene, 0);
	fixture_want(root, "integrity/feeds", "(absent)");
	fixture_want(root, "integrity/lag", "4");
	json_decref(root);
	scene_free(scene);
}

static void
test_plain(void **state)
{
	struct frame_heartbeat made = heartbeat();
	struct scene *scene = scene_new();

	(void)state;
	scene->options.format = FRAME_PLAIN;
	beat(scene, &made);
	assert_span_equal(scene->frames.messages[0].msg,
	    SPAN("\xef\xbb\xbfintegrityd is alive: 37 rules, 1 refused; "
		 "since the start records 812, rejected 3, late 0"));
	scene_free(scene);
}

/* Every name and number as long as it may be; take_frame() measures. */
static void
test_never_too_long(void **state)
{
	static const size_t sizes[] = { 0, 2048, 2049, 3000, 8192, 65536 };
	struct frame_heartbeat_feed feeds[FEEDS_MAX];
	struct frame_heartbeat_count many[10];
	struct frame_heartbeat made = heartbeat();
	struct scene *scene = scene_new();
	char name[301], topic[250];
	json_t *root;

	(void)state;
	memset(name, 'h', 300);
	name[300] = '\0';
	memset(topic, 't', sizeof(topic));
	for (size_t i = 0; i < FEEDS_MAX; i++)
		feeds[i] = (struct frame_heartbeat_feed){ span_make(topic,
							      sizeof(topic)),
			INT32_MAX, INT64_MAX, INT64_MAX / FEEDS_MAX };
	for (size_t i = 0; i < 10; i++)
		many[i] = (struct frame_heartbeat_count){ "suppressed",
			INT64_MAX };
	made.counts = many;
	made.count_count = 10;
	made.feeds = feeds;
	made.feed_count = FEEDS_MAX;
	made.rules = made.refused = UINT32_MAX;
	made.interval_us = INT64_MAX;
	scene->options.host_name = name;
	scene->options.app_name = name;
	scene->options.process_id = name;
	scene->options.enterprise_id = UINT32_MAX;
	scene->place.sequence = INT64_MAX;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		scene->options.max_message_size = sizes[i];
		beat(scene, &made);
		/* The repeated key of `many` is this test's own. */
		root = json_loadb(scene->frames.messages[0].msg.ptr,
		    scene->frames.messages[0].msg.len, 0, NULL);
		assert_non_null(root);
		assert_int_equal(json_array_size(fixture_at(root,
				     "integrity/feeds")) +
			(size_t)json_integer_value(fixture_at(root,
			    "integrity/feeds_left_out")),
		    FEEDS_MAX);
		json_decref(root);
	}
	scene_free(scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_never_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
