/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	condition = and { "or" and }
 *	and       = not { "and" not }
 *	not       = { "not" } atom
 *	atom      = "(" condition ")" | quantity "of" names | identifier
 *	quantity  = "all" | "any" | number
 *	names     = "them" | identifier with any number of "*"
 *
 * Words are known in any case; identifiers are not.  A word that is an
 * identifier where one is expected is taken as such only if it is no keyword.
 */
#include "rule/rule_internal.h"

#define QUANTITY_MAX 100000u

struct condition {
	struct rule_loader *loader;
	const struct yaml_node *node;
	struct span text;
	size_t at;	  /* behind the token */
	struct span word; /* the token; empty at the end */
	unsigned depth;
};

static const struct expr *condition_or(struct condition *condition);

static bool
condition_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
condition_is_mark(char c)
{
	return c == '(' || c == ')' || c == '|';
}

static void
condition_next(struct condition *condition)
{
	struct span text = condition->text;
	size_t start = condition->at, end;

	while (start < text.len && condition_is_blank(text.ptr[start]))
		start++;
	end = start;
	if (end < text.len && condition_is_mark(text.ptr[end])) {
		end++;
	} else {
		while (end < text.len && !condition_is_blank(text.ptr[end]) &&
		    !condition_is_mark(text.ptr[end]))
			end++;
	}
	condition->word = span_make(text.ptr + start, end - start);
	condition->at = end;
}

static struct span
condition_peek(const struct condition *condition)
{
	struct condition copy = *condition;

	condition_next(&copy);
	return copy.word;
}

static bool
condition_is(const struct condition *condition, const char *word)
{
	return span_equal_nocase(condition->word, span_of(word));
}

static struct diag_place
condition_place(const struct condition *condition)
{
	size_t offset = condition->word.len == 0 ?
	    condition->text.len :
	    (size_t)(condition->word.ptr - condition->text.ptr);

	/* At the end: under the last character. */
	if (condition->word.len == 0 && offset > 0)
		return yaml_place_in(condition->node, offset - 1, 1);
	return yaml_place_in(condition->node, offset, condition->word.len);
}

static const struct expr *
condition_error(struct condition *condition, const char *code, const char *what)
{
	if (condition->word.len == 0)
		finding_error(condition->loader, condition_place(condition),
		    code, "%s, but the condition ends", what);
	else
		finding_error(condition->loader, condition_place(condition),
		    code, "%s, not `" SPAN_FMT "`", what,
		    SPAN_ARG(condition->word));
	return NULL;
}

static const struct expr *
condition_aggregation(struct condition *condition)
{
	struct rule_loader *loader = condition->loader;

	finding_error(loader, condition_place(condition), "IR0505",
	    "aggregations in a condition are replaced by correlations");
	diag_help(loader->diag,
	    "write a document with `correlation: {type: event_count, rules: "
	    "[...], timespan: ..., condition: {gte: N}}`");
	return NULL;
}

/* ---- names ---- */

/* `*` any run; names are short, so plain recursion on the rest will do. */
static bool
condition_name_matches(struct span pattern, struct span name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			mark = n;
		} else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static bool
condition_chooses(struct span pattern, bool is_them, struct span name)
{
	bool is_hidden = name.len > 0 && name.ptr[0] == '_';

	if (is_them)
		return !is_hidden;
	if (is_hidden && (pattern.len == 0 || pattern.ptr[0] != '_'))
		return false;
	return condition_name_matches(pattern, name);
}

static const struct expr *
condition_ref(struct condition *condition, uint32_t index)
{
	struct rule_draft *draft = condition->loader->draft;
	const struct rule_ident *ident = &draft->rule->idents[index];
	struct expr *expr = detection_group(condition->loader, EXPR_REF, NULL,
	    0, ident->name);

	expr->ident = ident;
	draft->is_used[index] = true;
	return expr;
}

