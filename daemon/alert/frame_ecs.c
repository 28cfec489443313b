/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Elastic Common Schema (ECS 8.11): what it has a name for stands there,
 * the rest of the alert under `integrity`, keys as they are in the alert.
 */
#include "base/json.h"

#include "alert/frame_body.h"
#include "alert/frame_internal.h"
#include "alert/frame_text.h"

/* Encoded bytes of names in the core, and of all the core. */
#define NAME_MAX_BYTES 96
#define CORE_MAX_BYTES 850

struct writer {
	const struct frame_options *options;
	const struct alert_view *view;
	const struct frame_place *place;
	struct frame_body *body;
	struct buffer scratch;
};

static void
core_text(struct writer *writer, const char *outer, const char *inner,
    struct span text)
{
	buffer_reset(&writer->scratch);
	frame_text_json_cut(&writer->scratch, text, NAME_MAX_BYTES);
	frame_body_core(writer->body, outer, inner,
	    buffer_span(&writer->scratch));
}

static void
core_number(struct writer *writer, const char *outer, const char *inner,
    uint64_t number)
{
	buffer_reset(&writer->scratch);
	buffer_add_u64(&writer->scratch, number);
	frame_body_core(writer->body, outer, inner,
	    buffer_span(&writer->scratch));
}

static void
core_time(struct writer *writer, const char *outer, const char *inner,
    int64_t time_us)
{
	struct json json;

	if (time_us == RECORD_NO_TIME)
		return;
	buffer_reset(&writer->scratch);
	json_init(&json, &writer->scratch);
	json_time(&json, time_us);
	frame_body_core(writer->body, outer, inner,
	    buffer_span(&writer->scratch));
}

/* The CEF column of the severity map: it grows with the level. */
static uint64_t
event_severity(enum rule_level level)
{
	static const uint64_t severities[] = {
		[LEVEL_INFORMATIONAL] = 1,
		[LEVEL_LOW] = 3,
		[LEVEL_MEDIUM] = 5,
		[LEVEL_HIGH] = 8,
		[LEVEL_CRITICAL] = 10,
	};

	return severities[level];
}

static void
write_message(struct writer *writer, size_t limit)
{
	const struct alert_view *view = writer->view;
	struct buffer text = BUFFER_INIT;

	if (writer->options->audience == FRAME_REFERENCE) {
		buffer_add_string(&text, "Alert ");
		(void)frame_text_plain(&text, view->alert, NAME_MAX_BYTES);
		buffer_add_string(&text, ", rule ");
		(void)frame_text_plain(&text, frame_rule_name(view),
		    NAME_MAX_BYTES);
		buffer_printf(&text, ", %s", rule_level_names[view->level]);
	} else {
		(void)frame_text_plain(&text, view->sentence, SIZE_MAX);
	}
	buffer_reset(&writer->scratch);
	frame_text_json_cut(&writer->scratch, buffer_span(&text),
	    limit - CORE_MAX_BYTES);
	frame_body_put(writer->body, "message", NULL,
	    buffer_span(&writer->scratch));
	buffer_done(&text);
}

/* What every frame of the alert says, and of the first one the sentence. */
static void
write_core(struct writer *writer, size_t limit)
{
	const struct alert_view *view = writer->view;
	bool is_full = writer->options->audience == FRAME_INVESTIGATORS;
	const char *category = span_is(view->rule_type, "self") ?
	    "[\"configuration\"]" :
	    "[\"intrusion_detection\"]";

	core_time(writer, "@timestamp", NULL,
	    frame_time_us(view, writer->place));
	write_message(writer, limit);
	core_text(writer, "ecs", "version", SPAN(FRAME_ECS_VERSION));
	core_text(writer, "event", "kind", SPAN("alert"));
	frame_body_core(writer->body, "event", "category", span_of(category));
	frame_body_core(writer->body, "event", "type", SPAN("[\"info\"]"));
	core_text(writer, "event", "id", view->alert);
	core_number(writer, "event", "severity", event_severity(view->level));
	core_number(writer, "event", "sequence", writer->place->sequence);
	if (is_full) {
		core_text(writer, "event", "action", view->kind);
		core_time(writer, "event", "start", view->first_us);
		core_time(writer, "event", "end", view->last_us);
	}
	if (view->rule_id.len > 0)
		core_text(writer, "rule", "id", view->rule_id);
	core_text(writer, "rule", "name", frame_rule_name(view));
}

/* ---- The rest: only for investigators ---- */

/* A member of the alert under a name of ECS. */
static void
write_value(struct writer *writer, struct json_value object, const char *member,
    const char *outer, const char *inner)
{
	struct frame_path path = frame_body_path(outer, inner);
	struct json_value value;

	if (json_member(object, span_of(member), &value))
		frame_body_value(writer->body, &path, value);
}

