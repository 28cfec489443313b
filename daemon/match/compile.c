/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/mem.h"
#include "base/table.h"

#include "match/compile.h"

struct compiler {
	struct arena *arena;
	struct table *nodes; /* what a node says -> the node */
	struct buffer key;
	uint32_t keyword_slot;
	uint32_t count;
};

struct compiler *
compile_new(struct arena *arena, uint32_t keyword_slot)
{
	struct compiler *compiler = mem_zalloc(sizeof(*compiler));

	compiler->arena = arena;
	compiler->nodes = table_new();
	compiler->keyword_slot = keyword_slot;
	return compiler;
}

void
compile_free(struct compiler *compiler)
{
	table_free(compiler->nodes);
	buffer_done(&compiler->key);
	mem_free(compiler);
}

static void
compile_key_u32(struct compiler *compiler, uint32_t number)
{
	buffer_add(&compiler->key, &number, sizeof(number));
}

static void
compile_key_span(struct compiler *compiler, struct span span)
{
	compile_key_u32(compiler, (uint32_t)span.len);
	buffer_add_span(&compiler->key, span);
}

static void
compile_key_pointer(struct compiler *compiler, const void *pointer)
{
	buffer_add(&compiler->key, &pointer, sizeof(pointer));
}

static void
compile_key_test(struct compiler *compiler, const struct rule_test *test)
{
	compile_key_u32(compiler, (uint32_t)test->kind);
	compile_key_u32(compiler, test->cased);
	compile_key_u32(compiler, (uint32_t)test->anchor);
	compile_key_u32(compiler, (uint32_t)test->op);
	switch (test->kind) {
	case TEST_STRING:
		for (uint32_t i = 0; i < test->glob.piece_count; i++) {
			compile_key_u32(compiler,
			    (uint32_t)test->glob.pieces[i].kind);
			compile_key_span(compiler,
			    test->glob.pieces[i].literal);
		}
		break;
	case TEST_REGEX:
		compile_key_pointer(compiler, test->pattern);
		break;
	case TEST_NUMBER:
	case TEST_COMPARE:
		compile_key_u32(compiler, (uint32_t)test->number.kind);
		compile_key_span(compiler, test->number.text);
		break;
	case TEST_BOOL:
	case TEST_EXISTS:
		compile_key_u32(compiler, test->boolean);
		break;
	case TEST_NULL:
		break;
	case TEST_CIDR:
		buffer_add(&compiler->key, test->cidr.network, 16);
		compile_key_u32(compiler, test->cidr.prefix_bits);
		compile_key_u32(compiler, test->cidr.is_v4);
		break;
	case TEST_FIELDREF:
		compile_key_u32(compiler, test->other_slot);
		break;
	case TEST_LIST:
		compile_key_pointer(compiler, test->list);
		break;
	}
}

/* The node that says the same, else this one. */
static struct node *
compile_unique(struct compiler *compiler, const struct node *node)
{
	struct span key;
	struct node *found;

	buffer_reset(&compiler->key);
	compile_key_u32(compiler, (uint32_t)node->kind);
	compile_key_u32(compiler, node->need);
	compile_key_u32(compiler, node->slot);
	for (uint32_t i = 0; node->children != NULL && i < node->count; i++)
		compile_key_u32(compiler, node->children[i]->number);
	for (uint32_t i = 0; node->literals != NULL && i < node->count; i++)
		compile_key_span(compiler, node->literals[i]);
	if (node->kind == NODE_TEST)
		compile_key_test(compiler, node->test);
	key = buffer_span(&compiler->key);
	found = table_find(compiler->nodes, key);
	if (found != NULL)
		return found;
	found = arena_alloc(compiler->arena, sizeof(*found));
	*found = *node;
	found->number = compiler->count++;
	table_set(compiler->nodes, key, found);
	return found;
}

static int
compile_compare(const void *a, const void *b)
{
	const struct node *first = *(struct node *const *)a;
	const struct node *second = *(struct node *const *)b;

	if (first->cost != second->cost)
		return first->cost < second->cost ? -1 : 1;
	return (first->number > second->number) -
	    (first->number < second->number);
}

/*
 * An AND within an AND, an OR within an OR: one level, so that all their parts
 * are sorted together.  Returns how many parts there are.
 */
static uint32_t
compile_flatten(struct node *const *children, uint32_t count, bool is_and,
    struct node **ret_flat)
{
	uint32_t flat = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct node *child = children[i];

		if (child->kind == NODE_MANY && child->count > 1 &&
		    (is_and ? child->need == child->count : child->need == 1)) {
			for (uint32_t j = 0; j < child->count; j++, flat++) {
				if (ret_flat != NULL)
					ret_flat[flat] = child->children[j];
			}
		} else {
			if (ret_flat != NULL)
				ret_flat[flat] = children[i];
			flat++;
		}
	}
	return flat;
}

static int
compile_compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static struct node *
compile_among(struct compiler *compiler, uint32_t slot, struct span *literals,
    uint32_t count)
{
	struct node node = { .kind = NODE_AMONG,
		.count = count,
		.slot = slot,
		.literals = literals,
		.cost = 4 + count / 2 };

	qsort(literals, count, sizeof(*literals), compile_compare_spans);
	return compile_unique(compiler, &node);
}

