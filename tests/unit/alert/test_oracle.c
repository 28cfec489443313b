/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every format of frame, parsed back by syslog-ng: the two readers, the one of
 * rfc5424.h and this, must find the same in it.  Skipped where syslog-ng has
 * not been unpacked (packaging/install-deps test).
 */
#include "unit/alert/scene.h"
#include "unit/alert/syslogng.h"

#include "alert/frame_heartbeat.h"

#define VALUE(text) { text, sizeof(text) - 1 }

/* What a library that is not ours leaves behind at the end is its own. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static struct syslogng oracle;

static const struct {
	const char *text;
	size_t len;
} hostile[] = { VALUE("plain"), VALUE("nul \0 within"),
	VALUE("line\nfeed\r\n<13>1 - - - - - - forged"), VALUE("closed]"),
	VALUE("quoted \"a\" \\\"b\\\" \\"), VALUE("\\"), VALUE("]\"\\]"),
	VALUE("bidi \xe2\x80\xaetxt.exe\xe2\x80\xac \xe2\x81\xa6x"),
	VALUE("\xf0\x9f\x98\x80\xf0\x9f\x91\xa8\xe2\x80\x8d"),
	VALUE("[integrity@32473 alert=\"ir-0\" sequence=\"1\"]"),
	VALUE("\xef\xbb\xbf\xef\xbf\xbe"), VALUE("bad \xff\xc0\xaf bytes"),
	VALUE("\xe2\x80\xa8separated\xe2\x80\xa9\xc2\x85\x1b[31m\x7f"),
	VALUE("caf\xc3\xa9"), VALUE("{\"a\": [\"]\", \"}\"]}"), VALUE("=") };

static void
want_value(const char *name, struct span want)
{
	struct span got = syslogng_get(&oracle, name);

	if (!span_equal(got, want))
		testing_fail(name,
		    "syslog-ng found `" SPAN_FMT "`, want `" SPAN_FMT "`",
		    SPAN_ARG(got), SPAN_ARG(want));
}

/* All that the grammar finds in a frame, syslog-ng finds as well. */
static void
want_same(struct span frame, const struct rfc5424 *message)
{
	struct span body = message->msg;
	char name[128], number[16];

	syslogng_parse(&oracle, frame);
	snprintf(number, sizeof(number), "%u",
	    message->facility * 8 + message->severity);
	want_value("PRI", span_of(number));
	want_value("HOST", message->hostname);
	want_value("PROGRAM", message->app_name);
	want_value("PID", message->procid);
	want_value("MSGID", message->msgid);
	assert_true(message->param_count >= 5);
	for (size_t i = 0; i < message->param_count; i++) {
		const struct rfc5424_param *param = &message->params[i];

		snprintf(name, sizeof(name), ".SDATA." SPAN_FMT "." SPAN_FMT,
		    SPAN_ARG(message->sd_id), SPAN_ARG(param->name));
		want_value(name, span_make(param->value, param->len));
	}
	if (span_starts_with(body, SPAN("\xef\xbb\xbf")))
		body = span_make(body.ptr + 3, body.len - 3);
	want_value("MESSAGE", body);
}

static void
want_all_same(struct scene *scene)
{
	for (size_t i = 0; i < scene->frames.count; i++)
		want_same(scene->frames.items[i], &scene->frames.messages[i]);
}

static void
render_all(struct scene *scene)
{
	static const enum frame_format formats[] = { FRAME_ECS, FRAME_PLAIN };
	static const enum frame_audience audiences[] = { FRAME_INVESTIGATORS,
		FRAME_REFERENCE };
	static const size_t sizes[] = { 2048, 8192 };

	for (size_t i = 0; i < 8; i++) {
		scene->options.format = formats[i & 1];
		scene->options.audience = audiences[i >> 1 & 1];
		scene->options.max_message_size = sizes[i >> 2];
		scene_render(scene);
		want_all_same(scene);
	}
}

