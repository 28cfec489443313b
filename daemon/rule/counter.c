/* SPDX-License-Identifier: Apache-2.0 */
/* What speaks for the person: [{when: IDENT or RULE.IDENT, say: text}]. */
#include "rule/rule_internal.h"

static const char *const counter_keys[] = { "when", "say" };

static ptrdiff_t
counter_last_dot(struct span text)
{
	ptrdiff_t at = (ptrdiff_t)text.len - 1;

	while (at >= 0 && text.ptr[at] != '.')
		at--;
	return at;
}

/* The rule that the identifier belongs to; its name is cut off `*when`. */
static struct rule_draft *
counter_rule(struct rule_loader *loader, const struct yaml_node *node,
    struct span *when)
{
	struct rule_draft *draft = loader->draft, *base = NULL;
	ptrdiff_t dot = counter_last_dot(*when);

	if (draft->rule->type == RULE_EVENT)
		return draft;
	if (dot >= 0)
		base = link_base(draft, span_make(when->ptr, (size_t)dot));
	if (base == NULL) {
		finding_error(loader, node->place, "IR0704",
		    "`" SPAN_FMT "` names no identifier of a rule that feeds "
		    "this correlation",
		    SPAN_ARG(*when));
		if (draft->base_count > 0 && dot < 0)
			diag_hint(loader->diag,
			    "did you mean `" SPAN_FMT "." SPAN_FMT "`?",
			    SPAN_ARG(draft->base_nodes[0]->text),
			    SPAN_ARG(*when));
		return NULL;
	}
	*when = span_make(when->ptr + dot + 1, when->len - (size_t)dot - 1);
	return base;
}

static const struct rule_ident *
counter_ident(struct rule_loader *loader, const struct yaml_node *node,
    struct rule_draft *base, struct span name)
{
	const struct rule *rule = base->rule;
	const char **words = arena_array(loader->arena, rule->ident_count + 1,
	    sizeof(*words));

	for (uint32_t i = 0; i < rule->ident_count; i++) {
		words[i] = arena_strdup(loader->arena, rule->idents[i].name);
		if (span_equal(rule->idents[i].name, name)) {
			base->is_used[i] = true;
			return &rule->idents[i];
		}
	}
	finding_error(loader,
	    yaml_place_in(node, (size_t)(name.ptr - node->text.ptr), name.len),
	    "IR0704", "unknown identifier `" SPAN_FMT "`", SPAN_ARG(name));
	finding_suggest(loader, name, words, rule->ident_count);
	return NULL;
}

/* False if it looks at keywords, for which no evidence is kept. */
static bool
counter_keep(struct slot_set *kept, const struct expr *expr)
{
	if (expr->kind == EXPR_TEST) {
		slots_add(kept, expr->slot);
		if (expr->test->kind == TEST_FIELDREF)
			slots_add(kept, expr->test->other_slot);
		return expr->slot != FIELD_NONE;
	}
	for (uint32_t i = 0; i < expr->count; i++) {
		if (!counter_keep(kept, expr->children[i]))
			return false;
	}
	return true;
}

static void
counter_one(struct rule_loader *loader, const struct yaml_node *map,
    struct rule_counter *counter)
{
	const struct yaml_node *when = yaml_get(map, "when");
	const struct yaml_node *say = yaml_get(map, "say");
	const struct rule_ident *ident;
	struct rule_draft *base;
	struct span name;

	for (size_t i = 0; i < map->count; i++) {
		if (!span_is(map->pairs[i].key->text, "when") &&
		    !span_is(map->pairs[i].key->text, "say"))
			finding_unknown_key(loader, map->pairs[i].key,
			    counter_keys, 2);
	}
	if (when == NULL || say == NULL || !yaml_is_scalar(when)) {
		finding_error(loader, map->place, "IR0112",
		    "a counter has `when` and `say`");
		return;
	}
	sentence_read(loader, say, "say", &counter->say, &loader->draft->kept);
	name = when->text;
	base = counter_rule(loader, when, &name);
	if (base == NULL || base->is_failed)
		return;
	ident = counter_ident(loader, when, base, name);
	if (ident == NULL)
		return;
	counter->when = ident->expr;
	counter->rule = base->rule->index;
	if (!counter_keep(&loader->draft->kept, ident->expr))
		finding_error(loader, when->place, "IR0704",
		    "`" SPAN_FMT "` has keywords, which are not kept with the "
		    "evidence",
		    SPAN_ARG(name));
}

void
counter_read(struct rule_loader *loader, const struct yaml_node *list)
{
	struct rule_draft *draft = loader->draft;

	if (list->kind != YAML_LIST) {
		finding_kind(loader, list, "counter", "a list");
		return;
	}
	draft->counters = arena_array(loader->arena, list->count + 1,
	    sizeof(*draft->counters));
	draft->rule->extension.counters = draft->counters;
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *map = list->items[i];

		if (map->kind != YAML_MAP)
			finding_kind(loader, map, "counter",
			    "maps of `when` and `say`");
		else
			counter_one(loader, map,
			    &draft->counters[draft->rule->extension
				    .counter_count++]);
	}
}
