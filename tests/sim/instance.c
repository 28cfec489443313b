/* SPDX-License-Identifier: Apache-2.0 */
/* One process of the daemon: what engine/service.c makes of the parts. */
#include <stdio.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/mem.h"
#include "rule/rule_load.h"

#include "sim/sim.h"

#define LATENESS_US (600 * SIM_S)

static const char *const rule_files[] = {
	TEST_DATA_DIR "/sim/rules.yml",
	TEST_DATA_DIR "/sim/rules_after.yml",
};

static struct rule_set *
load_rules(unsigned which)
{
	const char *const paths[] = { rule_files[which] };
	struct rule_load_options options = { .paths = paths, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();

	CHECK(rule_load(&options, diag, &result));
	diag_free(diag);
	return result.rules;
}

/* ---- Its end ---- */

static void
on_restart(struct world *world, struct sim_event *event)
{
	struct instance *instance = &world->instances[event->a];

	if (!instance->is_alive &&
	    instance_of_name(world, instance->name) == NULL)
		instance_start(world, instance);
}

static void
on_session_end(struct world *world, struct sim_event *event)
{
	struct instance *instance = &world->instances[event->a];

	group_expire(world, instance, (unsigned)event->b);
	if (world->broker.sender == instance &&
	    world->broker.sender_life == (unsigned)event->b)
		delivery_move(world);
}

/* A process that is gone, not its partitions: the group waits a while. */
static void
close_instance(struct instance *instance)
{
	struct world *world = instance->world;

	world_at(world, SIM_SESSION_US, NULL, on_session_end, NULL,
	    instance->index)
	    ->b = instance->life;
	producer_crash(instance);
	pipeline_free(instance->pipeline);
	consumer_close(instance);
	delivery_close(instance);
	engine_free(instance->engine);
	instance->pipeline = NULL;
	instance->engine = NULL;
	instance->is_alive = instance->is_ending = false;
	instance->is_stopping = false;
	instance->paused_until_us = 0;
	instance->life++;
}

static void
restart_later(struct instance *instance)
{
	struct world *world = instance->world;

	world_at(world,
	    world_delay(world, 100 * SIM_MS,
		world->is_calm ? SIM_S : 30 * SIM_S),
	    "starts again", on_restart, NULL, instance->index);
}

void
instance_crash(struct instance *instance, bool for_good)
{
	world_trace(instance->world, "#%u dies", instance->index);
	close_instance(instance);
	if (!for_good)
		restart_later(instance);
}

/* Never from inside an up-call. */
static void
on_end(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;
	bool is_fenced = event->a == EX_CONFIG;

	(void)world;
	close_instance(instance);
	if (!is_fenced)
		restart_later(instance);
}

static void
on_failed(void *context, int status, const struct error *err)
{
	struct instance *instance = context;

	(void)err;
	if (instance->is_ending)
		return;
	instance->is_ending = true;
	world_at(instance->world, 0, "fails", on_end, instance, status);
}

static void
on_stopped(void *context)
{
	struct instance *instance = context;

	if (instance->is_ending)
		return;
	instance->is_ending = true;
	world_at(instance->world, 0, "has stopped", on_end, instance, 0);
}

static void
on_committed(void *context, size_t records, size_t outputs)
{
	(void)context;
	(void)records;
	(void)outputs;
}

void
instance_stop(struct instance *instance)
{
	world_trace(instance->world, "#%u is told to stop", instance->index);
	instance->is_stopping = true;
	pipeline_stop(instance->pipeline);
}

static void
on_pause_noticed(struct world *world, struct sim_event *event)
{
	struct instance *instance = &world->instances[event->a];

	if (instance->life == (unsigned)event->b &&
	    instance->paused_until_us > world->now_us &&
	    world->now_us - instance->paused_since_us >= SIM_SESSION_US)
		on_session_end(world, event);
}

void
instance_pause(struct instance *instance, int64_t for_us)
{
	struct world *world = instance->world;

	if (instance->paused_until_us > world->now_us)
		return;
	world_trace(world, "#%u is suspended for %lld ms", instance->index,
	    (long long)(for_us / SIM_MS));
	instance->paused_since_us = world->now_us;
	instance->paused_until_us = world->now_us + for_us;
	world_at(world, SIM_SESSION_US, NULL, on_pause_noticed, NULL,
	    instance->index)
	    ->b = instance->life;
}

static void
on_fenced(struct world *world, struct sim_event *event)
{
	struct error err = ERROR_NONE;

	if (group_has(&world->broker, event->instance, event->life))
		return;
	error_set(&err, NULL, "another has the name");
	pipeline_source_events.failed(event->instance->pipeline, EX_CONFIG,
	    &err);
}

void
instance_fence(struct instance *instance)
{
	world_at(instance->world, world_delay(instance->world, 0, 3 * SIM_S),
	    "is fenced", on_fenced, instance, 0);
}

/* ---- Its life ---- */

static void
on_tick(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;

	if (!instance->is_stopping && !instance->is_ending)
		pipeline_tick(instance->pipeline);
	consumer_wake(instance);
	if (world->broker.sender == NULL)
		delivery_move(world);
	world_at(world, world_delay(world, SIM_S, 6 * SIM_S), NULL, on_tick,
	    instance, 0);
}

/* The producer first: its predecessor's transaction is ended by then. */
static void
on_joins(struct world *world, struct sim_event *event)
{
	struct instance *instance = event->instance;

	instance->producer.epoch = broker_init_producer(world, instance->name);
	group_join(world, instance);
	if (world->broker.sender == NULL)
		delivery_move(world);
}

static void
reset_nothing(void *context, struct span rule_label)
{
	world_fail(context,
	    "windows of " SPAN_FMT " start anew by a reload "
	    "that leaves it as it is",
	    SPAN_ARG(rule_label));
}

void
instance_reload(struct instance *instance)
{
	world_trace(instance->world, "#%u loads its rules", instance->index);
	instance->rules ^= 1;
	engine_set_rules(instance->engine, load_rules(instance->rules),
	    reset_nothing, instance->world);
}

static void
observe(void *context, const struct detection *detection)
{
	oracle_detected(context, detection);
}

static void
open_engine(struct instance *instance)
{
	struct engine_input input = {
		.mapping = instance->world->mapping,
		.lateness_us = LATENESS_US,
	};
	struct engine_options options = engine_options_default;
	const struct pipeline_options pipeline = {
		.now_us = world_clock,
		.failed = on_failed,
		.stopped = on_stopped,
		.committed = on_committed,
		.context = instance,
	};

	options.inputs = &input;
	options.input_count = 1;
	options.decode = decode_limits_default;
	instance->rules = 0;
	instance->engine = engine_new(load_rules(0), &options);
	engine_set_observer(instance->engine, observe, instance->world);
	instance->pipeline = pipeline_new(instance->engine, &pipeline);
}

void
instance_start(struct world *world, struct instance *instance)
{
	struct port_source source = consumer_port(instance);
	struct port_output_calls output = producer_port(instance);

	world_trace(world, "#%u starts as %u", instance->index, instance->name);
	instance->is_alive = true;
	instance->consumer = (struct consumer){ .state = CONSUMER_WAITING };
	open_engine(instance);
	delivery_open(instance);
	pipeline_start(instance->pipeline, &source, &output);
	world_at(world, world_delay(world, 10 * SIM_MS, SIM_S), "joins",
	    on_joins, instance, 0);
	world_at(world, SIM_S, NULL, on_tick, instance, 0);
}

struct instance *
instance_of_name(struct world *world, unsigned name)
{
	for (size_t i = 0; i < SIM_INSTANCES; i++) {
		if (world->instances[i].is_alive &&
		    world->instances[i].name == name)
			return &world->instances[i];
	}
	return NULL;
}
