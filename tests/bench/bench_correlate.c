/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hit costs in its window: made-up hits of one rule, 20 a second of
 * event time, in batches of 10,000 with records of 620 bytes, over 4 feeds.
 *
 *	bench_correlate [HITS]
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "correlate/correlate.h"

#include "bench/measure.h"

#define HITS_DEFAULT 500000
#define RUNS 5
#define BATCH 10000
#define RECORD_BYTES 620
#define FEEDS 4
#define SECOND INT64_C(1000000)

enum slot { SLOT_USER, SLOT_SUBJECT, SLOTS };

struct stage {
	const char *name;
	enum correlation_kind kind;
	double limit;
	int64_t span_us;
	uint32_t users, subjects;
	uint32_t jitter; /* hits come up to so many places late */
};

static const struct stage stages[] = {
	{ "event_count 5 min, 5,000 groups", CORRELATION_EVENT_COUNT, 10,
	    300 * SECOND, 5000, 1, 1 },
	{ "event_count 1 d, 5,000 groups", CORRELATION_EVENT_COUNT, 100,
	    86400 * SECOND, 5000, 1, 1 },
	{ "event_count 5 min, late by up to 50 s", CORRELATION_EVENT_COUNT, 10,
	    300 * SECOND, 5000, 1, 1000 },
	{ "event_count 5 min, one group", CORRELATION_EVENT_COUNT, 10,
	    300 * SECOND, 1, 1, 1 },
	{ "value_count 5 min, 5,000 groups", CORRELATION_VALUE_COUNT, 10,
	    300 * SECOND, 5000, 100000, 1 },
	{ "value_count 1 d, 5,000 groups", CORRELATION_VALUE_COUNT, 20,
	    86400 * SECOND, 5000, 100000, 1 },
	{ "value_count 5 min, late by up to 50 s", CORRELATION_VALUE_COUNT, 10,
	    300 * SECOND, 5000, 100000, 1000 },
	{ "value_count 5 min, one group", CORRELATION_VALUE_COUNT, 10,
	    300 * SECOND, 1, 100000, 1 },
};

struct bench {
	size_t count;
	struct arena *arena; /* of the hits */
	struct arena *batch;
	struct hit *hits;
	struct field_set *fields;
	uint32_t slots[SLOTS];
	struct span names[SLOTS];
	struct rule rules[2];
	const struct rule *pointers[2];
	struct correlation correlation;
	struct correlation_source source;
	struct rule_set set;
};

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

static void
make_rules(struct bench *bench, const struct stage *stage)
{
	bench->fields = field_set_new();
	bench->names[SLOT_USER] = SPAN("user.id");
	bench->names[SLOT_SUBJECT] = SPAN("subject.id");
	for (uint32_t i = 0; i < SLOTS; i++)
		bench->slots[i] = field_set_add(bench->fields, bench->names[i]);
	bench->source = (struct correlation_source){ 0,
		&bench->slots[SLOT_USER], &bench->slots[SLOT_SUBJECT] };
	bench->correlation = (struct correlation){
		.kind = stage->kind,
		.sources = &bench->source,
		.source_count = 1,
		.group_names = &bench->names[SLOT_USER],
		.group_count = 1,
		.value_names = &bench->names[SLOT_SUBJECT],
		.value_count = 1,
		.bounds = { { COMPARE_GTE, stage->limit } },
		.bound_count = 1,
		.span_us = stage->span_us,
		.is_monotone = true,
	};
	for (uint32_t i = 0; i < 2; i++) {
		bench->rules[i] = (struct rule){
			.index = i,
			.type = i == 0 ? RULE_EVENT : RULE_CORRELATION,
			.name = i == 0 ? SPAN("base") : SPAN("many"),
			.alerts = i == 1,
			.correlation = i == 0 ? NULL : &bench->correlation,
			.kept_slots = bench->slots,
			.kept_count = SLOTS,
			.extension = { .samples = 10,
			    .renew_us = 604800 * SECOND },
		};
		bench->pointers[i] = &bench->rules[i];
	}
	bench->set = (struct rule_set){
		.fields = bench->fields, .rules = bench->pointers, .count = 2
	};
}

