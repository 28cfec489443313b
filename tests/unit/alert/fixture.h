/* SPDX-License-Identifier: Apache-2.0 */
/* A small rule set and detections of it, made by hand. */
#ifndef UNIT_ALERT_FIXTURE_H
#define UNIT_ALERT_FIXTURE_H

#include <jansson.h>

#include "support/testing.h"

#include "base/mem.h"

#include "alert/alert.h"

#define FIXTURE_FIELDS 9
#define FIXTURE_SECOND INT64_C(1000000)

/* 2026-03-02T21:14:07.412Z: 20,514 days after the epoch; `date -d @...`. */
#define FIXTURE_TIME (INT64_C(1772486047) * FIXTURE_SECOND + 412000)

enum {
	USER_ID,
	USER_NAME,
	SUBJECT_ID,
	SYSTEM_NAME,
	SYSTEM_CLASS,
	CASE_ID,
	RECORD_ID,
	EVENT_ACTION,
	LOCAL_DATE
};

static const char *const fixture_fields[FIXTURE_FIELDS] = { "user.id",
	"user.name", "subject.id", "system.name", "system.class", "case.id",
	"record.id", "event.action", "event.local_date" };

struct fixture {
	struct arena *arena;
	struct rule_set *rules;
	struct rule rule;
	struct correlation correlation;
	struct rule_counter counter;
	struct span group_names[2], group[2], value_names[2];
	uint32_t kept[FIXTURE_FIELDS];
	struct detection detection;
	struct evidence *evidence;
	struct alert_options options;
	struct buffer out;
};

/* What the rule loader does with names. */
static inline struct template fixture_template(struct fixture *fixture,
    const char *text)
{
	static const struct {
		const char *name;
		uint32_t tag;
	} known[] = { { "count", SENTENCE_COUNT }, { "peak", SENTENCE_PEAK },
		{ "limit", SENTENCE_LIMIT }, { "timespan", SENTENCE_TIMESPAN },
		{ "first", SENTENCE_FIRST }, { "last", SENTENCE_LAST } };
	struct template template;
	struct error err = ERROR_NONE;
	size_t at;

	if (!template_parse(fixture->arena, span_of(text), &template, &at,
		&err))
		testing_fail(text, "%s", err.text);
	for (size_t i = 0; i < template.count; i++) {
		template.parts[i].tag = field_set_find(fixture->rules->fields,
		    template.parts[i].text);
		for (size_t j = 0; j < sizeof(known) / sizeof(known[0]); j++)
			if (span_is(template.parts[i].text, known[j].name))
				template.parts[i].tag = known[j].tag;
	}
	return template;
}

/* `count` samples, all values missing. */
static inline void
fixture_evidence(struct fixture *fixture, uint32_t count)
{
	fixture->evidence = arena_array(fixture->arena, count,
	    sizeof(*fixture->evidence));
	for (uint32_t i = 0; i < count; i++) {
		struct evidence *evidence = &fixture->evidence[i];

		evidence->position = (struct record_position){
			.topic = SPAN("niche.audit"),
			.offset = 8812 + i,
		};
		evidence->time_us = FIXTURE_TIME + i * FIXTURE_SECOND;
		for (uint32_t j = 0; j < HASH_SHA256_LEN; j++)
			evidence->sha256[j] = (uint8_t)(0xa0 + j);
		evidence->values = arena_array(fixture->arena, FIXTURE_FIELDS,
		    sizeof(*evidence->values));
	}
	fixture->detection.evidence = fixture->evidence;
	fixture->detection.evidence_count = count;
}

static inline void
fixture_set(struct fixture *fixture, uint32_t sample, uint32_t field,
    struct value value)
{
	struct value *values =
	    (struct value *)(uintptr_t)fixture->evidence[sample].values;

	values[field] = value;
}

static inline void
fixture_set_text(struct fixture *fixture, uint32_t sample, uint32_t field,
    const char *text)
{
	fixture_set(fixture, sample, field, value_string(span_of(text)));
}

static inline void
fixture_set_all(struct fixture *fixture, uint32_t field, const char *text)
{
	for (uint32_t i = 0; i < fixture->detection.evidence_count; i++)
		fixture_set_text(fixture, i, field, text);
}

