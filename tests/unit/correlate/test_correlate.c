/* SPDX-License-Identifier: Apache-2.0 */
/* What reaches the windows, and what is told of it. */
#include "unit/correlate/world.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static struct world_rule *
start_counting(struct world *world, double limit, int64_t span_us)
{
	world_init(world);
	world_rule(world, "base");
	return world_correlation(world, "many", 0, CORRELATION_EVENT_COUNT,
	    span_us, COMPARE_GTE, limit);
}

static void
test_single_event_rules(void **unused)
{
	struct world world;
	struct world_rule *alerts, *scores;

	(void)unused;
	world_init(&world);
	alerts = world_rule(&world, "alerts");
	alerts->rule.alerts = true;
	world_rule(&world, "feeds only");
	scores = world_rule(&world, "scores");
	scores->rule.alerts = true;
	scores->rule.extension.is_score = true;
	world_start(&world);
	for (uint32_t rule = 0; rule < 3; rule++)
		world_hit(&world, rule, 0, 77, "a", "x");
	world_hit(&world, 0, 0, 55, NULL, NULL);
	world_batch(&world);
	world_end(&world);
	assert_int_equal(world.told_count, 2);
	/* By time, not as they came. */
	assert_int_equal(world.told[0].first_us, 55);
	assert_int_equal(world.told[1].kind, DETECTION_OPEN);
	assert_int_equal(world.told[1].rule, 0);
	assert_int_equal(world.told[1].first_us, 77);
	assert_int_equal(world.told[1].last_us, 77);
	assert_int_equal(world.told[1].count, 1);
	assert_int_equal(world.told[1].revision, 1);
	assert_int_equal(world.told[1].evidence_count, 1);
	assert_int_equal(world.told[1].evidence[0], 0);
	assert_string_equal(world.told[1].value, "x");
	assert_true(world.told[0].id != world.told[1].id);
	world_done(&world);
}

static void
test_correlations_that_do_not_alert(void **unused)
{
	struct world world;
	struct world_rule *made = start_counting(&world, 1, 10);

	(void)unused;
	made->rule.extension.is_score = true;
	world_start(&world);
	world_hit(&world, 0, 0, 1, "a", NULL);
	world_batch(&world);
	world_end(&world);
	assert_int_equal(world.told_count, 0);
	world_done(&world);
}

/* Suppression is per (rule, group), as an event_count of at least 1. */
static void
test_suppression(void **unused)
{
	struct world world;
	struct world_rule *made;

	(void)unused;
	world_init(&world);
	made = world_correlation(&world, "suppressed", 0,
	    CORRELATION_EVENT_COUNT, 10, COMPARE_GTE, 1);
	made->rule.type = RULE_EVENT;
	made->correlation.is_suppression = true;
	world_start(&world);
	world_hit(&world, 0, 0, 0, "a", NULL);
	world_hit(&world, 0, 0, 10, "a", NULL);
	world_hit(&world, 0, 0, 3, "b", NULL);
	world_hit(&world, 0, 0, 21, "a", NULL);
	world_batch(&world);
	world_end(&world);
	assert_int_equal(world_count(&world, DETECTION_OPEN), 3);
	assert_int_equal(world_count(&world, DETECTION_CLOSE), 3);
	assert_string_equal(world.told[0].group, "a");
	assert_string_equal(world.told[1].group, "b");
	assert_int_equal(world.told[2].kind, DETECTION_UPDATE);
	assert_int_equal(world.told[2].count, 2);
	assert_int_equal(world.told[3].first_us, 21);
	world_done(&world);
}

