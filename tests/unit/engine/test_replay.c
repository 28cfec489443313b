/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/replay.h"
#include "rule/rule_load.h"
#include "support/testing.h"

#define RULES TEST_DATA_DIR "/engine/rule_test/views.yml"

struct seen {
	size_t opens, closes, rejected;
	struct buffer text;
};

static void
note(void *context, const struct port_output *output)
{
	struct seen *seen = context;

	if (output->topic == PORT_TOPIC_REJECTED) {
		seen->rejected++;
		return;
	}
	seen->opens += span_find(output->value, SPAN("\"kind\":\"open\"")) >=
		0 &&
	    span_find(output->value, SPAN("three_views")) >= 0;
	seen->closes += span_find(output->value, SPAN("\"kind\":\"close\"")) >=
	    0;
	buffer_add_span(&seen->text, output->value);
}

static struct rule_set *
load(void)
{
	const char *const paths[] = { RULES };
	struct rule_load_options options = { .paths = paths, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();

	assert_true(rule_load(&options, diag, &result));
	diag_free(diag);
	return result.rules;
}

static char folder[] = "/tmp/test_replay.XXXXXX";

/* A file in the test's folder with these lines. */
static char *
write_file(const char *name, const char *text)
{
	struct buffer path = BUFFER_INIT;
	char *copy;
	FILE *file;

	buffer_printf(&path, "%s/%s", folder, name);
	copy = mem_strdup(buffer_string(&path));
	buffer_done(&path);
	file = fopen(copy, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return copy;
}

#define VIEW(time)                                                             \
	"{\"@timestamp\":\"2026-03-02T" time                                   \
	"Z\",\"user.id\":\"P1\",\"event.action\":\"view\"}\n"

static bool
replay(const char *const *files, size_t count, bool close, struct seen *seen,
    struct error *err)
{
	struct mapping *mapping = mapping_identity();
	struct replay_options options = {
		.files = files,
		.file_count = count,
		.mapping = mapping,
		.lateness_us = 60 * INT64_C(1000000),
		.close_episodes = close,
		.record_bytes = 1024 * 1024,
	};
	struct engine_counters counters;
	bool ok;

	*seen = (struct seen){ 0 };
	ok = replay_run(load(), &options, note, seen, &counters, err);
	mapping_free(mapping);
	return ok;
}

/* Apart, neither file has three views in ten minutes; b's first record comes
 * an hour after a's first and would be late if the files were joined end to
 * end (lateness one minute). */
static void
test_merged_on_time(void **state)
{
	char *a = write_file("a.ndjson",
	    VIEW("21:00:00") VIEW("22:00:00") VIEW("23:00:00"));
	char *b = write_file("b.ndjson", VIEW("21:05:00") VIEW("21:10:00"));
	const char *const files[] = { a, b };
	struct error err = ERROR_NONE;
	struct seen seen;

	(void)state;
	assert_true(replay(files, 2, true, &seen, &err));
	assert_int_equal(seen.opens, 1);
	assert_int_equal(seen.closes, 1);
	assert_true(
	    span_find(buffer_span(&seen.text),
		SPAN("\"topic\":\"b.ndjson\",\"partition\":0,\"offset\":1")) >=
	    0);
	buffer_done(&seen.text);
	mem_free(a);
	mem_free(b);
}

/* What only the end closed can be left out; what the stream closed stays. */
static void
test_no_close(void **state)
{
	char *open = write_file("open.ndjson",
	    VIEW("21:00:00") VIEW("21:00:01") VIEW("21:00:02"));
	const char *const files[] = { open };
	struct error err = ERROR_NONE;
	struct seen seen;

	(void)state;
	assert_true(replay(files, 1, false, &seen, &err));
	assert_int_equal(seen.opens, 1);
	assert_int_equal(seen.closes, 0);
	buffer_done(&seen.text);
	assert_true(replay(files, 1, true, &seen, &err));
	assert_int_equal(seen.closes, 1);
	buffer_done(&seen.text);
	mem_free(open);
}

static void
test_bad_records_are_emitted(void **state)
{
	char *bad = write_file("bad.ndjson",
	    "{\"user.id\":\"P1\",\n" VIEW("21:00:00"));
	const char *const files[] = { bad };
	struct error err = ERROR_NONE;
	struct seen seen;

	(void)state;
	assert_true(replay(files, 1, true, &seen, &err));
	assert_int_equal(seen.rejected, 1);
	assert_true(span_find(buffer_span(&seen.text),
			SPAN("integrityd.rejected")) >= 0);
	buffer_done(&seen.text);
	mem_free(bad);
}

static void
test_refused(void **state)
{
	char *a = write_file("same.ndjson", VIEW("21:00:00"));
	const char *const twice[] = { a, a };
	const char *const missing[] = { "/nonexistent/x.ndjson" };
	struct error err = ERROR_NONE;
	struct seen seen;

	(void)state;
	assert_false(replay(twice, 2, true, &seen, &err));
	assert_non_null(strstr(err.text, "two files of the name same.ndjson"));
	assert_false(replay(missing, 1, true, &seen, &err));
	assert_non_null(strstr(err.text, "/nonexistent/x.ndjson"));
	mem_free(a);
}

static int
open_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "a.ndjson", "b.ndjson",
		"open.ndjson", "bad.ndjson", "same.ndjson" };
	char path[200];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merged_on_time),
		cmocka_unit_test(test_no_close),
		cmocka_unit_test(test_bad_records_are_emitted),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
