/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct port_output_calls: one transaction at a time, three requests (begin
 * with all records and offsets, EndTxn, the answer).  What becomes of it is
 * drawn when it is submitted.  A producer in doubt is retired.
 */
#include "base/check.h"
#include "base/mem.h"

#include "sim/sim.h"

enum fate {
	FATE_OK,
	FATE_ABORTED,	  /* the coordinator refuses it */
	FATE_LOST_BEGIN,  /* nothing arrives; in doubt */
	FATE_LOST_END,	  /* stays open until its time is over; in doubt */
	FATE_LOST_ANSWER, /* committed; in doubt */
	FATE_LATE_END	  /* in doubt, then committed */
};

struct answer {
	enum port_outcome outcome;
	bool is_large, is_named;
	size_t limit_bytes;
	size_t refused[64];
	size_t refused_count;
};

static void
on_answer(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	const struct answer *answer = event->data;
	struct error err = ERROR_NONE;
	static const char *const names[] = { "ok", "aborted", "fenced",
		"unknown" };

	world_trace(world, "#%u transaction %lld is answered %s%s",
	    instance->index, (long long)event->a, names[answer->outcome],
	    answer->is_large ? ": too large" : "");
	error_set(&err, answer->is_large ? PORT_TOO_LARGE : NULL, "drawn");
	instance->producer.is_busy = false;
	if (answer->outcome == PORT_UNKNOWN)
		instance->producer.epoch = 0;
	for (size_t i = 0; i < answer->refused_count; i++)
		pipeline_output_events.refused(instance->pipeline,
		    answer->refused[i], answer->limit_bytes);
	pipeline_output_events.submitted(instance->pipeline, (uint64_t)event->a,
	    answer->outcome, &err);
	consumer_wake(instance);
}

static struct answer *
answer_after(struct instance *instance, int64_t delay_us, uint64_t number,
    enum port_outcome outcome)
{
	struct answer *answer = mem_zalloc(sizeof(*answer));

	answer->outcome = outcome;
	world_at(instance->world, delay_us, NULL, on_answer, instance,
	    (int64_t)number)
	    ->data = answer;
	return answer;
}

static int64_t
answer_delay(struct world *world)
{
	if (world->faults.lates && !world->is_calm && world_chance(world, 10))
		return world_delay(world, SIM_S, 25 * SIM_S);
	return world_delay(world, SIM_MS, 300 * SIM_MS);
}

static enum fate
draw_fate(struct world *world)
{
	const struct sim_faults *faults = &world->faults;

	if (world->is_calm)
		return FATE_OK;
	if (faults->aborts && world_chance(world, 10))
		return FATE_ABORTED;
	if (faults->unknowns && world_chance(world, 12))
		return FATE_LOST_BEGIN + (enum fate)world_random(world, 4);
	return FATE_OK;
}

/* EndTxn arrives, for it had left before the process could die. */
static void
on_end(struct world *world, struct sim_event *event)
{
	uint64_t epoch = (uint64_t)event->b >> 1;
	struct transaction *transaction = broker_find(world, (uint64_t)event->a,
	    (unsigned)(event->b & 1), epoch);
	struct instance *instance = event->data != NULL ?
	    *(struct instance **)event->data :
	    NULL;
	bool is_open = transaction != NULL;
	enum port_outcome outcome = PORT_OK;
	unsigned life = 0;

	if (is_open && transaction->fate == FATE_LOST_END)
		return; /* it had not left */
	if (is_open) {
		enum fate fate = (enum fate)transaction->fate;

		life = transaction->life;
		broker_end(world, transaction, fate != FATE_ABORTED);
		if (fate == FATE_ABORTED)
			outcome = PORT_ABORTED;
		if (fate == FATE_LOST_ANSWER)
			outcome = PORT_UNKNOWN;
		if (fate == FATE_LATE_END)
			return;
	} else {
		outcome = PORT_FENCED;
	}
	if (instance == NULL || !instance->is_alive ||
	    (is_open && instance->life != life) ||
	    instance->producer.epoch != epoch)
		return;
	/* Its time was over, and nobody has taken the name. */
	if (!is_open && world->broker.epochs[instance->name] == epoch)
		outcome = PORT_ABORTED;
	answer_after(instance, answer_delay(world), (uint64_t)event->a,
	    outcome);
}

static void
send_end(struct world *world, const struct transaction *transaction,
    int64_t delay_us)
{
	struct sim_event *event = world_at(world, delay_us, NULL, on_end, NULL,
	    (int64_t)transaction->number);

	event->b = (int64_t)(transaction->epoch << 1 | transaction->name);
	/* A late one was answered when it left. */
	if (transaction->fate != FATE_LATE_END)
		event->data = mem_dup(&transaction->instance,
		    sizeof(struct instance *));
}

