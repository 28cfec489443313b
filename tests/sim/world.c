/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"

#include "sim/sim.h"

/* Virtual time, after the faults, in which everything must be done. */
#define DRAIN_US (300 * SIM_S)
#define CALM_US (130 * SIM_S)
#define STEPS_MAX 400000

static struct world *running;

/* ---- Chance: splitmix64 (Steele, Lea and Flood, 2014) ---- */

uint64_t
world_random(struct world *world, uint64_t below)
{
	uint64_t z = (world->random += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

bool
world_chance(struct world *world, unsigned percent)
{
	return world_random(world, 100) < percent;
}

int64_t
world_delay(struct world *world, int64_t least, int64_t most)
{
	uint64_t range = (uint64_t)(most - least) + 1;

	if (world_chance(world, 80))
		range = range / 10 + 1;
	return least + (int64_t)world_random(world, range);
}

uint64_t
world_hash(struct span bytes)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.ptr[i]) *
		    UINT64_C(1099511628211);
	return hash;
}

/* ---- What is told ---- */

void
world_trace(struct world *world, const char *format, ...)
{
	char *line = world->trace[world->trace_count++ % SIM_TRACE];
	va_list args;
	int len;

	len = snprintf(line, sizeof(world->trace[0]), "%10.3f ",
	    (double)world->now_us / 1e6);
	va_start(args, format);
	(void)vsnprintf(line + len, sizeof(world->trace[0]) - (size_t)len,
	    format, args);
	va_end(args);
	if (world->is_verbose)
		(void)fprintf(stderr, "%s\n", line);
	world->trace_hash = world->trace_hash * UINT64_C(1099511628211) ^
	    world_hash(span_of(line));
}

void
world_fail(struct world *world, const char *format, ...)
{
	va_list args;

	if (world->has_failed)
		return;
	world->has_failed = true;
	va_start(args, format);
	(void)vsnprintf(world->why, sizeof(world->why), format, args);
	va_end(args);
}

static void
print_faults(const struct sim_faults *faults)
{
	static const char *const names[] = { "aborts", "unknowns", "lates",
		"large", "crashes", "pauses", "rivals", "stops", "reloads",
		"two", "comings", "retention", "jumps", "growth", "links",
		"losses", "switches", "confirmed" };
	const bool *flags = (const bool *)faults;

	(void)fprintf(stderr, "faults:");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (flags[i])
			(void)fprintf(stderr, " %s", names[i]);
	}
	(void)fprintf(stderr, "\n");
}

static void
print_failure(const struct world *world)
{
	uint64_t first = world->trace_count > SIM_TRACE ?
	    world->trace_count - SIM_TRACE :
	    0;

	print_faults(&world->faults);
	for (uint64_t i = first; i < world->trace_count; i++)
		(void)fprintf(stderr, "%s\n", world->trace[i % SIM_TRACE]);
	(void)fprintf(stderr, "SIM_SEED=%" PRIu64 ": %s\n", world->seed,
	    world->why);
}

/* A CHECK of the daemon's failed. */
static void
on_abort(int number)
{
	(void)number;
	if (running != NULL)
		print_failure(running);
}

int64_t
world_clock(void)
{
	return SIM_BASE_US + running->now_us;
}

/* ---- Events ---- */

struct sim_event *
world_at(struct world *world, int64_t delay_us, const char *what, sim_run *run,
    struct instance *instance, int64_t a)
{
	struct sim_event *event = mem_zalloc(sizeof(*event));

	event->node.at_us = world->now_us + delay_us;
	event->node.sequence = ++world->sequence;
	event->run = run;
	event->what = what;
	event->instance = instance;
	event->life = instance != NULL ? instance->life : 0;
	event->a = a;
	heap_add(&world->heap, &event->node);
	return event;
}

static void
free_event(struct sim_event *event)
{
	mem_free(event->data);
	mem_free(event);
}

static bool
is_due(const struct sim_event *event)
{
	const struct instance *instance = event->instance;

	return instance == NULL ||
	    (instance->is_alive && instance->life == event->life);
}

/* False: it waits for a process that is stopped. */
static bool
run_event(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;

	if (is_due(event) && instance != NULL &&
	    instance->paused_until_us > world->now_us) {
		event->node.at_us = instance->paused_until_us;
		event->node.sequence = ++world->sequence;
		heap_add(&world->heap, &event->node);
		return false;
	}
	if (!is_due(event))
		return true;
	if (event->what != NULL) {
		if (instance != NULL)
			world_trace(world, "#%u %s %" PRId64, instance->index,
			    event->what, event->a);
		else
			world_trace(world, "-- %s %" PRId64, event->what,
			    event->a);
	}
	event->run(world, event);
	return true;
}

static void
step(struct world *world)
{
	struct heap_node *node = heap_first(&world->heap);
	struct sim_event *event = (struct sim_event *)node;

	_Static_assert(offsetof(struct sim_event, node) == 0, "cast");
	CHECK(node != NULL);
	heap_remove(&world->heap, node);
	if (node->at_us > world->now_us)
		world->now_us = node->at_us;
	if (!run_event(world, event))
		return;
	free_event(event);
	world->steps++;
	if (!world->is_calm)
		workload_maybe_fault(world);
}

static void
run(struct world *world)
{
	int64_t calm_us, until_us;

	while (!world->has_failed && !world->is_calm) {
		step(world);
		if (world->steps > STEPS_MAX)
			world_fail(world, "does not come to an end");
	}
	/* Partitions are idle by then, and episodes closed. */
	calm_us = world->now_us + CALM_US;
	until_us = world->now_us + DRAIN_US;
	while (!world->has_failed &&
	    (world->now_us < calm_us || !oracle_is_drained(world))) {
		step(world);
		if (world->now_us > until_us || world->steps > STEPS_MAX)
			oracle_fail_undrained(world);
	}
	if (!world->has_failed)
		oracle_end(world);
}

static void
close_world(struct world *world)
{
	struct heap_node *node;

	for (size_t i = 0; i < SIM_INSTANCES; i++) {
		if (world->instances[i].is_alive)
			instance_crash(&world->instances[i], true);
	}
	while ((node = heap_first(&world->heap)) != NULL) {
		heap_remove(&world->heap, node);
		free_event((struct sim_event *)node);
	}
	heap_done(&world->heap);
	broker_close(&world->broker);
	mapping_free(world->mapping);
}

bool
world_simulate(uint64_t seed, bool is_verbose, uint64_t *ret_trace)
{
	struct world *world = mem_zalloc(sizeof(*world));
	bool ok;

	world->seed = seed;
	world->is_verbose = is_verbose;
	world->random = seed * UINT64_C(0xd1342543de82ef95) + 1;
	running = world;
	(void)signal(SIGABRT, on_abort);
	workload_open(world);
	run(world);
	ok = !world->has_failed;
	if (!ok)
		print_failure(world);
	*ret_trace = world->trace_hash;
	world->is_calm = true;
	close_world(world);
	running = NULL;
	mem_free(world);
	return ok;
}
