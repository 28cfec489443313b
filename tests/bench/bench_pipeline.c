/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine from memory: what an event costs, stage by stage, beside the
 * floor that no engine can go below on this machine.
 *
 *	bench_pipeline [--events N] [--runs N] [--rules FOLDER] [--name NAME]
 *	    [STAGE...]
 *	bench_pipeline --write N	prints the records
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/mem.h"
#include "enrich/derive.h"
#include "match/match.h"
#include "rule/rule_load.h"
#include "text/json_tape.h"

#include "engine/engine.h"

#include "bench/events.h"
#include "bench/measure.h"

#define FEEDS 4
#define BATCH_RECORDS 10000
#define LATENESS_US (INT64_C(15) * 60 * 1000000)
#define ARENA_BYTES (1024 * 1024)

struct bench {
	const char *name;
	const char *rules_path;
	struct events events;
	size_t event_count;
	unsigned runs;
	struct measure measure;
};

static struct rule_set *
load_rules(const char *path)
{
	struct rule_load_options options = { .paths = &path, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();
	struct buffer out = BUFFER_INIT;

	if (!rule_load(&options, diag, &result)) {
		diag_render_human(diag, false, &out);
		(void)fwrite(out.ptr, 1, out.len, stderr);
		exit(EX_DATAERR);
	}
	diag_free(diag);
	return result.rules;
}

/* What follows is run() of a stage: once over all events. */

static void
run_memcpy(struct bench *bench)
{
	static char to[4096];

	measure_begin(&bench->measure);
	for (size_t i = 0; i < bench->events.count; i++) {
		struct span bytes = bench->events.records[i].bytes;

		memcpy(to, bytes.ptr, bytes.len);
		__asm__ volatile("" : : "r"(to) : "memory");
	}
	measure_lap(&bench->measure);
}

static void
run_simdjson(struct bench *bench)
{
	struct json_tape_parser *parser = json_tape_new(64);
	struct json_tape tape;
	const char *reason;

	CHECK(parser != NULL);
	measure_begin(&bench->measure);
	for (size_t i = 0; i < bench->events.count; i++) {
		struct span bytes = bench->events.records[i].bytes;

		CHECK(json_tape_parse(parser, bytes.ptr, bytes.len, &tape,
			  &reason) == JSON_TAPE_OK);
	}
	measure_lap(&bench->measure);
	json_tape_free(parser);
}

/* The stages up to matching, as engine/ puts them together. */
struct stages {
	struct rule_set *rules;
	struct mapping *mapping;
	struct decoder *decoder;
	struct derive *derive;
	struct matcher *matcher;
	struct arena *arena;
	struct match_input input;
};

static void
stages_open(struct stages *stages, const char *rules_path)
{
	stages->rules = load_rules(rules_path);
	stages->mapping = mapping_identity();
	stages->input = (struct match_input){ 0 };
	stages->decoder = decoder_new(stages->mapping, stages->rules->fields,
	    &decode_limits_default);
	stages->derive = derive_new(stages->rules->fields,
	    mapping_local_zone(stages->mapping));
	stages->matcher = matcher_new(stages->rules, &stages->input, 1);
	stages->arena = arena_new(ARENA_BYTES);
}

static void
stages_close(struct stages *stages)
{
	arena_free(stages->arena);
	matcher_free(stages->matcher);
	derive_free(stages->derive);
	decoder_free(stages->decoder);
	mapping_free(stages->mapping);
	rule_set_free(stages->rules);
}

static void
decode(struct stages *stages, const struct record *record,
    struct event *ret_event)
{
	struct error err = ERROR_NONE;

	CHECK(decoder_run(stages->decoder, record, 0, stages->arena, ret_event,
	    &err));
	derive_run(stages->derive, ret_event, stages->arena);
}

static void
run_decode(struct bench *bench)
{
	struct stages stages;
	struct event event;

	stages_open(&stages, bench->rules_path);
	measure_begin(&bench->measure);
	for (size_t i = 0; i < bench->events.count; i++) {
		decode(&stages, &bench->events.records[i], &event);
		arena_reset(stages.arena);
	}
	measure_lap(&bench->measure);
	stages_close(&stages);
}

static void
run_match(struct bench *bench)
{
	struct stages stages;
	struct match_result result;
	struct event *events;
	size_t count;

	stages_open(&stages, bench->rules_path);
	events = mem_array(BATCH_RECORDS, sizeof(*events));
	for (size_t from = 0; from < bench->events.count; from += count) {
		count = bench->events.count - from < BATCH_RECORDS ?
		    bench->events.count - from :
		    BATCH_RECORDS;
		for (size_t i = 0; i < count; i++)
			decode(&stages, &bench->events.records[from + i],
			    &events[i]);
		match_result_init(&result, stages.arena);
		measure_begin(&bench->measure);
		for (size_t i = 0; i < count; i++)
			matcher_run(stages.matcher, &events[i], &result);
		measure_lap(&bench->measure);
		arena_reset(stages.arena);
	}
	mem_free(events);
	stages_close(&stages);
}

/* Of the last run of the whole engine. */
static struct {
	struct engine_counters counters;
	size_t output_bytes;
	size_t resident;
} whole;

static void
run_batches(struct bench *bench, struct engine *engine)
{
	struct batch *batch = batch_new();
	const struct port_output *outputs;
	size_t count, output_count;

	whole.output_bytes = 0;
	for (size_t from = 0; from < bench->events.count; from += count) {
		count = bench->events.count - from < BATCH_RECORDS ?
		    bench->events.count - from :
		    BATCH_RECORDS;
		measure_begin(&bench->measure);
		engine_run(engine, bench->events.records + from, count,
		    RECORD_NO_TIME, batch);
		outputs = batch_outputs(batch, &output_count);
		for (size_t i = 0; i < output_count; i++)
			whole.output_bytes += outputs[i].value.len;
		batch_reset(batch);
		measure_lap(&bench->measure);
	}
	batch_free(batch);
}

static void
run_engine(struct bench *bench)
{
	struct engine_input input = { .mapping = mapping_identity(),
		.lateness_us = LATENESS_US };
	struct engine_options options = engine_options_default;
	struct engine *engine;
	size_t before = measure_resident();

	options.inputs = &input;
	options.input_count = 1;
	options.decode = decode_limits_default;
	engine = engine_new(load_rules(bench->rules_path), &options);
	run_batches(bench, engine);
	engine_get_counters(engine, &whole.counters);
	if (whole.resident == 0)
		whole.resident = measure_resident() - before;
	engine_free(engine);
	mapping_free(input.mapping);
}

static const struct stage {
	const char *name;
	void (*run)(struct bench *bench);
} stages[] = {
	{ "memcpy", run_memcpy },
	{ "simdjson", run_simdjson },
	{ "decode", run_decode },
	{ "match", run_match },
	{ "engine", run_engine },
};

static void
run_stage(struct bench *bench, const struct stage *stage)
{
	char more[300] = "";

	bench->measure = (struct measure){ .bench = bench->name,
		.stage = stage->name,
		.events = bench->events.count,
		.bytes = bench->events.text.len };
	for (unsigned i = 0; i < bench->runs; i++) {
		measure_run(&bench->measure);
		stage->run(bench);
	}
	if (stage->run == run_engine)
		(void)snprintf(more, sizeof(more),
		    ", \"hits\": %llu, \"alerts\": %llu, \"rejected\": %llu, "
		    "\"late\": %llu, \"output_mb\": %.1f, "
		    "\"resident_mb\": %.1f",
		    (unsigned long long)whole.counters.hits,
		    (unsigned long long)whole.counters.alerts,
		    (unsigned long long)whole.counters.rejected,
		    (unsigned long long)whole.counters.late,
		    (double)whole.output_bytes / 1e6,
		    (double)whole.resident / 1e6);
	measure_print(&bench->measure, more);
}

static bool
is_asked_for(const char *name, char *const *names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++) {
		if (strcmp(name, *names) == 0)
			return true;
	}
	return false;
}

