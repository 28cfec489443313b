/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct port_frame, and the receiver behind it.  Frames wait in a buffer,
 * leave the process (acknowledged, unless the transport confirms), and are
 * received some time later.  A connection that breaks takes what was not
 * received with it, but nothing that left longer ago than a trail lasts.
 */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"

#include "sim/sim.h"

#define BUFFER_FRAMES 6
#define WIRE_US (20 * SIM_S)

static struct link *
link_of(struct instance *instance)
{
	return &instance->delivery.link;
}

static void
init_queues(struct link *link)
{
	link->buffer_end = &link->buffer;
	link->wire_end = &link->wire;
}

static struct sent *
take_first(struct sent **first, struct sent ***end)
{
	struct sent *sent = *first;

	*first = sent->next;
	if (*first == NULL)
		*end = first;
	sent->next = NULL;
	return sent;
}

static void
receive_one(struct instance *instance)
{
	struct link *link = link_of(instance);
	struct sent *sent = take_first(&link->wire, &link->wire_end);

	oracle_received(instance->world, sent->text);
	mem_free(sent);
}

static void
acknowledge(struct instance *instance, uint64_t number)
{
	destination_frame_events.acknowledged(instance->delivery.destination,
	    number);
	delivery_run_soon(instance);
}

static void
on_confirmed(struct world *world, struct sim_event *event)
{
	(void)world;
	if (link_of(event->instance)->connection == event->b)
		acknowledge(event->instance, (uint64_t)event->a);
}

/* The wire does not stop with the process. */
static void
on_received(struct world *world, struct sim_event *event)
{
	struct instance *instance = &world->instances[event->b];
	struct link *link = link_of(instance);
	uint64_t number;

	if (link->connection != event->a || link->wire == NULL)
		return;
	number = link->wire->number;
	receive_one(instance);
	if (world->faults.is_confirmed)
		world_at(world, world_delay(world, SIM_MS, SIM_S), NULL,
		    on_confirmed, instance, (int64_t)number)
		    ->b = link->connection;
}

static void
on_leave(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	struct link *link = link_of(instance);
	int64_t most = world->is_calm ? SIM_S : WIRE_US;
	struct sent *sent;
	uint64_t number;

	link->is_stepping = false;
	if (link->connection != event->a || link->buffer == NULL)
		return;
	sent = take_first(&link->buffer, &link->buffer_end);
	number = sent->number;
	*link->wire_end = sent;
	link->wire_end = &sent->next;
	link->buffered--;
	world_at(world, world_delay(world, SIM_MS, most), NULL, on_received,
	    NULL, link->connection)
	    ->b = instance->index;
	if (link->buffer != NULL) {
		link->is_stepping = true;
		world_at(world, world_delay(world, 0, 50 * SIM_MS), NULL,
		    on_leave, instance, link->connection);
	}
	if (!world->faults.is_confirmed)
		acknowledge(instance, number);
}

static bool
send_frame(void *port, uint64_t number, struct span frame)
{
	struct instance *instance = port;
	struct world *world = instance->world;
	struct link *link = link_of(instance);
	struct sent *sent;

	CHECK(link->is_connected && frame.len < sizeof(sent->text));
	if (link->buffered == BUFFER_FRAMES)
		return false;
	sent = mem_zalloc(sizeof(*sent));
	sent->number = number;
	memcpy(sent->text, frame.ptr, frame.len);
	*link->buffer_end = sent;
	link->buffer_end = &sent->next;
	link->buffered++;
	if (!link->is_stepping) {
		link->is_stepping = true;
		world_at(world, world_delay(world, 0, 100 * SIM_MS), NULL,
		    on_leave, instance, link->connection);
	}
	return true;
}

struct port_frame
link_port(struct instance *instance)
{
	init_queues(link_of(instance));
	return (struct port_frame){ instance, send_frame,
		instance->world->faults.is_confirmed };
}

/* ---- Connections ---- */

static void
on_connected(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;

	(void)world;
	if (link_of(instance)->is_connected)
		return;
	link_of(instance)->is_connected = true;
	destination_frame_events.connected(instance->delivery.destination);
	delivery_run_soon(instance);
}

void
link_connect_soon(struct instance *instance)
{
	world_at(instance->world,
	    world_delay(instance->world, SIM_MS,
		instance->world->is_calm ? SIM_S : 20 * SIM_S),
	    "connects", on_connected, instance, 0);
}

static void
free_queue(struct sent **first)
{
	struct sent *sent;

	while ((sent = *first) != NULL) {
		*first = sent->next;
		mem_free(sent);
	}
}

/* A part of what was on its way still arrives, the first of it. */
static void
cut(struct instance *instance)
{
	struct link *link = link_of(instance);
	bool loses = instance->world->faults.losses;

	while (link->wire != NULL &&
	    (!loses || world_chance(instance->world, 70)))
		receive_one(instance);
	free_queue(&link->wire);
	free_queue(&link->buffer);
	init_queues(link);
	link->buffered = 0;
	link->connection++;
	link->is_stepping = false;
	link->is_connected = false;
}

void
link_drop(struct instance *instance)
{
	struct error err = ERROR_NONE;

	if (!instance->is_alive || !link_of(instance)->is_connected)
		return;
	cut(instance);
	error_set(&err, NULL, "the connection broke");
	destination_frame_events.disconnected(instance->delivery.destination,
	    &err);
	delivery_run_soon(instance);
	link_connect_soon(instance);
}

void
link_crash(struct instance *instance)
{
	cut(instance);
}
