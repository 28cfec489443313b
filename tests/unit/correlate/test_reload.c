/* SPDX-License-Identifier: Apache-2.0 */
/* Windows over a change of the rule set. */
#include "unit/correlate/world.h"

struct labels {
	char text[128];
};

static void
note_reset(void *context, struct span label)
{
	struct labels *labels = context;
	size_t len = strlen(labels->text);

	(void)snprintf(labels->text + len, sizeof(labels->text) - len,
	    SPAN_FMT " ", SPAN_ARG(label));
}

/* Feed rule, a correlation over it named `name`, of meaning `semantic`. */
static struct world_rule *
make_rules(struct world *world, const char *name, uint8_t semantic)
{
	struct world_rule *made;

	world_init(world);
	world_rule(world, "base");
	made = world_correlation(world, name, 0, CORRELATION_EVENT_COUNT, 100,
	    COMPARE_GTE, 3);
	made->rule.semantic[0] = semantic;
	return made;
}

/* Hands the windows of `old` to `world`, as the engine does at a reload. */
static void
take_over(struct world *world, struct world *old, struct labels *labels)
{
	world->correlate = old->correlate;
	old->correlate = NULL;
	*labels = (struct labels){ "" };
	correlate_set_rules(world->correlate, &world->set, note_reset, labels);
	world->offset = old->offset;
	world_done(old);
}

static void
test_the_same_meaning_keeps_its_windows(void **unused)
{
	struct world old, world;
	struct labels labels;
	uint64_t id;

	(void)unused;
	make_rules(&old, "many", 9);
	world_start(&old);
	for (int64_t i = 1; i <= 4; i++)
		world_hit(&old, 0, 0, i, "a", "x");
	world_hit(&old, 0, 0, 5, "b", "x");
	world_batch(&old);
	assert_int_equal(old.told_count, 1);
	id = old.told[0].id;
	make_rules(&world, "many, said otherwise", 9);
	take_over(&world, &old, &labels);
	assert_string_equal(labels.text, "");
	world_hit(&world, 0, 0, 6, "b", "y");
	world_hit(&world, 0, 0, 7, "b", "y");
	world_batch(&world);
	assert_int_equal(world.told_count, 1);
	assert_int_equal(world.told[0].first_us, 5);
	assert_int_equal(world.told[0].count, 3);
	world_end(&world);
	assert_int_equal(world.told_count, 3);
	assert_int_equal(world.told[1].id, id);
	assert_int_equal(world.told[1].revision, 2);
	assert_int_equal(world.told[1].count, 4);
	world_done(&world);
}

static void
test_another_meaning_starts_anew(void **unused)
{
	struct world old, world;
	struct labels labels;
	struct correlate_stats stats;

	(void)unused;
	make_rules(&old, "many", 9);
	world_start(&old);
	world_hit(&old, 0, 0, 1, "a", NULL);
	world_hit(&old, 0, 0, 2, "a", NULL);
	world_batch(&old);
	make_rules(&world, "many", 10);
	take_over(&world, &old, &labels);
	assert_string_equal(labels.text, "many ");
	correlate_get_stats(world.correlate, &stats);
	assert_int_equal(stats.groups, 0);
	assert_int_equal(stats.hits_held, 0);
	assert_int_equal(stats.bytes, 0);
	world_hit(&world, 0, 0, 3, "a", NULL);
	world_batch(&world);
	assert_int_equal(world.told_count, 0);
	world_done(&world);
}

/* Slots, the order of kept values and the numbers of rules are all new. */
static void
test_evidence_follows(void **unused)
{
	static const uint32_t kept[] = { WORLD_V, WORLD_H, WORLD_V };
	struct world old, world;
	struct world_rule *made;
	struct labels labels;
	struct correlate_result result;

	(void)unused;
	make_rules(&old, "many", 9);
	world_start(&old);
	world_hit(&old, 0, 0, 1, "a", "one,two");
	world_hit(&old, 0, 0, 2, "a", "three");
	world_batch(&old);

	world_init(&world);
	world_rule(&world, "new");
	made = world_correlation(&world, "many", 2, CORRELATION_EVENT_COUNT,
	    100, COMPARE_GTE, 3);
	made->rule.semantic[0] = 9;
	made->rule.kept_slots = kept;
	made->rule.kept_count = 3;
	world_rule(&world, "base");
	take_over(&world, &old, &labels);
	assert_string_equal(labels.text, "");
	world_hit(&world, 2, 0, 3, "a", "four");
	correlate_result_init(&result, world.arena);
	correlate_hits(world.correlate, world.hits, 1, &result);
	assert_int_equal(result.count, 1);
	assert_int_equal(result.detections[0].evidence_count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		const struct evidence *evidence = &result.detections[0]
						       .evidence[i];

		assert_int_equal(evidence->rule, 2);
		assert_int_equal(evidence->values[1].kind, VALUE_MISSING);
		if (i > 0)
			assert_span_equal(evidence->values[0].text,
			    i == 1 ? SPAN("three") : SPAN("four"));
	}
	assert_int_equal(result.detections[0].evidence[0].values[2].kind,
	    VALUE_LIST);
	assert_span_equal(
	    result.detections[0].evidence[0].values[2].items[1].text,
	    SPAN("two"));
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_meaning_keeps_its_windows),
		cmocka_unit_test(test_another_meaning_starts_anew),
		cmocka_unit_test(test_evidence_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
