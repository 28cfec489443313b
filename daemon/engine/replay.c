/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "source/source_file.h"

#include "engine/replay.h"

#define REPLAY_BATCH_RECORDS 4096
#define REPLAY_ARENA_BYTES (4 * 1024 * 1024)

/* One file, and the records read ahead from it. */
struct cursor {
	struct source_file *source;
	struct arena *arena; /* of `records` */
	struct record *records;
	size_t count, next;
	int64_t time_us; /* of the record next in line, when merging */
	int64_t last_us;
	bool at_end;
};

struct replay {
	const struct replay_options *options;
	struct engine *engine;
	struct batch *batch;
	struct cursor *cursors;
	struct record *merged; /* the batch being put together */
	size_t merged_count;
	/* Decodes the time alone, for merging. */
	struct field_set *no_fields;
	struct decoder *clock;
	struct arena *clock_arena;
	replay_emit *emit;
	void *context;
};

static void
emit_batch(struct replay *replay)
{
	size_t count;
	const struct port_output *outputs = batch_outputs(replay->batch,
	    &count);

	for (size_t i = 0; i < count; i++)
		replay->emit(replay->context, &outputs[i]);
	batch_reset(replay->batch);
}

static void
run_records(struct replay *replay, const struct record *records, size_t count)
{
	if (count == 0)
		return;
	engine_run(replay->engine, records, count, RECORD_NO_TIME,
	    replay->batch);
	emit_batch(replay);
}

static bool
refill(struct replay *replay, struct cursor *cursor, struct error *err)
{
	bool ok;

	arena_reset(cursor->arena);
	cursor->next = 0;
	cursor->count = 0;
	ok = source_file_read(cursor->source, cursor->arena,
	    REPLAY_BATCH_RECORDS, &cursor->records, &cursor->count, err);
	if (cursor->count == 0 && !cursor->at_end) {
		cursor->at_end = true;
		engine_feed_idle(replay->engine,
		    (uint32_t)(cursor - replay->cursors));
	}
	return ok;
}

static bool
run_single(struct replay *replay, struct error *err)
{
	struct cursor *cursor = &replay->cursors[0];
	bool ok;

	do {
		ok = refill(replay, cursor, err);
		run_records(replay, cursor->records, cursor->count);
	} while (ok && cursor->count > 0);
	return ok;
}

/* A record that cannot be decoded has the time of the one before. */
static void
read_time(struct replay *replay, struct cursor *cursor)
{
	struct error err = ERROR_NONE;
	struct event event;

	arena_reset(replay->clock_arena);
	cursor->time_us = cursor->last_us;
	if (decoder_run(replay->clock, &cursor->records[cursor->next],
		cursor->last_us, replay->clock_arena, &event, &err))
		cursor->time_us = event.time_us;
	cursor->last_us = cursor->time_us;
}

/* The cursor whose next record is the earliest; NULL at the end of all. */
static struct cursor *
earliest(struct replay *replay)
{
	struct cursor *best = NULL;

	for (size_t i = 0; i < replay->options->file_count; i++) {
		struct cursor *cursor = &replay->cursors[i];

		if (cursor->next == cursor->count)
			continue;
		if (best == NULL || cursor->time_us < best->time_us)
			best = cursor;
	}
	return best;
}

static void
flush_merged(struct replay *replay)
{
	run_records(replay, replay->merged, replay->merged_count);
	replay->merged_count = 0;
}

/* The merged batch borrows from the cursors' arenas: run it before a refill. */
static bool
advance(struct replay *replay, struct cursor *cursor, struct error *err)
{
	if (cursor->next == cursor->count) {
		flush_merged(replay);
		if (!refill(replay, cursor, err))
			return false;
	}
	if (cursor->next < cursor->count)
		read_time(replay, cursor);
	return true;
}

static bool
run_merged(struct replay *replay, struct error *err)
{
	struct cursor *cursor;

	for (size_t i = 0; i < replay->options->file_count; i++) {
		if (!advance(replay, &replay->cursors[i], err))
			return false;
	}
	while ((cursor = earliest(replay)) != NULL) {
		replay->merged[replay->merged_count++] =
		    cursor->records[cursor->next++];
		if (replay->merged_count == REPLAY_BATCH_RECORDS)
			flush_merged(replay);
		if (!advance(replay, cursor, err)) {
			flush_merged(replay);
			return false;
		}
	}
	flush_merged(replay);
	return true;
}

static bool
open_cursors(struct replay *replay, struct error *err)
{
	const struct replay_options *options = replay->options;
	struct source_file_options file = {
		.record_bytes = options->record_bytes,
		.encoding = mapping_encoding(options->mapping),
		.csv = mapping_csv(options->mapping),
	};

	for (uint32_t i = 0; i < options->file_count; i++) {
		struct cursor *cursor = &replay->cursors[i];

		file.feed = i;
		cursor->arena = arena_new(REPLAY_ARENA_BYTES);
		if (!source_file_open(options->files[i], &file, &cursor->source,
			err))
			return false;
		for (uint32_t j = 0; j < i; j++) {
			if (span_equal(source_file_topic(cursor->source),
				source_file_topic(replay->cursors[j].source)))
				return error_set(err, NULL,
				    "two files of the name " SPAN_FMT
				    ": evidence could not tell them apart",
				    SPAN_ARG(
					source_file_topic(cursor->source)));
		}
	}
	return true;
}

static void
open_replay(struct replay *replay, struct rule_set *rules)
{
	const struct replay_options *options = replay->options;
	struct engine_input input = {
		.mapping = options->mapping,
		.logsource = options->logsource,
		.lateness_us = options->lateness_us,
	};
	struct engine_options engine = engine_options_default;

	engine.inputs = &input;
	engine.input_count = 1;
	engine.decode = decode_limits_default;
	engine.decode.record_bytes = options->record_bytes;
	replay->engine = engine_new(rules, &engine);
	replay->batch = batch_new();
	replay->cursors = mem_array(options->file_count,
	    sizeof(*replay->cursors));
	replay->merged = mem_array(REPLAY_BATCH_RECORDS,
	    sizeof(*replay->merged));
	replay->no_fields = field_set_new();
	replay->clock = decoder_new(options->mapping, replay->no_fields,
	    &engine.decode);
	replay->clock_arena = arena_new(65536);
}

static void
close_replay(struct replay *replay)
{
	for (size_t i = 0; i < replay->options->file_count; i++) {
		source_file_close(replay->cursors[i].source);
		arena_free(replay->cursors[i].arena);
	}
	decoder_free(replay->clock);
	field_set_free(replay->no_fields);
	arena_free(replay->clock_arena);
	mem_free(replay->merged);
	mem_free(replay->cursors);
	batch_free(replay->batch);
	engine_free(replay->engine);
}

bool
replay_run(struct rule_set *rules, const struct replay_options *options,
    replay_emit *emit, void *context, struct engine_counters *ret_counts,
    struct error *err)
{
	struct replay replay = {
		.options = options, .emit = emit, .context = context
	};
	bool ok;

	open_replay(&replay, rules);
	ok = open_cursors(&replay, err);
	if (ok) {
		ok = options->file_count == 1 ? run_single(&replay, err) :
						run_merged(&replay, err);
		engine_end(replay.engine, options->close_episodes,
		    replay.batch);
		emit_batch(&replay);
	}
	engine_get_counters(replay.engine, ret_counts);
	close_replay(&replay);
	return ok;
}
