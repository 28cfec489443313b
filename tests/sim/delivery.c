/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct port_alerts and the group behind it: one member sends, another takes
 * over when it is gone or when the group moves; the committed position counts
 * only from the member that has it.
 */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"

#include "sim/sim.h"

#define BEAT_US (15 * SIM_S)
#define TRAIL_US (60 * SIM_S)

unsigned
delivery_frames_of(struct span record)
{
	uint64_t hash = world_hash(record);

	return hash % 11 == 0 ? 0 : 1 + hash % 2;
}

static void
write_place(const struct destination_place *place, char ret_hex[65])
{
	for (size_t i = 0; i < HASH_SHA256_LEN; i++)
		(void)snprintf(ret_hex + 2 * i, 3, "%02x", place->chain[i]);
}

static void
render(void *context, struct destination *destination, struct span record,
    const struct destination_place *place)
{
	unsigned count = delivery_frames_of(record);
	char hex[65], text[160];

	(void)context;
	write_place(place, hex);
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(text, sizeof(text), "F %llu %s %llu %u",
		    (unsigned long long)place->sequence, hex,
		    (unsigned long long)world_hash(record), i);
		destination_frame(destination, span_of(text));
	}
}

static void
beat(void *context, const struct destination_place *place, struct buffer *frame)
{
	char hex[65];

	(void)context;
	write_place(place, hex);
	buffer_printf(frame, "B %llu %s", (unsigned long long)place->sequence,
	    hex);
}

/* ---- The destination's own time ---- */

static void
on_run(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct delivery *delivery = &instance->delivery;
	int64_t due_us, wait_us;

	if (delivery->run != event->a)
		return;
	due_us = destination_run(delivery->destination, world->now_us);
	delivery->run++;
	if (due_us == INT64_MAX)
		return;
	wait_us = due_us > world->now_us ? due_us - world->now_us : 0;
	if (wait_us > 5 * SIM_S)
		wait_us = 5 * SIM_S;
	world_at(world, wait_us + SIM_MS, NULL, on_run, instance,
	    delivery->run);
}

void
delivery_run_soon(struct instance *instance)
{
	if (instance->is_alive)
		world_at(instance->world, SIM_MS, NULL, on_run, instance,
		    ++instance->delivery.run);
}

/* ---- Records ---- */

static void
on_read(struct world *world, struct sim_event *event)
{
	struct delivery *delivery = &event->instance->delivery;
	const struct broker *broker = &world->broker;
	struct port_alert alert;

	delivery->is_reading = false;
	while (delivery->is_started && delivery->wanted > 0 &&
	    delivery->position < (int64_t)broker->alert_count) {
		const struct sim_alert
		    *from = &broker->alerts[delivery->position];

		alert.offset = delivery->position++;
		alert.value = span_make(from->value, from->len);
		delivery->wanted--;
		destination_alerts_events.alert(delivery->destination, &alert);
		if (world_chance(world, 30))
			break;
	}
	delivery_run_soon(event->instance);
	if (delivery->is_started && delivery->wanted > 0 &&
	    delivery->position < (int64_t)broker->alert_count) {
		delivery->is_reading = true;
		world_at(world, world_delay(world, SIM_MS, SIM_S), NULL,
		    on_read, event->instance, 0);
	}
}

static void
read_soon(struct instance *instance)
{
	struct delivery *delivery = &instance->delivery;

	if (!instance->is_alive || !delivery->is_started ||
	    delivery->is_reading)
		return;
	delivery->is_reading = true;
	world_at(instance->world,
	    world_delay(instance->world, SIM_MS, 200 * SIM_MS), NULL, on_read,
	    instance, 0);
}

void
delivery_wake_all(struct world *world)
{
	for (size_t i = 0; i < SIM_INSTANCES; i++)
		read_soon(&world->instances[i]);
}

static void
want(void *port, size_t count)
{
	((struct instance *)port)->delivery.wanted = count;
	read_soon(port);
}

/* ---- The committed position ---- */

struct commit {
	int64_t offset;
	char metadata[PORT_METADATA_MAX];
};

