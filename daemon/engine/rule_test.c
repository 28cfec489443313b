/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/mem.h"
#include "rule/rule_load.h"

#include "engine/engine.h"
#include "engine/rule_test.h"
#include "engine/scenario.h"

#define TEST_ARENA_BYTES 65536

/* The last that was said of one alert. */
struct fired {
	struct alert_id id;
	struct span rule;
	struct span *names, *values; /* of the group */
	uint32_t group_count;
	int64_t count;
	bool is_merged;
	bool is_expected;
};

struct run {
	struct arena *arena;
	const char *path; /* only rules of this file are judged */
	struct fired *fired;
	size_t count, cap;
	struct engine_counters counters;
};

static struct fired *
fired_of(struct run *run, const struct detection *detection)
{
	for (size_t i = 0; i < run->count; i++) {
		if (run->fired[i].id.bits == detection->id.bits)
			return &run->fired[i];
	}
	run->fired = mem_grow(run->fired, &run->cap, run->count + 1,
	    sizeof(*run->fired));
	run->fired[run->count] = (struct fired){ .id = detection->id };
	return &run->fired[run->count++];
}

static void
note_group(struct run *run, const struct detection *detection,
    struct fired *fired)
{
	const struct correlation *correlation = detection->rule->correlation;
	uint32_t count = correlation == NULL || detection->group == NULL ?
	    0 :
	    correlation->group_count;

	fired->group_count = count;
	fired->names = arena_array(run->arena, count, sizeof(struct span));
	fired->values = arena_array(run->arena, count, sizeof(struct span));
	for (uint32_t i = 0; i < count; i++) {
		fired->names[i] = arena_dup(run->arena,
		    correlation->group_names[i]);
		fired->values[i] = arena_dup(run->arena, detection->group[i]);
	}
}

static void
note_detection(void *context, const struct detection *detection)
{
	struct run *run = context;
	struct fired *fired;

	if (strcmp(detection->rule->path, run->path) != 0)
		return;
	fired = fired_of(run, detection);
	fired->rule = arena_dup(run->arena, rule_label(detection->rule));
	fired->count = (int64_t)detection->count;
	fired->is_merged = detection->kind == DETECTION_MERGED;
	note_group(run, detection, fired);
}

static void
run_events(struct rule_set *rules, const struct scenario *test, struct run *run)
{
	struct mapping *mapping = mapping_identity();
	struct engine_input input = { .mapping = mapping,
		.lateness_us = INT64_C(900000000) };
	struct engine_options options = engine_options_default;
	struct batch *batch = batch_new();
	struct record *records = arena_array(run->arena, test->event_count,
	    sizeof(*records));
	struct engine *engine;

	options.inputs = &input;
	options.input_count = 1;
	options.decode = decode_limits_default;
	engine = engine_new(rules, &options);
	engine_set_observer(engine, note_detection, run);
	for (size_t i = 0; i < test->event_count; i++)
		records[i] = (struct record){
			.position = { SPAN("test"), 0, (int64_t)i },
			.bytes = test->events[i].json,
			.broker_us = RECORD_NO_TIME,
		};
	engine_run(engine, records, test->event_count, RECORD_NO_TIME, batch);
	engine_end(engine, true, batch);
	engine_get_counters(engine, &run->counters);
	batch_free(batch);
	engine_free(engine);
	mapping_free(mapping);
}

static bool
group_matches(const struct fired *fired, const struct yaml_node *group)
{
	if (group == NULL)
		return true;
	if (group->count != fired->group_count)
		return false;
	for (uint32_t i = 0; i < fired->group_count; i++) {
		const struct yaml_node *want = NULL;

		for (size_t j = 0; j < group->count; j++) {
			if (span_equal(group->pairs[j].key->text,
				fired->names[i]))
				want = group->pairs[j].value;
		}
		if (want == NULL || !span_equal(want->text, fired->values[i]))
			return false;
	}
	return true;
}

static bool
rule_matches(const struct fired *fired, struct span rule)
{
	return span_equal(fired->rule, rule);
}

