/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include "engine/commit_note.h"
#include "engine/pending.h"
#include "engine/pipeline.h"
#include "engine/slot.h"

#define PIPELINE_MAGIC 0x9195e11eu

struct known_feed {
	struct span topic;
	int32_t partition;
	uint32_t input;
	bool is_ours;
	int64_t position; /* where reading begins if nothing was run */
	uint32_t rules;	  /* that its committed note tells; 0: none */
};

enum pipeline_state {
	PIPELINE_RUNNING,
	PIPELINE_REWINDING, /* until assigned() tells what is committed */
	PIPELINE_FAILED
};

struct pipeline {
	uint32_t magic;
	struct engine *engine;
	struct pipeline_options options;
	struct port_source source;
	struct port_output_calls output;
	struct slot flight, ready;
	enum pipeline_state state;
	bool is_wanting, is_stopping, is_stopped, is_revoking;
	bool has_records; /* since the last tick */
	uint64_t number;  /* of the last submission */
	uint64_t batches; /* computed so far */
	struct known_feed *feeds;
	size_t feed_count, feed_cap;
	uint32_t *revoked;
	size_t revoked_count, revoked_cap;
	struct pending pending;
};

static struct pipeline *
pipeline_of(void *core)
{
	return CHECK_CAST(pipeline, PIPELINE_MAGIC, core);
}

/* ---- Slots ---- */

/* Where a feed is to go on, and what is to be remembered of it. */
static void
note_offset(struct pipeline *pipeline, struct slot *slot, uint32_t feed,
    int64_t first_offset, int64_t next_offset, int64_t time_us)
{
	uint32_t rules = engine_rules(pipeline->engine)->count;

	commit_note_write(time_us, pipeline->batches, rules,
	    slot_set_offset(slot, feed, first_offset, next_offset)->metadata);
	pipeline->feeds[feed].rules = rules;
}

/*
 * A feed without new records would tell a number of rules that is no longer
 * true, for as long as nothing comes, and the next start compares with it.
 */
static bool
is_note_stale(const struct pipeline *pipeline, const struct known_feed *known)
{
	return known->is_ours && known->rules > 0 &&
	    known->rules != engine_rules(pipeline->engine)->count;
}

/* Where it is read on; negative: nobody knows. */
static int64_t
next_of(const struct pipeline *pipeline, uint32_t feed)
{
	int64_t next = engine_feed_next(pipeline->engine, feed);

	return next == INT64_MIN ? pipeline->feeds[feed].position : next;
}

/* The current positions again, of feeds whose note is stale; with `any` of one
 * at least: the fence of a transaction without records. */
static bool
add_current_offsets(struct pipeline *pipeline, struct slot *slot, bool any)
{
	for (uint32_t feed = 0; feed < pipeline->feed_count; feed++) {
		const struct known_feed *known = &pipeline->feeds[feed];
		int64_t next = next_of(pipeline, feed);

		if (!known->is_ours || slot_has_offset(slot, feed) ||
		    !((any && slot->offset_count == 0) ||
			is_note_stale(pipeline, known)))
			continue;
		if (next >= 0)
			note_offset(pipeline, slot, feed, next, next,
			    engine_feed_time(pipeline->engine, feed));
	}
	return slot->offset_count > 0;
}

static void
slot_set_offsets(struct pipeline *pipeline, struct slot *slot)
{
	size_t count;
	const struct batch_feed *feeds = batch_feeds(slot->batch, &count);

	for (size_t i = 0; i < count; i++)
		note_offset(pipeline, slot, feeds[i].feed,
		    feeds[i].first_offset, feeds[i].next_offset,
		    feeds[i].time_us);
	if (count > 0)
		(void)add_current_offsets(pipeline, slot, false);
}

static void
submit(struct pipeline *pipeline, struct slot *slot)
{
	struct port_submission submission = {
		.number = ++pipeline->number,
		.offsets = slot->offsets,
		.offset_count = slot->offset_count,
		.fence = slot->records != NULL ? slot->records->fence : NULL,
	};

	submission.outputs = batch_outputs(slot->batch,
	    &submission.output_count);
	pipeline->output.submit(pipeline->output.port, &submission);
}

/* ---- What to do next ---- */

static void
fail(struct pipeline *pipeline, int status, const struct error *err)
{
	pipeline->state = PIPELINE_FAILED;
	pipeline->options.failed(pipeline->options.context, status, err);
}

