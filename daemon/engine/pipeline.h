/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core between the ports: batches in, transactions out, two at a time at
 * most.  While one transaction is on its way the next batch is computed on
 * the uncommitted state:
 *
 *	want -> batch -> [ready] -> submit -> [flight] -> submitted
 *
 * A transaction that was aborted, or whose outcome is unknown, is settled by
 * what is committed then: it is done, or its outputs, which are a function of
 * the same records, go into a new transaction.  If another has taken the
 * partitions meanwhile, everything computed is dropped.
 *
 * Offsets carry metadata "v1 t=MICROSECONDS n=NUMBER": the feed's greatest
 * event time, which a restart would forget, and the number of the batch.
 */
#ifndef ENGINE_PIPELINE_H
#define ENGINE_PIPELINE_H

#include "engine/engine.h"

struct pipeline;

struct pipeline_options {
	int64_t (*now_us)(void); /* for the alerts' delay */
	/* The process must end with `status`. */
	void (*failed)(void *context, int status, const struct error *err);
	/* After pipeline_stop(): everything is committed. */
	void (*stopped)(void *context);
	/* A transaction ended well, with so many records and outputs. */
	void (*committed)(void *context, size_t records, size_t outputs);
	void *context;
};

/* Borrows the engine. */
struct pipeline *pipeline_new(struct engine *engine,
    const struct pipeline_options *options);
void pipeline_free(struct pipeline *pipeline); /* accepts NULL */

/* The ports it calls, once they are open; asks for the first batch. */
void pipeline_start(struct pipeline *pipeline, const struct port_source *source,
    const struct port_output_calls *output);

/* Up-calls; `core` is the pipeline. */
extern const struct port_source_events pipeline_source_events;
extern const struct port_output_events pipeline_output_events;

/* Queues one of the program's own alerts for the next transaction. */
void pipeline_notice(struct pipeline *pipeline, enum notice_kind kind,
    enum rule_level level, const char *about, const char *sentence);

/* Call about once a second: what is due without new records. */
void pipeline_tick(struct pipeline *pipeline);

/* A transaction failed, and what became of it is not known yet. */
bool pipeline_is_troubled(const struct pipeline *pipeline);

/* Stop asking for records, commit what is computed, then say stopped(). */
void pipeline_stop(struct pipeline *pipeline);

#endif
