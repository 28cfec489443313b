/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/zone.h"
#include "text/schema.h"
#include "text/timespan.h"

#include "engine/scenario.h"

/* Events of one entry; a longer test is a mistake. */
#define REPEAT_MAX 1000000

#define START_US INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

struct test_entry {
	const struct yaml_node *at, *event;
	uint64_t repeat;
	int64_t every_us;
};

struct test_head {
	const char *name;
	const struct yaml_node *start, *lists, *expect;
	struct schema_list events;
};

struct test_file {
	struct schema_list tests;
};

static const struct schema_option entry_options[] = {
	{ .key = "at",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_entry, at),
	    .doc = "time after the test's start" },
	{ .key = "repeat",
	    .type = SCHEMA_UINT,
	    .offset = offsetof(struct test_entry, repeat),
	    .default_text = "1",
	    .min = 1,
	    .max = REPEAT_MAX,
	    .doc = "how often the event comes" },
	{ .key = "every",
	    .type = SCHEMA_DURATION,
	    .offset = offsetof(struct test_entry, every_us),
	    .doc = "time between repetitions" },
	{ .key = "event",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_entry, event),
	    .is_required = true,
	    .doc = "the record's fields; {n} counts repetitions from 1" },
};

static const struct schema entry_schema = {
	.name = "an event of a test",
	.size = sizeof(struct test_entry),
	.options = entry_options,
	.count = sizeof(entry_options) / sizeof(*entry_options),
};

static const struct schema_option head_options[] = {
	{ .key = "name",
	    .type = SCHEMA_STRING,
	    .offset = offsetof(struct test_head, name),
	    .is_required = true,
	    .doc = "what the test shows" },
	{ .key = "start",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_head, start),
	    .doc = "event time at which it starts; 2026-01-01T00:00:00Z" },
	{ .key = "lists",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_head, lists),
	    .doc = "lists that replace those of the same name" },
	{ .key = "events",
	    .type = SCHEMA_MAPS,
	    .offset = offsetof(struct test_head, events),
	    .child = &entry_schema,
	    .is_required = true,
	    .doc = "what happens" },
	{ .key = "expect",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_head, expect),
	    .is_required = true,
	    .doc = "every alert that must fire; [] for none" },
};

static const struct schema head_schema = {
	.name = "a test",
	.size = sizeof(struct test_head),
	.options = head_options,
	.count = sizeof(head_options) / sizeof(*head_options),
};

struct test_expect {
	const struct yaml_node *rule, *group, *count;
};

static const struct schema_option expect_options[] = {
	{ .key = "rule",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_expect, rule),
	    .is_required = true,
	    .doc = "name of the rule that must fire" },
	{ .key = "group",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_expect, group),
	    .doc = "for whom, as {FIELD: VALUE}" },
	{ .key = "count",
	    .type = SCHEMA_NODE,
	    .offset = offsetof(struct test_expect, count),
	    .doc = "how many hits" },
};

static const struct schema expect_schema = {
	.name = "an expected alert",
	.size = sizeof(struct test_expect),
	.options = expect_options,
	.count = sizeof(expect_options) / sizeof(*expect_options),
};

static const struct schema_option file_options[] = {
	{ .key = "tests",
	    .type = SCHEMA_MAPS,
	    .offset = offsetof(struct test_file, tests),
	    .child = &head_schema,
	    .is_required = true,
	    .doc = "tests of the rules beside" },
};

static const struct schema file_schema = {
	.name = "a test file",
	.size = sizeof(struct test_file),
	.options = file_options,
	.count = 1,
};

/* Text with each {n} replaced. */
static void
add_text(struct json *json, struct span text, uint64_t n)
{
	struct buffer filled = BUFFER_INIT;
	ptrdiff_t at;

	while ((at = span_find(text, SPAN("{n}"))) >= 0) {
		buffer_add(&filled, text.ptr, (size_t)at);
		buffer_add_u64(&filled, n);
		text = span_make(text.ptr + at + 3, text.len - (size_t)at - 3);
	}
	buffer_add_span(&filled, text);
	json_span(json, buffer_span(&filled));
	buffer_done(&filled);
}

static void
add_node(struct json *json, const struct yaml_node *node, uint64_t n)
{
	switch (node->kind) {
	case YAML_NULL:
		json_null(json);
		break;
	case YAML_BOOL:
		json_bool(json, node->boolean);
		break;
	case YAML_INT:
		if (node->is_big)
			json_raw(json, node->text);
		else
			json_int(json, node->integer);
		break;
	case YAML_REAL:
		json_real(json, node->real);
		break;
	case YAML_STRING:
		add_text(json, node->text, n);
		break;
	case YAML_LIST:
		json_array(json);
		for (size_t i = 0; i < node->count; i++)
			add_node(json, node->items[i], n);
		json_end(json);
		break;
	case YAML_MAP:
		json_object(json);
		for (size_t i = 0; i < node->count; i++) {
			json_key_span(json, node->pairs[i].key->text);
			add_node(json, node->pairs[i].value, n);
		}
		json_end(json);
		break;
	}
}