static void
write_rule(struct writer *writer)
{
	struct json_value root = writer->view->root, rule;

	if (json_member(root, SPAN("rule"), &rule)) {
		write_value(writer, rule, "version", "rule", "version");
	}
	write_value(writer, root, "description", "rule", "description");
	write_value(writer, root, "category", "rule", "category");
	write_value(writer, root, "ruleset", "rule", "ruleset");
}

/* The values of `actor.user.id` and the like: an array of strings. */
static bool
actor_values(const struct alert_view *view, const char *field,
    struct json_value *ret_values, struct json_value *ret_only)
{
	struct json_value actor, other;
	struct json_iterator members;
	struct span key;

	if (!json_member(view->root, SPAN("actor"), &actor) ||
	    !json_member(actor, span_of(field), ret_values) ||
	    json_value_kind(*ret_values) != JSON_KIND_ARRAY)
		return false;
	members = json_iterate(*ret_values);
	if (!json_next(&members, &key, ret_only) ||
	    json_next(&members, &key, &other))
		ret_only->document = NULL;
	return true;
}

static void
write_user(struct writer *writer, const char *field, const char *name)
{
	struct frame_path path = frame_body_path("user", name);
	struct json_value values, only;

	if (actor_values(writer->view, field, &values, &only) &&
	    only.document != NULL)
		frame_body_value(writer->body, &path, only);
}

static void
write_related(struct writer *writer)
{
	static const char *const fields[] = { "user.id", "user.name" };
	struct frame_path users = frame_body_path("related", "user"), path;
	struct json_value values, value, only;
	struct json_iterator members;
	struct span key;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		if (!actor_values(writer->view, fields[i], &values, &only))
			continue;
		members = json_iterate(values);
		while (json_next(&members, &key, &value)) {
			path = frame_body_below(&users, span_make(NULL, n++));
			frame_body_value(writer->body, &path, value);
		}
	}
}

static void
write_labels(struct writer *writer)
{
	struct json_value root = writer->view->root, rule;

	if (json_member(root, SPAN("rule"), &rule))
		write_value(writer, rule, "level", "labels", "level");
	write_value(writer, root, "kind", "labels", "kind");
	write_value(writer, root, "purpose", "labels", "purpose");
}

/* Members of the alert that stand elsewhere already. */
static bool
is_mapped(struct span key)
{
	static const char *const mapped[] = { "alert", "rule", "first", "last",
		"sentence", "description", "category", "ruleset", "purpose",
		"tags" };

	for (size_t i = 0; i < sizeof(mapped) / sizeof(mapped[0]); i++)
		if (span_is(key, mapped[i]))
			return true;
	return false;
}

static void
write_rest(struct writer *writer)
{
	struct json_value root = writer->view->root, rule, value;
	struct frame_path integrity = frame_body_path("integrity", NULL), path;
	struct json_iterator members = json_iterate(root);
	struct span key;

	if (json_member(root, SPAN("rule"), &rule)) {
		write_value(writer, rule, "title", "integrity", "title");
		write_value(writer, rule, "type", "integrity", "type");
	}
	while (json_next(&members, &key, &value)) {
		if (is_mapped(key) || span_is(key, "evidence") ||
		    span_is(key, "title") || span_is(key, "type"))
			continue;
		path = frame_body_below(&integrity, key);
		frame_body_value(writer->body, &path, value);
	}
}

/* Sample by sample, so that a frame ends between two of them. */
static void
write_evidence(struct writer *writer)
{
	struct frame_path all = frame_body_path("integrity", "evidence"), path;
	struct json_value evidence, sample;
	struct json_iterator members;
	struct span key;

	if (!json_member(writer->view->root, SPAN("evidence"), &evidence))
		return;
	if (json_value_kind(evidence) != JSON_KIND_ARRAY) {
		frame_body_value(writer->body, &all, evidence);
		return;
	}
	members = json_iterate(evidence);
	for (size_t n = 0; json_next(&members, &key, &sample); n++) {
		path = frame_body_below(&all, span_make(NULL, n));
		frame_body_value(writer->body, &path, sample);
	}
}

void
frame_ecs_write(const struct frame_options *options,
    const struct alert_view *view, const struct frame_place *place,
    size_t limit, struct frame_bodies *bodies)
{
	struct writer writer = { options, view, place, NULL, BUFFER_INIT };

	writer.body = frame_body_new(limit, frame_bodies_add, bodies);
	write_core(&writer, limit);
	if (options->audience == FRAME_INVESTIGATORS) {
		write_rule(&writer);
		write_user(&writer, "user.id", "id");
		write_user(&writer, "user.name", "name");
		write_related(&writer);
		write_labels(&writer);
		write_value(&writer, view->root, "tags", "tags", NULL);
		write_rest(&writer);
		write_evidence(&writer);
	}
	frame_body_end(writer.body);
	frame_body_free(writer.body);
	buffer_done(&writer.scratch);
}
