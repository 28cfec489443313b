/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to the system from outside: records, and faults. */
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"

#include "sim/sim.h"

#define JITTER_US (240 * SIM_S)
#define QUIET_US (90 * SIM_S) /* an input that falls silent is idle */

/* ---- Records ---- */

static void
write_record(struct world *world, struct entry *entry, const char *action)
{
	struct buffer text = BUFFER_INIT;
	struct json json;

	json_init(&json, &text);
	json_object(&json);
	json_key(&json, "@timestamp");
	json_time(&json, entry->event_us);
	json_key(&json, "user.id");
	json_string(&json,
	    (const char *[]){ "P1", "P2", "P3", "P4" }[entry->user]);
	json_key(&json, "event.action");
	json_string(&json, action);
	if (world->faults.large && world_chance(world, 30)) {
		json_key(&json, "reason.text");
		json_string(&json, "a reason that is long, and long, and long");
	}
	json_end(&json);
	if (entry->kind == ENTRY_UNREADABLE)
		text.len -= 5;
	entry->bytes = span_strdup(buffer_span(&text));
	buffer_done(&text);
}

static void
add_record(struct world *world, struct partition *partition)
{
	uint64_t draw = world_random(world, 100);
	enum entry_kind kind = draw < 60 ? ENTRY_MATCH :
	    draw < 85			 ? ENTRY_OTHER :
					   ENTRY_UNREADABLE;
	struct entry *entry = broker_append(partition, kind);
	int64_t now_us = SIM_BASE_US + world->now_us;

	entry->broker_us = now_us;
	entry->event_us = now_us - world_delay(world, 0, JITTER_US);
	entry->event_us -= entry->event_us % SIM_MS;
	entry->user = (unsigned)world_random(world, SIM_USERS);
	write_record(world, entry, kind == ENTRY_MATCH ? "view" : "search");
	world->produced++;
}

static void
on_calm(struct world *world, struct sim_event *event)
{
	(void)event;
	workload_calm(world);
}

static void
on_produce(struct world *world, struct sim_event *event)
{
	struct broker *broker = &world->broker;
	size_t at = world_random(world, broker->partition_count);
	struct partition *partition = &broker->partitions[at];
	size_t count = 1 + world_random(world, 4);

	(void)event;
	/* A marker of the producer's own, sometimes. */
	if (partition->count > 0 && world_chance(world, 10) &&
	    partition->log[partition->count - 1].bytes != NULL)
		(void)broker_append(partition, ENTRY_MARKER);
	while (count-- > 0)
		add_record(world, partition);
	consumer_wake_all(world);
	if (world->produced >= world->to_produce)
		world_at(world, world_delay(world, SIM_S, 60 * SIM_S),
		    "the faults end", on_calm, NULL, 0);
	else
		world_at(world,
		    world_chance(world, 4) ?
			QUIET_US :
			world_delay(world, SIM_MS, 15 * SIM_S),
		    NULL, on_produce, NULL, 0);
}

/*
 * Shows where the logs end, and that time goes on; of two partitions one may
 * stay silent: it is idle, then.
 */
static void
add_last(struct world *world, struct partition *partition)
{
	struct entry *entry = broker_append(partition, ENTRY_OTHER);

	entry->broker_us = SIM_BASE_US + world->now_us + 3600 * SIM_S;
	entry->event_us = entry->broker_us - entry->broker_us % SIM_MS;
	write_record(world, entry, "search");
}

/* Somebody starts what has ended for good. */
static void
on_operator(struct world *world, struct sim_event *event)
{
	(void)event;
	if (instance_of_name(world, 0) == NULL)
		instance_start(world, &world->instances[0]);
	world_at(world, 30 * SIM_S, NULL, on_operator, NULL, 0);
}

void
workload_calm(struct world *world)
{
	world->is_calm = true;
	world_at(world, 30 * SIM_S, NULL, on_operator, NULL, 0);
	for (size_t i = 0; i < world->broker.partition_count; i++) {
		struct partition *partition = &world->broker.partitions[i];

		if (i == 0 || partition->count == 0 ||
		    partition->log[partition->count - 1].bytes == NULL ||
		    world_chance(world, 60))
			add_last(world, partition);
	}
	for (unsigned name = 0; name < SIM_NAMES; name++) {
		if (instance_of_name(world, name) == NULL &&
		    (name == 0 ||
			(!world->is_trusted && world_chance(world, 50))))
			instance_start(world, &world->instances[name]);
	}
	if (world->broker.sender == NULL)
		delivery_move(world);
	consumer_wake_all(world);
}

/* ---- Faults ---- */

static struct instance *
any_alive(struct world *world)
{
	size_t at = world_random(world, SIM_INSTANCES);

	for (size_t i = 0; i < SIM_INSTANCES; i++) {
		struct instance
		    *instance = &world->instances[(at + i) % SIM_INSTANCES];

		if (instance->is_alive && !instance->is_ending)
			return instance;
	}
	return NULL;
}

static void
fault_crash(struct world *world)
{
	struct instance *instance = any_alive(world);

	if (instance != NULL)
		instance_crash(instance, false);
}

static void
fault_pause(struct world *world)
{
	struct instance *instance = any_alive(world);

	/* Half of them for longer than its session lasts. */
	if (instance != NULL)
		instance_pause(instance,
		    world_chance(world, 50) ?
			world_delay(world, SIM_S, 10 * SIM_S) :
			world_delay(world, SIM_SESSION_US, 40 * SIM_S));
}

static void
fault_stop(struct world *world)
{
	struct instance *instance = any_alive(world);

	if (instance != NULL && !instance->is_stopping &&
	    instance->paused_until_us <= world->now_us)
		instance_stop(instance);
}

