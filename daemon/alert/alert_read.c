/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include "alert/alert.h"

static bool
read_string(struct json_value object, const char *key, struct span *ret_text)
{
	struct json_value value;

	if (!json_member(object, span_of(key), &value) ||
	    json_value_kind(value) != JSON_KIND_STRING)
		return false;
	*ret_text = json_value_string(value);
	return true;
}

static int64_t
read_time(struct json_value object, const char *key)
{
	struct span text;
	int64_t time_us;

	if (!read_string(object, key, &text) ||
	    !zone_parse_iso(NULL, text.ptr, text.len, &time_us))
		return RECORD_NO_TIME;
	return time_us;
}

static bool
read_level(struct json_value rule, enum rule_level *ret_level)
{
	struct span text;

	if (!read_string(rule, "level", &text))
		return false;
	for (int level = LEVEL_INFORMATIONAL; level <= LEVEL_CRITICAL;
	    level++) {
		if (span_is(text, rule_level_names[level])) {
			*ret_level = (enum rule_level)level;
			return true;
		}
	}
	return false;
}

static bool
read_rule(struct json_value root, struct alert_view *view, struct error *err)
{
	struct json_value rule;

	if (!json_member(root, SPAN("rule"), &rule) ||
	    json_value_kind(rule) != JSON_KIND_OBJECT)
		return error_set(err, NULL, "alert without `rule`");
	if (!read_level(rule, &view->level))
		return error_set(err, NULL, "alert without a known `level`");
	(void)read_string(rule, "id", &view->rule_id);
	(void)read_string(rule, "name", &view->rule_name);
	(void)read_string(rule, "title", &view->rule_title);
	(void)read_string(rule, "type", &view->rule_type);
	if (view->rule_id.len + view->rule_name.len + view->rule_title.len == 0)
		return error_set(err, NULL, "alert of a rule without a name");
	return true;
}

bool
alert_read(struct json_reader *reader, struct span record,
    struct alert_view *ret_view, struct error *err)
{
	struct alert_view view = {
		.record = record, .revision = 1, .decided_us = RECORD_NO_TIME
	};
	struct json_value value;

	if (json_read(reader, record, false, &view.root, err) != JSON_OK)
		return false;
	if (json_value_kind(view.root) != JSON_KIND_OBJECT)
		return error_set(err, NULL, "an alert is a JSON object");
	if (!read_string(view.root, "alert", &view.alert) ||
	    view.alert.len == 0)
		return error_set(err, NULL, "alert without an id");
	if (!read_string(view.root, "kind", &view.kind))
		return error_set(err, NULL, "alert without `kind`");
	if (!read_string(view.root, "sentence", &view.sentence))
		return error_set(err, NULL, "alert without `sentence`");
	if (!read_rule(view.root, &view, err))
		return false;
	(void)read_string(view.root, "into", &view.into);
	if (json_member(view.root, SPAN("revision"), &value) &&
	    json_value_kind(value) == JSON_KIND_INT)
		view.revision = json_value_int(value);
	view.first_us = read_time(view.root, "first");
	view.last_us = read_time(view.root, "last");
	if (json_member(view.root, SPAN("delay"), &value))
		view.decided_us = read_time(value, "decided_time");
	*ret_view = view;
	return true;
}
