/* SPDX-License-Identifier: Apache-2.0 */
/* The first line, and the windows as the events have filled them. */
#include <inttypes.h>
#include <stdlib.h>

#include "alert/explain.h"
#include "base/clock.h"
#include "base/zone.h"
#include "engine/tally.h"

#include "ctl/explain_internal.h"

#define NAME_BYTES 300
#define GROUPS_SHOWN 10

/* The last event's group, then those with the latest hits. */
static int
compare_fills(const void *a, const void *b, void *context)
{
	const struct explain_fill *first = a, *second = b;
	const struct correlation *correlation = context;
	int order = 0;

	if (first->is_last != second->is_last)
		return first->is_last ? -1 : 1;
	if (first->newest_us != second->newest_us)
		return first->newest_us > second->newest_us ? -1 : 1;
	for (uint32_t i = 0; order == 0 && i < correlation->group_count; i++)
		order = span_compare(first->group[i], second->group[i]);
	return order;
}

static int64_t
empties_us(const struct explain_run *run, const struct explain_fill *fill)
{
	int64_t at_us;

	if (__builtin_add_overflow(fill->newest_us,
		run->rule->correlation->span_us, &at_us))
		return INT64_MAX;
	return at_us;
}

/* ---- For people ---- */

static const char *const ops[] = {
	[COMPARE_GT] = ">",
	[COMPARE_GTE] = ">=",
	[COMPARE_LT] = "<",
	[COMPARE_LTE] = "<=",
	[COMPARE_EQ] = "=",
	[COMPARE_NEQ] = "!=",
};

static void
add_needed(const struct correlation *correlation, struct buffer *out)
{
	const struct correlation_bound *bounds = correlation->bounds;

	if (correlation->bound_count == 1 && bounds[0].op == COMPARE_GTE) {
		buffer_printf(out, " of %.15g", bounds[0].limit);
		return;
	}
	for (uint32_t i = 0; i < correlation->bound_count; i++)
		buffer_printf(out, "%s %s %.15g", i == 0 ? ", needed" : " and",
		    ops[bounds[i].op], bounds[i].limit);
}

/* The time of day; with the date where it is not that of the last event. */
static void
add_clock(const struct explain_run *run, int64_t at_us, struct buffer *out)
{
	char text[32], now[32];

	zone_format_utc_ms(at_us, text);
	zone_format_utc_ms(run->now_us, now);
	if (memcmp(text, now, 10) != 0)
		buffer_printf(out, "%.10s ", text);
	buffer_printf(out, "%.8s", text + 11);
}

static void
add_group(const struct correlation *correlation, const struct span *group,
    struct buffer *out)
{
	for (uint32_t i = 0; i < correlation->group_count; i++) {
		buffer_add_string(out, i == 0 ? " by " : ", ");
		explain_text_safe(correlation->group_names[i], NAME_BYTES, out);
		buffer_add_char(out, '=');
		explain_text_safe(group[i], NAME_BYTES, out);
	}
}

static void
add_fill(const struct explain_run *run, const struct explain_fill *fill,
    struct buffer *out)
{
	const struct correlation *correlation = run->rule->correlation;
	int64_t empties = empties_us(run, fill);

	buffer_add_string(out, "  window ");
	explain_text_span(correlation->span_us, out);
	add_group(correlation, fill->group, out);
	buffer_printf(out, ": %" PRIu64, fill->measure);
	add_needed(correlation, out);
	buffer_add_string(out, fill->is_full ? ", oldest kept " : ", oldest ");
	add_clock(run, fill->oldest_us, out);
	if (fill->newest_us / CLOCK_US_PER_S !=
	    fill->oldest_us / CLOCK_US_PER_S) {
		buffer_add_string(out, ", newest ");
		add_clock(run, fill->newest_us, out);
	}
	buffer_add_string(out,
	    empties < run->now_us ? ", emptied " : ", empties ");
	add_clock(run, empties, out);
	buffer_add_char(out, '\n');
}

static void
add_drop(uint64_t count, const char *what, struct buffer *out)
{
	if (count > 0)
		buffer_printf(out, "  %" PRIu64 " %s\n", count, what);
}

static const struct correlate_drops *
drops_of(const struct explain_run *run)
{
	size_t count;
	const struct tally_rule *const *rules = tally_rules(
	    engine_tally(run->engine), &count);

	for (size_t i = 0; i < count; i++) {
		if (span_equal(span_of(rules[i]->label), rule_label(run->rule)))
			return &rules[i]->drops;
	}
	return NULL;
}

static void
add_windows(const struct explain_run *run, struct buffer *out)
{
	const struct correlate_drops *drops = drops_of(run);

	for (size_t i = 0; i < run->fill_count && i < GROUPS_SHOWN; i++)
		add_fill(run, &run->fills[i], out);
	if (run->fill_count > GROUPS_SHOWN)
		buffer_printf(out, "  %zu more groups\n",
		    run->fill_count - GROUPS_SHOWN);
	if (run->fill_count == 0) {
		buffer_add_string(out, "  window ");
		explain_text_span(run->rule->correlation->span_us, out);
		buffer_add_string(out, ": empty\n");
	}
	if (drops == NULL)
		return;
	add_drop(drops->no_group,
	    "not counted: without a group-by or counted field", out);
	add_drop(drops->late, "not counted: too late", out);
	add_drop(drops->limited, "not counted: beyond a limit", out);
}