/* Pairs each expectation with one alert. */
static bool
compare(struct scenario *test, struct run *run)
{
	/* That nothing fired means nothing if events were not judged. */
	bool ok = run->counters.rejected == 0 && run->counters.unknown == 0;

	for (size_t i = 0; i < test->expect_count; i++) {
		struct scenario_expect *expect = &test->expects[i];

		for (size_t j = 0; j < run->count && !expect->is_met; j++) {
			struct fired *fired = &run->fired[j];

			if (fired->is_merged || fired->is_expected ||
			    !rule_matches(fired, expect->rule) ||
			    !group_matches(fired, expect->group) ||
			    (expect->count >= 0 &&
				expect->count != fired->count))
				continue;
			fired->is_expected = expect->is_met = true;
		}
		ok &= expect->is_met;
	}
	for (size_t j = 0; j < run->count; j++)
		ok &= run->fired[j].is_expected || run->fired[j].is_merged;
	return ok;
}

static void
describe_fired(const struct fired *fired, struct buffer *out)
{
	buffer_printf(out, "  got   " SPAN_FMT, SPAN_ARG(fired->rule));
	for (uint32_t i = 0; i < fired->group_count; i++)
		buffer_printf(out, " " SPAN_FMT "=" SPAN_FMT,
		    SPAN_ARG(fired->names[i]), SPAN_ARG(fired->values[i]));
	buffer_printf(out, ", count %lld\n", (long long)fired->count);
}

static void
describe_expect(const struct scenario_expect *expect, struct buffer *out)
{
	const struct yaml_node *group = expect->group;

	buffer_printf(out, "  want  " SPAN_FMT, SPAN_ARG(expect->rule));
	for (size_t i = 0; group != NULL && i < group->count; i++)
		buffer_printf(out, " " SPAN_FMT "=" SPAN_FMT,
		    SPAN_ARG(group->pairs[i].key->text),
		    SPAN_ARG(group->pairs[i].value->text));
	if (expect->count >= 0)
		buffer_printf(out, ", count %lld", (long long)expect->count);
	buffer_add_char(out, '\n');
}

static void
describe(const struct scenario *test, const struct run *run, const char *path,
    struct buffer *out)
{
	bool any = false;

	buffer_printf(out, "FAIL " SPAN_FMT "\n  --> %s:%u\n",
	    SPAN_ARG(test->name), path, test->place.line);
	for (size_t i = 0; i < test->expect_count; i++) {
		if (!test->expects[i].is_met)
			describe_expect(&test->expects[i], out);
	}
	if (test->expect_count == 0)
		buffer_add_string(out, "  want  no alert\n");
	for (size_t i = 0; i < run->count; i++) {
		if (run->fired[i].is_expected || run->fired[i].is_merged)
			continue;
		describe_fired(&run->fired[i], out);
		any = true;
	}
	if (!any)
		buffer_add_string(out, "  got   no other alert\n");
	if (run->counters.rejected > 0)
		buffer_printf(out,
		    "  got   %llu event(s) that cannot be read\n",
		    (unsigned long long)run->counters.rejected);
	if (run->counters.unknown > 0)
		buffer_printf(out,
		    "  got   %llu event(s) that reached a limit of a regular "
		    "expression\n",
		    (unsigned long long)run->counters.unknown);
}

/* The tested file alone if it stands alone, else with all the others. */
static struct rule_set *
load_rules(const struct rule_test_options *options, const char *rule_path,
    const struct scenario *test, struct diag *diag)
{
	const char *const alone[] = { rule_path };
	struct rule_load_options load = {
		.paths = alone,
		.path_count = 1,
		.list_folders = options->list_folders,
		.list_folder_count = options->list_folder_count,
		.lists = (const struct value_list *const *)test->lists,
		.list_count = test->list_count,
	};
	struct rule_load_result result = { 0 };
	struct diag *scratch = diag_new();
	bool ok = rule_load(&load, scratch, &result);

	diag_free(scratch);
	if (ok)
		return result.rules;
	load.paths = options->rule_paths;
	load.path_count = options->rule_path_count;
	return rule_load(&load, diag, &result) ? result.rules : NULL;
}

