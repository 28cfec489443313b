/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "engine/rule_test.h"
#include "support/testing.h"

#define FOLDER TEST_DATA_DIR "/engine/rule_test/"

static struct rule_test_counts
run(const char *path, struct buffer *out, size_t *ret_errors)
{
	struct rule_test_options options = { 0 };
	struct rule_test_counts counts = { 0 };
	struct diag *diag = diag_new();

	rule_test_run(&options, path, diag, out, &counts);
	*ret_errors = diag_errors(diag);
	diag_free(diag);
	return counts;
}

/* The text after the folder, which differs from machine to machine. */
static void
assert_failures(const struct buffer *out, const char *want)
{
	struct span got = buffer_span(out);
	struct buffer text = BUFFER_INIT;
	ptrdiff_t at;

	while ((at = span_find(got, SPAN(FOLDER))) >= 0) {
		buffer_add(&text, got.ptr, (size_t)at);
		got = span_make(got.ptr + at + strlen(FOLDER),
		    got.len - (size_t)at - strlen(FOLDER));
	}
	buffer_add_span(&text, got);
	assert_span_equal(buffer_span(&text), span_of(want));
	buffer_done(&text);
}

static void
test_failures_say_got_and_want(void **state)
{
	struct buffer out = BUFFER_INIT;
	size_t errors;
	struct rule_test_counts counts = run(FOLDER "views.test.yml", &out,
	    &errors);

	(void)state;
	assert_int_equal(errors, 0);
	assert_int_equal(counts.passed, 1);
	assert_int_equal(counts.failed, 3);
	assert_int_equal(counts.positive, 3);
	assert_int_equal(counts.negative, 1);
	assert_failures(&out,
	    "FAIL wrong count\n"
	    "  --> views.test.yml:7\n"
	    "  want  three_views user.id=P1, count 4\n"
	    "  got   three_views user.id=P1, count 3\n"
	    "FAIL expected and not found\n"
	    "  --> views.test.yml:11\n"
	    "  want  three_views\n"
	    "  got   no other alert\n"
	    "FAIL found and not expected\n"
	    "  --> views.test.yml:15\n"
	    "  want  no alert\n"
	    "  got   three_views user.id=P9, count 3\n");
	buffer_done(&out);
}

static void
test_path_beside(void **state)
{
	char *path = rule_test_path("rules/who/x.yml");

	(void)state;
	assert_string_equal(path, "rules/who/x.test.yml");
	mem_free(path);
	path = rule_test_path("x.yaml");
	assert_string_equal(path, "x.test.yml");
	mem_free(path);
}

/* A test in which nothing fired has not passed if events were not judged. */
static void
test_events_that_were_not_judged(void **state)
{
	struct buffer out = BUFFER_INIT;
	size_t errors;
	struct rule_test_counts counts = run(FOLDER "unread.test.yml", &out,
	    &errors);

	(void)state;
	assert_int_equal(errors, 0);
	assert_int_equal(counts.failed, 2);
	assert_failures(&out,
	    "FAIL no time\n"
	    "  --> unread.test.yml:2\n"
	    "  want  no alert\n"
	    "  got   no other alert\n"
	    "  got   1 event(s) that cannot be read\n"
	    "FAIL too much to try\n"
	    "  --> unread.test.yml:7\n"
	    "  want  no alert\n"
	    "  got   no other alert\n"
	    "  got   1 event(s) that reached a limit of a regular "
	    "expression\n");
	buffer_done(&out);
}

/* Either suffix, on either side. */
static void
test_other_suffix(void **state)
{
	char *path = rule_test_path(FOLDER "other.yaml");
	struct buffer out = BUFFER_INIT;
	struct rule_test_counts counts;
	size_t errors;

	(void)state;
	assert_string_equal(path, FOLDER "other.test.yaml");
	counts = run(path, &out, &errors);
	assert_int_equal(errors, 0);
	assert_failures(&out, "");
	assert_int_equal(counts.passed, 1);
	buffer_done(&out);
	mem_free(path);
}

/* A file that is wrong is a failure, with its place. */
static void
test_bad_file(void **state)
{
	struct buffer out = BUFFER_INIT;
	size_t errors;
	struct rule_test_counts counts = run(FOLDER "wrong.test.yml", &out,
	    &errors);

	(void)state;
	assert_int_equal(errors, 3);
	assert_int_equal(counts.failed, 1);
	buffer_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failures_say_got_and_want),
		cmocka_unit_test(test_path_beside),
		cmocka_unit_test(test_events_that_were_not_judged),
		cmocka_unit_test(test_other_suffix),
		cmocka_unit_test(test_bad_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
