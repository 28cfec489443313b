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
	for (uint32_t i = 0; i < node->count; i++)
		compile_key_u32(compiler, node->children[i]->number);
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
		    (is_and ? child->need == child->count :
			      child->need == 1)) {
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
		node.count = compile_flatten(node.children, expr->count,
		    is_and, NULL);
		parts = arena_array(compiler->arena, node.count + 1,
		    sizeof(*parts));
		(void)compile_flatten(node.children, expr->count, is_and,
		    parts);
		node.children = parts;
	}
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

	node.children = arena_array(compiler->arena, 1,
	    sizeof(*node.children));
	node.children[0] = compile_expr(compiler, expr->children[0]);
	node.cost = node.children[0]->cost;
	return compile_unique(compiler, &node);
}

struct node *
compile_expr(struct compiler *compiler, const struct expr *expr)
{
	struct node node = { .kind = NODE_TEST };

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
		break;
	}
	node.slot = expr->slot == FIELD_NONE ? compiler->keyword_slot :
					       expr->slot;
	node.test = expr->test;
	node.cost = test_cost(expr->test);
	/* A test over every value of the record. */
	if (expr->slot == FIELD_NONE)
		node.cost *= 50;
	return compile_unique(compiler, &node);
}