/* An event without the group's field is told by itself, each time. */
static void
test_suppression_without_group(void **unused)
{
	struct world world;
	struct world_rule *made;

	(void)unused;
	world_init(&world);
	made = world_correlation(&world, "suppressed", 0,
	    CORRELATION_EVENT_COUNT, 10, COMPARE_GTE, 1);
	made->rule.type = RULE_EVENT;
	made->correlation.is_suppression = true;
	world_start(&world);
	world_hit(&world, 0, 0, 0, NULL, NULL);
	world_hit(&world, 0, 0, 1, NULL, NULL);
	world_batch(&world);
	world_end(&world);
	assert_int_equal(world_count(&world, DETECTION_OPEN), 2);
	assert_int_equal(world.told_count, 2);
	assert_string_equal(world.told[0].group, "");
	assert_true(world.told[0].id != world.told[1].id);
	world_done(&world);
}

static const struct {
	const char *name;
	const char *g, *h;
	const char *want[5]; /* groups that open, NULL ends */
	uint64_t no_group, limited;
} group_cases[] = {
	{ "one value each", "a", "1", { "a/1", NULL }, 0, 0 },
	{ "an array: one hit per distinct member", "a,b,a", "1",
	    { "a/1", "b/1", NULL }, 0, 0 },
	{ "two arrays: the product", "a,b", "1,2",
	    { "a/1", "a/2", "b/1", "b/2", NULL }, 0, 0 },
	{ "a missing field", "a", NULL, { NULL }, 1, 0 },
	{ "an empty array", "", "1", { NULL }, 1, 0 },
};

static void
test_groups(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(group_cases) / sizeof(*group_cases);
	    i++) {
		struct world world;
		struct world_rule *made = start_counting(&world, 1, 10);
		struct correlate_stats stats;
		size_t want = 0;

		made->correlation.group_count = 2;
		world_start(&world);
		world_hit(&world, 0, 0, 1, group_cases[i].g, NULL);
		((struct event *)world.hits[0].event)->values[WORLD_H] =
		    world_value(world.arena, group_cases[i].h);
		world_batch(&world);
		for (; group_cases[i].want[want] != NULL; want++) {
			if (want >= world.told_count)
				break;
			assert_string_equal(world.told[want].group,
			    group_cases[i].want[want]);
		}
		if (world.told_count != want)
			testing_fail(group_cases[i].name,
			    "got %zu groups, want %zu", world.told_count, want);
		correlate_get_stats(world.correlate, &stats);
		assert_int_equal(stats.no_group, group_cases[i].no_group);
		assert_int_equal(stats.limited, group_cases[i].limited);
		world_done(&world);
	}
}

/* 9 x 9 = 81 groups: 64 are counted, 17 told. */
static void
test_at_most_64_groups_of_an_event(void **unused)
{
	struct world world;
	struct world_rule *made = start_counting(&world, 1, 10);
	struct correlate_stats stats;
	const char *many = "1,2,3,4,5,6,7,8,9";

	(void)unused;
	made->correlation.group_count = 2;
	world_start(&world);
	world_hit(&world, 0, 0, 5 * HOUR + 1, many, NULL);
	((struct event *)world.hits[0].event)
	    ->values[WORLD_H] = world_value(world.arena, many);
	world_batch(&world);
	correlate_get_stats(world.correlate, &stats);
	assert_int_equal(world.told_count, 64);
	assert_string_equal(world.told[63].group, "8/1");
	assert_int_equal(stats.limited, 17);
	assert_int_equal(world.notice_count, 1);
	assert_int_equal(world.notices[0].kind, NOTICE_LIMIT);
	assert_int_equal(world.notices[0].count, 17);
	assert_int_equal(world.notices[0].at_us, 5 * HOUR);
	world_done(&world);
}

static void
test_without_group_by(void **unused)
{
	struct world world;
	struct world_rule *made = start_counting(&world, 2, 10);

	(void)unused;
	made->correlation.group_count = 0;
	world_start(&world);
	world_hit(&world, 0, 0, 1, "a", NULL);
	world_hit(&world, 0, 0, 2, NULL, NULL);
	world_batch(&world);
	assert_int_equal(world.told_count, 1);
	assert_string_equal(world.told[0].group, "");
	assert_int_equal(world.told[0].count, 2);
	world_done(&world);
}

