/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "unit/alert/fixture.h"

#define REPEAT8(text) text text text text text text text text
#define DIGEST(two) "sha256:" REPEAT8(two two two two)

/* ---- The keys that others script against ---- */

static void
test_correlation(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->detection.count = 12;
	fixture_evidence(fixture, 1);
	root = fixture_build(fixture);
	fixture_want(root, "alert", "ir-6f1c09d2a4b8e377");
	fixture_want(root, "kind", "open");
	fixture_want(root, "revision", "1");
	fixture_want(root, "rule/id", "2d3684e1-2889-4bff-a9db-1f7ee0069a73");
	fixture_want(root, "rule/name", "subject_swarm");
	fixture_want(root, "rule/title", "Ten officers look at one person");
	fixture_want(root, "rule/level", "high");
	fixture_want(root, "rule/type", "value_count");
	fixture_want(root, "rule/version", DIGEST("ab"));
	fixture_want(root, "group", "{\"subject.id\":\"pn:91ab\"}");
	fixture_want(root, "first", "2026-03-02T21:14:07.412Z");
	fixture_want(root, "last", "2026-03-02T21:15:07.412Z");
	fixture_want(root, "count", "12");
	fixture_want(root, "peak", "10");
	fixture_want(root, "condition", "{\"field\":\"user.id\",\"gte\":10}");
	fixture_want(root, "timespan_ms", "86400000");
	fixture_want(root, "delay_ms", "1340");
	fixture_want(root, "delay/event_time", "2026-03-02T21:15:07.412Z");
	fixture_want(root, "delay/broker_time", "2026-03-02T21:15:08.412Z");
	fixture_want(root, "delay/decided_time", "2026-03-02T21:15:08.752Z");
	fixture_want(root, "ruleset", DIGEST("5c"));
	fixture_want(root, "evidence/0/topic", "niche.audit");
	fixture_want(root, "evidence/0/partition", "0");
	fixture_want(root, "evidence/0/offset", "8812");
	fixture_want(root, "evidence/0/time", "2026-03-02T21:14:07.412Z");
	fixture_want(root, "evidence/0/sha256",
	    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
	    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
	fixture_want(root, "truncated", "(absent)");
	fixture_want(root, "into", "(absent)");
	fixture_want(root, "actor", "(absent)");
	json_decref(root);
	fixture_free(fixture);
}

static void
test_single_event(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture_single(fixture);
	fixture_evidence(fixture, 1);
	root = fixture_build(fixture);
	fixture_want(root, "rule/type", "event");
	fixture_want(root, "group", "{}");
	fixture_want(root, "condition", "(absent)");
	fixture_want(root, "timespan_ms", "(absent)");
	fixture_want(root, "count", "1");
	fixture_want(root, "peak", "1");
	json_decref(root);
	fixture_free(fixture);
}

/* A group-by with `suppress` is still an event rule, with its group. */
static void
test_suppressed_event(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->rule.type = RULE_EVENT;
	fixture->correlation.kind = CORRELATION_EVENT_COUNT;
	fixture->correlation.is_suppression = true;
	fixture->correlation.value_count = 0;
	fixture_evidence(fixture, 1);
	root = fixture_build(fixture);
	fixture_want(root, "rule/type", "event");
	fixture_want(root, "group", "{\"subject.id\":\"pn:91ab\"}");
	fixture_want(root, "condition", "(absent)");
	fixture_want(root, "timespan_ms", "(absent)");
	fixture_want(root, "sentence",
	    "Ten officers look at one person: 12 events by "
	    "subject.id=pn:91ab");
	json_decref(root);
	fixture_free(fixture);
}

static void
test_merged(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->detection.kind = DETECTION_MERGED;
	fixture->detection.into = (struct alert_id){ 1 };
	fixture->detection.revision = 3;
	fixture->detection.closed_by_end = true;
	root = fixture_build(fixture);
	fixture_want(root, "closed_by_end", "true");
	fixture_want(root, "kind", "merged");
	fixture_want(root, "into", "ir-0000000000000001");
	fixture_want(root, "revision", "3");
	fixture_want(root, "evidence", "[]");
	json_decref(root);
	fixture_free(fixture);
}

static void
test_two_bounds(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->correlation.bounds[1] = (struct correlation_bound){ COMPARE_LT,
		12.5 };
	fixture->correlation.bound_count = 2;
	fixture->correlation.kind = CORRELATION_EVENT_COUNT;
	fixture->correlation.value_count = 0;
	root = fixture_build(fixture);
	fixture_want(root, "condition", "{\"gte\":10,\"lt\":12.5}");
	fixture_want(root, "rule/type", "event_count");
	json_decref(root);
	fixture_free(fixture);
}

/* A tuple is counted: the field is a list. */
static void
test_tuple(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->value_names[1] = SPAN("terminal.id");
	fixture->correlation.value_count = 2;
	root = fixture_build(fixture);
	fixture_want(root, "condition",
	    "{\"field\":[\"user.id\",\"terminal.id\"],\"gte\":10}");
	json_decref(root);
	fixture_free(fixture);
}

static void
test_file_has_no_delay(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->options.decided_us = RECORD_NO_TIME;
	fixture->detection.broker_us = RECORD_NO_TIME;
	root = fixture_build(fixture);
	fixture_want(root, "delay_ms", "0");
	fixture_want(root, "delay",
	    "{\"event_time\":\"2026-03-02T21:15:07.412Z\"}");
	json_decref(root);
	fixture_free(fixture);
}

/* ---- Whom and what the kept hits name ---- */

static void
test_named(void **state)
{
	static const struct value members[] = {
		{ .kind = VALUE_STRING, .text = { "pn:1", 4 } },
		{ .kind = VALUE_STRING, .text = { "pn:2", 4 } },
	};
	struct value both = {
		.kind = VALUE_LIST, .count = 2, .items = members
	};
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture_evidence(fixture, 4);
	fixture_set_text(fixture, 0, USER_ID, "P2");
	fixture_set_text(fixture, 1, USER_ID, "P1");
	fixture_set_text(fixture, 2, USER_ID, "P2");
	fixture_set_text(fixture, 1, USER_NAME, "jo");
	fixture_set_text(fixture, 0, SUBJECT_ID, "pn:2");
	fixture_set(fixture, 1, SUBJECT_ID, both);
	fixture_set(fixture, 2, SUBJECT_ID, value_null());
	fixture_set_all(fixture, SYSTEM_NAME, "niche-rms");
	fixture_set_all(fixture, SYSTEM_CLASS, "rms");
	fixture_set_text(fixture, 3, CASE_ID, "25-138337");
	fixture_set_text(fixture, 2, CASE_ID, "");
	fixture_set_text(fixture, 0, LOCAL_DATE, "2026-03-02");
	fixture_set_text(fixture, 1, LOCAL_DATE, "2026-03-03");
	fixture_set_text(fixture, 2, LOCAL_DATE, "2026-03-02");
	root = fixture_build(fixture);
	fixture_want(root, "actor",
	    "{\"count\":2,\"user.id\":[\"P2\",\"P1\"],"
	    "\"user.name\":[\"jo\"]}");
	fixture_want(root, "subject",
	    "{\"count\":2,\"subject.id\":[\"pn:2\",\"pn:1\"]}");
	fixture_want(root, "systems",
	    "{\"count\":1,\"system.class\":[\"rms\"],"
	    "\"system.name\":[\"niche-rms\"]}");
	fixture_want(root, "case", "{\"case.id\":[\"25-138337\"],\"count\":1}");
	fixture_want(root, "distinct_days", "2");
	fixture_want(root, "evidence/1/values/subject.id",
	    "[\"pn:1\",\"pn:2\"]");
	fixture_want(root, "evidence/2/values/subject.id", "(absent)");
	json_decref(root);
	fixture_free(fixture);
}

/* 40 officers: 32 are listed, 40 are counted. */
static void
test_named_is_bounded(void **state)
{
	struct fixture *fixture = fixture_new();
	char names[40][8];
	json_t *root;

	(void)state;
	fixture_evidence(fixture, 40);
	for (uint32_t i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "P%u", i);
		fixture_set_text(fixture, i, USER_ID, names[i]);
	}
	root = fixture_build(fixture);
	fixture_want(root, "actor/count", "40");
	assert_int_equal(json_array_size(fixture_at(root, "actor/user.id")),
	    32);
	json_decref(root);
	fixture_free(fixture);
}

