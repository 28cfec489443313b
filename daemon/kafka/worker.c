/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/kafka_internal.h"
#include "kafka/worker.h"

#define PATIENCE_US (60 * CLOCK_US_PER_S)
#define JOIN_US (5 * CLOCK_US_PER_S)

struct job_list {
	struct kafka_job *first;
	struct kafka_job **end;
};

struct kafka_worker {
	struct kafka *kafka;
	pthread_t thread;
	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t has_work;
	struct job_list waiting;
	struct job_list finished;
	const char *running; /* the call, or NULL */
	int64_t running_since_us;
	int64_t patience_us;
	bool is_stopping;
};

static void
list_add(struct job_list *list, struct kafka_job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
}

static struct kafka_job *
list_take(struct job_list *list)
{
	struct kafka_job *job = list->first;

	if (job == NULL)
		return NULL;
	list->first = job->next;
	if (list->first == NULL)
		list->end = &list->first;
	return job;
}

static void *
work(void *opaque)
{
	struct kafka_worker *worker = opaque;
	struct kafka_job *job;

	pthread_mutex_lock(&worker->lock);
	while (!worker->is_stopping) {
		job = list_take(&worker->waiting);
		if (job == NULL) {
			pthread_cond_wait(&worker->has_work, &worker->lock);
			continue;
		}
		worker->running = job->what;
		worker->running_since_us = clock_monotonic_us();
		pthread_mutex_unlock(&worker->lock);
		job->run(job);
		pthread_mutex_lock(&worker->lock);
		worker->running = NULL;
		list_add(&worker->finished, job);
		kafka_wake(worker->kafka);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

struct kafka_worker *
kafka_worker_new(struct kafka *kafka)
{
	struct kafka_worker *worker = mem_zalloc(sizeof(*worker));
	sigset_t all, old;
	int error;

	worker->kafka = kafka;
	worker->patience_us = PATIENCE_US;
	worker->waiting.end = &worker->waiting.first;
	worker->finished.end = &worker->finished.first;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->has_work, NULL);
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	error = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error != 0)
		log_fatal(KAFKA_STATUS_TEMPORARY, "cannot start a thread: %s",
		    strerror(error));
	return worker;
}

static void
list_free(struct job_list *list)
{
	struct kafka_job *job;

	while ((job = list_take(list)) != NULL)
		job->free(job);
}

bool
kafka_worker_free(struct kafka_worker *worker)
{
	struct timespec until;
	int64_t until_us = clock_now_us() + JOIN_US;

	if (worker == NULL)
		return true;
	pthread_mutex_lock(&worker->lock);
	worker->is_stopping = true;
	pthread_cond_signal(&worker->has_work);
	pthread_mutex_unlock(&worker->lock);
	until.tv_sec = (time_t)(until_us / CLOCK_US_PER_S);
	until.tv_nsec = until_us % CLOCK_US_PER_S * 1000;
	if (pthread_timedjoin_np(worker->thread, NULL, &until) != 0) {
		log_warning("Kafka: a call does not return; leaving it");
		return false;
	}
	list_free(&worker->waiting);
	list_free(&worker->finished);
	pthread_cond_destroy(&worker->has_work);
	pthread_mutex_destroy(&worker->lock);
	mem_free(worker);
	return true;
}

void
kafka_worker_submit(struct kafka_worker *worker, struct kafka_job *job)
{
	pthread_mutex_lock(&worker->lock);
	list_add(&worker->waiting, job);
	pthread_cond_signal(&worker->has_work);
	pthread_mutex_unlock(&worker->lock);
}

void
kafka_worker_progress(struct kafka_worker *worker, const char *what)
{
	pthread_mutex_lock(&worker->lock);
	worker->running = what;
	worker->running_since_us = clock_monotonic_us();
	pthread_mutex_unlock(&worker->lock);
}

void
kafka_worker_set_patience(struct kafka_worker *worker, int64_t patience_us)
{
	pthread_mutex_lock(&worker->lock);
	worker->patience_us = patience_us;
	pthread_mutex_unlock(&worker->lock);
}

void
kafka_worker_dispatch(struct kafka_worker *worker)
{
	struct kafka_job *job;
	const char *what;
	int64_t since_us, patience_us;

	for (;;) {
		pthread_mutex_lock(&worker->lock);
		job = list_take(&worker->finished);
		what = worker->running;
		since_us = worker->running_since_us;
		patience_us = worker->patience_us;
		pthread_mutex_unlock(&worker->lock);
		if (job == NULL)
			break;
		if (job->done != NULL)
			job->done(job);
		job->free(job);
	}
	if (what != NULL && clock_monotonic_us() - since_us > patience_us)
		log_fatal(KAFKA_STATUS_TEMPORARY,
		    "Kafka: %s has not returned for %lld s", what,
		    (long long)(patience_us / CLOCK_US_PER_S));
}