/* A tuple counts as one value: (x, 1) and (x, 2) are two. */
static void
test_tuples(void **unused)
{
	struct world world;
	struct world_rule *made;

	(void)unused;
	world_init(&world);
	world_rule(&world, "base");
	made = world_correlation(&world, "tuples", 0, CORRELATION_VALUE_COUNT,
	    10, COMPARE_GTE, 2);
	made->correlation.value_count = 2;
	world_start(&world);
	for (int64_t i = 0; i < 3; i++) {
		world_hit(&world, 0, 0, i, "a", "x");
		((struct event *)world.hits[i].event)->values[WORLD_H] =
		    world_value(world.arena, i < 2 ? "1" : "2");
	}
	world_batch(&world);
	assert_int_equal(world.told_count, 1);
	assert_int_equal(world.told[0].last_us, 2);
	assert_int_equal(world.told[0].count, 3);
	assert_int_equal((int)world.told[0].peak, 2);
	world_done(&world);
}

/* Aliases: two event rules, each with its own field for the group. */
static void
test_aliases(void **unused)
{
	struct world world;
	struct world_rule *made;
	struct correlation_source sources[2];
	static const uint32_t h_slot[] = { WORLD_H };

	(void)unused;
	world_init(&world);
	world_rule(&world, "base");
	made = world_correlation(&world, "many", 0, CORRELATION_EVENT_COUNT, 10,
	    COMPARE_GTE, 2);
	world_rule(&world, "other base");
	sources[0] = made->source;
	sources[1] = (struct correlation_source){ 2, h_slot, NULL };
	made->correlation.sources = sources;
	made->correlation.source_count = 2;
	world_start(&world);
	world_hit(&world, 0, 0, 1, "a", NULL);
	world_hit(&world, 2, 0, 2, "b", NULL);
	((struct event *)world.hits[1].event)
	    ->values[WORLD_H] = world_value(world.arena, "a");
	world_batch(&world);
	assert_int_equal(world.told_count, 1);
	assert_string_equal(world.told[0].group, "a");
	world_done(&world);
}

/* A window of 30 days, renewed weekly: hits every 2 days.  The count doubles
 * at 2, 4, 8 (days 2, 6, 14); 7 days after that the hit of day 22 is the first
 * to be told again for its own sake; 16 hits are there on day 30. */
