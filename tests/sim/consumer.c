/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct port_source, state by state as daemon/kafka has it:
 *
 *	WAITING --assign--> FETCHING --positions--> READING --revoke--> REVOKING
 */
#include "base/check.h"
#include "base/mem.h"

#include "sim/sim.h"

static bool
has(const struct consumer *consumer, size_t partition)
{
	return (consumer->mask >> partition & 1) != 0;
}

uint32_t
consumer_feed(const struct instance *instance, size_t partition)
{
	return (uint32_t)partition + instance->index; /* not the same for all */
}

size_t
consumer_partition(const struct instance *instance, uint32_t feed)
{
	return feed - instance->index;
}

static void
clear_filling(struct consumer *consumer)
{
	if (consumer->filling != NULL)
		consumer->filling->port.count = 0;
}

/* ---- Positions ---- */

static void
tell_assigned(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;
	struct port_feed feeds[SIM_PARTITIONS];
	size_t count = 0;

	for (size_t i = 0; i < SIM_PARTITIONS; i++) {
		int64_t committed = consumer->found[i];

		if (!has(consumer, i))
			continue;
		feeds[count++] = (struct port_feed){
			.feed = consumer_feed(instance, i),
			.topic = SPAN(SIM_TOPIC),
			.partition = (int32_t)i,
			.committed = committed,
			.position = committed,
			.metadata = span_of(consumer->metadata[i]),
		};
	}
	pipeline_source_events.assigned(instance->pipeline, feeds, count);
}

static void fetch(struct instance *instance);

static void
on_fetched(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct consumer *consumer = &instance->consumer;

	consumer->is_fetching = false;
	if (consumer->state != CONSUMER_FETCHING)
		return;
	if (consumer->is_rewind_wanted && !consumer->is_new_generation) {
		fetch(instance);
		return;
	}
	for (size_t i = 0; i < SIM_PARTITIONS; i++) {
		if (!has(consumer, i))
			continue;
		consumer->next[i] = consumer->found[i];
		consumer->reread[i] = -1;
		consumer->is_at_end[i] = consumer->is_idle[i] = false;
		consumer->active_us[i] = world->now_us;
	}
	consumer->is_new_generation = false;
	consumer->is_rewind_wanted = false;
	consumer->state = CONSUMER_READING;
	tell_assigned(instance);
	consumer_wake(instance);
}

/* At the broker: waits for what is open. */
static void
on_fetch(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct consumer *consumer = &instance->consumer;

	for (size_t i = 0; i < SIM_PARTITIONS; i++) {
		if (has(consumer, i) &&
		    world->broker.partitions[i].pending > 0) {
			world_at(world, world_delay(world, SIM_MS, SIM_S), NULL,
			    on_fetch, instance, 0);
			return;
		}
	}
	for (size_t i = 0; i < SIM_PARTITIONS; i++) {
		const struct partition *from = &world->broker.partitions[i];

		consumer->found[i] = from->committed;
		memcpy(consumer->metadata[i], from->metadata,
		    PORT_METADATA_MAX);
	}
	world_at(world, world_delay(world, SIM_MS, 500 * SIM_MS),
	    "has positions", on_fetched, instance, consumer->mask);
}

static void
fetch(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;

	consumer->state = CONSUMER_FETCHING;
	consumer->is_edges = false;
	consumer->is_rewind_wanted = false;
	consumer->is_fetching = true;
	world_at(instance->world,
	    world_delay(instance->world, SIM_MS, 300 * SIM_MS), NULL, on_fetch,
	    instance, 0);
}

static void
on_edges(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct consumer *consumer = &instance->consumer;
	size_t i = (size_t)event->a;
	int64_t oldest = world->broker.partitions[i].start;

	if (consumer->state != CONSUMER_FETCHING || !consumer->is_edges)
		return;
	if (consumer->next[i] < 0 || consumer->next[i] >= oldest) {
		consumer->state = CONSUMER_READING;
		consumer_wake(instance);
		return;
	}
	pipeline_source_events.gap(instance->pipeline,
	    consumer_feed(instance, i), PORT_GAP_RETENTION, consumer->next[i],
	    oldest);
	consumer->next[i] = oldest;
	consumer->state = CONSUMER_READING;
	consumer_wake(instance);
}

/* ---- Records ---- */

/* False: it is not to be read now. */
static bool
accept_jump(struct instance *instance, size_t i, int64_t from, int64_t to)
{
	struct consumer *consumer = &instance->consumer;

	if (to <= from + 1)
		return true;
	if (consumer->reread[i] != from) {
		consumer->reread[i] = from;
		return false;
	}
	pipeline_source_events.gap(instance->pipeline,
	    consumer_feed(instance, i), PORT_GAP_OFFSETS, from, to);
	return true;
}

