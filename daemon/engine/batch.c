/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read this first: the path of a batch, every stage called in a row.
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#include "engine/engine_internal.h"

/* Of decode's error codes: which input, which reason. */
static void
reject(struct engine *engine, const struct record *record, int64_t at_us,
    const struct error *err, struct notice_list *notices, struct batch *batch)
{
	uint64_t count;
	struct span about;

	engine->counters.rejected++;
	tally_input(engine->tally, record->input)->rejected++;
	buffer_reset(&batch->scratch);
	rejected_build(record, err, &batch->scratch);
	batch_add_output(batch, PORT_TOPIC_REJECTED, SPAN_NONE,
	    buffer_span(&batch->scratch));
	about = arena_printf(batch->arena, SPAN_FMT " %s",
	    SPAN_ARG(record->position.topic), err->code);
	if (throttle_add(engine->throttle, NOTICE_REJECTED, about, at_us, 1,
		&count))
		notice_add(notices, NOTICE_REJECTED, LEVEL_HIGH, at_us, count,
		    about,
		    "%llu record(s) of " SPAN_FMT " could not be read and were "
		    "kept in integrity.rejected (%s), last at partition %d "
		    "offset %lld: %s",
		    (unsigned long long)count, SPAN_ARG(record->position.topic),
		    err->code, record->position.partition,
		    (long long)record->position.offset, err->text);
}

static void
tell_unknowns(struct engine *engine, const struct match_result *matches,
    struct notice_list *notices)
{
	for (size_t i = 0; i < matches->unknown_count; i++) {
		const struct unknown_hit *unknown = &matches->unknowns[i];
		struct span label = rule_label(unknown->rule);
		int64_t at_us = unknown->event->time_us;
		uint64_t count;

		engine->counters.unknown++;
		tally_rule(engine->tally, unknown->rule)->unknown++;
		if (throttle_add(engine->throttle, NOTICE_UNKNOWN, label, at_us,
			1, &count))
			notice_add(notices, NOTICE_UNKNOWN, LEVEL_MEDIUM, at_us,
			    count, label,
			    "rule " SPAN_FMT " could not be decided for %llu "
			    "record(s): a limit of a regular expression was "
			    "reached",
			    SPAN_ARG(label), (unsigned long long)count);
	}
}

/* What has added up since it was told, where that is an hour ago. */
static void
tell_rest(struct engine *engine, int64_t now_us, struct notice_list *notices)
{
	struct throttle_rest rest;

	while (throttle_take(engine->throttle, now_us, &rest)) {
		unsigned long long count = rest.count;

		if (rest.kind == NOTICE_REJECTED)
			notice_add(notices, NOTICE_REJECTED, LEVEL_HIGH,
			    rest.at_us, count, rest.key,
			    "%llu more record(s) could not be read and were "
			    "kept in integrity.rejected: " SPAN_FMT,
			    count, SPAN_ARG(rest.key));
		else
			notice_add(notices, NOTICE_UNKNOWN, LEVEL_MEDIUM,
			    rest.at_us, count, rest.key,
			    "rule " SPAN_FMT " could not be decided for %llu "
			    "more record(s): a limit of a regular expression "
			    "was reached",
			    SPAN_ARG(rest.key), count);
	}
}

static int64_t
greatest_time(const struct batch *batch)
{
	int64_t greatest_us = RECORD_NO_TIME;

	for (size_t i = 0; i < batch->feed_count; i++) {
		if (batch->feeds[i].time_us > greatest_us)
			greatest_us = batch->feeds[i].time_us;
	}
	return greatest_us;
}

static struct batch_feed *
touch_feed(struct engine *engine, struct batch *batch,
    const struct record *record)
{
	struct batch_feed *feed;

	for (size_t i = 0; i < batch->feed_count; i++) {
		if (batch->feeds[i].feed == record->feed)
			return &batch->feeds[i];
	}
	batch->feeds = mem_grow(batch->feeds, &batch->feed_cap,
	    batch->feed_count + 1, sizeof(*batch->feeds));
	feed = &batch->feeds[batch->feed_count++];
	*feed = (struct batch_feed){
		.feed = record->feed,
		.input = record->input,
		.first_offset = record->position.offset,
		.next_offset = record->position.offset,
		.time_us = correlate_feed_time(engine->correlate, record->feed),
	};
	return feed;
}