static void
test_renew(void **unused)
{
	static const int64_t want_days[] = { 0, 2, 6, 14, 22, 30 };
	struct world world;
	struct world_rule *made = start_counting(&world, 1, 30 * DAY);

	(void)unused;
	made->rule.extension.renew_us = 7 * DAY;
	world_start(&world);
	for (int64_t day = 0; day <= 30; day += 2) {
		world_hit(&world, 0, 0, day * DAY, "a", NULL);
		world_batch(&world);
	}
	assert_int_equal(world.told_count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(world.told[i].last_us, want_days[i] * DAY);
	world_done(&world);
}

/* Told once more although no further hit of the group comes: the watermark
 * alone says so; but not again without new hits. */
static void
test_renew_by_the_watermark(void **unused)
{
	struct world world;
	struct world_rule *made = start_counting(&world, 1, 365 * DAY);

	(void)unused;
	made->rule.extension.renew_us = 7 * DAY;
	world_start(&world);
	for (int64_t day = 0; day < 3; day++) {
		world_hit(&world, 0, 0, day * DAY, "a", NULL);
		world_batch(&world);
	}
	assert_int_equal(world.told_count, 2);
	for (int64_t day = 7; day < 40; day++) {
		correlate_seen(world.correlate, 0, 0, day * DAY);
		world_batch(&world);
		assert_int_equal(world.told_count, day < 8 ? 2 : 3);
	}
	assert_int_equal(world.told[2].kind, DETECTION_UPDATE);
	assert_int_equal(world.told[2].count, 3);
	world_done(&world);
}

/* 4 samples of 9 hits: the first two and the last two, by time, whatever came
 * last; told with the values of then. */
static void
test_evidence(void **unused)
{
	static const int64_t times_us[] = { 5, 1, 9, 3, 7, 8, 2, 4, 6 };
	struct world world;
	struct world_rule *made = start_counting(&world, 3, 100);
	const struct world_told *last;

	(void)unused;
	made->rule.extension.samples = 4;
	world.inputs[0].lateness_us = 50;
	world_start(&world);
	for (size_t i = 0; i < 9; i++) {
		char v[2] = { (char)('0' + times_us[i]), '\0' };

		world_hit(&world, 0, 0, times_us[i], "a", v);
		world_batch(&world);
	}
	world_end(&world);
	last = &world.told[world.told_count - 1];
	assert_int_equal(last->kind, DETECTION_CLOSE);
	assert_int_equal(last->count, 9);
	assert_int_equal(last->evidence_count, 4);
	assert_int_equal(last->evidence[0], 1); /* time 1 */
	assert_int_equal(last->evidence[1], 6); /* time 2 */
	assert_int_equal(last->evidence[2], 5); /* time 8 */
	assert_int_equal(last->evidence[3], 2); /* time 9 */
	assert_string_equal(last->value, "1");
	world_done(&world);
}

/* SHA-256 of "{}", by sha256sum. */
static const uint8_t digest_of_braces[HASH_SHA256_LEN] = { 0x44, 0x13, 0x6f,
	0xa3, 0x55, 0xb3, 0x67, 0x8a, 0x11, 0x46, 0xad, 0x16, 0xf7, 0xe8, 0x64,
	0x9e, 0x94, 0xfb, 0x4f, 0xc2, 0x1f, 0xe7, 0x7e, 0x83, 0x10, 0xc0, 0x60,
	0xf6, 0x1c, 0xaa, 0xff, 0x8a };

static void
test_evidence_is_of_the_record(void **unused)
{
	struct world world;
	struct correlate_result result;
	const struct detection *detection;

	(void)unused;
	start_counting(&world, 2, 10);
	world_start(&world);
	world_hit(&world, 0, 3, 1, "a", "x");
	((struct event *)world.hits[0].event)->flags = EVENT_REPAIRED;
	world_batch(&world);
	world_hit(&world, 0, 4, 2, "a", "y");
	correlate_result_init(&result, world.arena);
	correlate_hits(world.correlate, world.hits, 1, &result);
	assert_int_equal(result.count, 1);
	detection = &result.detections[0];
	assert_int_equal(detection->flags, EVENT_REPAIRED);
	assert_int_equal(detection->event_us, 2);
	assert_int_equal(detection->broker_us, 3);
	assert_int_equal(detection->evidence_count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct evidence *evidence = &detection->evidence[i];

		assert_memory_equal(evidence->sha256, digest_of_braces,
		    HASH_SHA256_LEN);
		assert_span_equal(evidence->position.topic, SPAN("t"));
		assert_int_equal(evidence->position.partition, 3 + i);
		assert_int_equal(evidence->rule, 0);
		assert_span_equal(evidence->values[WORLD_V].text,
		    i == 0 ? SPAN("x") : SPAN("y"));
		assert_int_equal(evidence->values[WORLD_H].kind, VALUE_MISSING);
	}
	world_done(&world);
}

/* The rule's clock, not the input's alone: a slow feed holds back the rule it
 * can reach and no other. */
static void
test_a_slow_input_delays_its_own_rules(void **unused)
{
	struct world world;

	(void)unused;
	start_counting(&world, 1, 10);
	world.rules[0].rule.logsource.product = SPAN("fast");
	world_rule(&world, "slow base");
	world.rules[2].rule.logsource.product = SPAN("slow");
	world_correlation(&world, "slow", 2, CORRELATION_EVENT_COUNT, 10,
	    COMPARE_GTE, 1);
	world.inputs[0].logsource.product = SPAN("fast");
	world.inputs[1].logsource.product = SPAN("slow");
	world.input_count = 2;
	world_start(&world);
	correlate_seen(world.correlate, 1, 1, 5);
	world_hit(&world, 0, 0, 5, "a", NULL);
	world_hit(&world, 2, 1, 5, "a", NULL);
	((struct record *)world.hits[1].event->record)->input = 1;
	world_batch(&world);
	correlate_seen(world.correlate, 0, 0, 1000);
	world_batch(&world);
	assert_int_equal(world_count(&world, DETECTION_OPEN), 2);
	assert_int_equal(world_count(&world, DETECTION_CLOSE), 1);
	assert_int_equal(world.told[2].rule, 1);
	correlate_idle(world.correlate, 1);
	world_batch(&world);
	/* All of its feeds idle: the greatest time it has seen, 5. */
	assert_int_equal(world_count(&world, DETECTION_CLOSE), 1);
	correlate_seen(world.correlate, 1, 1, 16);
	world_batch(&world);
	assert_int_equal(world_count(&world, DETECTION_CLOSE), 2);
	world_done(&world);
}

static void
test_the_end_closes(void **unused)
{
	struct world world;

	(void)unused;
	start_counting(&world, 1, 10);
	world_start(&world);
	world_hit(&world, 0, 0, 0, "a", NULL);
	world_batch(&world);
	world_hit(&world, 0, 0, 11, "b", NULL);
	world_batch(&world);
	world_end(&world);
	assert_int_equal(world.told_count, 4);
	assert_string_equal(world.told[2].group, "a");
	assert_int_equal(world.told[2].kind, DETECTION_CLOSE);
	assert_false(world.told[2].closed_by_end);
	assert_string_equal(world.told[3].group, "b");
	assert_true(world.told[3].closed_by_end);
	world_done(&world);
}

/* The id is that of the first satisfied hit and stays; it depends on the rule,
 * the group and the position. */
static void
test_ids(void **unused)
{
	struct world world;

	(void)unused;
	start_counting(&world, 1, 10);
	world_correlation(&world, "many too", 0, CORRELATION_EVENT_COUNT, 10,
	    COMPARE_GTE, 1);
	world_start(&world);
	world_hit(&world, 0, 0, 0, "a,b", NULL);
	world_batch(&world);
	world_end(&world);
	assert_int_equal(world_count(&world, DETECTION_OPEN), 4);
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < i; k++)
			assert_true(world.told[i].id != world.told[k].id);
	}
	assert_int_equal(world.told[4].id, world.told[0].id);
	world_done(&world);
}

static void
test_kept_texts_are_cut(void **unused)
{
	struct world world;

	(void)unused;
	world_init(&world);
	world_rule(&world, "event")->rule.alerts = true;
	world.limits.text_bytes = 4;
	world_start(&world);
	/* Not through the middle of a code point. */
	world_hit(&world, 0, 0, 1, "g", "12\xe2\x82\xac");
	world_hit(&world, 0, 0, 2, "g", "1234");
	world_hit(&world, 0, 0, 3, "g", "12345");
	world_batch(&world);
	assert_string_equal(world.told[0].value, "12");
	assert_string_equal(world.told[1].value, "1234");
	assert_string_equal(world.told[2].value, "1234");
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_event_rules),
		cmocka_unit_test(test_correlations_that_do_not_alert),
		cmocka_unit_test(test_suppression),
		cmocka_unit_test(test_suppression_without_group),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_at_most_64_groups_of_an_event),
		cmocka_unit_test(test_without_group_by),
		cmocka_unit_test(test_tuples),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_renew_by_the_watermark),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_evidence_is_of_the_record),
		cmocka_unit_test(test_a_slow_input_delays_its_own_rules),
		cmocka_unit_test(test_the_end_closes),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_kept_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