static void
on_commit(struct world *world, struct sim_event *event)
{
	const struct commit *commit = event->data;
	struct broker *broker = &world->broker;

	if (broker->sender_generation != event->a)
		return;
	if (commit->offset < broker->sent_offset)
		world_fail(world,
		    "the position of the destination goes back "
		    "from %lld to %lld",
		    (long long)broker->sent_offset, (long long)commit->offset);
	broker->sent_offset = commit->offset;
	memcpy(broker->sent_metadata, commit->metadata, PORT_METADATA_MAX);
}

static void
commit(void *port, int64_t next_offset, struct span metadata)
{
	struct instance *instance = port;
	struct world *world = instance->world;
	struct commit *made;

	instance->delivery.told = next_offset;
	if (!instance->delivery.is_started ||
	    (world->faults.switches && !world->is_calm &&
		world_chance(world, 10)))
		return;
	CHECK(metadata.len < PORT_METADATA_MAX);
	made = mem_zalloc(sizeof(*made));
	made->offset = next_offset;
	memcpy(made->metadata, metadata.ptr, metadata.len);
	world_at(world, 20 * SIM_MS, NULL, on_commit, NULL,
	    instance->delivery.generation)
	    ->data = made;
}

/* ---- Who sends ---- */

static void
on_started(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct delivery *delivery = &instance->delivery;
	const struct broker *broker = &world->broker;

	if (broker->sender != instance ||
	    broker->sender_generation != event->a || delivery->is_started)
		return;
	delivery->is_started = true;
	delivery->generation = broker->sender_generation;
	delivery->wanted = 0;
	delivery->told = broker->sent_offset;
	delivery->position = broker->sent_offset >= 0 ? broker->sent_offset : 0;
	destination_alerts_events.started(delivery->destination,
	    broker->sent_offset, span_of(broker->sent_metadata));
	delivery_run_soon(instance);
}

static void
on_stopped(struct world *world, struct sim_event *event)
{
	struct delivery *delivery = &event->instance->delivery;

	if (!delivery->is_started || delivery->generation != event->a)
		return;
	delivery->is_started = false;
	destination_alerts_events.stopped(delivery->destination);
	delivery_run_soon(event->instance);
	/* It joins again, or has been given the partition meanwhile. */
	if (world->broker.sender == NULL)
		delivery_move(world);
	else if (world->broker.sender == event->instance)
		world_at(world, 100 * SIM_MS, "sends again", on_started,
		    event->instance, world->broker.sender_generation);
}

static struct instance *
next_sender(struct world *world)
{
	struct broker *broker = &world->broker;
	size_t at = broker->sender != NULL ? broker->sender->index : 0;

	for (size_t i = 1; i <= SIM_INSTANCES; i++) {
		struct instance
		    *instance = &world->instances[(at + i) % SIM_INSTANCES];

		if (instance->is_alive && !instance->is_stopping &&
		    instance->paused_until_us <= world->now_us)
			return instance;
	}
	return NULL;
}

void
delivery_move(struct world *world)
{
	struct broker *broker = &world->broker;
	struct instance *old = broker->sender, *instance = next_sender(world);

	if (old != NULL && old->is_alive)
		world_at(world, world_delay(world, SIM_MS, 3 * SIM_S),
		    "sends no more", on_stopped, old, old->delivery.generation);
	broker->sender = instance;
	broker->sender_generation++;
	if (instance == NULL)
		return;
	broker->sender_life = instance->life;
	world_at(world, world_delay(world, SIM_MS, 2 * SIM_S), "sends",
	    on_started, instance, broker->sender_generation);
}

/* ---- Life ---- */

void
delivery_open(struct instance *instance)
{
	struct delivery *delivery = &instance->delivery;
	const struct destination_options options = {
		.name = "sim",
		.render = render,
		.beat = beat,
		.beat_every_us = BEAT_US,
		.trail_us = TRAIL_US,
		.trail_bytes = 4 << 20,
	};

	*delivery = (struct delivery){
		.alerts = { instance, want, commit },
		.run = delivery->run + 1,
		.link = { .connection = delivery->link.connection + 1 },
	};
	delivery->destination = destination_new(&options);
	delivery->frames = link_port(instance);
	destination_connect(delivery->destination, &delivery->alerts,
	    &delivery->frames);
	link_connect_soon(instance);
	delivery_run_soon(instance);
}

void
delivery_close(struct instance *instance)
{
	link_crash(instance);
	destination_free(instance->delivery.destination);
	instance->delivery.destination = NULL;
}
