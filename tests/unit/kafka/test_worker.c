/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kafka/kafka.h"
#include "kafka/kafka_internal.h"
#include "kafka/worker.h"

#define JOBS 100

static struct {
	pthread_t loop;
	size_t run, done, freed;
	size_t disorder, astray; /* not in turn; not on the right thread */
} told;

struct numbered {
	struct kafka_job job;
	size_t number;
};

static void
run(struct kafka_job *job)
{
	told.disorder += ((struct numbered *)job)->number != told.run++;
	told.astray += pthread_equal(pthread_self(), told.loop) != 0;
}

static void
done(struct kafka_job *job)
{
	told.disorder += ((struct numbered *)job)->number != told.done++;
	told.astray += pthread_equal(pthread_self(), told.loop) == 0;
}

static void
freed(struct kafka_job *job)
{
	told.freed++;
	mem_free(job);
}

static void
submit(struct kafka *kafka, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct numbered *numbered = mem_zalloc(sizeof(*numbered));

		numbered->job = (struct kafka_job){ .what = "a test",
			.run = run,
			.done = done,
			.free = freed };
		numbered->number = i;
		kafka_worker_submit(kafka->worker, &numbered->job);
	}
}

/* In turn, on the worker, and told on the loop; the descriptor wakes it. */
static void
test_order(void **state)
{
	const struct kafka_options options = { .bootstrap = "127.0.0.1:1",
		.group = "unit",
		.instance = "unit-1" };
	struct kafka *kafka = NULL;
	struct error err = ERROR_NONE;
	struct pollfd fd = { .events = POLLIN };

	(void)state;
	told.loop = pthread_self();
	assert_true(kafka_new(&options, &kafka, &err));
	fd.fd = kafka_fd(kafka);
	submit(kafka, 0, JOBS);
	while (told.done < JOBS) {
		assert_int_equal(poll(&fd, 1, 10000), 1);
		kafka_dispatch(kafka);
	}
	assert_int_equal(told.freed, JOBS);
	/* What is not done at the end is freed all the same. */
	submit(kafka, JOBS, 2 * JOBS);
	kafka_free(kafka);
	assert_int_equal(told.done, JOBS);
	assert_int_equal(told.freed, 2 * JOBS);
	assert_int_equal(told.disorder, 0);
	assert_int_equal(told.astray, 0);
}

#define PATIENCE_US (200 * 1000)
#define CALLS 5

struct slow {
	struct kafka_job job;
	struct kafka_worker *worker;
	bool makes_progress;
};

/* Longer than patience in all; each call is shorter, or there is but one. */
static void
run_slow(struct kafka_job *job)
{
	const struct slow *slow = (struct slow *)job;

	for (int i = 0; i < CALLS; i++) {
		if (slow->makes_progress)
			kafka_worker_progress(slow->worker, "a call");
		poll(NULL, 0, PATIENCE_US / 2000);
	}
}

static void
done_slow(struct kafka_job *job)
{
	(void)job;
	_exit(0);
}

/* In a process of its own, which ends; its exit status. */
static int
watch(bool makes_progress)
{
	const struct kafka_options options = { .bootstrap = "127.0.0.1:1",
		.group = "unit",
		.instance = "unit-1" };
	struct slow *slow;
	struct kafka *kafka = NULL;
	struct error err = ERROR_NONE;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (!kafka_new(&options, &kafka, &err))
			_exit(1);
		kafka_worker_set_patience(kafka->worker, PATIENCE_US);
		slow = mem_zalloc(sizeof(*slow));
		slow->job = (struct kafka_job){ .what = "a job",
			.run = run_slow,
			.done = done_slow,
			.free = freed };
		slow->worker = kafka->worker;
		slow->makes_progress = makes_progress;
		kafka_worker_submit(kafka->worker, &slow->job);
		for (;;) {
			poll(NULL, 0, 10);
			kafka_dispatch(kafka);
		}
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A call that does not return ends the process; a long job of calls that do
 * return does not. */
static void
test_patience(void **state)
{
	(void)state;
	assert_int_equal(watch(true), 0);
	assert_int_equal(watch(false), KAFKA_STATUS_TEMPORARY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_patience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
