/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is who, and who feeds whom.  A correlation silences the base rules of
 * its own file only, unless some correlation says `generate: true`: nobody
 * mutes a shipped rule by naming it.
 */
#include "rule/rule_internal.h"
#include "text/suggest.h"

static void
link_index_one(struct rule_loader *loader, struct span reference,
    const char *key, const char *code)
{
	struct rule_draft *draft = loader->draft, *other;
	struct diag_place place;

	if (reference.len == 0)
		return;
	other = table_find(loader->references, reference);
	if (other == NULL) {
		table_set(loader->references, reference, draft);
		return;
	}
	if (other == draft)
		return;
	place = yaml_get(draft->node, key)->place;
	finding_error(loader, place, code,
	    "`" SPAN_FMT "` is the %s of another rule", SPAN_ARG(reference),
	    key);
	diag_help(loader->diag, "the other stands in %s:%u", other->rule->path,
	    other->rule->line);
}

void
link_index(struct rule_loader *loader)
{
	for (size_t i = 0; i < loader->count; i++) {
		loader->draft = loader->drafts[i];
		link_index_one(loader, loader->draft->rule->id, "id", "IR0306");
		link_index_one(loader, loader->draft->rule->name, "name",
		    "IR0307");
	}
	loader->draft = NULL;
}

static void
link_unknown(struct rule_loader *loader, const struct yaml_node *node)
{
	const char **words = arena_array(loader->arena, loader->count + 1,
	    sizeof(*words));
	size_t count = 0;

	finding_error(loader, node->place, "IR0603",
	    "no rule has the id or name `" SPAN_FMT "`", SPAN_ARG(node->text));
	for (size_t i = 0; i < loader->count; i++) {
		const struct rule *rule = loader->drafts[i]->rule;

		if (span_equal(rule->title, node->text)) {
			diag_hint(loader->diag, "this is a title");
			return;
		}
		if (rule->name.len > 0)
			words[count++] = arena_strdup(loader->arena,
			    rule->name);
	}
	finding_suggest(loader, node->text, words, count);
}

/* False if the correlation cannot be built upon it. */
static bool
link_check_base(struct rule_loader *loader, const struct yaml_node *node,
    const struct rule_draft *base)
{
	if (base == NULL) {
		link_unknown(loader, node);
		return false;
	}
	if (base == loader->draft)
		return finding_error(loader, node->place, "IR0604",
		    "the correlation refers to itself");
	if (base->rule->type == RULE_CORRELATION)
		return finding_error(loader, node->place, "IR0604",
		    "a correlation of correlations is not available yet");
	if (base->is_skipped)
		return finding_error(loader, node->place, "IR0603",
		    "`" SPAN_FMT "` is skipped, for its status is unsupported",
		    SPAN_ARG(node->text));
	/* Its own findings say why. */
	if (base->is_failed)
		loader->draft->is_failed = true;
	return !base->is_failed;
}

static bool
link_is_called(const struct rule_draft *draft, struct span id_or_name)
{
	const struct rule *rule = draft->rule;

	return (rule->id.len > 0 && span_equal(rule->id, id_or_name)) ||
	    (rule->name.len > 0 && span_equal(rule->name, id_or_name));
}

struct rule_draft *
link_base(const struct rule_draft *correlation, struct span id_or_name)
{
	for (size_t i = 0; i < correlation->base_count; i++) {
		struct rule_draft *base = correlation->bases[i];

		if (base != NULL && link_is_called(base, id_or_name))
			return base;
	}
	return NULL;
}

static bool
link_is_named(const struct correlation *correlation, struct span name)
{
	for (uint32_t i = 0; i < correlation->group_count; i++) {
		if (span_equal(correlation->group_names[i], name))
			return true;
	}
	for (uint32_t i = 0; i < correlation->value_count; i++) {
		if (span_equal(correlation->value_names[i], name))
			return true;
	}
	return false;
}