static int
open_oracle(void **state)
{
	(void)state;
	if (oracle.library == NULL && !syslogng_open(&oracle))
		oracle.library = NULL;
	return 0;
}

static void
need_oracle(void)
{
	if (oracle.library == NULL) {
		print_message("syslog-ng is not unpacked: "
			      "packaging/install-deps test\n");
		skip();
	}
}

/* The time by hand: 2026-03-02T21:15:08.752Z is `date -d @1772486108`. */
static void
test_header(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	need_oracle();
	scene_render(scene);
	want_all_same(scene);
	want_value("S_UNIXTIME", SPAN("1772486108"));
	want_value("S_MSEC", SPAN("752"));
	want_value("PRI", SPAN("107"));
	want_value("HOST", SPAN("mon1.example"));
	want_value(".SDATA.integrity@32473.alert", SPAN("ir-6f1c09d2a4b8e377"));
	scene_free(scene);
}

static void
test_hostile_values(void **state)
{
	struct scene *scene;

	(void)state;
	need_oracle();
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct span value = span_make(hostile[i].text, hostile[i].len);
		struct fixture *fixture;

		scene = scene_new();
		fixture = scene->fixture;
		fixture->rule.name = value;
		fixture->group[0] = value;
		fixture_evidence(fixture, 3);
		for (uint32_t sample = 0; sample < 3; sample++)
			for (uint32_t field = 0; field < FIXTURE_FIELDS;
			    field++)
				fixture_set(fixture, sample, field,
				    value_string(value));
		render_all(scene);
		scene_free(scene);
	}
}

/* Names of 300 bytes, so that follow-up frames are needed. */
static void
test_long_values(void **state)
{
	struct scene *scene = scene_new();
	char name[301];

	(void)state;
	need_oracle();
	memset(name, ']', 300);
	name[300] = '\0';
	scene->fixture->rule.name = span_of(name);
	scene->options.host_name = name;
	scene->options.app_name = name;
	scene->options.process_id = name;
	fixture_evidence(scene->fixture, 20);
	fixture_set_all(scene->fixture, USER_ID, name);
	fixture_set_all(scene->fixture, RECORD_ID, name);
	render_all(scene);
	scene->options.format = FRAME_ECS;
	scene->options.audience = FRAME_INVESTIGATORS;
	scene->options.max_message_size = 2048;
	scene_render(scene);
	assert_true(scene->frames.count > 3);
	want_all_same(scene);
	scene_free(scene);
}

static void
test_heartbeat(void **state)
{
	static const struct frame_heartbeat_count counts[] = {
		{ "records", 812 }, { "late", 0 }
	};
	static const struct frame_heartbeat_feed feeds[] = {
		{ SPAN("niche.audit"), 0, 8812, 4 }
	};
	struct frame_heartbeat heartbeat = {
		.interval_us = 60 * FIXTURE_SECOND,
		.rules = 3,
		.counts = counts,
		.count_count = 2,
		.feeds = feeds,
		.feed_count = 1,
	};
	struct scene *scene = scene_new();
	struct buffer frame = BUFFER_INIT;

	(void)state;
	need_oracle();
	for (int format = FRAME_ECS; format <= FRAME_PLAIN; format++) {
		scene_clear(scene);
		buffer_reset(&frame);
		scene->options.format = (enum frame_format)format;
		frame_heartbeat_render(&scene->options, &heartbeat,
		    &scene->place, &frame);
		take_frame(scene, buffer_span(&frame));
		want_all_same(scene);
		want_value("MSGID", SPAN("heartbeat"));
		want_value(".SDATA.integrity@32473.records", SPAN("812"));
		want_value(".SDATA.integrity@32473.interval", SPAN("60"));
		want_value(".SDATA.integrity@32473.lag", SPAN("4"));
	}
	buffer_done(&frame);
	scene_free(scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_long_values),
		cmocka_unit_test(test_heartbeat),
	};

	return cmocka_run_group_tests(tests, open_oracle, NULL);
}
