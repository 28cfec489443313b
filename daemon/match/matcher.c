/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "match/compile.h"
#include "match/match.h"
#include "match/result.h"

#define CHUNK_BYTES (64 * 1024)

/* The rules that an input's records may match, in the order of the set. */
struct matcher_rules {
	struct matcher_rule {
		const struct rule *rule;
		struct node *root;
	} *items;
	uint32_t count;
};

struct matcher {
	struct arena *arena;
	uint64_t generation; /* of the event in hand; what is older is stale */
	struct matcher_slot {
		uint64_t generation;
		struct subject subject;
	} *slots; /* [slot_count], and one more for keywords */
	uint32_t slot_count;
	struct matcher_rules *inputs;
	size_t input_count;
	const struct event *event;
	struct arena *scratch;
};

static void
matcher_select(struct matcher *matcher, const struct rule_set *rules,
    struct node *const *roots, const struct match_input *input,
    struct matcher_rules *ret_rules)
{
	ret_rules->items = arena_array(matcher->arena, rules->count + 1,
	    sizeof(*ret_rules->items));
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->rules[i];

		if (roots[i] == NULL ||
		    !match_logsource(&rule->logsource, &input->logsource))
			continue;
		ret_rules->items[ret_rules->count++] = (struct matcher_rule){
			rule, roots[i]
		};
	}
}

struct matcher *
matcher_new(const struct rule_set *rules, const struct match_input *inputs,
    size_t input_count)
{
	struct matcher *matcher = mem_zalloc(sizeof(*matcher));
	struct compiler *compiler;
	struct node **roots;

	matcher->arena = arena_new(CHUNK_BYTES);
	matcher->slot_count = field_set_count(rules->fields);
	matcher->slots = arena_array(matcher->arena, matcher->slot_count + 1,
	    sizeof(*matcher->slots));
	compiler = compile_new(matcher->arena, matcher->slot_count);
	roots = arena_array(matcher->arena, rules->count + 1, sizeof(*roots));
	for (uint32_t i = 0; i < rules->count; i++) {
		if (rules->rules[i]->type == RULE_EVENT)
			roots[i] = compile_expr(compiler,
			    rules->rules[i]->condition);
	}
	compile_free(compiler);
	matcher->input_count = input_count;
	matcher->inputs = arena_array(matcher->arena, input_count + 1,
	    sizeof(*matcher->inputs));
	for (size_t i = 0; i < input_count; i++)
		matcher_select(matcher, rules, roots, &inputs[i],
		    &matcher->inputs[i]);
	return matcher;
}

void
matcher_free(struct matcher *matcher)
{
	if (matcher == NULL)
		return;
	arena_free(matcher->arena);
	mem_free(matcher);
}

static struct subject *
matcher_slot(struct matcher *matcher, uint32_t slot)
{
	struct matcher_slot *found = &matcher->slots[slot];

	if (found->generation == matcher->generation)
		return &found->subject;
	found->generation = matcher->generation;
	if (slot == matcher->slot_count)
		test_subject_init_keywords(&found->subject, matcher->event);
	else
		test_subject_init(&found->subject,
		    event_value(matcher->event, slot));
	return &found->subject;
}

static enum verdict matcher_node(struct matcher *matcher, struct node *node);

static enum verdict
matcher_many(struct matcher *matcher, const struct node *node)
{
	uint32_t need = node->need, maybe = 0, left = node->count;

	for (uint32_t i = 0; need > 0; i++) {
		/* So many may still say no. */
		if (left < need)
			return VERDICT_NO;
		if (i == node->count)
			return VERDICT_UNKNOWN;
		switch (matcher_node(matcher, node->children[i])) {
		case VERDICT_YES:
			need--;
			left--;
			break;
		case VERDICT_NO:
			left--;
			break;
		case VERDICT_UNKNOWN:
			maybe++;
			break;
		}
		CHECK(left >= maybe);
	}
	return VERDICT_YES;
}

static enum verdict
matcher_test(struct matcher *matcher, const struct node *node)
{
	struct subject *other = NULL;

	if (node->test->kind == TEST_FIELDREF)
		other = matcher_slot(matcher, node->test->other_slot);
	return test_subject(node->test, matcher_slot(matcher, node->slot),
	    other, matcher->scratch);
}

/* A node that several rules share is answered once per event. */
static enum verdict
matcher_node(struct matcher *matcher, struct node *node)
{
	if (node->generation == matcher->generation)
		return node->verdict;
	switch (node->kind) {
	case NODE_TEST:
		node->verdict = matcher_test(matcher, node);
		break;
	case NODE_AMONG:
		node->verdict = test_subject_among(matcher_slot(matcher,
						       node->slot),
				    node->literals, node->count,
				    matcher->scratch) ?
		    VERDICT_YES :
		    VERDICT_NO;
		break;
	case NODE_GLOBS:
		node->verdict = test_subject_globs(matcher_slot(matcher,
						       node->slot),
				    node->children, node->count,
				    matcher->scratch) ?
		    VERDICT_YES :
		    VERDICT_NO;
		break;
	case NODE_NOT:
		node->verdict = verdict_not(matcher_node(matcher,
		    node->children[0]));
		break;
	case NODE_MANY:
		node->verdict = matcher_many(matcher, node);
		break;
	}
	node->generation = matcher->generation;
	return node->verdict;
}

void
matcher_run(struct matcher *matcher, const struct event *event,
    struct match_result *result)
{
	const struct matcher_rules *rules;
	const struct rule *rule;

	CHECK(event->input < matcher->input_count);
	rules = &matcher->inputs[event->input];
	matcher->generation++;
	matcher->event = event;
	matcher->scratch = result->arena;
	for (uint32_t i = 0; i < rules->count; i++) {
		rule = rules->items[i].rule;
		switch (matcher_node(matcher, rules->items[i].root)) {
		case VERDICT_YES:
			result_add_hit(result, rule, event);
			break;
		case VERDICT_UNKNOWN:
			result_add_unknown(result, rule, event);
			break;
		case VERDICT_NO:
			break;
		}
	}
}