static void
finish_revoke(struct pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->revoked_count; i++) {
		uint32_t feed = pipeline->revoked[i];

		pipeline->feeds[feed].is_ours = false;
		engine_feed_forget(pipeline->engine, feed);
	}
	pending_drop_gaps(&pipeline->pending);
	pipeline->revoked_count = 0;
	pipeline->is_revoking = false;
	pipeline->source.revoke_done(pipeline->source.port);
}

static void
finish_stop(struct pipeline *pipeline)
{
	if (pipeline->is_stopped)
		return;
	pipeline->is_stopped = true;
	pipeline->options.stopped(pipeline->options.context);
}

/* Fills the flight, then asks for more. */
static void
advance(struct pipeline *pipeline)
{
	struct slot empty;

	if (pipeline->state != PIPELINE_RUNNING)
		return;
	if (!pipeline->flight.is_used && pipeline->ready.is_used) {
		empty = pipeline->flight;
		pipeline->flight = pipeline->ready;
		pipeline->ready = empty;
		submit(pipeline, &pipeline->flight);
	}
	if (pipeline->flight.is_used && pipeline->ready.is_used)
		return;
	if (pipeline->is_revoking || pipeline->is_stopping) {
		if (pipeline->flight.is_used || pipeline->is_wanting)
			return;
		if (pipeline->is_revoking)
			finish_revoke(pipeline);
		if (pipeline->is_stopping)
			finish_stop(pipeline);
		return;
	}
	if (!pipeline->is_wanting) {
		pipeline->is_wanting = true;
		pipeline->source.want(pipeline->source.port);
	}
}

/* A gap is, when all before it was run. */
static bool
is_due(void *context, const struct pending_item *item)
{
	const struct pipeline *pipeline = context;
	int64_t next;

	if (item->gap.to == 0)
		return true;
	next = next_of(pipeline, item->gap.feed);
	return next == item->gap.from || next >= item->gap.to;
}

static void
pass_gap(struct pipeline *pipeline, struct slot *slot,
    const struct pending_gap *gap)
{
	if (gap->to == 0 || next_of(pipeline, gap->feed) >= gap->to)
		return;
	engine_feed_skip(pipeline->engine, gap->feed, gap->to);
	note_offset(pipeline, slot, gap->feed, gap->from, gap->to,
	    engine_feed_time(pipeline->engine, gap->feed));
}

static void
add_pending(struct pipeline *pipeline, struct slot *slot)
{
	struct pending_item *item;

	while ((item = pending_take(&pipeline->pending, is_due, pipeline)) !=
	    NULL) {
		engine_notice(pipeline->engine, &item->notice,
		    pipeline->options.now_us(), slot->batch);
		pass_gap(pipeline, slot, &item->gap);
		pending_free_item(item);
	}
}

/* ---- Up-calls of the source ---- */

static void
on_batch(void *core, struct port_batch *records)
{
	struct pipeline *pipeline = pipeline_of(core);
	struct slot *slot = &pipeline->ready;

	if (!pipeline->is_wanting) {
		/* It was on its way when we stopped asking: read again later. */
		pipeline->source.release(pipeline->source.port, records);
		return;
	}
	CHECK(!slot->is_used);
	pipeline->is_wanting = false;
	pipeline->has_records = true;
	slot->records = records;
	slot->is_used = true;
	pipeline->batches++;
	engine_run(pipeline->engine, records->records, records->count,
	    pipeline->options.now_us(), slot->batch);
	slot_set_offsets(pipeline, slot);
	if (slot->offset_count == 0)
		slot_empty(slot,
		    &pipeline->source); /* all of it was run before */
	else
		add_pending(pipeline, slot);
	advance(pipeline);
}

static struct known_feed *
feed_of(struct pipeline *pipeline, uint32_t feed)
{
	pipeline->feeds = mem_grow(pipeline->feeds, &pipeline->feed_cap,
	    (size_t)feed + 1, sizeof(*pipeline->feeds));
	for (; pipeline->feed_count <= feed; pipeline->feed_count++)
		pipeline->feeds[pipeline->feed_count] = (struct known_feed){
			0
		};
	return &pipeline->feeds[feed];
}

static void
drop_computed(struct pipeline *pipeline)
{
	slot_empty(&pipeline->flight, &pipeline->source);
	slot_empty(&pipeline->ready, &pipeline->source);
	pending_drop_gaps(&pipeline->pending);
	engine_reset(pipeline->engine);
	log_warning("what was computed and not committed is dropped: windows "
		    "start anew");
	pipeline_notice(pipeline, NOTICE_RESTART, LEVEL_HIGH, "dropped",
	    "Windows of all rules started anew after a transaction failed "
	    "while partitions moved; episodes that were open may be told "
	    "again or be missed");
}