/* A value_count by subject.id over user.id, at least 10 in 24 h. */
static inline struct fixture *
fixture_new(void)
{
	struct fixture *fixture = mem_zalloc(sizeof(*fixture));

	fixture->arena = arena_new(64 * 1024);
	fixture->rules = mem_zalloc(sizeof(*fixture->rules));
	fixture->rules->arena = arena_new(4096);
	fixture->rules->fields = field_set_new();
	memset(fixture->rules->hash, 0x5c, HASH_SHA256_LEN);
	for (uint32_t i = 0; i < FIXTURE_FIELDS; i++)
		fixture->kept[i] = field_set_add(fixture->rules->fields,
		    span_of(fixture_fields[i]));
	fixture->group_names[0] = SPAN("subject.id");
	fixture->group[0] = SPAN("pn:91ab");
	fixture->value_names[0] = SPAN("user.id");
	fixture->correlation = (struct correlation){
		.kind = CORRELATION_VALUE_COUNT,
		.group_names = fixture->group_names,
		.group_count = 1,
		.value_names = fixture->value_names,
		.value_count = 1,
		.bounds = { { COMPARE_GTE, 10 } },
		.bound_count = 1,
		.span_us = 86400 * FIXTURE_SECOND,
	};
	fixture->rule = (struct rule){
		.type = RULE_CORRELATION,
		.id = SPAN("2d3684e1-2889-4bff-a9db-1f7ee0069a73"),
		.name = SPAN("subject_swarm"),
		.title = SPAN("Ten officers look at one person"),
		.level = LEVEL_HIGH,
		.alerts = true,
		.correlation = &fixture->correlation,
		.kept_slots = fixture->kept,
		.kept_count = FIXTURE_FIELDS,
	};
	memset(fixture->rule.version, 0xab, HASH_SHA256_LEN);
	fixture->detection = (struct detection){
		.kind = DETECTION_OPEN,
		.rule = &fixture->rule,
		.id = { 0x6f1c09d2a4b8e377 },
		.revision = 1,
		.group = fixture->group,
		.first_us = FIXTURE_TIME,
		.last_us = FIXTURE_TIME + 60 * FIXTURE_SECOND,
		.count = 12,
		.peak = 10,
		.event_us = FIXTURE_TIME + 60 * FIXTURE_SECOND,
		.broker_us = FIXTURE_TIME + 61 * FIXTURE_SECOND,
	};
	fixture->options = (struct alert_options){
		.rules = fixture->rules,
		.decided_us = FIXTURE_TIME + 61 * FIXTURE_SECOND + 340000,
		.limit_bytes = 256 * 1024,
	};
	return fixture;
}

/* Makes it a single-event rule. */
static inline void
fixture_single(struct fixture *fixture)
{
	fixture->rule.type = RULE_EVENT;
	fixture->rule.correlation = NULL;
	fixture->detection.group = NULL;
	fixture->detection.count = 1;
	fixture->detection.peak = 1;
}

static inline void
fixture_free(struct fixture *fixture)
{
	rule_set_free(fixture->rules);
	arena_free(fixture->arena);
	buffer_done(&fixture->out);
	mem_free(fixture);
}

/* The alert as another parser reads it; the caller owns it. */
static inline json_t *
fixture_parse(const char *name, struct span text)
{
	json_error_t error;
	json_t *root = json_loadb(text.ptr, text.len,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

	if (root == NULL)
		testing_fail(name, "no JSON: %s at %d of " SPAN_FMT, error.text,
		    error.position, SPAN_ARG(text));
	return root;
}

static inline json_t *
fixture_build(struct fixture *fixture)
{
	buffer_reset(&fixture->out);
	alert_build(&fixture->options, &fixture->detection, &fixture->out);
	return fixture_parse("alert", buffer_span(&fixture->out));
}

/* "rule/level", "evidence/0/offset"; NULL if absent. */
static inline json_t *
fixture_at(json_t *root, const char *path)
{
	char key[64];
	size_t len;

	while (root != NULL && *path != '\0') {
		len = strcspn(path, "/");
		assert_true(len < sizeof(key));
		memcpy(key, path, len);
		key[len] = '\0';
		root = json_is_array(root) ?
		    json_array_get(root, (size_t)atoi(key)) :
		    json_object_get(root, key);
		path += len + (path[len] == '/');
	}
	return root;
}

/* The text of a member: strings as they are, others as JSON. */
static inline void
fixture_want(json_t *root, const char *path, const char *want)
{
	json_t *value = fixture_at(root, path);
	char *dumped = NULL;
	const char *got = "(absent)";

	if (json_is_string(value))
		got = json_string_value(value);
	else if (value != NULL)
		got = dumped = json_dumps(value,
		    JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	if (strcmp(got, want) != 0)
		testing_fail(path, "got %s, want %s", got, want);
	free(dumped);
}

#endif
