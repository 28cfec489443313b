/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include "engine/commit_note.h"
#include "engine/pipeline.h"
#include "engine/slot.h"

#define PIPELINE_MAGIC 0x9195e11eu

struct pending {
	struct notice notice;
	struct pending *next;
};

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
	struct pending *pending, **pending_end;
};

static struct pipeline *
pipeline_of(void *core)
{
	return CHECK_CAST(pipeline, PIPELINE_MAGIC, core);
}

/* ---- Slots ---- */

static void
slot_clear(struct pipeline *pipeline, struct slot *slot)
{
	slot_empty(slot, &pipeline->source);
}

/* Where a feed is to go on, and what is to be remembered of it. */
static void
note_offset(struct pipeline *pipeline, struct slot *slot, uint32_t feed,
    int64_t next_offset, int64_t time_us)
{
	uint32_t rules = engine_rules(pipeline->engine)->count;

	commit_note_write(time_us, pipeline->batches, rules,
	    slot_add_offset(slot, feed, next_offset)->metadata);
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

/* The current positions again, of feeds whose note is stale; with `any` of one
 * at least: the fence of a transaction without records. */
static bool
add_current_offsets(struct pipeline *pipeline, struct slot *slot, bool any)
{
	for (uint32_t feed = 0; feed < pipeline->feed_count; feed++) {
		const struct known_feed *known = &pipeline->feeds[feed];
		int64_t next = engine_feed_next(pipeline->engine, feed);

		if (!known->is_ours || slot_has_offset(slot, feed) ||
		    !((any && slot->offset_count == 0) ||
			is_note_stale(pipeline, known)))
			continue;
		if (next == INT64_MIN)
			next = known->position;
		if (next >= 0)
			note_offset(pipeline, slot, feed, next,
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
		note_offset(pipeline, slot, feeds[i].feed, feeds[i].next_offset,
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

static void
add_pending(struct pipeline *pipeline, struct slot *slot)
{
	struct pending *pending;

	while ((pending = pipeline->pending) != NULL) {
		pipeline->pending = pending->next;
		engine_notice(pipeline->engine, &pending->notice,
		    pipeline->options.now_us(), slot->batch);
		mem_free((void *)(uintptr_t)pending->notice.about.ptr);
		mem_free((void *)(uintptr_t)pending->notice.sentence.ptr);
		mem_free(pending);
	}
	pipeline->pending_end = &pipeline->pending;
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
		slot_clear(pipeline, slot); /* all of it was run before */
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

enum settled { SETTLED_DONE, SETTLED_AGAIN, SETTLED_LOST };

/* What became of the flight, by what is committed of one of its feeds. */
static enum settled
settle_feed(const struct slot *slot, const struct port_feed *feed)
{
	size_t count;
	const struct batch_feed *feeds = batch_feeds(slot->batch, &count);

	for (size_t i = 0; i < count; i++) {
		if (feeds[i].feed != feed->feed)
			continue;
		if (feed->committed == feeds[i].next_offset)
			return SETTLED_DONE;
		if (feed->committed < 0 ||
		    feed->committed <= feeds[i].first_offset)
			return SETTLED_AGAIN;
		return SETTLED_LOST;
	}
	return SETTLED_AGAIN;
}

static void
drop_computed(struct pipeline *pipeline)
{
	slot_clear(pipeline, &pipeline->flight);
	slot_clear(pipeline, &pipeline->ready);
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
resolve_flight(struct pipeline *pipeline, const struct port_feed *feeds,
    size_t count)
{
	enum settled settled = SETTLED_AGAIN;

	if (!pipeline->flight.is_used)
		return;
	for (size_t i = 0; i < count && settled == SETTLED_AGAIN; i++)
		settled = settle_feed(&pipeline->flight, &feeds[i]);
	switch (settled) {
	case SETTLED_DONE:
		log_info("the transaction had been committed after all");
		slot_clear(pipeline, &pipeline->flight);
		break;
	case SETTLED_AGAIN:
		log_info("the transaction had not been committed: again");
		submit(pipeline, &pipeline->flight);
		break;
	case SETTLED_LOST:
		drop_computed(pipeline);
		break;
	}
}

static void
on_assigned(void *core, const struct port_feed *feeds, size_t count)
{
	struct pipeline *pipeline = pipeline_of(core);

	for (size_t i = 0; i < count; i++) {
		const struct port_feed *feed = &feeds[i];
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
		engine_feed_restore(pipeline->engine, feed->feed, feed->input,
		    feed->committed < 0 ? INT64_MIN : feed->committed, time_us);
	}
	if (pipeline->state == PIPELINE_REWINDING) {
		pipeline->state = PIPELINE_RUNNING;
		resolve_flight(pipeline, feeds, count);
	}
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

static void
on_gap(void *core, uint32_t feed, enum port_gap_kind kind, int64_t from,
    int64_t to)
{
	struct pipeline *pipeline = pipeline_of(core);
	const struct known_feed *known = feed_of(pipeline, feed);
	char about[300], sentence[600];

	(void)snprintf(about, sizeof(about),
	    SPAN_FMT " %d %" PRId64 "-%" PRId64, SPAN_ARG(known->topic),
	    known->partition, from, to);
	(void)snprintf(sentence, sizeof(sentence),
	    "Audit records of " SPAN_FMT " partition %d from offset %" PRId64
	    " to %" PRId64 " (%" PRId64 " of them) %s: nothing in them was "
	    "looked at",
	    SPAN_ARG(known->topic), known->partition, from, to - 1, to - from,
	    kind == PORT_GAP_RETENTION ? "were deleted before they were read" :
					 "are missing in the topic");
	log_error("%s", sentence);
	pipeline_notice(pipeline, NOTICE_GAP, LEVEL_CRITICAL, about, sentence);
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
	slot_clear(pipeline, &pipeline->flight);
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
	pipeline->pending_end = &pipeline->pending;
	return pipeline;
}

void
pipeline_free(struct pipeline *pipeline)
{
	struct pending *pending;

	if (pipeline == NULL)
		return;
	while ((pending = pipeline->pending) != NULL) {
		pipeline->pending = pending->next;
		mem_free((void *)(uintptr_t)pending->notice.about.ptr);
		mem_free((void *)(uintptr_t)pending->notice.sentence.ptr);
		mem_free(pending);
	}
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
	struct pending *pending = mem_zalloc(sizeof(*pending));

	pending->notice = (struct notice){
		.kind = kind,
		.level = level,
		.about = span_of(mem_strdup(about)),
		.sentence = span_of(mem_strdup(sentence)),
		.at_us = pipeline->options.now_us(),
		.count = 1,
	};
	*pipeline->pending_end = pending;
	pipeline->pending_end = &pending->next;
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
	if (pipeline->has_records && pipeline->pending == NULL && !is_stale) {
		pipeline->has_records = false;
		return;
	}
	if (!add_current_offsets(pipeline, slot, true))
		return;
	engine_settle(pipeline->engine, pipeline->options.now_us(),
	    slot->batch);
	add_pending(pipeline, slot);
	(void)batch_outputs(slot->batch, &outputs);
	slot->is_used = true;
	if (outputs == 0 && !is_stale)
		slot_clear(pipeline, slot);
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