/* The outcome of the flight, once the committed positions are known. */
static void
resolve_flight(struct pipeline *pipeline, enum slot_settled settled)
{
	pipeline->state = PIPELINE_RUNNING;
	if (!pipeline->flight.is_used)
		return;
	if (settled == SLOT_DONE) {
		log_info("the transaction had been committed after all");
		slot_empty(&pipeline->flight, &pipeline->source);
	} else {
		log_info("the transaction had not been committed: again");
		submit(pipeline, &pipeline->flight);
	}
}

static void
restore_feed(struct pipeline *pipeline, const struct port_feed *feed)
{
	struct known_feed *known = feed_of(pipeline, feed->feed);
	uint64_t number;
	int64_t time_us;

	known->topic = feed->topic;
	known->partition = feed->partition;
	known->input = feed->input;
	known->is_ours = true;
	known->position = feed->position;
	commit_note_read(feed->metadata, &time_us, &number);
	known->rules = commit_note_rules(feed->metadata);
	/* A number tells one transaction: those before us have used theirs. */
	if (number > pipeline->batches)
		pipeline->batches = number;
	engine_feed_restore(pipeline->engine, feed->feed, feed->input,
	    feed->committed < 0 ? INT64_MIN : feed->committed, time_us);
}

static void
on_assigned(void *core, const struct port_feed *feeds, size_t count)
{
	struct pipeline *pipeline = pipeline_of(core);
	bool is_rewound = pipeline->state == PIPELINE_REWINDING;
	enum slot_settled settled = SLOT_AGAIN;

	if (is_rewound)
		settled = slot_settle(&pipeline->flight, feeds, count);
	if (settled == SLOT_LOST)
		drop_computed(pipeline);
	for (size_t i = 0; i < count; i++)
		restore_feed(pipeline, &feeds[i]);
	if (is_rewound)
		resolve_flight(pipeline, settled);
	advance(pipeline);
}

static void
on_revoked(void *core, const uint32_t *feeds, size_t count)
{
	struct pipeline *pipeline = pipeline_of(core);

	for (size_t i = 0; i < count; i++) {
		pipeline->revoked = mem_grow(pipeline->revoked,
		    &pipeline->revoked_cap, pipeline->revoked_count + 1,
		    sizeof(*pipeline->revoked));
		pipeline->revoked[pipeline->revoked_count++] = feeds[i];
	}
	/* A want that the source will not answer while it revokes. */
	pipeline->is_wanting = false;
	pipeline->is_revoking = true;
	if (pipeline->state == PIPELINE_REWINDING) {
		pipeline->state = PIPELINE_RUNNING;
		drop_computed(pipeline);
	}
	advance(pipeline);
}

static void
on_idle(void *core, uint32_t feed, bool is_idle)
{
	struct pipeline *pipeline = pipeline_of(core);

	if (is_idle)
		engine_feed_idle(pipeline->engine, feed);
}

/* What was run before it was lost is no gap, nor what is told already: after a
 * rewind the source comes to the same place again. */
static void
on_gap(void *core, uint32_t feed, enum port_gap_kind kind, int64_t from,
    int64_t to)
{
	struct pipeline *pipeline = pipeline_of(core);
	const struct known_feed *known = feed_of(pipeline, feed);
	int64_t told = pending_gap_end(&pipeline->pending, feed);
	int64_t next = engine_feed_next(pipeline->engine, feed);
	struct pending_gap gap = {
		.topic = known->topic,
		.partition = known->partition,
		.feed = feed,
		.kind = kind,
		.from = from,
		.to = to,
	};

	if (told > gap.from)
		gap.from = told;
	if (next > gap.from)
		gap.from = next;
	if (gap.from < to)
		pending_add_gap(&pipeline->pending, &gap,
		    pipeline->options.now_us());
}

static void
on_failed(void *core, int status, const struct error *err)
{
	fail(pipeline_of(core), status, err);
}

const struct port_source_events pipeline_source_events = {
	.assigned = on_assigned,
	.revoked = on_revoked,
	.batch = on_batch,
	.idle = on_idle,
	.gap = on_gap,
	.failed = on_failed,
};

/* ---- Up-calls of the output ---- */

static void
on_refused(void *core, size_t output, size_t limit_bytes)
{
	batch_refuse(pipeline_of(core)->flight.batch, output, limit_bytes);
}

static void
on_dropped(void *context, const char *about, const char *sentence)
{
	pipeline_notice(context, NOTICE_LIMIT, LEVEL_CRITICAL, about, sentence);
}

