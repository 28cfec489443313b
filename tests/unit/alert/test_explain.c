/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "unit/alert/fixture.h"

#include "alert/explain.h"

static void
want_sentence(struct fixture *fixture, const char *name, const char *want)
{
	struct kept kept = { fixture->rules, &fixture->detection };

	buffer_reset(&fixture->out);
	explain_sentence(&kept, &fixture->out);
	assert_span_equal_in(name, buffer_span(&fixture->out), span_of(want));
}

static void
test_names(void **state)
{
	static const struct {
		const char *sentence;
		const char *want;
	} cases[] = {
		{ "{subject.id} seen", "pn:91ab seen" },
		{ "{count} {peak} {limit} {timespan}", "12 10 10 24 h" },
		{ "{first} to {last}",
		    "2026-03-02T21:14:07.412Z to 2026-03-02T21:15:07.412Z" },
		{ "{{{count}}}", "{12}" },
		{ "{system.name}", "niche-rms" },
		{ "{user.id}", "several" },
		{ "{case.id}", "unknown" },
		{ "{user.name}", "several" }, /* known of one of them only */
		{ "{record.id}", "a, b" },
		{ "{event.action}", "(empty)" },
		{ "{no.such.field}", "unknown" },
	};
	static const struct value members[] = {
		{ .kind = VALUE_STRING, .text = { "a", 1 } },
		{ .kind = VALUE_STRING, .text = { "b", 1 } },
	};
	struct value both = {
		.kind = VALUE_LIST, .count = 2, .items = members
	};
	struct fixture *fixture = fixture_new();

	(void)state;
	fixture_evidence(fixture, 2);
	fixture_set_all(fixture, SYSTEM_NAME, "niche-rms");
	fixture_set_all(fixture, EVENT_ACTION, "");
	fixture_set_text(fixture, 0, USER_ID, "P1");
	fixture_set_text(fixture, 1, USER_ID, "P2");
	fixture_set_text(fixture, 0, USER_NAME, "jo");
	fixture_set(fixture, 0, RECORD_ID, both);
	fixture_set(fixture, 1, RECORD_ID, both);

	/* The group's value counts, whatever the samples say. */
	fixture_set_all(fixture, SUBJECT_ID, "other");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture->rule.extension.sentence = fixture_template(fixture,
		    cases[i].sentence);
		want_sentence(fixture, cases[i].sentence, cases[i].want);
	}
	fixture_free(fixture);
}

/* Arrays: told up to five members; two that differ do not agree. */
static void
test_arrays(void **state)
{
	static struct value members[7];
	struct value seven = {
		.kind = VALUE_LIST, .count = 7, .items = members
	};
	struct value six = { .kind = VALUE_LIST, .count = 6, .items = members };
	struct value other = {
		.kind = VALUE_LIST, .count = 6, .items = members + 1
	};
	struct value none = { .kind = VALUE_LIST };
	static const char letters[] = "abcdefg";
	struct fixture *fixture = fixture_new();

	(void)state;
	for (size_t i = 0; i < 7; i++)
		members[i] = value_string(span_make(&letters[i], 1));
	fixture->rule.extension.sentence = fixture_template(fixture,
	    "{record.id}");
	fixture_evidence(fixture, 2);
	fixture_set(fixture, 0, RECORD_ID, seven);
	fixture_set(fixture, 1, RECORD_ID, seven);
	want_sentence(fixture, "seven", "a, b, c, d, e and 2 more");
	fixture_set(fixture, 1, RECORD_ID, six);
	want_sentence(fixture, "lengths", "several");
	fixture_set(fixture, 0, RECORD_ID, other);
	want_sentence(fixture, "members", "several");
	fixture_set_text(fixture, 0, RECORD_ID, "a");
	want_sentence(fixture, "array and text", "several");
	fixture_set_all(fixture, RECORD_ID, "a");
	fixture_set(fixture, 0, RECORD_ID, none);
	fixture_set(fixture, 1, RECORD_ID, none);
	want_sentence(fixture, "no members", "unknown");
	fixture_free(fixture);
}

static void
test_single_event(void **state)
{
	struct fixture *fixture = fixture_new();

	(void)state;
	fixture->group[0] = SPAN("");
	fixture->rule.extension.sentence = fixture_template(fixture,
	    "{subject.id}");
	want_sentence(fixture, "empty group", "(empty)");
	fixture_single(fixture);
	fixture->rule.extension.sentence = fixture_template(fixture,
	    "{count} {peak} {limit} {timespan}");
	want_sentence(fixture, "numbers", "1 1 1 unknown");
	fixture_free(fixture);
}

static void
test_limit_of_two_bounds(void **state)
{
	struct fixture *fixture = fixture_new();

	(void)state;
	fixture->correlation.bounds[1] = (struct correlation_bound){ COMPARE_LT,
		20 };
	fixture->correlation.bound_count = 2;
	fixture->rule.extension.sentence = fixture_template(fixture,
	    "limit {limit}");
	want_sentence(fixture, "range", "limit at least 10 and less than 20");
	fixture_free(fixture);
}

static void
test_default_sentences(void **state)
{
	struct fixture *fixture = fixture_new();

	(void)state;
	fixture->rule.title = SPAN("RULE");
	want_sentence(fixture, "value_count",
	    "RULE: 12 events by subject.id=pn:91ab, at least 10 different "
	    "user.id within 24 h (limit 10)");
	fixture->correlation.kind = CORRELATION_EVENT_COUNT;
	fixture->correlation.value_count = 0;
	fixture->correlation.span_us = 600 * FIXTURE_SECOND;
	want_sentence(fixture, "event_count",
	    "RULE: 12 events by subject.id=pn:91ab, at least 10 within "
	    "10 min (limit 10)");
	fixture->correlation.group_count = 0;
	fixture->detection.count = 1;
	want_sentence(fixture, "no group",
	    "RULE: 1 event, at least 10 within 10 min (limit 10)");
	fixture_single(fixture);
	fixture_evidence(fixture, 1);
	want_sentence(fixture, "nothing known", "RULE");
	fixture_set_text(fixture, 0, USER_ID, "P1");
	fixture_set_text(fixture, 0, SUBJECT_ID, "pn:\n1");
	want_sentence(fixture, "single event",
	    "RULE: user.id=P1, subject.id=pn:\xef\xbf\xbd"
	    "1");
	fixture_free(fixture);
}

/* 512 code points at most, cut with an ellipsis (also the default one). */
static void
test_long_title(void **state)
{
	struct fixture *fixture = fixture_new();
	struct buffer title = BUFFER_INIT, want = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < 600; i++)
		buffer_add_string(&title, "\xc3\xa9");
	fixture->rule.title = buffer_span(&title);
	buffer_add(&want, title.ptr, 2 * 511);
	buffer_add_string(&want, "\xe2\x80\xa6");
	want_sentence(fixture, "long", buffer_string(&want));
	buffer_done(&title);
	buffer_done(&want);
	fixture_free(fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_single_event),
		cmocka_unit_test(test_limit_of_two_bounds),
		cmocka_unit_test(test_default_sentences),
		cmocka_unit_test(test_long_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