/* An event as the record a source would send. */
static struct span
event_json(struct arena *arena, const struct yaml_node *event, int64_t time_us,
    uint64_t n)
{
	struct buffer buffer = BUFFER_INIT;
	struct json json;
	struct span copy;
	char time_text[32];

	json_init(&json, &buffer);
	json_object(&json);
	if (yaml_find(event, "@timestamp") == NULL) {
		zone_format_utc_ms(time_us, time_text);
		/* Microseconds, so that window edges can be tested. */
		buffer_printf(&buffer, "\"@timestamp\":\"%.23s%03dZ\"",
		    time_text, (int)(time_us % 1000));
		json.has_member[json.depth - 1] = true;
	}
	for (size_t i = 0; i < event->count; i++) {
		json_key_span(&json, event->pairs[i].key->text);
		add_node(&json, event->pairs[i].value, n);
	}
	json_end(&json);
	copy = arena_dup(arena, buffer_span(&buffer));
	buffer_done(&buffer);
	return copy;
}

static bool
read_offset(const struct yaml_node *at, struct diag *diag, int64_t *ret_us)
{
	struct error err = ERROR_NONE;
	struct span text;

	*ret_us = 0;
	if (at == NULL)
		return true;
	text = at->text;
	if (text.len > 0 && text.ptr[0] == '+')
		text = span_make(text.ptr + 1, text.len - 1);
	/* A timespan is more than nothing; an offset need not be: "+0s". */
	if (yaml_is_scalar(at) && text.len > 0 && text.ptr[0] == '0' &&
	    text.len <= 2)
		return true;
	if (yaml_is_scalar(at) && timespan_parse(text, ret_us, &err))
		return true;
	diag_at(diag, at->place, "IR0811",
	    "`at` is a time after the start, such as +5m");
	return false;
}

static bool
read_entry(const struct test_entry *entry, struct diag_place place,
    int64_t start_us, struct arena *arena, struct diag *diag,
    struct scenario *test)
{
	int64_t offset_us;

	if (!read_offset(entry->at, diag, &offset_us))
		return false;
	if (entry->event == NULL || entry->event->kind != YAML_MAP) {
		diag_at(diag,
		    entry->event != NULL ? entry->event->place : place,
		    "IR0812", "`event` is a map of fields");
		return false;
	}
	for (uint64_t n = 1; n <= entry->repeat; n++) {
		int64_t time_us = start_us + offset_us +
		    (int64_t)(n - 1) * entry->every_us;

		test->events[test->event_count] = (struct scenario_event){
			.time_us = time_us,
			.order = test->event_count,
			.json = event_json(arena, entry->event, time_us, n),
		};
		test->event_count++;
	}
	return true;
}

