/* SPDX-License-Identifier: Apache-2.0 */
/* From a syslog message back to an alert, by what the message says alone. */
#include "base/zone.h"

#include "ctl/demo.h"

static struct span
text_of(struct json_value object, const char *outer, const char *inner)
{
	struct json_value value;

	if (outer != NULL && !json_member(object, span_of(outer), &object))
		return SPAN_NONE;
	if (!json_member(object, span_of(inner), &value) ||
	    json_value_kind(value) != JSON_KIND_STRING)
		return SPAN_NONE;
	return json_value_string(value);
}

static uint64_t
number_of(const struct receiver_message *message, const char *name,
    size_t skip_to_slash)
{
	struct buffer text = BUFFER_INIT;
	uint64_t number = 0;
	size_t at = 0;

	if (receiver_param(message, "integrity@", name, &text)) {
		while (skip_to_slash && at < text.len && text.ptr[at++] != '/')
			continue;
		for (;
		    at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
		    at++)
			number = number * 10 + (uint64_t)(text.ptr[at] - '0');
	}
	buffer_done(&text);
	return number;
}

/* The same in the header as in the body, or nobody could rely on either. */
static bool
agrees(const struct receiver_message *message, const char *name,
    struct span want, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	bool ok = receiver_param(message, "integrity@", name, &text) &&
	    span_equal(buffer_span(&text), want);

	if (!ok)
		error_set(err, NULL,
		    "structured data and body disagree on "
		    "%s: `" SPAN_FMT "` and `" SPAN_FMT "`",
		    name, SPAN_ARG(buffer_span(&text)), SPAN_ARG(want));
	buffer_done(&text);
	return ok;
}

static void
prove(const struct demo_sent *sent, int64_t now_us, struct demo_alert *alert)
{
	struct json_value evidence, item;
	struct json_iterator items;
	int64_t at_us, latest_us = -1;
	struct span key;

	alert->delay_us = -1;
	if (!json_member(alert->integrity, SPAN("evidence"), &evidence) ||
	    json_value_kind(evidence) != JSON_KIND_ARRAY)
		return;
	items = json_iterate(evidence);
	while (json_next(&items, &key, &item)) {
		alert->cited++;
		if (!demo_sent_find(sent, text_of(item, NULL, "sha256"),
			&at_us))
			continue;
		alert->proven++;
		latest_us = at_us > latest_us ? at_us : latest_us;
	}
	if (latest_us >= 0)
		alert->delay_us = now_us - latest_us;
}

static const struct force_case *
find_case(const struct force *force, struct span key)
{
	size_t count;
	const struct force_case *cases = force_cases(force, &count);

	for (size_t i = 0; i < count; i++) {
		if (span_is(key, cases[i].key))
			return &cases[i];
	}
	return NULL;
}

/* Whom it is about: the group, in the rule's order. */
static const struct force_case *
find_whose(const struct force *force, struct json_value integrity)
{
	const struct force_case *found = NULL;
	struct json_iterator members;
	struct json_value group, value;
	struct span key;

	if (!json_member(integrity, SPAN("group"), &group) ||
	    json_value_kind(group) != JSON_KIND_OBJECT)
		return NULL;
	members = json_iterate(group);
	while (found == NULL && json_next(&members, &key, &value)) {
		if (json_value_kind(value) == JSON_KIND_STRING)
			found = find_case(force, json_value_string(value));
	}
	return found;
}

static struct span
first_counter(struct json_value integrity)
{
	struct json_value array, value;
	struct json_iterator items;
	struct span none;

	if (!json_member(integrity, SPAN("counter_evidence"), &array) ||
	    json_value_kind(array) != JSON_KIND_ARRAY)
		return SPAN_NONE;
	items = json_iterate(array);
	if (!json_next(&items, &none, &value) ||
	    json_value_kind(value) != JSON_KIND_STRING)
		return SPAN_NONE;
	return json_value_string(value);
}

bool
demo_alert_read(struct json_reader *reader,
    const struct receiver_message *message, const struct demo_sent *sent,
    const struct force *force, int64_t now_us, struct demo_alert *ret_alert,
    struct error *err)
{
	struct demo_alert alert = { .body = message->body };
	struct json_value root;
	struct span end;

	if (json_read(reader, message->body, false, &root, err) != JSON_OK)
		return false;
	if (!json_member(root, SPAN("integrity"), &alert.integrity))
		return error_set(err, NULL, "a body without `integrity`");
	alert.id = text_of(root, "event", "id");
	alert.kind = text_of(root, "event", "action");
	alert.rule = text_of(root, "rule", "name");
	alert.level = text_of(root, "labels", "level");
	alert.sentence = text_of(root, NULL, "message");
	alert.type = text_of(alert.integrity, NULL, "type");
	if (!agrees(message, "alert", alert.id, err) ||
	    !agrees(message, "rule", alert.rule, err))
		return false;
	alert.sequence = number_of(message, "sequence", 0);
	alert.part = number_of(message, "part", 0);
	alert.parts = number_of(message, "part", 1);
	end = text_of(root, "event", "end");
	if (!zone_parse_iso(NULL, end.ptr, end.len, &alert.end_us))
		return error_set(err, NULL, "no time in event.end");
	alert.counter = first_counter(alert.integrity);
	prove(sent, now_us, &alert);
	alert.which = find_whose(force, alert.integrity);
	*ret_alert = alert;
	return true;
}