/* Stands for what was refused, so that the rest is checked too. */
static const struct expr *
condition_refused(struct condition *condition)
{
	return detection_group(condition->loader, EXPR_OR, NULL, 0, SPAN_NONE);
}

static const struct expr *
condition_unknown(struct condition *condition)
{
	const struct rule *rule = condition->loader->draft->rule;
	const char **names = arena_array(condition->loader->arena,
	    rule->ident_count + 1, sizeof(*names));

	for (uint32_t i = 0; i < rule->ident_count; i++)
		names[i] = arena_strdup(condition->loader->arena,
		    rule->idents[i].name);
	finding_error(condition->loader, condition_place(condition), "IR0503",
	    "unknown identifier `" SPAN_FMT "`", SPAN_ARG(condition->word));
	finding_suggest(condition->loader, condition->word, names,
	    rule->ident_count);
	finding_words(condition->loader, "identifiers", names,
	    rule->ident_count);
	condition_next(condition);
	return condition_refused(condition);
}

static const struct expr *
condition_identifier(struct condition *condition)
{
	const struct rule *rule = condition->loader->draft->rule;

	for (uint32_t i = 0; i < rule->ident_count; i++) {
		if (span_equal(rule->idents[i].name, condition->word)) {
			condition_next(condition);
			return condition_ref(condition, i);
		}
	}
	if (span_find(condition->word, SPAN("*")) >= 0)
		return condition_error(condition, "IR0502",
		    "a pattern stands after `of` only; expected an identifier");
	if (condition_is(condition, "near"))
		return condition_aggregation(condition);
	return condition_unknown(condition);
}

/* ---- quantities ---- */

static bool
condition_number(struct span word, uint32_t *ret_number)
{
	uint32_t number = 0;

	if (word.len == 0)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] < '0' || word.ptr[i] > '9')
			return false;
		if (number < QUANTITY_MAX)
			number = number * 10 + (uint32_t)(word.ptr[i] - '0');
	}
	*ret_number = number;
	return true;
}

static bool
condition_is_quantity(const struct condition *condition)
{
	uint32_t number;

	return (condition_is(condition, "all") ||
		   condition_is(condition, "any") ||
		   condition_number(condition->word, &number)) &&
	    span_equal_nocase(condition_peek(condition), SPAN("of"));
}

/* 0: all. */
static bool
condition_need(struct condition *condition, uint32_t *ret_need)
{
	struct rule_loader *loader = condition->loader;

	*ret_need = condition_is(condition, "all") ? 0 : 1;
	if (!condition_number(condition->word, ret_need))
		return true;
	if (*ret_need == 0)
		return finding_error(loader, condition_place(condition),
		    "IR0506", "`0 of` is always true");
	if (*ret_need > 1)
		finding_warning(loader, condition_place(condition), "IW0507",
		    "`%u of` is known to few other Sigma tools", *ret_need);
	return true;
}

static const struct expr *
condition_of(struct condition *condition)
{
	struct rule_loader *loader = condition->loader;
	const struct rule *rule = loader->draft->rule;
	const struct expr **children = arena_array(loader->arena,
	    rule->ident_count + 1, sizeof(*children));
	struct diag_place place = condition_place(condition);
	struct span start = condition->word;
	uint32_t need, count = 0;
	struct expr *expr;
	bool is_them;

	if (!condition_need(condition, &need))
		return NULL;
	condition_next(condition); /* of */
	condition_next(condition);
	if (condition->word.len == 0 ||
	    condition_is_mark(condition->word.ptr[0]))
		return condition_error(condition, "IR0502",
		    "expected `them` or a pattern");
	is_them = condition_is(condition, "them");
	for (uint32_t i = 0; i < rule->ident_count; i++) {
		if (condition_chooses(condition->word, is_them,
			rule->idents[i].name))
			children[count++] = condition_ref(condition, i);
	}
	if (count == 0)
		finding_error(loader, condition_place(condition), "IR0504",
		    "`" SPAN_FMT "` matches no identifier",
		    SPAN_ARG(condition->word));
	else if (need > count)
		finding_error(loader, place, "IR0506",
		    "%u of %u identifiers can never be true", need, count);
	expr = detection_group(loader,
	    need == 0	  ? EXPR_AND :
		need == 1 ? EXPR_OR :
			    EXPR_N_OF,
	    children, count,
	    span_make(start.ptr,
		(size_t)(condition->word.ptr - start.ptr) +
		    condition->word.len));
	expr->need = need;
	condition_next(condition);
	return expr;
}