static struct hit
make_hit(struct bench *bench, const struct stage *stage, size_t number,
    uint64_t *state)
{
	struct record *record = arena_zalloc(bench->arena, sizeof(*record));
	struct event *event = arena_zalloc(bench->arena, sizeof(*event));
	char *bytes = arena_alloc(bench->arena, RECORD_BYTES);
	uint32_t user = next_random(state) % stage->users;
	uint32_t subject = next_random(state) % stage->subjects;

	memset(bytes, 'x', RECORD_BYTES);
	record->position = (struct record_position){ SPAN("audit"),
		(int32_t)(number % FEEDS), (int64_t)(number / FEEDS) };
	record->bytes = span_make(bytes, RECORD_BYTES);
	record->feed = (uint32_t)(number % FEEDS);
	event->record = record;
	event->time_us = (int64_t)number * (SECOND / 20);
	event->values = arena_array(bench->arena, SLOTS, sizeof(struct value));
	event->values[SLOT_USER] = value_string(arena_printf(bench->arena,
	    "P%05u", user));
	event->values[SLOT_SUBJECT] = value_string(arena_printf(bench->arena,
	    "pn:%08x", subject));
	return (struct hit){ bench->pointers[0], event };
}

static void
make_hits(struct bench *bench, const struct stage *stage)
{
	uint64_t state = 1;

	bench->arena = arena_new(1 << 20);
	bench->hits = mem_array(bench->count, sizeof(*bench->hits));
	for (size_t i = 0; i < bench->count; i++)
		bench->hits[i] = make_hit(bench, stage, i, &state);
	for (size_t i = bench->count; stage->jitter > 1 && i > stage->jitter;
	    i--) {
		size_t other = i - 1 - next_random(&state) % stage->jitter;
		struct hit hit = bench->hits[i - 1];

		bench->hits[i - 1] = bench->hits[other];
		bench->hits[other] = hit;
	}
}

static size_t
run(struct bench *bench, struct measure *measure,
    struct correlate_stats *ret_stats)
{
	const struct correlate_input input = { .lateness_us = 900 * SECOND };
	const struct correlate_limits limits = {
		.groups_per_rule = 1000000,
	};
	struct correlate *correlate = correlate_new(&bench->set, &input, 1,
	    &limits);
	size_t told = 0;

	measure_run(measure);
	for (size_t i = 0; i < bench->count; i += BATCH) {
		size_t count = bench->count - i < BATCH ? bench->count - i :
							  BATCH;
		struct correlate_result result;

		correlate_result_init(&result, bench->batch);
		measure_begin(measure);
		for (size_t k = i; k < i + count; k++)
			correlate_seen(correlate,
			    bench->hits[k].event->record->feed, 0,
			    bench->hits[k].event->time_us);
		correlate_hits(correlate, &bench->hits[i], count, &result);
		measure_lap(measure);
		told += result.count;
		arena_reset(bench->batch);
	}
	correlate_get_stats(correlate, ret_stats);
	correlate_free(correlate);
	return told;
}

static void
run_stage(struct bench *bench, const struct stage *stage)
{
	struct measure measure = { .bench = "correlate",
		.stage = stage->name,
		.events = bench->count,
		.bytes = bench->count * RECORD_BYTES };
	struct correlate_stats stats;
	char more[128];
	size_t told = 0;

	make_rules(bench, stage);
	make_hits(bench, stage);
	for (int i = 0; i < RUNS; i++)
		told = run(bench, &measure, &stats);
	(void)snprintf(more, sizeof(more),
	    ", \"detections\": %zu, \"late\": %llu, \"groups\": %llu, "
	    "\"hits_held\": %llu, \"held_mb\": %.1f",
	    told, (unsigned long long)stats.late,
	    (unsigned long long)stats.groups,
	    (unsigned long long)stats.hits_held, (double)stats.bytes / 1e6);
	measure_print(&measure, more);
	arena_free(bench->arena);
	mem_free(bench->hits);
	field_set_free(bench->fields);
}

int
main(int argc, char **argv)
{
	struct bench bench = { .count = argc > 1 ? strtoull(argv[1], NULL, 10) :
						   HITS_DEFAULT };

	bench.batch = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++)
		run_stage(&bench, &stages[i]);
	arena_free(bench.batch);
	return 0;
}
