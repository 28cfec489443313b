/* SPDX-License-Identifier: Apache-2.0 */
/* Rule sets made by hand: logsources, order of hits, many events. */
#include "match/match.h"
#include "support/testing.h"

#define NOTHING { SPAN_NONE, SPAN_NONE, SPAN_NONE }

static const struct {
	const char *name;
	struct logsource rule;
	struct logsource input;
	bool want;
} logsources[] = {
	{ "nothing and nothing", NOTHING, NOTHING, true },
	{ "an input that declares nothing is open",
	    { SPAN("a"), SPAN("b"), SPAN("c") }, NOTHING, true },
	{ "a rule that names nothing is open", NOTHING,
	    { SPAN("a"), SPAN("b"), SPAN("c") }, true },
	{ "equal", { SPAN("a"), SPAN("b"), SPAN_NONE },
	    { SPAN("a"), SPAN("b"), SPAN("c") }, true },
	{ "another category", { SPAN("a"), SPAN_NONE, SPAN_NONE },
	    { SPAN("x"), SPAN_NONE, SPAN_NONE }, false },
	{ "another product", { SPAN("a"), SPAN("b"), SPAN_NONE },
	    { SPAN("a"), SPAN("x"), SPAN_NONE }, false },
	{ "another service", { SPAN_NONE, SPAN_NONE, SPAN("c") },
	    { SPAN("a"), SPAN_NONE, SPAN("x") }, false },
	{ "attributes do not mix", { SPAN("a"), SPAN_NONE, SPAN_NONE },
	    { SPAN_NONE, SPAN("b"), SPAN_NONE }, true },
};

static void
matcher_logsource(void **state)
{
	bool got;

	(void)state;
	for (size_t i = 0; i < sizeof(logsources) / sizeof(logsources[0]);
	    i++) {
		got = match_logsource(&logsources[i].rule,
		    &logsources[i].input);
		if (got != logsources[i].want)
			testing_fail(logsources[i].name, "got %d, want %d", got,
			    logsources[i].want);
	}
}

#define RULES 3

/* Three rules `a: x`, of which the second is of another product. */
struct fixture {
	struct glob_piece piece;
	struct rule_test test;
	struct expr expr;
	struct rule rules[RULES];
	const struct rule *pointers[RULES];
	struct rule_set set;
};

static void
fixture_init(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->set.fields = field_set_new();
	fixture->piece = (struct glob_piece){ GLOB_LITERAL, SPAN("x") };
	fixture->test.kind = TEST_STRING;
	fixture->test.glob.pieces = &fixture->piece;
	fixture->test.glob.piece_count = 1;
	fixture->expr.kind = EXPR_TEST;
	fixture->expr.slot = field_set_add(fixture->set.fields, SPAN("a"));
	fixture->expr.test = &fixture->test;
	for (uint32_t i = 0; i < RULES; i++) {
		fixture->rules[i] = (struct rule){ .index = i,
			.type = RULE_EVENT,
			.condition = &fixture->expr };
		fixture->pointers[i] = &fixture->rules[i];
	}
	fixture->rules[1].logsource.product = SPAN("windows");
	fixture->set.rules = fixture->pointers;
	fixture->set.count = RULES;
}

static void
matcher_hits_in_order(void **state)
{
	const struct match_input inputs[] = { { NOTHING },
		{ { .product = SPAN("linux") } },
		{ { .product = SPAN("Windows") } } };
	static const uint32_t want[] = { 3, 2, 3 };
	struct arena *arena = arena_new(4096);
	struct value value = value_string(SPAN("X"));
	struct event event = { .values = &value };
	struct match_result result;
	struct matcher *matcher;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	matcher = matcher_new(&fixture.set, inputs, 3);
	for (uint32_t input = 0; input < 3; input++) {
		event.input = input;
		match_result_init(&result, arena);
		matcher_run(matcher, &event, &result);
		assert_int_equal(result.hit_count, want[input]);
		assert_int_equal(result.unknown_count, 0);
		for (size_t i = 1; i < result.hit_count; i++)
			assert_true(result.hits[i - 1].rule->index <
			    result.hits[i].rule->index);
		assert_ptr_equal(result.hits[0].event, &event);
	}
	matcher_free(matcher);
	matcher_free(NULL);
	field_set_free(fixture.set.fields);
	arena_free(arena);
}

/* What is remembered of one event says nothing about the next. */
static void
matcher_forgets(void **state)
{
	const struct match_input input = { NOTHING };
	struct arena *arena = arena_new(4096);
	struct value values[] = { value_string(SPAN("x")),
		value_string(SPAN("y")), { 0 } };
	struct event event = { 0 };
	struct match_result result;
	struct matcher *matcher;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	matcher = matcher_new(&fixture.set, &input, 1);
	match_result_init(&result, arena);
	for (unsigned i = 0; i < 300; i++) {
		event.values = &values[i % 3];
		matcher_run(matcher, &event, &result);
	}
	assert_int_equal(result.hit_count, 100 * RULES);
	matcher_free(matcher);
	field_set_free(fixture.set.fields);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matcher_logsource),
		cmocka_unit_test(matcher_hits_in_order),
		cmocka_unit_test(matcher_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
