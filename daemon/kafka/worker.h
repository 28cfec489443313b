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

/* Tells what is done; ends the process if a job has run for a minute. */
void kafka_worker_dispatch(struct kafka_worker *worker);

#endif