static void
link_check_aliases(struct rule_loader *loader)
{
	const struct rule_draft *draft = loader->draft;
	const struct yaml_node *aliases = draft->aliases;

	for (size_t i = 0; aliases != NULL && i < aliases->count; i++) {
		const struct yaml_node *alias = aliases->pairs[i].value;

		if (!link_is_named(draft->correlation,
			aliases->pairs[i].key->text))
			finding_warning(loader, aliases->pairs[i].key->place,
			    "IW0614",
			    "nothing groups or counts by `" SPAN_FMT "`",
			    SPAN_ARG(aliases->pairs[i].key->text));
		for (size_t j = 0; alias->kind == YAML_MAP && j < alias->count;
		    j++) {
			const struct yaml_node *key = alias->pairs[j].key;

			if (link_base(draft, key->text) == NULL)
				finding_error(loader, key->place, "IR0609",
				    "`" SPAN_FMT "` is not among the `rules` "
				    "of the correlation",
				    SPAN_ARG(key->text));
		}
	}
}

/* What the base calls the field; a name that no alias maps is the field's. */
static struct span
link_field(const struct rule_draft *draft, const struct rule_draft *base,
    struct span name)
{
	const struct yaml_node *aliases = draft->aliases;

	for (size_t i = 0; aliases != NULL && i < aliases->count; i++) {
		const struct yaml_node *alias = aliases->pairs[i].value;

		if (!span_equal(aliases->pairs[i].key->text, name) ||
		    alias->kind != YAML_MAP)
			continue;
		for (size_t j = 0; j < alias->count; j++) {
			if (link_is_called(base, alias->pairs[j].key->text))
				return alias->pairs[j].value->text;
		}
	}
	return name;
}

static const uint32_t *
link_slots(struct rule_loader *loader, const struct rule_draft *base,
    const struct span *names, uint32_t count)
{
	struct rule_draft *draft = loader->draft;
	uint32_t *slots = arena_array(loader->arena, count + 1, sizeof(*slots));

	for (uint32_t i = 0; i < count; i++) {
		slots[i] = slots_field(loader, draft->node->place,
		    link_field(draft, base, names[i]));
		slots_add(&draft->slots, slots[i]);
	}
	return slots;
}

static bool
link_is_repeated(const struct rule_draft *draft, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (draft->bases[i] == draft->bases[index])
			return true;
	}
	return false;
}

static void
link_sources(struct rule_loader *loader)
{
	struct rule_draft *draft = loader->draft;
	struct correlation *correlation = draft->correlation;

	draft->sources = arena_array(loader->arena, draft->base_count + 1,
	    sizeof(*draft->sources));
	for (size_t i = 0; i < draft->base_count; i++) {
		const struct rule_draft *base = draft->bases[i];

		/* Once by id and once by name is one rule. */
		if (link_is_repeated(draft, i))
			continue;
		draft->sources[correlation->source_count++] =
		    (struct correlation_source){
			    .rule = base->rule->index,
			    .group_slots = link_slots(loader, base,
				correlation->group_names,
				correlation->group_count),
			    .value_slots = link_slots(loader, base,
				correlation->value_names,
				correlation->value_count),
		    };
	}
	correlation->sources = draft->sources;
}

static void
link_correlation(struct rule_loader *loader)
{
	struct rule_draft *draft = loader->draft, *base;
	bool ok = true;

	for (size_t i = 0; i < draft->base_count; i++) {
		base = table_find(loader->references,
		    draft->base_nodes[i]->text);
		draft->bases[i] = base;
		if (!link_check_base(loader, draft->base_nodes[i], base))
			ok = false;
		if (base == NULL)
			continue;
		/* A refused correlation does not unmute its base rules. */
		if (draft->generate)
			base->is_forced = true;
		else if (base->file == draft->file)
			base->is_silent = true;
	}
	link_check_aliases(loader);
	if (ok && !draft->is_failed)
		link_sources(loader);
}

void
link_correlations(struct rule_loader *loader)
{
	for (size_t i = 0; i < loader->count; i++) {
		loader->draft = loader->drafts[i];
		if (loader->draft->correlation != NULL)
			link_correlation(loader);
	}
	loader->draft = NULL;
	for (size_t i = 0; i < loader->count; i++) {
		struct rule_draft *draft = loader->drafts[i];

		draft->rule->alerts = !draft->is_silent || draft->is_forced;
	}
}