/* The AMONG nodes of the first one's field become one; others are kept. */
static uint32_t
compile_join_slot(struct compiler *compiler, struct node **parts,
    uint32_t count, uint32_t first)
{
	uint32_t slot = parts[first]->slot, kept = first + 1, total = 0;
	struct span *literals;

	for (uint32_t i = first; i < count; i++) {
		if (parts[i]->kind == NODE_AMONG && parts[i]->slot == slot)
			total += parts[i]->count;
	}
	literals = arena_array(compiler->arena, total, sizeof(*literals));
	total = 0;
	for (uint32_t i = first; i < count; i++) {
		if (parts[i]->kind != NODE_AMONG || parts[i]->slot != slot) {
			parts[kept++] = parts[i];
			continue;
		}
		memcpy(&literals[total], parts[i]->literals,
		    parts[i]->count * sizeof(*literals));
		total += parts[i]->count;
	}
	parts[first] = compile_among(compiler, slot, literals, total);
	return kept;
}

/* Not `*` alone, which holds of a nested object too. */
static bool
compile_is_glob(const struct node *node)
{
	const struct rule_test *test = node->test;

	return node->kind == NODE_TEST && test->kind == TEST_STRING &&
	    !test->cased && test->glob.piece_count > 1;
}

/* The globs on the first one's field become one node; others are kept. */
static uint32_t
compile_join_globs(struct compiler *compiler, struct node **parts,
    uint32_t count, uint32_t first)
{
	struct node node = { .kind = NODE_GLOBS, .slot = parts[first]->slot };
	uint32_t kept = first + 1;

	node.children = arena_array(compiler->arena, count - first,
	    sizeof(*node.children));
	for (uint32_t i = first; i < count; i++) {
		if (!compile_is_glob(parts[i]) || parts[i]->slot != node.slot) {
			parts[kept++] = parts[i];
			continue;
		}
		node.children[node.count++] = parts[i];
		node.cost += parts[i]->cost;
	}
	if (node.count > 1)
		parts[first] = compile_unique(compiler, &node);
	return kept;
}

static uint32_t
compile_join(struct compiler *compiler, struct node **parts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (parts[i]->kind == NODE_AMONG)
			count = compile_join_slot(compiler, parts, count, i);
		else if (compile_is_glob(parts[i]))
			count = compile_join_globs(compiler, parts, count, i);
	}
	return count;
}

static struct node *
compile_many(struct compiler *compiler, const struct expr *expr)
{
	struct node node = { .kind = NODE_MANY, .count = expr->count };
	bool is_and = expr->kind == EXPR_AND;
	struct node **parts;

	node.children = arena_array(compiler->arena, expr->count + 1,
	    sizeof(*node.children));
	for (uint32_t i = 0; i < expr->count; i++)
		node.children[i] = compile_expr(compiler, expr->children[i]);
	if (expr->kind != EXPR_N_OF) {
		node.count = compile_flatten(node.children, expr->count, is_and,
		    NULL);
		parts = arena_array(compiler->arena, node.count + 1,
		    sizeof(*parts));
		(void)compile_flatten(node.children, expr->count, is_and,
		    parts);
		node.children = parts;
	}
	if (expr->kind == EXPR_OR)
		node.count = compile_join(compiler, node.children, node.count);
	node.need = expr->kind == EXPR_N_OF ? expr->need :
	    is_and			    ? node.count :
					      1;
	if (node.count == 1 && node.need == 1)
		return node.children[0];
	qsort(node.children, node.count, sizeof(*node.children),
	    compile_compare);
	for (uint32_t i = 0; i < node.count; i++)
		node.cost += node.children[i]->cost;
	return compile_unique(compiler, &node);
}

static struct node *
compile_not(struct compiler *compiler, const struct expr *expr)
{
	struct node node = { .kind = NODE_NOT, .count = 1 };

	node.children = arena_array(compiler->arena, 1, sizeof(*node.children));
	node.children[0] = compile_expr(compiler, expr->children[0]);
	node.cost = node.children[0]->cost;
	return compile_unique(compiler, &node);
}

/* A whole value, folded. */
static bool
compile_is_literal(const struct rule_test *test)
{
	return test->kind == TEST_STRING && !test->cased &&
	    (test->glob.piece_count == 0 ||
		(test->glob.piece_count == 1 &&
		    test->glob.pieces[0].kind == GLOB_LITERAL));
}

static struct node *
compile_test(struct compiler *compiler, const struct expr *expr)
{
	struct node node = { .kind = NODE_TEST, .test = expr->test };
	struct span *literal;

	node.slot = expr->slot == FIELD_NONE ? compiler->keyword_slot :
					       expr->slot;
	if (compile_is_literal(expr->test)) {
		literal = arena_array(compiler->arena, 1, sizeof(*literal));
		if (expr->test->glob.piece_count > 0)
			*literal = expr->test->glob.pieces[0].literal;
		return compile_among(compiler, node.slot, literal, 1);
	}
	node.cost = test_cost(expr->test);
	/* A test over every value of the record. */
	if (expr->slot == FIELD_NONE)
		node.cost *= 50;
	return compile_unique(compiler, &node);
}

struct node *
compile_expr(struct compiler *compiler, const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_N_OF:
		return compile_many(compiler, expr);
	case EXPR_NOT:
		return compile_not(compiler, expr);
	case EXPR_REF:
		return compile_expr(compiler, expr->ident->expr);
	case EXPR_TEST:
		return compile_test(compiler, expr);
	}
	check_failed("a kind of expression", __FILE__, __LINE__);
}
