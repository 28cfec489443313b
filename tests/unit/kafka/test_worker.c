/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include <poll.h>
#include <pthread.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