static void
take_record(struct instance *instance, size_t i, int64_t offset)
{
	struct consumer *consumer = &instance->consumer;
	const struct entry *entry = &instance->world->broker.partitions[i]
					 .log[offset];
	struct lent *lent = consumer->filling;

	if (consumer->is_idle[i]) {
		consumer->is_idle[i] = false;
		pipeline_source_events.idle(instance->pipeline,
		    consumer_feed(instance, i), false);
	}
	consumer->next[i] = offset + 1;
	consumer->is_at_end[i] = false;
	lent->records[lent->port.count++] = (struct record){
		.position = { SPAN(SIM_TOPIC), (int32_t)i, offset },
		.bytes = span_of(entry->bytes),
		.broker_us = entry->broker_us,
		.feed = consumer_feed(instance, i),
	};
}

/* False if there was nothing to read. */
static bool
read_one(struct instance *instance, size_t i)
{
	struct world *world = instance->world;
	struct consumer *consumer = &instance->consumer;
	const struct partition *partition = &world->broker.partitions[i];
	int64_t from = consumer->next[i], at;

	if (from < 0)
		from = partition->start;
	else if (from < partition->start) {
		consumer->state = CONSUMER_FETCHING;
		consumer->is_edges = true;
		world_at(world, world_delay(world, SIM_MS, 500 * SIM_MS),
		    "asks for the oldest", on_edges, instance, (int64_t)i);
		return false;
	}
	at = from;
	while (at < (int64_t)partition->count &&
	    partition->log[at].bytes == NULL)
		at++;
	if (at == (int64_t)partition->count) {
		if (!consumer->is_at_end[i])
			consumer->active_us[i] = world->now_us;
		consumer->is_at_end[i] = true;
		return false;
	}
	if (consumer->next[i] < 0 || accept_jump(instance, i, from, at))
		take_record(instance, i, at);
	return true;
}

static bool
fill(struct instance *instance)
{
	struct world *world = instance->world;
	struct consumer *consumer = &instance->consumer;
	size_t tries = 0, limit = 1 + world_random(world, SIM_BATCH);

	if (consumer->filling == NULL)
		consumer->filling = mem_zalloc(sizeof(*consumer->filling));
	while (consumer->state == CONSUMER_READING && tries < SIM_PARTITIONS &&
	    consumer->filling->port.count < limit) {
		size_t i = world_random(world, SIM_PARTITIONS);

		for (tries = 0; tries < SIM_PARTITIONS; tries++) {
			size_t at = (i + tries) % SIM_PARTITIONS;

			if (has(consumer, at) &&
			    (read_one(instance, at) ||
				consumer->state != CONSUMER_READING))
				break;
		}
	}
	return tries == SIM_PARTITIONS;
}

static void
hand_up(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;
	struct lent *lent = consumer->filling;

	consumer->filling = NULL;
	lent->port.records = lent->records;
	lent->port.fence = (void *)consumer->assignment;
	lent->port.handle = lent;
	lent->next = consumer->lent;
	consumer->lent = lent;
	consumer->is_wanted = false;
	world_trace(instance->world,
	    "#%u reads %zu, first %lld of partition %d", instance->index,
	    lent->port.count, (long long)lent->records[0].position.offset,
	    lent->records[0].position.partition);
	pipeline_source_events.batch(instance->pipeline, &lent->port);
}

static void
tell_idle(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;

	for (size_t i = 0; i < SIM_PARTITIONS; i++) {
		if (!has(consumer, i) || consumer->is_idle[i] ||
		    !consumer->is_at_end[i] ||
		    instance->world->now_us - consumer->active_us[i] <
			SIM_IDLE_US)
			continue;
		consumer->is_idle[i] = true;
		world_trace(instance->world, "#%u partition %zu is idle",
		    instance->index, i);
		pipeline_source_events.idle(instance->pipeline,
		    consumer_feed(instance, i), true);
	}
}

/* ---- What is due ---- */

static void
revoke(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;
	uint32_t feeds[SIM_PARTITIONS];
	size_t count = 0;

	if (!consumer->is_revoke_told) {
		consumer->is_revoke_told = true;
		clear_filling(consumer);
		for (size_t i = 0; i < SIM_PARTITIONS; i++) {
			if (has(consumer, i))
				feeds[count++] = consumer_feed(instance, i);
		}
		/* Who is not told still waits for what was wanted. */
		if (count > 0)
			consumer->is_wanted = false;
		if (count > 0)
			pipeline_source_events.revoked(instance->pipeline,
			    feeds, count);
		else
			consumer->is_revoke_done = true;
	}
	if (!consumer->is_revoke_done || instance->producer.is_busy)
		return;
	consumer->mask = 0;
	consumer->must_assign = false;
	memset(consumer->is_idle, 0, sizeof(consumer->is_idle));
	consumer->state = CONSUMER_WAITING;
	world_trace(instance->world, "#%u gives back", instance->index);
	group_rejoin(instance->world, instance);
	consumer_wake(instance);
}