/* ---- What speaks for the person, what is wrong with the data ---- */

static void
test_counter_evidence(void **state)
{
	struct fixture *fixture = fixture_new();
	struct rule_counter counters[2];
	uint32_t hits[2] = { 3, 0 };
	json_t *root;

	(void)state;
	fixture_evidence(fixture, 10);
	fixture_set_all(fixture, CASE_ID, "25-1");
	counters[0].say = fixture_template(fixture,
	    "was assigned to {case.id}");
	counters[1].say = fixture_template(fixture, "never said");
	fixture->rule.extension.counters = counters;
	fixture->rule.extension.counter_count = 2;
	fixture->options.counter_hits = hits;
	root = fixture_build(fixture);
	fixture_want(root, "counter_evidence",
	    "[\"was assigned to 25-1 on 3 of the 10 kept\"]");
	json_decref(root);
	hits[0] = 0;
	root = fixture_build(fixture);
	fixture_want(root, "counter_evidence", "(absent)");
	json_decref(root);
	fixture_free(fixture);
}

static void
test_caveats(void **state)
{
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture_evidence(fixture, 3);
	root = fixture_build(fixture);
	fixture_want(root, "caveats", "(absent)");
	json_decref(root);
	fixture->evidence[1].flags = EVENT_TIME_CLAMPED;
	fixture->detection.flags = EVENT_TIME_CLAMPED | EVENT_LATE;
	root = fixture_build(fixture);
	fixture_want(root, "caveats",
	    "[\"the event's time lay in the future and was replaced by the "
	    "broker's (1 of the 3 kept)\",\"the record came later than its "
	    "input's lateness allows\"]");
	json_decref(root);
	fixture_free(fixture);
}

