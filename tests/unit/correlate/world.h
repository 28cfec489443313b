/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule set made by hand, hits in batches, and what was told of them.
 *
 * Every event has the fields g and h (groups) and v (counted).  Every hit is
 * of the event rule 0 unless said otherwise; further rules are added before
 * world_start().
 */
#ifndef UNIT_CORRELATE_WORLD_H
#define UNIT_CORRELATE_WORLD_H

#include "support/testing.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "correlate/correlate.h"

#define WORLD_RULES_MAX 8
#define WORLD_INPUTS_MAX 4
#define WORLD_SAMPLES_MAX 16

enum world_field { WORLD_G, WORLD_H, WORLD_V, WORLD_FIELDS };

struct world_rule {
	struct rule rule;
	struct correlation correlation;
	struct correlation_source source;
	uint32_t group_slots[2];
	struct span group_names[2];
	uint32_t value_slots[2];
	struct span value_names[2];
};

struct world_told {
	enum detection_kind kind;
	uint64_t id, into;
	uint32_t rule, revision;
	char group[64];
	int64_t first_us, last_us, event_us;
	uint64_t count;
	double peak;
	uint32_t flags;
	bool closed_by_end;
	uint32_t evidence_count;
	int64_t evidence[WORLD_SAMPLES_MAX]; /* offsets */
	char value[16]; /* kept value of v of the first evidence */
};

struct world_notice {
	enum notice_kind kind;
	int64_t at_us;
	uint64_t count;
	char about[128];
};

struct world {
	struct arena *arena;
	struct field_set *fields;
	struct world_rule rules[WORLD_RULES_MAX];
	const struct rule *pointers[WORLD_RULES_MAX];
	struct rule_set set;
	struct correlate_input inputs[WORLD_INPUTS_MAX];
	size_t input_count;
	struct correlate_limits limits;
	struct correlate *correlate;
	uint32_t kept_slots[WORLD_FIELDS];
	struct hit *hits;
	size_t hit_count, hit_cap;
	int64_t offset;
	struct world_told *told;
	size_t told_count, told_cap;
	struct world_notice *notices;
	size_t notice_count, notice_cap;
};

static const char *const world_names[] = { "g", "h", "v" };

static inline void
world_init(struct world *world)
{
	*world = (struct world){ .arena = arena_new(65536) };
	world->fields = field_set_new();
	for (uint32_t i = 0; i < WORLD_FIELDS; i++) {
		uint32_t slot = field_set_add(world->fields,
		    span_of(world_names[i]));

		assert_int_equal(slot, i);
		world->kept_slots[i] = i;
	}
	world->set.fields = world->fields;
	world->set.rules = world->pointers;
	world->limits.groups_per_rule = 1000000;
	world->inputs[0].lateness_us = 0;
	world->input_count = 1;
}

static inline struct world_rule *
world_rule(struct world *world, const char *name)
{
	uint32_t index = world->set.count++;
	struct world_rule *made = &world->rules[index];

	made->rule = (struct rule){
		.index = index,
		.name = span_of(name),
		.title = span_of(name),
		.alerts = false,
		.kept_slots = world->kept_slots,
		.kept_count = WORLD_FIELDS,
		.extension = { .samples = 10,
		    .renew_us = INT64_C(604800000000) },
	};
	made->rule.semantic[0] = (uint8_t)(index + 1);
	world->pointers[index] = &made->rule;
	return made;
}

/* A correlation over event rule `of`, grouped by g. */
static inline struct world_rule *
world_correlation(struct world *world, const char *name, uint32_t of,
    enum correlation_kind kind, int64_t span_us, enum compare_op op,
    double limit)
{
	struct world_rule *made = world_rule(world, name);

	made->rule.type = RULE_CORRELATION;
	made->rule.alerts = true;
	made->rule.correlation = &made->correlation;
	made->group_slots[0] = WORLD_G;
	made->group_slots[1] = WORLD_H;
	made->value_slots[0] = WORLD_V;
	made->value_slots[1] = WORLD_H;
	for (unsigned i = 0; i < 2; i++) {
		made->group_names[i] = span_of(
		    world_names[made->group_slots[i]]);
		made->value_names[i] = span_of(
		    world_names[made->value_slots[i]]);
	}
	made->source = (struct correlation_source){ of, made->group_slots,
		made->value_slots };
	made->correlation = (struct correlation){
		.kind = kind,
		.sources = &made->source,
		.source_count = 1,
		.group_names = made->group_names,
		.group_count = 1,
		.value_names = made->value_names,
		.value_count = 1,
		.bounds = { { op, limit } },
		.bound_count = 1,
		.span_us = span_us,
		.is_monotone = op == COMPARE_GT || op == COMPARE_GTE,
	};
	return made;
}

static inline void
world_start(struct world *world)
{
	world->correlate = correlate_new(&world->set, world->inputs,
	    world->input_count, &world->limits);
}

static inline void
world_done(struct world *world)
{
	correlate_free(world->correlate);
	field_set_free(world->fields);
	mem_free(world->hits);
	mem_free(world->told);
	mem_free(world->notices);
	arena_free(world->arena);
}