static bool
run_test(const struct rule_test_options *options, const char *path,
    const char *rule_path, struct scenario *test, struct diag *diag,
    struct buffer *out)
{
	struct run run = { .path = rule_path };
	struct rule_set *rules = load_rules(options, rule_path, test, diag);
	bool ok = false;

	if (rules == NULL)
		return false;
	run.arena = arena_new(TEST_ARENA_BYTES);
	run_events(rules, test, &run);
	ok = compare(test, &run);
	if (!ok)
		describe(test, &run, path, out);
	mem_free(run.fired);
	arena_free(run.arena);
	return ok;
}

static struct span
stem_of(const char *path, const char *const suffixes[2])
{
	struct span stem = span_of(path);

	for (size_t i = 0; i < 2; i++) {
		if (!span_ends_with(stem, span_of(suffixes[i])))
			continue;
		stem.len -= strlen(suffixes[i]);
		break;
	}
	return stem;
}

/* The one that is there; the first if neither is. */
static char *
path_with(struct span stem, const char *const suffixes[2])
{
	char *paths[2];

	for (size_t i = 0; i < 2; i++) {
		struct buffer path = BUFFER_INIT;

		buffer_add_span(&path, stem);
		buffer_add_string(&path, suffixes[i]);
		paths[i] = mem_strdup(buffer_string(&path));
		buffer_done(&path);
	}
	if (access(paths[0], F_OK) != 0 && access(paths[1], F_OK) == 0) {
		mem_free(paths[0]);
		return paths[1];
	}
	mem_free(paths[1]);
	return paths[0];
}

static const char *const rule_suffixes[2] = { ".yml", ".yaml" };
static const char *const test_suffixes[2] = { ".test.yml", ".test.yaml" };

static char *
rule_path_of(const char *test_path)
{
	return path_with(stem_of(test_path, test_suffixes), rule_suffixes);
}

char *
rule_test_path(const char *rule_path)
{
	return path_with(stem_of(rule_path, rule_suffixes), test_suffixes);
}

static void
count_test(const struct scenario *test, bool passed,
    struct rule_test_counts *counts)
{
	if (test->expect_count > 0)
		counts->positive++;
	else
		counts->negative++;
	if (passed)
		counts->passed++;
	else
		counts->failed++;
}

void
rule_test_run(const struct rule_test_options *options, const char *path,
    struct diag *diag, struct buffer *out, struct rule_test_counts *counts)
{
	struct arena *arena = arena_new(TEST_ARENA_BYTES);
	char *rule_path = rule_path_of(path);
	struct scenario *tests = NULL;
	size_t count = 0;
	bool ok = scenario_read(arena, diag, path, &tests, &count);

	if (!ok)
		counts->failed++;
	for (size_t i = 0; i < count; i++) {
		if (ok)
			count_test(&tests[i],
			    run_test(options, path, rule_path, &tests[i], diag,
				out),
			    counts);
		scenario_done(&tests[i]);
	}
	mem_free(rule_path);
	arena_free(arena);
}

/* Rules of one file stand together: each file is tested once. */
static bool
is_first_of_file(const struct rule_set *rules, const struct rule *rule)
{
	return rule->index == 0 ||
	    strcmp(rules->rules[rule->index - 1]->path, rule->path) != 0;
}

void
rule_test_all(const struct rule_test_options *options,
    const struct rule_set *rules, struct diag *diag, struct buffer *out,
    struct rule_test_counts *counts)
{
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->rules[i];
		char *path;

		if (!is_first_of_file(rules, rule))
			continue;
		path = rule_test_path(rule->path);
		/* One that cannot be read is told as such. */
		if (access(path, F_OK) == 0)
			rule_test_run(options, path, diag, out, counts);
		else
			counts->untested++;
		mem_free(path);
	}
}