static void
fault_reload(struct world *world)
{
	struct instance *instance = any_alive(world);

	if (instance != NULL && instance->paused_until_us <= world->now_us)
		instance_reload(instance);
}

/* Two of one name: the older one is fenced. */
static void
fault_rival(struct world *world)
{
	struct instance *rival = &world->instances[SIM_INSTANCES - 1];

	if (rival->is_alive)
		rival = &world->instances[0];
	if (!rival->is_alive)
		instance_start(world, rival);
}

static void
fault_coming(struct world *world)
{
	struct instance *second = &world->instances[1];

	if (!second->is_alive)
		instance_start(world, second);
	else if (!second->is_stopping && !second->is_ending)
		instance_crash(second, true);
}

static void
fault_retention(struct world *world)
{
	struct partition *partition = &world->broker.partitions[world_random(
	    world, world->broker.partition_count)];
	int64_t start;

	/* Of one that nobody has read yet nothing can be missed. */
	if (partition->committed < 0 || partition->count < 2)
		return;
	start = partition->start +
	    (int64_t)world_random(world,
		partition->count - (uint64_t)partition->start);
	while (start < (int64_t)partition->count - 1 &&
	    partition->log[start].bytes == NULL)
		start++;
	if (partition->log[start].bytes == NULL)
		return;
	world_trace(world, "-- retention: the oldest of partition %zu is %lld",
	    (size_t)(partition - world->broker.partitions), (long long)start);
	partition->start = start;
	consumer_wake_all(world);
}

static void
fault_jump(struct world *world)
{
	struct partition *partition = &world->broker.partitions[world_random(
	    world, world->broker.partition_count)];
	size_t count = 2 + world_random(world, 3);

	if (partition->committed < 0)
		return;
	while (count-- > 0)
		(void)broker_append(partition, ENTRY_MISSING);
}

static void
fault_growth(struct world *world)
{
	if (world->broker.partition_count == SIM_PARTITIONS)
		return;
	world->broker.partition_count++;
	world_trace(world, "-- partition %zu is new",
	    world->broker.partition_count - 1);
	group_rebalance(world);
}

static void
fault_link(struct world *world)
{
	struct instance *instance = any_alive(world);

	if (instance != NULL)
		world_trace(world, "#%u loses its connection", instance->index);
	if (instance != NULL && instance->paused_until_us <= world->now_us)
		link_drop(instance);
}

static void
fault_receiver(struct world *world)
{
	for (size_t i = 0; i < SIM_INSTANCES; i++) {
		if (world->instances[i].paused_until_us <= world->now_us)
			link_drop(&world->instances[i]);
	}
}

void
workload_maybe_fault(struct world *world)
{
	const struct sim_faults *faults = &world->faults;
	const struct {
		bool is_on;
		void (*run)(struct world *world);
	} table[] = {
		{ faults->crashes, fault_crash },
		{ faults->pauses, fault_pause },
		{ faults->stops, fault_stop },
		{ faults->reloads, fault_reload },
		{ faults->rivals, fault_rival },
		{ faults->comings, fault_coming },
		{ faults->retention, fault_retention },
		{ faults->jumps, fault_jump },
		{ faults->growth, fault_growth },
		{ faults->links, fault_link },
		{ faults->losses, fault_receiver },
		{ faults->switches, delivery_move },
	};
	const size_t count = sizeof(table) / sizeof(table[0]);
	size_t at;

	if (world_random(world, world->fault_every) != 0)
		return;
	at = world_random(world, count);
	for (size_t i = 0; i < count; i++) {
		if (!table[(at + i) % count].is_on)
			continue;
		table[(at + i) % count].run(world);
		return;
	}
}

/* ---- The start ---- */

static void
draw_faults(struct world *world)
{
	struct sim_faults *faults = &world->faults;
	bool *flags = (bool *)faults;
	unsigned percent = (unsigned)world_random(world, 60);

	for (size_t i = 0; i < sizeof(*faults) / sizeof(bool); i++)
		flags[i] = world_chance(world, percent);
	faults->is_confirmed = world_chance(world, 30);
	/* A quarter of the worlds keep their windows. */
	if (world_chance(world, 25))
		faults->crashes = faults->pauses = faults->rivals =
		    faults->stops = faults->two = faults->comings =
			faults->retention = faults->jumps = faults->growth =
			    false;
	world->is_trusted = !(faults->crashes || faults->pauses ||
	    faults->rivals || faults->stops || faults->two || faults->comings ||
	    faults->retention || faults->jumps || faults->growth);
}

void
workload_open(struct world *world)
{
	struct sim_faults *faults = &world->faults;

	broker_open(&world->broker);
	world->mapping = mapping_identity();
	draw_faults(world);
	if (world->faults.large)
		world->broker.limit_bytes = 900 + world_random(world, 300);
	world->broker.partition_count = 1 +
	    world_random(world, SIM_PARTITIONS - 1);
	world->fault_every = 20 + world_random(world, 150);
	world->to_produce = 20 + world_random(world, 100);
	for (unsigned i = 0; i < SIM_INSTANCES; i++) {
		world->instances[i] = (struct instance){
			.world = world,
			.index = i,
			.name = i % SIM_NAMES,
			.life = 1,
			.consumer = { .state = CONSUMER_CLOSED },
		};
	}
	/* Who loses partitions needs another to lose them to. */
	faults->two |= faults->pauses && world_chance(world, 60);
	instance_start(world, &world->instances[0]);
	if (world->faults.two)
		instance_start(world, &world->instances[1]);
	world_at(world, SIM_S, NULL, on_produce, NULL, 0);
}
