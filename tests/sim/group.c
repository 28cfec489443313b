/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The group coordinator: eager rebalances, static members.  A rebalance ends
 * when all members have given their partitions back and joined again, or when
 * those that have not are thrown out.
 */
#include "sim/sim.h"

#define REBALANCE_US (20 * SIM_S)

static struct member *
member_of(struct broker *broker, const struct instance *instance)
{
	return &broker->members[instance->name];
}

bool
group_has(const struct broker *broker, const struct instance *instance,
    unsigned life)
{
	const struct member *member = &broker->members[instance->name];

	return member->instance == instance && member->life == life;
}

static size_t
count_members(const struct broker *broker)
{
	size_t count = 0;

	for (size_t i = 0; i < SIM_NAMES; i++)
		count += broker->members[i].instance != NULL;
	return count;
}

static void
assign_to(struct world *world, struct member *member, unsigned name)
{
	if (member->instance->is_alive &&
	    member->instance->life == member->life)
		consumer_assign(member->instance, world->broker.assigned[name],
		    world->broker.generation);
}

static void
new_generation(struct world *world)
{
	struct broker *broker = &world->broker;
	size_t count = count_members(broker), at = 0;

	broker->generation++;
	broker->is_rebalancing = false;
	for (unsigned name = 0; name < SIM_NAMES; name++) {
		struct member *member = &broker->members[name];

		broker->assigned[name] = 0;
		member->has_joined = member->is_told = false;
		if (member->instance == NULL)
			continue;
		for (size_t i = 0; i < broker->partition_count; i++) {
			if (i % count == at)
				broker->assigned[name] |= UINT32_C(1) << i;
		}
		at++;
		assign_to(world, member, name);
	}
}

static bool
has_all(const struct broker *broker)
{
	for (size_t i = 0; i < SIM_NAMES; i++) {
		if (broker->members[i].instance != NULL &&
		    !broker->members[i].has_joined)
			return false;
	}
	return true;
}

static void
maybe_complete(struct world *world)
{
	if (world->broker.is_rebalancing && has_all(&world->broker))
		new_generation(world);
}

/* It hears of it with its next heartbeat. */
static void
on_lost(struct world *world, struct sim_event *event)
{
	if (!group_has(&world->broker, event->instance, event->life))
		consumer_revoke(event->instance);
}

static void
throw_out(struct world *world, struct member *member)
{
	struct instance *instance = member->instance;

	member->instance = NULL;
	if (instance->is_alive && instance->life == member->life)
		world_at(world, world_delay(world, 0, 3 * SIM_S), "thrown out",
		    on_lost, instance, 0);
}

static void
on_deadline(struct world *world, struct sim_event *event)
{
	struct broker *broker = &world->broker;

	if (!broker->is_rebalancing || broker->rebalance != event->a)
		return;
	for (size_t i = 0; i < SIM_NAMES; i++) {
		if (broker->members[i].instance != NULL &&
		    !broker->members[i].has_joined)
			throw_out(world, &broker->members[i]);
	}
	maybe_complete(world);
}

static void
on_told(struct world *world, struct sim_event *event)
{
	if (group_has(&world->broker, event->instance, event->life) &&
	    world->broker.is_rebalancing && world->broker.rebalance == event->a)
		consumer_revoke(event->instance);
}

void
group_rebalance(struct world *world)
{
	struct broker *broker = &world->broker;

	if (!broker->is_rebalancing) {
		broker->is_rebalancing = true;
		broker->rebalance++;
		world_at(world, REBALANCE_US, "rebalance ends", on_deadline,
		    NULL, broker->rebalance);
	}
	for (size_t i = 0; i < SIM_NAMES; i++) {
		struct member *member = &broker->members[i];

		if (member->instance == NULL || member->has_joined ||
		    member->is_told || !member->instance->is_alive ||
		    member->life != member->instance->life)
			continue;
		member->is_told = true;
		world_at(world, world_delay(world, 0, 3 * SIM_S),
		    "told of rebalance", on_told, member->instance,
		    broker->rebalance);
	}
	maybe_complete(world);
}

/* A member of a name that is known takes its place, and its partitions. */
void
group_join(struct world *world, struct instance *instance)
{
	struct broker *broker = &world->broker;
	struct member *member = member_of(broker, instance);
	bool is_known = member->instance != NULL;

	if (group_has(broker, instance, instance->life))
		return;
	if (is_known && member->instance != instance &&
	    member->instance->is_alive)
		instance_fence(member->instance);
	member->instance = instance;
	member->life = instance->life;
	member->is_told = false;
	member->has_joined = broker->is_rebalancing || !is_known;
	if (is_known && !broker->is_rebalancing)
		assign_to(world, member, instance->name);
	else if (!is_known)
		group_rebalance(world);
	maybe_complete(world);
}

void
group_expire(struct world *world, struct instance *instance, unsigned life)
{
	struct member *member = member_of(&world->broker, instance);

	if (!group_has(&world->broker, instance, life))
		return;
	throw_out(world, member);
	world->is_trusted = false;
	if (count_members(&world->broker) > 0)
		group_rebalance(world);
	else
		world->broker.is_rebalancing = false;
}

void
group_rejoin(struct world *world, struct instance *instance)
{
	struct member *member = member_of(&world->broker, instance);

	if (!group_has(&world->broker, instance, instance->life)) {
		/* Another of its name is there: fenced by its instance id. */
		if (member->instance != NULL)
			instance_fence(instance);
		else
			group_join(world, instance);
		return;
	}
	member->has_joined = true;
	if (!world->broker.is_rebalancing)
		group_rebalance(world);
	maybe_complete(world);
}
