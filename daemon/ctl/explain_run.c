/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "correlate/key.h"

#include "ctl/explain_events.h"
#include "ctl/explain_internal.h"

#define ARENA_BYTES (256 * 1024)

/* ---- Which rules ---- */

static void
add_base(struct explain_run *run, const struct rule *rule,
    const struct correlation *correlation,
    const struct correlation_source *source)
{
	for (size_t i = 0; i < run->base_count; i++) {
		if (run->bases[i].rule == rule)
			return;
	}
	run->bases = mem_grow(run->bases, &run->base_cap, run->base_count + 1,
	    sizeof(*run->bases));
	run->bases[run->base_count++] = (struct explain_base){ rule,
		correlation, source };
}

/* The event rules at the ground of it; rules form no cycles. */
static void
add_bases(struct explain_run *run, const struct rule *rule)
{
	const struct correlation *correlation = rule->correlation;

	if (rule->type == RULE_EVENT) {
		add_base(run, rule, NULL, NULL);
		return;
	}
	for (uint32_t i = 0; i < correlation->source_count; i++) {
		const struct correlation_source *source = &correlation
							       ->sources[i];
		const struct rule *base = run->rules->rules[source->rule];

		if (base->type == RULE_EVENT)
			add_base(run, base, correlation, source);
		else
			add_bases(run, base);
	}
}

/* ---- What the engine says ---- */

static void
see_detection(void *context, const struct detection *detection)
{
	struct explain_run *run = context;

	if (detection->rule == run->rule)
		run->detections++;
}

static void
see_fill(void *context, const struct correlate_fill *fill)
{
	struct explain_run *run = context;
	uint32_t count = run->rule->correlation->group_count;
	struct span *group = arena_array(run->kept, count, sizeof(*group));
	struct buffer key = BUFFER_INIT;
	bool is_last;

	key_join(&key, fill->group, count);
	is_last = span_equal(buffer_span(&key), buffer_span(&run->group));
	buffer_done(&key);
	for (uint32_t i = 0; i < count; i++)
		group[i] = arena_dup(run->kept, fill->group[i]);
	run->fills = mem_grow(run->fills, &run->fill_cap, run->fill_count + 1,
	    sizeof(*run->fills));
	run->fills[run->fill_count++] = (struct explain_fill){ group,
		fill->oldest_us, fill->newest_us, fill->measure, fill->is_full,
		is_last };
}

/* ---- The run ---- */

static struct span
declared(struct span by_option, struct span by_mapping)
{
	return by_option.len > 0 ? by_option : by_mapping;
}

static void
open_run(struct explain_run *run, struct rule_set *rules)
{
	const struct explain_options *given = run->options;
	struct logsource mapping = mapping_logsource(given->mapping);
	struct engine_input input = {
		.mapping = given->mapping,
		.logsource = given->logsource,
		.lateness_us = given->lateness_us,
	};
	struct engine_options options = engine_options_default;

	options.inputs = &input;
	options.input_count = 1;
	options.decode = decode_limits_default;
	run->engine = engine_new(rules, &options);
	engine_set_observer(run->engine, see_detection, run);
	run->decoder = decoder_new(given->mapping, rules->fields,
	    &options.decode);
	run->derive = derive_new(rules->fields,
	    mapping_local_zone(given->mapping));
	run->kept = arena_new(ARENA_BYTES);
	run->declared = (struct logsource){
		.category = declared(given->logsource.category,
		    mapping.category),
		.product = declared(given->logsource.product, mapping.product),
		.service = declared(given->logsource.service, mapping.service),
	};
	add_bases(run, run->rule);
}

static void
close_run(struct explain_run *run)
{
	derive_free(run->derive);
	decoder_free(run->decoder);
	engine_free(run->engine);
	arena_free(run->kept);
	buffer_done(&run->body);
	buffer_done(&run->last);
	buffer_done(&run->reason);
	buffer_done(&run->matched);
	buffer_done(&run->group);
	mem_free(run->fills);
	mem_free(run->bases);
}

/* What the windows of the last event are found by. */
static void
note_group(struct explain_run *run, const struct event *event,
    struct arena *arena)
{
	struct key_product groups;

	buffer_reset(&run->group);
	for (size_t i = 0; i < run->base_count && run->group.len == 0; i++) {
		const struct explain_base *base = &run->bases[i];

		if (base->correlation == run->rule->correlation &&
		    base->source != NULL &&
		    key_groups(arena, event, base->source->group_slots,
			base->correlation->group_count, &groups))
			key_join(&run->group, groups.texts,
			    base->correlation->group_count);
	}
}

/* As the engine reads it: engine/batch.c. */
static void
run_record(struct explain_run *run, const struct record *record,
    struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	struct error err = ERROR_NONE;
	struct event event;

	if (decoder_run(run->decoder, record, run->last_us, arena, &event,
		&err)) {
		run->last_us = event.time_us;
		if (event.time_us > run->now_us)
			run->now_us = event.time_us;
		derive_run(run->derive, &event, arena);
		note_group(run, &event, arena);
		explain_report_event(run, &event, arena);
	} else {
		run->rejected++;
		explain_report_rejected(run, &err);
	}
	run->records++;
	arena_rewind(arena, mark);
}

static bool
run_events(struct explain_run *run, struct explain_events *events,
    struct error *err)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct batch *batch = batch_new();
	struct record *records = NULL;
	size_t count;
	bool ok;

	do {
		arena_reset(arena);
		ok = explain_events_read(events, arena, &records, &count, err);
		for (size_t i = 0; i < count; i++)
			run_record(run, &records[i], arena);
		if (count > 0)
			engine_run(run->engine, records, count, RECORD_NO_TIME,
			    batch);
		batch_reset(batch);
	} while (ok && count > 0);
	if (run->rule->type == RULE_CORRELATION)
		engine_fills(run->engine, run->rule, see_fill, run);
	engine_end(run->engine, true, batch);
	batch_free(batch);
	arena_free(arena);
	return ok;
}

bool
explain_run(struct rule_set *rules, const struct rule *rule,
    const struct explain_options *options, struct buffer *out, bool *ret_fires,
    struct error *err)
{
	struct explain_run run = {
		.options = options,
		.rules = rules,
		.rule = rule,
		.now_us = INT64_MIN,
	};
	struct explain_events *events;
	bool ok;

	if (!explain_events_open(options->path, options->mapping, &events,
		err)) {
		rule_set_free(rules);
		return false;
	}
	open_run(&run, rules);
	ok = run_events(&run, events, err);
	if (ok) {
		*ret_fires = rule->type == RULE_EVENT ? run.hits > 0 :
							run.detections > 0;
		explain_sum(&run, *ret_fires, out);
	}
	explain_events_close(events);
	close_run(&run);
	return ok;
}
