/* SPDX-License-Identifier: Apache-2.0 */
/* Inside engine/: what the stages of a batch share. */
#ifndef ENGINE_ENGINE_INTERNAL_H
#define ENGINE_ENGINE_INTERNAL_H

#include "enrich/derive.h"
#include "match/match.h"

#include "engine/engine.h"
#include "engine/tally.h"
#include "engine/throttle.h"

struct engine_stage { /* of one input */
	struct decoder *decoder;
	struct derive *derive;
};

struct engine_feed {
	uint32_t input;
	bool is_known;
	int64_t next_offset; /* INT64_MIN: nothing was run */
	int64_t last_us;     /* event time of its last record */
};

struct engine {
	struct rule_set *rules;
	struct engine_options options;
	struct engine_input *inputs;
	struct match_input *match_inputs;
	struct correlate_input *correlate_inputs;
	struct engine_stage *stages;
	struct matcher *matcher;
	struct correlate *correlate;
	struct engine_feed *feeds;
	size_t feed_count, feed_cap;
	struct throttle *throttle;
	engine_observe *observe; /* may be NULL */
	void *observe_context;
	struct engine_counters counters;
	struct tally *tally;
};

struct batch {
	struct arena *arena;
	struct buffer scratch;
	struct port_output *outputs;
	size_t output_count, output_cap;
	struct batch_feed *feeds;
	size_t feed_count, feed_cap;
	size_t record_count;
	struct batch_refusal {
		size_t output, limit_bytes; /* 0: not known */
	} *refusals;
	size_t refusal_count, refusal_cap;
};

struct engine_feed *engine_feed_get(struct engine *engine, uint32_t feed);

/* Copies `value` into the batch's arena. */
void batch_add_output(struct batch *batch, enum port_topic topic,
    struct span key, struct span value);

/* Renders detections and notices into outputs. */
void batch_write_result(struct engine *engine,
    const struct correlate_result *result, int64_t decided_us,
    struct batch *batch);

/*
 * One output in less than `limit_bytes`; false, and nothing changed, if the
 * least that can be said is more.
 */
bool batch_reduce(struct batch *batch, size_t output, size_t limit_bytes);

/* Takes an output out; the others keep their order. */
void batch_drop(struct batch *batch, size_t output);

/* The JSON for integrity.rejected. */
void rejected_build(const struct record *record, const struct error *err,
    struct buffer *out);

/* The same without the record's bytes; false if that is still too large. */
bool rejected_reduce(struct span record, size_t limit_bytes,
    struct buffer *out);

/* Counts, over the evidence, for each counter of the rule. */
uint32_t *counter_count(struct engine *engine,
    const struct detection *detection, struct arena *arena);

#endif