static void
test_advice(void **state)
{
	struct span triage[] = { SPAN("Was it \"duty\"?"), SPAN("Why?") };
	struct span tags[] = { SPAN("attack.t1213") };
	struct span wrong[] = { SPAN("A briefing") };
	struct fixture *fixture = fixture_new();
	json_t *root;

	(void)state;
	fixture->rule.extension.triage = triage;
	fixture->rule.extension.triage_count = 2;
	fixture->rule.extension.category = SPAN("other");
	fixture->rule.extension.purpose = SPAN("lawfulness");
	fixture->rule.tags = tags;
	fixture->rule.tag_count = 1;
	fixture->rule.false_positives = wrong;
	fixture->rule.false_positive_count = 1;
	fixture->rule.description = SPAN("What it\nmeans");
	root = fixture_build(fixture);
	fixture_want(root, "triage/0", "Was it \"duty\"?");
	fixture_want(root, "triage/1", "Why?");
	fixture_want(root, "category", "other");
	fixture_want(root, "purpose", "lawfulness");
	fixture_want(root, "tags", "[\"attack.t1213\"]");
	fixture_want(root, "false_positives", "[\"A briefing\"]");
	fixture_want(root, "description", "What it\nmeans");
	json_decref(root);
	fixture_free(fixture);
}

/* ---- Size ---- */

static void
test_limit(void **state)
{
	static const struct {
		const char *name;
		size_t limit;
		size_t want_evidence; /* at least */
		size_t want_texts;    /* bytes of the title at least */
	} cases[] = {
		{ "values go first", 200000, 500, 4000 },
		{ "then samples", 32768, 16, 4000 },
		{ "then texts", 8192, 0, 40 },
	};
	struct fixture *fixture = fixture_new();
	char *title = mem_alloc(4001), *value = mem_alloc(1001);
	json_t *root;

	(void)state;
	memset(title, 'x', 4000);
	title[4000] = '\0';
	memset(value, 'v', 1000);
	value[1000] = '\0';
	fixture->rule.title = span_of(title);
	fixture_evidence(fixture, 500);
	fixture_set_all(fixture, RECORD_ID, value);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t samples, text;

		fixture->options.limit_bytes = cases[i].limit;
		root = fixture_build(fixture);
		samples = json_array_size(fixture_at(root, "evidence"));
		text = json_string_length(fixture_at(root, "rule/title"));
		fixture_want(root, "truncated", "true");
		if (fixture->out.len > cases[i].limit)
			testing_fail(cases[i].name, "%zu bytes, limit %zu",
			    fixture->out.len, cases[i].limit);
		if (samples < cases[i].want_evidence)
			testing_fail(cases[i].name, "got %zu samples, want %zu",
			    samples, cases[i].want_evidence);
		if (text < cases[i].want_texts)
			testing_fail(cases[i].name,
			    "got %zu bytes of title, "
			    "want %zu",
			    text, cases[i].want_texts);
		fixture_want(root, "count", "12");
		json_decref(root);
	}
	mem_free(title);
	mem_free(value);
	fixture_free(fixture);
}