static void
on_committed(struct pipeline *pipeline)
{
	size_t outputs;

	(void)batch_outputs(pipeline->flight.batch, &outputs);
	pipeline->options.committed(pipeline->options.context,
	    batch_records(pipeline->flight.batch), outputs);
	slot_empty(&pipeline->flight, &pipeline->source);
	advance(pipeline);
}

static void
on_submitted(void *core, uint64_t number, enum port_outcome outcome,
    const struct error *err)
{
	struct pipeline *pipeline = pipeline_of(core);

	CHECK(pipeline->flight.is_used && number == pipeline->number);
	switch (outcome) {
	case PORT_OK:
		on_committed(pipeline);
		break;
	case PORT_ABORTED:
	case PORT_UNKNOWN:
		log_warning("transaction %" PRIu64 " %s: %s", number,
		    outcome == PORT_ABORTED ? "aborted" : "in doubt",
		    err != NULL ? err->text : "");
		if (err != NULL && strcmp(err->code, PORT_TOO_LARGE) == 0)
			batch_shrink(pipeline->flight.batch, on_dropped,
			    pipeline);
		if (pipeline->is_revoking) {
			drop_computed(pipeline);
			advance(pipeline);
			break;
		}
		pipeline->state = PIPELINE_REWINDING;
		pipeline->is_wanting = false;
		pipeline->source.rewind(pipeline->source.port);
		break;
	case PORT_FENCED:
		fail(pipeline, EX_CONFIG, err);
		break;
	}
}

const struct port_output_events pipeline_output_events = {
	.submitted = on_submitted,
	.refused = on_refused,
};

/* ---- Life ---- */

struct pipeline *
pipeline_new(struct engine *engine, const struct pipeline_options *options)
{
	struct pipeline *pipeline = mem_zalloc(sizeof(*pipeline));

	pipeline->magic = PIPELINE_MAGIC;
	pipeline->engine = engine;
	pipeline->options = *options;
	slot_init(&pipeline->flight);
	slot_init(&pipeline->ready);
	pending_init(&pipeline->pending);
	return pipeline;
}

void
pipeline_free(struct pipeline *pipeline)
{
	if (pipeline == NULL)
		return;
	pending_done(&pipeline->pending);
	slot_done(&pipeline->flight);
	slot_done(&pipeline->ready);
	mem_free(pipeline->feeds);
	mem_free(pipeline->revoked);
	mem_free(pipeline);
}

void
pipeline_start(struct pipeline *pipeline, const struct port_source *source,
    const struct port_output_calls *output)
{
	pipeline->source = *source;
	pipeline->output = *output;
	advance(pipeline);
}

void
pipeline_notice(struct pipeline *pipeline, enum notice_kind kind,
    enum rule_level level, const char *about, const char *sentence)
{
	const struct notice notice = {
		.kind = kind,
		.level = level,
		.about = span_of(about),
		.sentence = span_of(sentence),
		.at_us = pipeline->options.now_us(),
		.count = 1,
	};

	(void)pending_add(&pipeline->pending, &notice);
}

/* Whether a position must be told again though nothing came. */
static bool
has_stale_note(const struct pipeline *pipeline)
{
	for (uint32_t feed = 0; feed < pipeline->feed_count; feed++) {
		if (is_note_stale(pipeline, &pipeline->feeds[feed]))
			return true;
	}
	return false;
}

void
pipeline_tick(struct pipeline *pipeline)
{
	struct slot *slot = &pipeline->ready;
	bool is_stale;
	size_t outputs;

	if (pipeline->state != PIPELINE_RUNNING || slot->is_used ||
	    pipeline->flight.is_used || pipeline->is_revoking)
		return;
	is_stale = has_stale_note(pipeline);
	if (pipeline->has_records && pipeline->pending.first == NULL &&
	    !is_stale) {
		pipeline->has_records = false;
		return;
	}
	pipeline->batches++;
	if (!add_current_offsets(pipeline, slot, true))
		return;
	engine_settle(pipeline->engine, pipeline->options.now_us(),
	    slot->batch);
	add_pending(pipeline, slot);
	(void)batch_outputs(slot->batch, &outputs);
	slot->is_used = true;
	if (outputs == 0 && !is_stale)
		slot_empty(slot, &pipeline->source);
	advance(pipeline);
}

bool
pipeline_is_troubled(const struct pipeline *pipeline)
{
	return pipeline->state != PIPELINE_RUNNING;
}

void
pipeline_stop(struct pipeline *pipeline)
{
	pipeline->is_stopping = true;
	pipeline->is_wanting = false;
	advance(pipeline);
}
