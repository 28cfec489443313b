/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: records in, alerts and rejected records out.  The daemon, rule
 * tests, backtest and demo all run this one, with another source and sink.
 * No I/O, no clock: what is detected is a function of records and rules.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "correlate/fill.h"
#include "decode/decode.h"
#include "model/ports.h"

struct engine;

struct engine_input {
	struct mapping *mapping; /* borrowed; never NULL */
	/* What the configuration declares; empty attributes are taken from
	 * the mapping. */
	struct logsource logsource;
	int64_t lateness_us;
};

struct engine_options {
	const struct engine_input *inputs;
	size_t input_count;
	struct decode_limits decode;
	struct correlate_limits correlate;
	size_t alert_bytes; /* largest alert record; 256 KiB */
};

extern const struct engine_options engine_options_default; /* no inputs */

/* Takes the rule set; options are copied, what they point to is borrowed. */
struct engine *engine_new(struct rule_set *rules,
    const struct engine_options *options);
void engine_free(struct engine *engine); /* accepts NULL */

const struct rule_set *engine_rules(const struct engine *engine);

/*
 * Swaps the rule set between two batches, taking the new one and freeing the
 * old.  `reset` is told the labels of correlations whose windows start anew.
 */
void engine_set_rules(struct engine *engine, struct rule_set *rules,
    void (*reset)(void *context, struct span rule_label), void *context);

/* Sees every detection before it becomes an alert (tests, reports). */
typedef void engine_observe(void *context, const struct detection *detection);
void engine_set_observer(struct engine *engine, engine_observe *observe,
    void *context);

/* Shows the windows of a correlation as they stand between two batches. */
void engine_fills(const struct engine *engine, const struct rule *rule,
    correlate_see_fill *see, void *context);

/* ---- A batch and what came of it ---- */

struct batch;

struct batch_feed {
	uint32_t feed;
	uint32_t input;
	int64_t first_offset; /* where the batch began in this feed */
	int64_t next_offset;
	int64_t time_us; /* greatest event time so far; RECORD_NO_TIME: none */
};

struct batch *batch_new(void);
void batch_free(struct batch *batch); /* accepts NULL */
void batch_reset(struct batch *batch);

/* Everything below lives until batch_reset(). */
const struct port_output *batch_outputs(const struct batch *batch,
    size_t *ret_count);
const struct batch_feed *batch_feeds(const struct batch *batch,
    size_t *ret_count);
size_t batch_records(const struct batch *batch);

/* An output is refused for its size; as port_output_events.refused. */
void batch_refuse(struct batch *batch, size_t output, size_t limit_bytes);

/*
 * Makes smaller what was refused (the largest output, if that was not told).
 * What cannot be made smaller is dropped, logged, and, unless it is one of the
 * program's own alerts, told.
 */
typedef void batch_dropped(void *context, const char *about,
    const char *sentence);
void batch_shrink(struct batch *batch, batch_dropped *dropped, void *context);

/*
 * Runs the stages over the records: decode, enrich, match, correlate, alert.
 * `decided_us` is the clock's time for the alerts' delay, RECORD_NO_TIME in
 * files.  Records that a feed has already had (offset below what was last
 * run) are passed over.
 */
void engine_run(struct engine *engine, const struct record *records,
    size_t count, int64_t decided_us, struct batch *batch);

/* Time passes without records: settles what idle feeds no longer hold back. */
void engine_settle(struct engine *engine, int64_t decided_us,
    struct batch *batch);

/* The end of the files: closes everything. */
void engine_end(struct engine *engine, bool close_episodes,
    struct batch *batch);

/* The program's own alerts, put into the batch. */
void engine_notice(struct engine *engine, const struct notice *notice,
    int64_t decided_us, struct batch *batch);

/* ---- Feeds ---- */

/* Restores what was committed: the next offset and greatest event time. */
void engine_feed_restore(struct engine *engine, uint32_t feed, uint32_t input,
    int64_t next_offset, int64_t time_us);
/* What stands before `next_offset` will never come. */
void engine_feed_skip(struct engine *engine, uint32_t feed,
    int64_t next_offset);
void engine_feed_idle(struct engine *engine, uint32_t feed);
void engine_feed_forget(struct engine *engine, uint32_t feed);

/* INT64_MIN: nothing of it was run. */
int64_t engine_feed_next(const struct engine *engine, uint32_t feed);

/* Greatest event time; RECORD_NO_TIME if there was none. */
int64_t engine_feed_time(const struct engine *engine, uint32_t feed);

/* Forgets all windows and feeds: everything starts anew. */
void engine_reset(struct engine *engine);

struct engine_counters {
	uint64_t records, rejected, hits, unknown, alerts, late; /* so far */
	uint64_t groups, hits_held, state_bytes;		 /* now */
};
void engine_get_counters(const struct engine *engine,
    struct engine_counters *ret_counters);

/* The same by input and by rule (engine/tally.h). */
struct tally;
const struct tally *engine_tally(const struct engine *engine);

#endif