static int
compare_events(const void *left, const void *right)
{
	const struct scenario_event *a = left, *b = right;

	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static bool
read_start(const struct yaml_node *start, struct diag *diag,
    int64_t *ret_start_us)
{
	*ret_start_us = START_US;
	if (start == NULL ||
	    (yaml_is_scalar(start) &&
		zone_parse_iso(NULL, start->text.ptr, start->text.len,
		    ret_start_us)))
		return true;
	diag_at(diag, start->place, "IR0813",
	    "`start` is a time such as 2026-03-02T21:00:00Z");
	return false;
}

static bool
read_events(const struct test_head *head, struct arena *arena,
    struct diag *diag, struct scenario *test)
{
	const struct test_entry *entries = head->events.items;
	size_t total = 0;
	int64_t start_us;
	bool ok = read_start(head->start, diag, &start_us);

	for (size_t i = 0; i < head->events.count; i++)
		total += entries[i].repeat;
	test->events = arena_array(arena, total, sizeof(*test->events));
	for (size_t i = 0; i < head->events.count; i++)
		ok &= read_entry(&entries[i], head->events.places[i], start_us,
		    arena, diag, test);
	qsort(test->events, test->event_count, sizeof(*test->events),
	    compare_events);
	return ok;
}

static bool
read_expect(const struct yaml_node *node, struct arena *arena,
    struct diag *diag, struct scenario_expect *expect)
{
	struct test_expect given = { 0 };

	if (node->kind == YAML_MAP &&
	    !schema_read(&expect_schema, node, arena, diag, &given))
		return false;
	if (given.rule == NULL || !yaml_is_scalar(given.rule) ||
	    (given.count != NULL && given.count->kind != YAML_INT) ||
	    (given.group != NULL && given.group->kind != YAML_MAP)) {
		diag_at(diag, node->place, "IR0814",
		    "an expected alert is {rule: NAME, group: {FIELD: VALUE}, "
		    "count: NUMBER}");
		return false;
	}
	*expect = (struct scenario_expect){
		.rule = given.rule->text,
		.group = given.group,
		.count = given.count != NULL ? given.count->integer : -1,
		.place = node->place,
	};
	return true;
}

static bool
read_expects(const struct yaml_node *list, struct arena *arena,
    struct diag *diag, struct scenario *test)
{
	bool ok = true;

	if (list == NULL || list->kind != YAML_LIST) {
		diag_at(diag, list != NULL ? list->place : test->place,
		    "IR0814",
		    "`expect` is a list; [] means that nothing may "
		    "fire");
		return false;
	}
	test->expects = arena_array(arena, list->count, sizeof(*test->expects));
	for (size_t i = 0; i < list->count; i++)
		ok &= read_expect(list->items[i], arena, diag,
		    &test->expects[test->expect_count++]);
	return ok;
}

static bool
read_list(const struct yaml_pair *pair, struct diag *diag,
    struct value_list *list)
{
	const struct yaml_node *values = pair->value;
	bool ok = values->kind == YAML_LIST;

	for (size_t i = 0; ok && i < values->count; i++) {
		ok = yaml_is_scalar(values->items[i]);
		if (ok)
			value_list_add(list, values->items[i]->text);
	}
	if (!ok)
		diag_at(diag, pair->key->place, "IR0815",
		    "the list `" SPAN_FMT "` is a list of values, or []",
		    SPAN_ARG(pair->key->text));
	return ok;
}

static bool
read_lists(const struct yaml_node *lists, struct arena *arena,
    struct diag *diag, struct scenario *test)
{
	bool ok = true;

	if (lists == NULL)
		return true;
	if (lists->kind != YAML_MAP) {
		diag_at(diag, lists->place, "IR0815",
		    "`lists` is a map of names to lists of values");
		return false;
	}
	test->lists = arena_array(arena, lists->count, sizeof(*test->lists));
	for (size_t i = 0; i < lists->count; i++) {
		const struct yaml_pair *pair = &lists->pairs[i];
		struct value_list *list = value_list_new(pair->key->text);

		test->lists[test->list_count++] = list;
		ok &= read_list(pair, diag, list);
	}
	return ok;
}

static bool
read_test(const struct test_head *head, struct diag_place place,
    struct arena *arena, struct diag *diag, struct scenario *test)
{
	bool ok;

	test->name = span_of(head->name);
	test->place = place;
	ok = read_events(head, arena, diag, test);
	ok &= read_expects(head->expect, arena, diag, test);
	ok &= read_lists(head->lists, arena, diag, test);
	return ok;
}

/* A second document would be tests that never run. */
static bool
is_one_document(const struct yaml_node *const *documents, size_t count,
    struct diag *diag, const char *path)
{
	struct diag_place place = { NULL, 0, 0, 0 };

	if (count == 1)
		return true;
	if (count > 1)
		place = documents[1]->place;
	else
		place.source = diag_add_source(diag, path, SPAN_NONE);
	diag_at(diag, place, "IR0118",
	    "a test file is one YAML document, not %zu", count);
	return false;
}

bool
scenario_read(struct arena *arena, struct diag *diag, const char *path,
    struct scenario **ret_tests, size_t *ret_count)
{
	const struct yaml_node *const *documents;
	struct scenario *tests;
	struct test_file file;
	size_t document_count, count = 0;
	bool ok = true;

	if (!yaml_read(arena, diag, path, &documents, &document_count) ||
	    !is_one_document(documents, document_count, diag, path) ||
	    !schema_read(&file_schema, documents[0], arena, diag, &file))
		return false;
	tests = arena_array(arena, file.tests.count, sizeof(*tests));
	for (; count < file.tests.count; count++) {
		const struct test_head *heads = file.tests.items;

		ok &= read_test(&heads[count], file.tests.places[count], arena,
		    diag, &tests[count]);
	}
	*ret_tests = tests;
	*ret_count = count;
	return ok;
}

void
scenario_done(struct scenario *test)
{
	for (size_t i = 0; i < test->list_count; i++)
		value_list_free(test->lists[i]);
}