static void
add_correlation_reason(const struct explain_run *run, bool fires,
    struct buffer *out)
{
	const struct buffer *reason = run->matched.len > 0 ? &run->matched :
							     &run->reason;
	bool is_monotone = run->rule->correlation->is_monotone;

	if (reason->len > 0) {
		buffer_add_span(out, buffer_span(reason));
		buffer_add_string(out, ", ");
	}
	buffer_printf(out, "%s %s%s", is_monotone ? "threshold" : "condition",
	    fires ? "" : "not ", is_monotone ? "reached" : "met");
}

static void
add_reason(const struct explain_run *run, bool fires, struct buffer *out)
{
	if (run->rule->type == RULE_CORRELATION)
		add_correlation_reason(run, fires, out);
	else if (run->records == 0)
		buffer_add_string(out, "no event");
	else if (run->records > 1)
		buffer_printf(out, "%" PRIu64 " of %" PRIu64 " events match",
		    run->hits, run->records);
	else if (run->rejected > 0)
		buffer_add_string(out, "the event was rejected");
	else
		buffer_add_span(out, buffer_span(&run->reason));
}

static const char *
outcome(const struct explain_run *run, bool fires)
{
	if (!fires)
		return "no alert";
	return run->rule->alerts && !run->rule->extension.is_score ?
	    "alert" :
	    "match, but no alert of its own";
}

static void
sum_human(const struct explain_run *run, bool fires, struct buffer *out)
{
	bool is_correlation = run->rule->type == RULE_CORRELATION;

	explain_text_safe(rule_label(run->rule), NAME_BYTES, out);
	buffer_printf(out, ": %s (", outcome(run, fires));
	add_reason(run, fires, out);
	buffer_add_string(out, ")\n");
	if ((is_correlation && !run->options->is_all) ||
	    (run->records == 1 && run->rejected == 0)) {
		if (is_correlation)
			buffer_add_span(out, buffer_span(&run->body));
		buffer_add_span(out, buffer_span(&run->last));
	} else {
		buffer_add_span(out, buffer_span(&run->body));
	}
	if (is_correlation)
		add_windows(run, out);
}

/* ---- For programs ---- */

static void
json_add_window(const struct explain_run *run, const struct explain_fill *fill,
    struct json *json)
{
	const struct correlation *correlation = run->rule->correlation;

	json_object(json);
	json_key(json, "group");
	json_object(json);
	for (uint32_t i = 0; i < correlation->group_count; i++) {
		json_key_span(json, correlation->group_names[i]);
		json_span(json, fill->group[i]);
	}
	json_end(json);
	json_key(json, "count");
	json_uint(json, fill->measure);
	json_key(json, "full");
	json_bool(json, fill->is_full);
	json_key(json, "oldest");
	json_time(json, fill->oldest_us);
	json_key(json, "newest");
	json_time(json, fill->newest_us);
	json_key(json, "empties");
	json_time(json, empties_us(run, fill));
	json_end(json);
}

static void
json_add_windows(const struct explain_run *run, struct json *json)
{
	const struct correlation *correlation = run->rule->correlation;
	const struct correlate_drops *drops = drops_of(run);

	json_key(json, "timespan_ms");
	json_int(json, correlation->span_us / 1000);
	json_key(json, "condition");
	json_object(json);
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		json_key(json, explain_op_names[correlation->bounds[i].op]);
		json_real(json, correlation->bounds[i].limit);
	}
	json_end(json);
	json_key(json, "windows");
	json_array(json);
	for (size_t i = 0; i < run->fill_count; i++)
		json_add_window(run, &run->fills[i], json);
	json_end(json);
	json_key(json, "without_group");
	json_uint(json, drops != NULL ? drops->no_group : 0);
	json_key(json, "late");
	json_uint(json, drops != NULL ? drops->late : 0);
}

static void
json_add_rule(const struct rule *rule, struct json *json)
{
	json_key(json, "rule");
	json_object(json);
	json_key(json, "id");
	json_span(json, rule->id);
	json_key(json, "name");
	json_span(json, rule->name);
	json_key(json, "title");
	json_span(json, rule->title);
	json_key(json, "type");
	json_string(json, rule_type_name(rule));
	json_key(json, "path");
	json_string(json, rule->path);
	json_key(json, "line");
	json_uint(json, rule->line);
	json_end(json);
}

static void
sum_json(const struct explain_run *run, bool fires, struct buffer *out)
{
	struct buffer text = BUFFER_INIT;
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_add_rule(run->rule, &json);
	json_key(&json, "fires");
	json_bool(&json, fires);
	json_key(&json, "outcome");
	json_string(&json, outcome(run, fires));
	add_reason(run, fires, &text);
	json_key(&json, "reason");
	json_span(&json, buffer_span(&text));
	buffer_reset(&text);
	buffer_printf(&text, "[" SPAN_FMT "]", SPAN_ARG(run->body));
	json_key(&json, "events");
	json_raw(&json, buffer_span(&text));
	if (run->rule->type == RULE_CORRELATION)
		json_add_windows(run, &json);
	json_end(&json);
	buffer_add_char(out, '\n');
	buffer_done(&text);
}

void
explain_sum(struct explain_run *run, bool fires, struct buffer *out)
{
	if (run->fill_count > 1)
		qsort_r(run->fills, run->fill_count, sizeof(*run->fills),
		    compare_fills, (void *)(uintptr_t)run->rule->correlation);
	if (run->options->is_json)
		sum_json(run, fires, out);
	else
		sum_human(run, fires, out);
}
