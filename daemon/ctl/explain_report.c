/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of each event. */
#include <inttypes.h>

#include "alert/explain.h"
#include "base/zone.h"

#include "ctl/explain_internal.h"
#include "ctl/explain_lacks.h"

#define NAME_BYTES 300

static bool
is_json(const struct explain_run *run)
{
	return run->options->is_json;
}

/* People are shown the last event of a correlation alone, unless asked. */
static bool
is_last_only(const struct explain_run *run)
{
	return run->rule->type == RULE_CORRELATION && !run->options->is_all;
}

/* ---- Events ---- */

static struct explain_view
make_view(const struct explain_run *run, const struct explain_base *base,
    const struct event *event, struct arena *arena)
{
	struct explain_view view = {
		.rule = base->rule,
		.event = event,
		.fields = run->rules->fields,
		.declared = &run->declared,
		.is_excluded = !match_logsource(&base->rule->logsource,
		    &run->declared),
		.root = explain_tree(base->rule, event, arena),
		.arena = arena,
	};

	explain_lacks(&view, base->correlation, base->source,
	    run->options->mapping);
	return view;
}

static void
add_notes(const struct event *event, unsigned indent, struct buffer *out)
{
	for (uint32_t flag = 1; flag != 0 && flag <= event->flags; flag <<= 1) {
		if ((event->flags & flag) != 0 && explain_flag(flag) != NULL)
			buffer_printf(out, "%*snote: %s\n", (int)indent, "",
			    explain_flag(flag));
	}
}

/* The trees of one event. */
static void
add_views(const struct explain_run *run, const struct event *event,
    const struct explain_view *views, unsigned indent, struct buffer *out)
{
	bool is_named = run->base_count > 1;
	bool is_colored = run->options->is_colored;

	for (size_t i = 0; i < run->base_count; i++) {
		const struct explain_view *view = &views[i];

		if (is_named) {
			buffer_printf(out, "%*s", (int)indent, "");
			explain_write_verdict(view->is_excluded ?
				VERDICT_NO :
				view->root->verdict,
			    is_colored, out);
			buffer_add_string(out, " rule ");
			explain_text_safe(rule_label(view->rule), NAME_BYTES,
			    out);
			buffer_add_char(out, '\n');
		}
		explain_write_human(view, indent + (is_named ? 2 : 0),
		    is_colored, out);
	}
	add_notes(event, indent, out);
}

static void
add_listed(struct explain_run *run, const struct event *event,
    const struct explain_view *views)
{
	struct buffer *out = &run->body;
	char time[32];

	zone_format_utc_ms(event->time_us, time);
	buffer_printf(out, "  event %" PRIu64 ", %s", run->records + 1, time);
	if (run->base_count == 1) {
		buffer_add_string(out,
		    explain_view_hits(views) ? ": match (" : ": no match (");
		explain_write_reason(views, out);
		buffer_add_char(out, ')');
	}
	buffer_add_char(out, '\n');
	add_views(run, event, views, 4, out);
}

/* One event needs no number; of a correlation the last one is told. */
static void
add_event_human(struct explain_run *run, const struct event *event,
    const struct explain_view *views)
{
	if (run->records == 0 || is_last_only(run)) {
		buffer_reset(&run->last);
		add_views(run, event, views, 2, &run->last);
	}
	if (!is_last_only(run))
		add_listed(run, event, views);
}

static void
open_item(struct explain_run *run, struct json *json)
{
	if (run->body.len > 0)
		buffer_add_char(&run->body, ',');
	json_init(json, &run->body);
	json_object(json);
	json_key(json, "event");
	json_uint(json, run->records + 1);
}

static void
add_event_json(struct explain_run *run, const struct event *event,
    const struct explain_view *views)
{
	struct json json;

	open_item(run, &json);
	json_key(&json, "time");
	json_time(&json, event->time_us);
	json_key(&json, "notes");
	json_array(&json);
	for (uint32_t flag = 1; flag != 0 && flag <= event->flags; flag <<= 1) {
		if ((event->flags & flag) != 0 && explain_flag(flag) != NULL)
			json_string(&json, explain_flag(flag));
	}
	json_end(&json);
	json_key(&json, "rules");
	json_array(&json);
	for (size_t i = 0; i < run->base_count; i++) {
		json_object(&json);
		explain_write_json(&views[i], &json);
		json_end(&json);
	}
	json_end(&json);
	json_end(&json);
}

/* What the first line says of the event it is about. */
static void
note_reason(struct explain_run *run, const struct explain_view *views)
{
	size_t told = 0;

	buffer_reset(&run->reason);
	buffer_reset(&run->matched);
	for (size_t i = 0; i < run->base_count; i++) {
		if (!views[i].is_excluded && run->matched.len == 0)
			explain_tree_matched(views[i].root, &run->matched);
		if (explain_view_hits(&views[i]))
			told = i;
	}
	if (run->matched.len > 0)
		buffer_add_string(&run->matched, " matched");
	explain_write_reason(&views[told], &run->reason);
}

void
explain_report_event(struct explain_run *run, const struct event *event,
    struct arena *arena)
{
	struct explain_view *views = arena_array(arena, run->base_count,
	    sizeof(*views));
	bool hits = false;

	for (size_t i = 0; i < run->base_count; i++) {
		views[i] = make_view(run, &run->bases[i], event, arena);
		hits |= explain_view_hits(&views[i]);
	}
	run->hits += hits;
	note_reason(run, views);
	if (is_json(run))
		add_event_json(run, event, views);
	else
		add_event_human(run, event, views);
}

void
explain_report_rejected(struct explain_run *run, const struct error *err)
{
	struct json json;

	if (!is_json(run)) {
		buffer_printf(&run->body,
		    "  event %" PRIu64 ": rejected, %s: ", run->records + 1,
		    err->code);
		explain_text_safe(span_of(err->text), sizeof(err->text),
		    &run->body);
		buffer_add_char(&run->body, '\n');
		return;
	}
	open_item(run, &json);
	json_key(&json, "rejected");
	json_object(&json);
	json_key(&json, "code");
	json_string(&json, err->code);
	json_key(&json, "reason");
	json_string(&json, err->text);
	json_end(&json);
	json_end(&json);
}
