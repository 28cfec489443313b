/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a record costs until it is an event: simdjson alone (the floor), with
 * its keys checked, and decoded for as many fields as rules refer to.
 *
 *	bench_decode [EVENTS]
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "decode/decode.h"
#include "text/json_read.h"
#include "text/json_tape.h"

#include "bench/events.h"
#include "bench/measure.h"

#define EVENTS_DEFAULT 100000
#define RUNS 5
#define BATCH 1000

static const char *const wanted[] = { "event.action", "user.id", "user.type",
	"system.class", "record.id", "record.restriction", "subject.id",
	"subject.surname", "subject.flags", "query.text", "query.hits",
	"reason.code", "reason.text", "case.id", "terminal.site",
	"actor.on_duty", "relation.kind", "event.outcome" };

#define WANTED (sizeof(wanted) / sizeof(wanted[0]))

struct bench {
	struct events events;
	struct json_tape_parser *parser;
	struct json_reader *reader;
	struct decoder *decoder;
	struct arena *arena;
};

static void
run_floor(struct bench *bench, const struct record *record)
{
	struct json_tape tape;
	const char *reason;

	CHECK(json_tape_parse(bench->parser, record->bytes.ptr,
		  record->bytes.len, &tape, &reason) == JSON_TAPE_OK);
}

static void
run_read(struct bench *bench, const struct record *record)
{
	struct json_value root;
	struct error err;

	CHECK(json_read(bench->reader, record->bytes, false, &root, &err) ==
	    JSON_OK);
}

static void
run_decode(struct bench *bench, const struct record *record)
{
	struct event event;
	struct error err;

	CHECK(decoder_run(bench->decoder, record, 0, bench->arena, &event,
	    &err));
}

static void
measure(struct bench *bench, const char *stage,
    void (*run)(struct bench *bench, const struct record *record))
{
	struct measure measure = { .bench = "decode",
		.stage = stage,
		.events = bench->events.count,
		.bytes = bench->events.text.len };

	for (int i = 0; i < RUNS; i++) {
		measure_run(&measure);
		measure_begin(&measure);
		for (size_t k = 0; k < bench->events.count; k++) {
			run(bench, &bench->events.records[k]);
			if (k % BATCH == BATCH - 1)
				arena_reset(bench->arena);
		}
		measure_lap(&measure);
		arena_reset(bench->arena);
	}
	measure_print(&measure, "");
}

static void
measure_decode(struct bench *bench, const char *stage, size_t count,
    bool wants_all)
{
	struct mapping *mapping = mapping_identity();
	struct field_set *fields = field_set_new();

	for (size_t i = 0; i < count; i++)
		field_set_add(fields, span_of(wanted[i]));
	if (wants_all)
		field_set_want_all_values(fields);
	bench->decoder = decoder_new(mapping, fields, &decode_limits_default);
	measure(bench, stage, run_decode);
	decoder_free(bench->decoder);
	field_set_free(fields);
	mapping_free(mapping);
}

int
main(int argc, char **argv)
{
	struct bench bench = { .parser = json_tape_new(64),
		.reader = json_reader_new(1 << 20, 64),
		.arena = arena_new(1 << 20) };

	CHECK(bench.parser != NULL);
	events_make(&bench.events,
	    argc > 1 ? strtoul(argv[1], NULL, 10) : EVENTS_DEFAULT, 1);
	measure(&bench, "floor: simdjson alone", run_floor);
	measure(&bench, "keys checked", run_read);
	measure_decode(&bench, "1 field", 1, false);
	measure_decode(&bench, "18 fields", WANTED, false);
	measure_decode(&bench, "18 fields and keywords", WANTED, true);
	events_done(&bench.events);
	json_tape_free(bench.parser);
	json_reader_free(bench.reader);
	arena_free(bench.arena);
	return 0;
}