static void
find_large(struct world *world, const struct transaction *transaction,
    struct answer *answer)
{
	answer->is_large = true;
	answer->limit_bytes = world->broker.limit_bytes;
	if (world_chance(world, 30))
		return; /* which one is not told */
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct port_output *output = &transaction->outputs[i];

		if (output->key.len + output->value.len >
			world->broker.limit_bytes &&
		    answer->refused_count < 64)
			answer->refused[answer->refused_count++] = i;
	}
}

static bool
has_large(const struct world *world, const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct port_output *output = &transaction->outputs[i];

		if (output->key.len + output->value.len >
		    world->broker.limit_bytes)
			return true;
	}
	return false;
}

/* The worker begins: everything but EndTxn arrives in a moment. */
static void
on_begin(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct transaction *transaction = instance->producer.beginning;
	enum port_outcome outcome = PORT_OK;
	uint64_t number = transaction->number;
	enum fate fate = (enum fate)transaction->fate;

	instance->producer.beginning = NULL;
	if (instance->producer.epoch == 0)
		instance->producer.epoch = broker_init_producer(world,
		    instance->name);
	transaction->epoch = instance->producer.epoch;
	if (has_large(world, transaction)) {
		find_large(world, transaction,
		    answer_after(instance, answer_delay(world), number,
			PORT_ABORTED));
		broker_free_transaction(transaction);
		return;
	}
	if (fate == FATE_LOST_BEGIN ||
	    !broker_begin(world, transaction, &outcome)) {
		if (fate == FATE_LOST_BEGIN)
			outcome = PORT_UNKNOWN;
		broker_free_transaction(transaction);
		answer_after(instance, answer_delay(world), number, outcome);
		return;
	}
	if (fate != FATE_LOST_END)
		send_end(world, transaction,
		    fate == FATE_LATE_END ?
			world_delay(world, SIM_S, 15 * SIM_S) :
			world_delay(world, SIM_MS, 400 * SIM_MS));
	if (fate == FATE_LOST_END || fate == FATE_LATE_END)
		answer_after(instance, answer_delay(world), number,
		    PORT_UNKNOWN);
}

static struct transaction *
copy_submission(struct instance *instance, const struct port_submission *from)
{
	struct transaction *copy = mem_zalloc(sizeof(*copy));

	copy->instance = instance;
	copy->life = instance->life;
	copy->name = instance->name;
	copy->number = from->number;
	copy->outputs = mem_array(from->output_count + 1,
	    sizeof(*copy->outputs));
	copy->output_count = from->output_count;
	for (size_t i = 0; i < from->output_count; i++) {
		copy->outputs[i] = from->outputs[i];
		copy->outputs[i]
		    .value.ptr = span_strdup(from->outputs[i].value);
	}
	copy->offsets = mem_dup(from->offsets,
	    from->offset_count * sizeof(*copy->offsets));
	copy->offset_count = from->offset_count;
	for (size_t i = 0; i < from->offset_count; i++)
		copy->offsets[i].feed = (uint32_t)consumer_partition(instance,
		    from->offsets[i].feed);
	return copy;
}

static void
submit(void *port, const struct port_submission *submission)
{
	struct instance *instance = port;
	struct world *world = instance->world;
	const struct consumer *consumer = &instance->consumer;
	struct transaction *transaction;

	CHECK(!instance->producer.is_busy && submission->offset_count > 0);
	instance->producer.is_busy = true;
	world_trace(world,
	    "#%u submits %llu: %zu outputs, %lld of partition %zu",
	    instance->index, (unsigned long long)submission->number,
	    submission->output_count,
	    (long long)submission->offsets[0].next_offset,
	    consumer_partition(instance, submission->offsets[0].feed));
	if (consumer->mask == 0 ||
	    (submission->fence != NULL &&
		submission->fence != (void *)consumer->assignment)) {
		answer_after(instance, world_delay(world, 0, SIM_MS),
		    submission->number, PORT_ABORTED);
		return;
	}
	transaction = copy_submission(instance, submission);
	transaction->generation = consumer->generation;
	transaction->fate = (int)draw_fate(world);
	instance->producer.beginning = transaction;
	world_at(world, world_delay(world, SIM_MS, 200 * SIM_MS), NULL,
	    on_begin, instance, (int64_t)submission->number);
}

struct port_output_calls
producer_port(struct instance *instance)
{
	return (struct port_output_calls){ instance, submit };
}

/* What had not left the process never will. */
void
producer_crash(struct instance *instance)
{
	struct world *world = instance->world;
	struct transaction *transaction = world->broker.open;

	if (instance->producer.beginning != NULL)
		broker_free_transaction(instance->producer.beginning);
	for (; transaction != NULL; transaction = transaction->next) {
		if (transaction->instance == instance &&
		    world_chance(world, 50))
			transaction->fate = FATE_LOST_END;
	}
	instance->producer = (struct producer){ 0 };
}