/* ---- the grammar ---- */

static const struct expr *
condition_parentheses(struct condition *condition)
{
	const struct expr *expr;

	condition_next(condition);
	expr = condition_or(condition);
	if (expr == NULL)
		return NULL;
	if (!condition_is(condition, ")"))
		return condition_error(condition, "IR0502", "expected `)`");
	condition_next(condition);
	return expr;
}

static const struct expr *
condition_atom(struct condition *condition)
{
	if (condition_is(condition, "("))
		return condition_parentheses(condition);
	if (condition_is(condition, "|"))
		return condition_aggregation(condition);
	if (condition->word.len == 0 || condition_is(condition, ")") ||
	    condition_is(condition, "and") || condition_is(condition, "or"))
		return condition_error(condition, "IR0502",
		    "expected an identifier");
	if (condition_is_quantity(condition))
		return condition_of(condition);
	return condition_identifier(condition);
}

static const struct expr *
condition_not(struct condition *condition)
{
	const struct expr *child = NULL;

	if (++condition->depth > RULE_DEPTH_MAX) {
		finding_error(condition->loader, condition_place(condition),
		    "IR0509", "nested more than %d deep", RULE_DEPTH_MAX);
	} else if (!condition_is(condition, "not")) {
		child = condition_atom(condition);
	} else {
		condition_next(condition);
		child = condition_not(condition);
		if (child != NULL)
			child = detection_not(condition->loader, child);
	}
	condition->depth--;
	return child;
}

/* Operands joined by one word; one operand is itself. */
static const struct expr *
condition_joined(struct condition *condition, const char *word,
    enum expr_kind kind,
    const struct expr *(*parse)(struct condition *condition))
{
	struct arena *arena = condition->loader->arena;
	const struct expr **children = NULL, **grown;
	uint32_t count = 0, cap = 0;

	for (;;) {
		const struct expr *child = parse(condition);

		if (child == NULL)
			return NULL;
		if (count == cap) {
			cap = cap == 0 ? 4 : cap * 2;
			grown = arena_array(arena, cap, sizeof(*grown));
			for (uint32_t i = 0; i < count; i++)
				grown[i] = children[i];
			children = grown;
		}
		children[count++] = child;
		if (!condition_is(condition, word))
			break;
		condition_next(condition);
	}
	return count == 1 ? children[0] :
			    detection_group(condition->loader, kind, children,
				count, SPAN_NONE);
}

static const struct expr *
condition_and(struct condition *condition)
{
	return condition_joined(condition, "and", EXPR_AND, condition_not);
}

static const struct expr *
condition_or(struct condition *condition)
{
	return condition_joined(condition, "or", EXPR_OR, condition_and);
}

const struct expr *
condition_parse(struct rule_loader *loader, const struct yaml_node *node)
{
	struct condition condition = {
		.loader = loader, .node = node, .text = node->text
	};
	const struct expr *expr;

	if (!yaml_is_scalar(node) || node->kind == YAML_NULL) {
		finding_kind(loader, node, "condition", "a string");
		return NULL;
	}
	condition_next(&condition);
	if (condition.word.len == 0) {
		finding_error(loader, node->place, "IR0501",
		    "the condition is empty");
		return NULL;
	}
	expr = condition_or(&condition);
	if (expr == NULL || condition.word.len == 0)
		return expr;
	if (condition_is(&condition, "|"))
		return condition_aggregation(&condition);
	return condition_error(&condition, "IR0502",
	    "expected `and`, `or` or the end");
}
