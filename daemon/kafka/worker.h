/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one hidden thread: librdkafka's blocking calls run here, one after the
 * other, so that the loop never waits.
 */
#ifndef KAFKA_WORKER_H
#define KAFKA_WORKER_H

#include <stdbool.h>
#include <stdint.h>

struct kafka;
struct kafka_worker;

/* First member of what a job needs; its owner is whoever holds it now. */
struct kafka_job {
	struct kafka_job *next;
	const char *what;		     /* for the watchdog's message */
	void (*run)(struct kafka_job *job);  /* on the worker */
	void (*done)(struct kafka_job *job); /* on the loop; NULL: nothing */
	void (*free)(struct kafka_job *job); /* on the loop, after done */
};

struct kafka_worker *kafka_worker_new(struct kafka *kafka);

/* Accepts NULL.  Waits some seconds for the running job, drops the others.
 * False: it still runs, and nothing that it uses may be freed. */
bool kafka_worker_free(struct kafka_worker *worker);

/* Jobs run in the order of their submission. */
void kafka_worker_submit(struct kafka_worker *worker, struct kafka_job *job);

/* On the worker, before each call that may block: it has not hung so far.
 * `what` lives as long as the process. */
void kafka_worker_progress(struct kafka_worker *worker, const char *what);

/* How long a call may take; a minute unless told. */
void kafka_worker_set_patience(struct kafka_worker *worker,
    int64_t patience_us);

/* Tells what is done; ends the process if a call has taken too long. */
void kafka_worker_dispatch(struct kafka_worker *worker);

#endif