/* "a,b" is an array, "" an empty one, NULL missing. */
static inline struct value
world_value(struct arena *arena, const char *text)
{
	struct span rest, part;
	struct value *items;
	struct value list = { .kind = VALUE_LIST };

	if (text == NULL)
		return (struct value){ .kind = VALUE_MISSING };
	if (*text != '\0' && strchr(text, ',') == NULL)
		return value_string(arena_dup(arena, span_of(text)));
	rest = arena_dup(arena, span_of(text));
	items = arena_array(arena, strlen(text) + 1, sizeof(*items));
	while (*text != '\0' && span_split(&rest, ',', &part))
		items[list.count++] = value_string(part);
	list.items = items;
	return list;
}

/* A hit of event rule `rule`; it stands in topic "t", partition `feed`. */
static inline void
world_hit(struct world *world, uint32_t rule, uint32_t feed, int64_t at_us,
    const char *g, const char *v)
{
	struct record *record = arena_zalloc(world->arena, sizeof(*record));
	struct event *event = arena_zalloc(world->arena, sizeof(*event));

	record->position = (struct record_position){ SPAN("t"), (int32_t)feed,
		world->offset++ };
	record->bytes = SPAN("{}");
	record->broker_us = at_us + 1;
	record->feed = feed;
	event->record = record;
	event->time_us = at_us;
	event->values = arena_array(world->arena, WORLD_FIELDS,
	    sizeof(struct value));
	event->values[WORLD_G] = world_value(world->arena, g);
	event->values[WORLD_V] = world_value(world->arena, v);
	world->hits = mem_grow(world->hits, &world->hit_cap,
	    world->hit_count + 1, sizeof(struct hit));
	world->hits[world->hit_count++] = (struct hit){
		.rule = world->pointers[rule],
		.event = event,
	};
}

static inline void
world_note(struct world *world, const struct detection *detection)
{
	struct world_told *told;
	size_t len = 0;
	uint32_t width = detection->rule->correlation == NULL ?
	    0 :
	    detection->rule->correlation->group_count;

	world->told = mem_grow(world->told, &world->told_cap,
	    world->told_count + 1, sizeof(*told));
	told = &world->told[world->told_count++];
	*told = (struct world_told){
		.kind = detection->kind,
		.id = detection->id.bits,
		.into = detection->into.bits,
		.rule = detection->rule->index,
		.revision = detection->revision,
		.first_us = detection->first_us,
		.last_us = detection->last_us,
		.event_us = detection->event_us,
		.count = detection->count,
		.peak = detection->peak,
		.flags = detection->flags,
		.closed_by_end = detection->closed_by_end,
		.evidence_count = detection->evidence_count,
	};
	for (uint32_t i = 0; detection->group != NULL && i < width; i++)
		len += (size_t)snprintf(told->group + len,
		    sizeof(told->group) - len, "%s" SPAN_FMT, i ? "/" : "",
		    SPAN_ARG(detection->group[i]));
	for (uint32_t i = 0;
	    i < detection->evidence_count && i < WORLD_SAMPLES_MAX; i++)
		told->evidence[i] = detection->evidence[i].position.offset;
	if (detection->evidence_count > 0 && detection->rule->kept_count > 0)
		(void)snprintf(told->value, sizeof(told->value), SPAN_FMT,
		    SPAN_ARG(detection->evidence[0]
			    .values[detection->rule->kept_count - 1]
			    .text));
}

static inline void
world_collect(struct world *world, const struct correlate_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		world_note(world, &result->detections[i]);
	for (size_t i = 0; i < result->notices.count; i++) {
		const struct notice *notice = &result->notices.items[i];
		struct world_notice *kept;

		world->notices = mem_grow(world->notices, &world->notice_cap,
		    world->notice_count + 1, sizeof(*kept));
		kept = &world->notices[world->notice_count++];
		*kept = (struct world_notice){ .kind = notice->kind,
			.at_us = notice->at_us,
			.count = notice->count };
		(void)snprintf(kept->about, sizeof(kept->about), SPAN_FMT,
		    SPAN_ARG(notice->about));
	}
	arena_reset(world->arena);
}

/* What was hit since the last time, as one batch; hits[i].event's feeds are
 * seen first, as the engine does it. */
static inline void
world_batch(struct world *world)
{
	struct correlate_result result;

	correlate_result_init(&result, world->arena);
	for (size_t i = 0; i < world->hit_count; i++) {
		const struct event *event = world->hits[i].event;

		correlate_seen(world->correlate, event->record->feed,
		    event->record->input, event->time_us);
	}
	correlate_hits(world->correlate, world->hits, world->hit_count,
	    &result);
	world->hit_count = 0;
	world_collect(world, &result);
}

static inline void
world_end(struct world *world)
{
	struct correlate_result result;

	correlate_result_init(&result, world->arena);
	correlate_end(world->correlate, &result);
	world_collect(world, &result);
}

/* What is told of one kind. */
static inline size_t
world_count(const struct world *world, enum detection_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < world->told_count; i++)
		count += world->told[i].kind == kind;
	return count;
}

#endif
