/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions that hang: a reader sees a partition to its last stable offset,
 * and what stands behind an open transaction waits for it, unseen and without
 * an error.  One partition a second is asked for both its ends.
 */
#include <inttypes.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/stable.h"
#include "kafka/worker.h"

#define STABLE_MAGIC 0x53746142u
#define ASK_EVERY_US CLOCK_US_PER_S
#define ASK_MS 2000
/* Our own transactions end after 10 s, and 10 s of the broker's scan. */
#define HANGS_US (40 * CLOCK_US_PER_S)

struct place {
	char *topic;
	int32_t partition;
	int64_t stable;	  /* where it stood behind the end; -1: it did not */
	int64_t since_us; /* monotonic */
	bool is_told;
};

struct kafka_stable {
	uint32_t magic;
	struct kafka *kafka;
	struct place *places; /* the alerts first */
	size_t count, cap;
	size_t next;
	int64_t asked_us;
	bool is_asking;
	/* The worker's, made when first needed: they read beyond what is
	 * stable, and up to it. */
	rd_kafka_t *beyond, *up_to;
	unsigned generation; /* of their credentials */
};

struct question {
	struct kafka_job job;
	struct kafka_stable *stable;
	size_t place;
	const char *topic;
	int32_t partition;
	int64_t end, last_stable;
	bool ok;
};

static rd_kafka_t *
open_client(const struct kafka_stable *stable, const char *isolation)
{
	struct error err = ERROR_NONE;
	rd_kafka_conf_t *conf;
	rd_kafka_t *client;

	if (!kafka_client_conf(&stable->kafka->options, &conf, &err))
		return NULL;
	if (!kafka_client_set(conf, "isolation.level", isolation, &err)) {
		rd_kafka_conf_destroy(conf);
		return NULL;
	}
	return kafka_client_new(RD_KAFKA_CONSUMER, conf, &client, &err) ?
	    client :
	    NULL;
}

static void
close_clients(struct kafka_stable *stable)
{
	if (stable->beyond != NULL)
		rd_kafka_destroy(stable->beyond);
	if (stable->up_to != NULL)
		rd_kafka_destroy(stable->up_to);
	stable->beyond = stable->up_to = NULL;
}

static bool
ask_end(rd_kafka_t *client, const struct question *question, int64_t *ret_end)
{
	int64_t oldest;

	return client != NULL &&
	    !rd_kafka_query_watermark_offsets(client, question->topic,
		question->partition, &oldest, ret_end, ASK_MS);
}

/* The stable one first: then it cannot seem to be behind by what came. */
static void
question_run(struct kafka_job *job)
{
	struct question *question = (struct question *)job;
	struct kafka_stable *stable = question->stable;
	unsigned generation = atomic_load(&stable->kafka->generation);

	if (stable->generation != generation)
		close_clients(stable);
	stable->generation = generation;
	if (stable->beyond == NULL)
		stable->beyond = open_client(stable, "read_uncommitted");
	if (stable->up_to == NULL)
		stable->up_to = open_client(stable, "read_committed");
	question->ok = ask_end(stable->up_to, question,
			   &question->last_stable) &&
	    ask_end(stable->beyond, question, &question->end);
}

static void
tell(const struct place *place, int64_t for_us)
{
	log_error("Kafka: a transaction on %s [%d] has been open for %" PRId64
		  " s: records from offset %" PRId64
		  " on wait for its end.  kafka-transactions.sh find-hanging "
		  "names it, abort ends it",
	    place->topic, (int)place->partition, for_us / CLOCK_US_PER_S,
	    place->stable);
}

static void
judge(struct kafka_stable *stable, struct place *place, int64_t last_stable,
    int64_t end)
{
	uint64_t *hanging = &stable->kafka->counters.hanging;
	int64_t now_us = clock_monotonic_us();

	if (place->stable != last_stable || last_stable >= end) {
		if (place->is_told) {
			log_info("Kafka: the transaction on %s [%d] has ended",
			    place->topic, (int)place->partition);
			(*hanging)--;
		}
		place->is_told = false;
		place->stable = last_stable < end ? last_stable : -1;
		place->since_us = now_us;
	} else if (!place->is_told && now_us - place->since_us >= HANGS_US) {
		place->is_told = true;
		(*hanging)++;
		tell(place, now_us - place->since_us);
	}
}

static void
question_done(struct kafka_job *job)
{
	const struct question *question = (struct question *)job;
	struct kafka_stable *stable = question->stable;

	stable->is_asking = false;
	if (question->ok)
		judge(stable, &stable->places[question->place],
		    question->last_stable, question->end);
}

static void
question_free(struct kafka_job *job)
{
	mem_free(job);
}

static void
add_place(struct kafka_stable *stable, const char *topic, int32_t partition)
{
	stable->places = mem_grow(stable->places, &stable->cap,
	    stable->count + 1, sizeof(*stable->places));
	stable->places[stable->count++] = (struct place){
		.topic = mem_strdup(topic),
		.partition = partition,
		.stable = -1,
	};
}

struct kafka_stable *
kafka_stable_new(struct kafka *kafka)
{
	struct kafka_stable *stable = mem_zalloc(sizeof(*stable));

	stable->magic = STABLE_MAGIC;
	stable->kafka = kafka;
	add_place(stable, kafka_topic_names[PORT_TOPIC_ALERTS], 0);
	return stable;
}

/* Also those that are not ours any more are found again when they are. */
static void
add_feed(void *context, const struct kafka_feed *feed)
{
	struct kafka_stable *stable = CHECK_CAST(kafka_stable, STABLE_MAGIC,
	    context);

	char *topic;

	for (size_t i = 0; i < stable->count; i++) {
		if (stable->places[i].partition == feed->partition &&
		    span_is(feed->topic, stable->places[i].topic))
			return;
	}
	topic = span_strdup(feed->topic);
	add_place(stable, topic, feed->partition);
	mem_free(topic);
}

void
kafka_stable_ask(struct kafka_stable *stable, int64_t now_us)
{
	struct question *question;
	struct place *place;

	if (stable->is_asking || !kafka_is_assigned(stable->kafka) ||
	    stable->kafka->options.is_embedded ||
	    now_us - stable->asked_us < ASK_EVERY_US)
		return;
	stable->asked_us = now_us;
	kafka_each_feed(stable->kafka, add_feed, stable);
	place = &stable->places[stable->next % stable->count];
	question = mem_zalloc(sizeof(*question));
	question->job = (struct kafka_job){
		.what = "looking for a transaction that hangs",
		.run = question_run,
		.done = question_done,
		.free = question_free
	};
	question->stable = stable;
	question->place = stable->next++ % stable->count;
	question->topic = place->topic;
	question->partition = place->partition;
	stable->is_asking = true;
	kafka_worker_submit(stable->kafka->worker, &question->job);
}

void
kafka_stable_free(struct kafka_stable *stable)
{
	if (stable == NULL)
		return;
	close_clients(stable);
	for (size_t i = 0; i < stable->count; i++)
		mem_free(stable->places[i].topic);
	mem_free(stable->places);
	mem_free(stable);
}