/* At its smallest a list has two members, a sample none. */
static void
test_lists_are_cut(void **state)
{
	static struct value members[40];
	struct value list = {
		.kind = VALUE_LIST, .count = 40, .items = members
	};
	struct fixture *fixture = fixture_new();
	struct span triage[40];
	json_t *root;

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		triage[i] = SPAN("What was the reason for it?");
		members[i] = value_string(SPAN("pn:1"));
	}
	fixture->rule.extension.triage = triage;
	fixture->rule.extension.triage_count = 40;
	fixture_evidence(fixture, 2);
	fixture_set(fixture, 0, SUBJECT_ID, list);
	root = fixture_build(fixture);
	fixture_want(root, "truncated", "(absent)");
	assert_int_equal(json_array_size(fixture_at(root,
			     "evidence/0/values/subject.id")),
	    40);
	json_decref(root);
	fixture->options.limit_bytes = 1;
	root = fixture_build(fixture);
	fixture_want(root, "truncated", "true");
	fixture_want(root, "evidence", "[]");
	fixture_want(root, "evidence_left_out", "2");
	assert_int_equal(json_array_size(fixture_at(root, "triage")), 2);
	json_decref(root);
	fixture_free(fixture);
}

/* A long value beside a sample is cut at a character and marked. */
static void
test_value_is_cut(void **state)
{
	struct fixture *fixture = fixture_new();
	struct buffer text = BUFFER_INIT, want = BUFFER_INIT;
	json_t *root;

	(void)state;
	/* 2 + 3 * 400 bytes; 1024 = 2 + 3 * 340 + 2: two bytes too many. */
	buffer_add_string(&text, "ab");
	for (int i = 0; i < 400; i++)
		buffer_add_string(&text, "\xe2\x82\xac");
	buffer_add(&want, text.ptr, 1022);
	buffer_add_string(&want, "\xe2\x80\xa6");
	fixture_evidence(fixture, 1);
	fixture_set_text(fixture, 0, RECORD_ID, buffer_string(&text));
	root = fixture_build(fixture);
	fixture_want(root, "evidence/0/values/record.id", buffer_string(&want));
	fixture_want(root, "truncated", "true");
	json_decref(root);
	buffer_done(&text);
	buffer_done(&want);
	fixture_free(fixture);
}

static void
test_hostile_values(void **state)
{
	static const char hostile[] = "a\0b\n\"\\]\x7f\xff\xc0\xaf\xf0\x9f\x98"
				      "\x80";
	struct fixture *fixture = fixture_new();
	json_t *root, *value;

	(void)state;
	fixture->group[0] = span_make(hostile, sizeof(hostile) - 1);
	root = fixture_build(fixture);
	value = fixture_at(root, "group/subject.id");
	/* Three bad bytes, none of which can start a character. */
	assert_span_equal(span_make(json_string_value(value),
			      json_string_length(value)),
	    SPAN("a\0b\n\"\\]\x7f\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		 "\xf0\x9f\x98\x80"));
	json_decref(root);
	fixture_free(fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_correlation),
		cmocka_unit_test(test_single_event),
		cmocka_unit_test(test_suppressed_event),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_two_bounds),
		cmocka_unit_test(test_tuple),
		cmocka_unit_test(test_file_has_no_delay),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_named_is_bounded),
		cmocka_unit_test(test_counter_evidence),
		cmocka_unit_test(test_caveats),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_lists_are_cut),
		cmocka_unit_test(test_value_is_cut),
		cmocka_unit_test(test_hostile_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