static size_t
number(const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*end != '\0' || value == 0)
		exit(EX_USAGE);
	return (size_t)value;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "events", required_argument, NULL, 'e' },
		{ "runs", required_argument, NULL, 'r' },
		{ "rules", required_argument, NULL, 'R' },
		{ "name", required_argument, NULL, 'n' },
		{ "write", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	struct bench bench = { .name = "pipeline",
		.rules_path = TEST_DATA_DIR "/../bench/rules-50",
		.event_count = 200000,
		.runs = 6 };
	bool writes = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'w':
			writes = true;
			bench.event_count = number(optarg);
			break;
		case 'e':
			bench.event_count = number(optarg);
			break;
		case 'r':
			bench.runs = (unsigned)number(optarg);
			break;
		case 'R':
			bench.rules_path = optarg;
			break;
		case 'n':
			bench.name = optarg;
			break;
		default:
			return EX_USAGE;
		}
	}
	events_make(&bench.events, bench.event_count, FEEDS);
	if (writes)
		(void)fwrite(bench.events.text.ptr, 1, bench.events.text.len,
		    stdout);
	for (size_t i = 0; !writes && i < sizeof(stages) / sizeof(*stages); i++)
		if (is_asked_for(stages[i].name, argv + optind))
			run_stage(&bench, &stages[i]);
	events_done(&bench.events);
	return 0;
}
