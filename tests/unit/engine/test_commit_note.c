/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/commit_note.h"
#include "support/testing.h"

static const struct {
	const char *name;
	const char *text;
	int64_t want_time_us;
	uint64_t want_number;
} cases[] = {
	{ "both", "v1 t=1772486047412000 n=17", INT64_C(1772486047412000), 17 },
	{ "no time", "v1 n=3", RECORD_NO_TIME, 3 },
	{ "before the epoch", "v1 t=-1 n=2", -1, 2 },
	{ "unknown words", "v1 x=9 n=3 z", RECORD_NO_TIME, 3 },
	{ "empty", "", RECORD_NO_TIME, 0 },
	{ "newer version", "v2 t=5 n=3", RECORD_NO_TIME, 0 },
	{ "somebody else's", "hello", RECORD_NO_TIME, 0 },
};

static void
test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t time_us;
		uint64_t number;

		commit_note_read(span_of(cases[i].text), &time_us, &number);
		if (time_us != cases[i].want_time_us ||
		    number != cases[i].want_number)
			testing_fail(cases[i].name, "got %lld %llu",
			    (long long)time_us, (unsigned long long)number);
	}
}

static const struct {
	const char *name;
	const char *text;
	uint32_t want;
} rule_cases[] = {
	{ "said", "v1 t=5 n=17 r=37", 37 },
	{ "by an older version", "v1 t=5 n=17", 0 },
	{ "of a newer one", "v2 r=37", 0 },
	{ "beyond any number of rules", "v1 r=99999999999", 0 },
	{ "empty", "", 0 },
};

static void
test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rule_cases) / sizeof(*rule_cases); i++) {
		uint32_t got = commit_note_rules(span_of(rule_cases[i].text));

		if (got != rule_cases[i].want)
			testing_fail(rule_cases[i].name, "got %u, want %u", got,
			    rule_cases[i].want);
	}
}

static void
test_written_as_documented(void **state)
{
	char text[PORT_METADATA_MAX];

	(void)state;
	commit_note_write(INT64_C(1772486047412000), 17, 37, text);
	assert_string_equal(text, "v1 t=1772486047412000 n=17 r=37");
	commit_note_write(RECORD_NO_TIME, 1, 0, text);
	assert_string_equal(text, "v1 n=1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_written_as_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
