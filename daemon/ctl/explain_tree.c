/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/explain_tree.h"

struct build {
	const struct event *event;
	struct arena *arena;
};

static struct explain_node *build_node(const struct build *build,
    const struct expr *expr);

/* `user.id|re`: what the values of one item have in common. */
static struct span
written_key(const struct expr *expr)
{
	ptrdiff_t colon = span_find(expr->source, SPAN(": "));

	return colon < 0 ? SPAN_NONE :
			   span_make(expr->source.ptr, (size_t)colon);
}

/* The field of an item with several values; FIELD_NONE: it is no such. */
static uint32_t
common_slot(const struct expr *expr)
{
	const struct expr *first, *child;

	if (expr->count < 2 ||
	    (expr->kind != EXPR_OR && expr->kind != EXPR_AND))
		return FIELD_NONE;
	first = expr->children[0];
	for (uint32_t i = 0; i < expr->count; i++) {
		child = expr->children[i];
		if (child->kind != EXPR_TEST || child->slot != first->slot ||
		    child->test->kind == TEST_FIELDREF ||
		    !span_equal(written_key(child), written_key(first)))
			return FIELD_NONE;
	}
	return first->slot;
}

static void
build_children(const struct build *build, const struct expr *const *exprs,
    uint32_t count, struct explain_node *node)
{
	struct explain_node **children = arena_array(build->arena, count,
	    sizeof(struct explain_node *));

	for (uint32_t i = 0; i < count; i++)
		children[i] = build_node(build, exprs[i]);
	node->children = children;
	node->count = count;
}

static struct explain_node *
build_node(const struct build *build, const struct expr *expr)
{
	struct explain_node *node = arena_zalloc(build->arena, sizeof(*node));

	node->verdict = match_expr(expr, build->event, build->arena);
	for (; expr->kind == EXPR_NOT; expr = expr->children[0])
		node->is_negated = !node->is_negated;
	node->expr = expr;
	node->slot = common_slot(expr);
	if (expr->kind != EXPR_REF)
		build_children(build, expr->children, expr->count, node);
	else if (expr->ident->expr->kind == EXPR_AND &&
	    common_slot(expr->ident->expr) == FIELD_NONE)
		build_children(build, expr->ident->expr->children,
		    expr->ident->expr->count, node);
	else
		build_children(build, &expr->ident->expr, 1, node);
	return node;
}

/* Of what is below a `not`. */
static enum verdict
inner_verdict(const struct explain_node *node)
{
	return node->is_negated ? verdict_not(node->verdict) : node->verdict;
}

/* Does one child alone make the node what it is? */
static bool
is_any(const struct explain_node *node)
{
	bool is_or = node->expr->kind == EXPR_OR;

	if (node->count == 1)
		return true;
	if (node->expr->kind == EXPR_N_OF)
		return false;
	return is_or == (inner_verdict(node) == VERDICT_YES);
}

/* Where the verdict of the node comes from: as far down as one alone is it. */
static struct explain_node *
decider(struct explain_node *node)
{
	while (node->count > 0 && is_any(node)) {
		enum verdict verdict = inner_verdict(node);
		uint32_t i = 0;

		while (i + 1 < node->count &&
		    node->children[i]->verdict != verdict)
			i++;
		node = node->children[i];
	}
	return node;
}

struct explain_node *
explain_tree(const struct rule *rule, const struct event *event,
    struct arena *arena)
{
	const struct build build = { event, arena };
	struct explain_node *root = build_node(&build, rule->condition);

	if (root->verdict == VERDICT_NO)
		decider(root)->is_decisive = true;
	return root;
}

/* ---- What the first line says ---- */

static void
add_matched(const struct explain_node *node, bool is_excluded,
    struct buffer *out)
{
	is_excluded ^= node->is_negated;
	if (node->expr->kind != EXPR_REF) {
		for (uint32_t i = 0; i < node->count; i++)
			add_matched(node->children[i], is_excluded, out);
	} else if (!is_excluded && node->verdict == VERDICT_YES) {
		if (out->len > 0)
			buffer_add_string(out, " and ");
		buffer_add_span(out, node->expr->ident->name);
	}
}

void
explain_tree_matched(const struct explain_node *root, struct buffer *out)
{
	struct buffer names = BUFFER_INIT;

	add_matched(root, false, &names);
	buffer_add_span(out, buffer_span(&names));
	buffer_done(&names);
}

static bool
holds_decisive(const struct explain_node *node)
{
	if (node->is_decisive)
		return true;
	for (uint32_t i = 0; i < node->count; i++) {
		if (holds_decisive(node->children[i]))
			return true;
	}
	return false;
}

const struct rule_ident *
explain_tree_decider(const struct explain_node *root, bool *ret_excludes)
{
	const struct explain_node *node = root;
	uint32_t i;

	*ret_excludes = false;
	while (node->expr->kind != EXPR_REF) {
		*ret_excludes ^= node->is_negated;
		for (i = 0; i < node->count; i++) {
			if (holds_decisive(node->children[i]))
				break;
		}
		if (i == node->count)
			return NULL;
		node = node->children[i];
	}
	*ret_excludes ^= node->is_negated;
	return node->expr->ident;
}