/* Decode and enrich; false if the record was rejected. */
static bool
read_event(struct engine *engine, const struct record *record,
    struct notice_list *notices, struct batch *batch, struct event *event)
{
	struct engine_feed *state = engine_feed_get(engine, record->feed);
	struct engine_stage *stage = &engine->stages[record->input];
	struct error err = ERROR_NONE;

	engine->counters.records++;
	tally_input(engine->tally, record->input)->records++;
	state->next_offset = record->position.offset + 1;
	if (!decoder_run(stage->decoder, record, state->last_us, batch->arena,
		event, &err)) {
		reject(engine, record, state->last_us, &err, notices, batch);
		return false;
	}
	state->last_us = event->time_us;
	derive_run(stage->derive, event, batch->arena);
	return true;
}

/* An event without hits leaves no trace in the arena. */
static void
run_record(struct engine *engine, const struct record *record,
    struct match_result *matches, struct notice_list *notices,
    struct batch *batch)
{
	struct batch_feed *feed = touch_feed(engine, batch, record);
	struct arena_mark mark = arena_mark(batch->arena);
	struct event *event = arena_alloc(batch->arena, sizeof(*event));
	size_t before = matches->hit_count + matches->unknown_count;

	check_in_hand(record->position.topic.ptr, record->position.partition,
	    record->position.offset);
	feed->next_offset = record->position.offset + 1;
	if (!read_event(engine, record, notices, batch, event))
		return;
	if (event->time_us > feed->time_us)
		feed->time_us = event->time_us;
	matcher_run(engine->matcher, event, matches);
	if (matches->hit_count + matches->unknown_count == before)
		arena_rewind(batch->arena, mark);
}

static void
count_drops(void *context, const struct rule *rule,
    const struct correlate_drops *drops)
{
	struct engine *engine = context;
	struct correlate_drops *sum = &tally_rule(engine->tally, rule)->drops;

	sum->late += drops->late;
	sum->no_group += drops->no_group;
	sum->limited += drops->limited;
	sum->suppressed += drops->suppressed;
	engine->counters.late += drops->late;
}

static void
correlate(struct engine *engine, const struct match_result *matches,
    struct correlate_result *result, struct batch *batch)
{
	for (size_t i = 0; i < batch->feed_count; i++) {
		const struct batch_feed *feed = &batch->feeds[i];

		if (feed->time_us != RECORD_NO_TIME)
			correlate_seen(engine->correlate, feed->feed,
			    feed->input, feed->time_us);
	}
	engine->counters.hits += matches->hit_count;
	for (size_t i = 0; i < matches->hit_count; i++)
		tally_rule(engine->tally, matches->hits[i].rule)->hits++;
	correlate_hits(engine->correlate, matches->hits, matches->hit_count,
	    result);
	if (matches->hit_count > 0)
		correlate_take_drops(engine->correlate, count_drops, engine);
}

void
engine_run(struct engine *engine, const struct record *records, size_t count,
    int64_t decided_us, struct batch *batch)
{
	struct match_result matches;
	struct correlate_result result;

	match_result_init(&matches, batch->arena);
	correlate_result_init(&result, batch->arena);
	for (size_t i = 0; i < count; i++) {
		if (records[i].position.offset <
		    engine_feed_next(engine, records[i].feed))
			continue;
		batch->record_count++;
		run_record(engine, &records[i], &matches, &result.notices,
		    batch);
	}
	tell_unknowns(engine, &matches, &result.notices);
	tell_rest(engine, greatest_time(batch), &result.notices);
	correlate(engine, &matches, &result, batch);
	batch_write_result(engine, &result, decided_us, batch);
	check_in_hand(NULL, 0, 0);
}

void
engine_settle(struct engine *engine, int64_t decided_us, struct batch *batch)
{
	engine_run(engine, NULL, 0, decided_us, batch);
}

void
engine_end(struct engine *engine, bool close_episodes, struct batch *batch)
{
	struct correlate_result result;
	size_t kept = 0;

	correlate_result_init(&result, batch->arena);
	correlate_end(engine->correlate, &result);
	tell_rest(engine, INT64_MAX, &result.notices);
	for (size_t i = 0; i < result.count; i++) {
		const struct detection *detection = &result.detections[i];

		if (close_episodes || detection->kind != DETECTION_CLOSE ||
		    !detection->closed_by_end)
			result.detections[kept++] = *detection;
	}
	result.count = kept;
	batch_write_result(engine, &result, RECORD_NO_TIME, batch);
}