static void
take_notes(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;

	if (consumer->state != CONSUMER_WAITING &&
	    consumer->state != CONSUMER_READING)
		return;
	if (consumer->must_revoke) {
		consumer->must_revoke = false;
		consumer->state = CONSUMER_REVOKING;
		consumer->is_revoke_told = consumer->is_revoke_done = false;
	} else if (consumer->must_assign) {
		consumer->must_assign = false;
		consumer->mask = consumer->next_mask;
		consumer->generation = consumer->next_generation;
		consumer->assignment++;
		consumer->is_new_generation = true;
		world_trace(instance->world,
		    "#%u gets partitions %x, generation %u", instance->index,
		    consumer->mask, consumer->generation);
		fetch(instance);
	}
}

static void
on_step(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct consumer *consumer = &instance->consumer;
	bool is_drained = true;

	consumer->is_stepping = false;
	if (consumer->state == CONSUMER_CLOSED)
		return;
	if (consumer->state == CONSUMER_READING && consumer->is_rewind_wanted) {
		clear_filling(consumer);
		fetch(instance);
	}
	take_notes(instance);
	if (consumer->state == CONSUMER_READING)
		is_drained = fill(instance);
	if (consumer->state == CONSUMER_REVOKING)
		revoke(instance);
	if (consumer->state == CONSUMER_READING && consumer->is_wanted &&
	    consumer->filling->port.count > 0 && world_chance(world, 80)) {
		hand_up(instance);
		consumer_wake(instance);
	} else if (consumer->state == CONSUMER_READING && consumer->is_wanted &&
	    consumer->filling->port.count > 0) {
		consumer_wake(instance);
	}
	if (consumer->state == CONSUMER_READING && is_drained &&
	    (consumer->filling == NULL || consumer->filling->port.count == 0))
		tell_idle(instance);
}

void
consumer_wake(struct instance *instance)
{
	if (instance->consumer.is_stepping || !instance->is_alive)
		return;
	instance->consumer.is_stepping = true;
	world_at(instance->world, world_delay(instance->world, 0, 200 * SIM_MS),
	    NULL, on_step, instance, 0);
}

void
consumer_wake_all(struct world *world)
{
	for (size_t i = 0; i < SIM_INSTANCES; i++)
		consumer_wake(&world->instances[i]);
}

/* ---- From the group ---- */

void
consumer_revoke(struct instance *instance)
{
	instance->consumer.must_revoke = true;
	instance->consumer.must_assign = false;
	consumer_wake(instance);
}

static void
on_assign(struct world *world, struct sim_event *event)
{
	struct consumer *consumer = &event->instance->consumer;

	/* Who has joined again meanwhile is past it. */
	if (!group_has(&world->broker, event->instance, event->life) ||
	    world->broker.members[event->instance->name].has_joined ||
	    world->broker.generation != event->b)
		return;
	consumer->must_assign = true;
	consumer->next_mask = (uint32_t)event->a;
	consumer->next_generation = (unsigned)event->b;
	consumer_wake(event->instance);
}

void
consumer_assign(struct instance *instance, uint32_t mask, unsigned generation)
{
	world_at(instance->world,
	    world_delay(instance->world, SIM_MS, 500 * SIM_MS), "is assigned",
	    on_assign, instance, mask)
	    ->b = generation;
}

/* ---- From the core ---- */

static void
want(void *port)
{
	struct instance *instance = port;

	CHECK(!instance->consumer.is_wanted);
	instance->consumer.is_wanted = true;
	consumer_wake(instance);
}

static void
release(void *port, struct port_batch *batch)
{
	struct instance *instance = port;
	struct lent **link = &instance->consumer.lent;
	struct lent *lent = batch->handle;

	while (*link != lent) {
		CHECK(*link != NULL);
		link = &(*link)->next;
	}
	*link = lent->next;
	mem_free(lent);
}

static void
revoke_done(void *port)
{
	((struct instance *)port)->consumer.is_revoke_done = true;
	consumer_wake(port);
}

static void
rewind_all(void *port)
{
	struct instance *instance = port;

	instance->consumer.is_rewind_wanted = true;
	instance->consumer.is_wanted = false;
	consumer_wake(instance);
}

struct port_source
consumer_port(struct instance *instance)
{
	return (struct port_source){ instance, want, release, revoke_done,
		rewind_all };
}

void
consumer_close(struct instance *instance)
{
	struct consumer *consumer = &instance->consumer;
	struct lent *lent;

	while ((lent = consumer->lent) != NULL) {
		consumer->lent = lent->next;
		mem_free(lent);
	}
	mem_free(consumer->filling);
	*consumer = (struct consumer){ .state = CONSUMER_CLOSED };
}
