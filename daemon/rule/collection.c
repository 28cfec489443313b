/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of a file.  Collections of old share what they have in common
 * by a key `action` (as in pySigma: maps are joined, anything else is
 * replaced):
 *
 *	global	no rule; joined into every document that follows
 *	reset	no rule; ends that
 *	repeat	the previous document, with this one joined into it
 */
#include "base/mem.h"

#include "rule/rule_internal.h"

struct collection {
	struct rule_loader *loader;
	const char *path;
	uint32_t file;
	const struct yaml_node *global;
	const struct yaml_node *previous;
};

static const struct yaml_node *collection_join(struct arena *arena,
    const struct yaml_node *into, const struct yaml_node *from);

static void
collection_join_pair(struct arena *arena, struct yaml_node *joined,
    struct yaml_pair *pairs, const struct yaml_pair *from)
{
	for (size_t i = 0; i < joined->count; i++) {
		if (!span_equal(pairs[i].key->text, from->key->text))
			continue;
		pairs[i].key = from->key;
		pairs[i].value = collection_join(arena, pairs[i].value,
		    from->value);
		return;
	}
	pairs[joined->count++] = *from;
}

/* Depth is bounded: YAML trees are. */
static const struct yaml_node *
collection_join(struct arena *arena, const struct yaml_node *into,
    const struct yaml_node *from)
{
	struct yaml_node *joined;
	struct yaml_pair *pairs;

	if (into->kind != YAML_MAP || from->kind != YAML_MAP)
		return from;
	joined = arena_alloc(arena, sizeof(*joined));
	*joined = *into;
	pairs = arena_array(arena, into->count + from->count + 1,
	    sizeof(*pairs));
	if (into->count > 0)
		memcpy(pairs, into->pairs, into->count * sizeof(*pairs));
	joined->pairs = pairs;
	for (size_t i = 0; i < from->count; i++) {
		if (!span_is(from->pairs[i].key->text, "action"))
			collection_join_pair(arena, joined, pairs,
			    &from->pairs[i]);
	}
	return joined;
}

static struct rule_draft *
collection_draft(struct collection *collection, const struct yaml_node *node)
{
	struct rule_loader *loader = collection->loader;
	struct rule_draft *draft = arena_zalloc(loader->arena, sizeof(*draft));
	struct rule *rule = arena_zalloc(loader->arena, sizeof(*rule));

	draft->rule = rule;
	draft->node = node;
	draft->file = collection->file;
	draft->extension = yaml_get(node, "integrityd");
	rule->path = collection->path;
	rule->line = node->place.line;
	rule->index = (uint32_t)loader->count;
	loader->drafts = mem_grow(loader->drafts, &loader->cap,
	    loader->count + 1, sizeof(struct rule_draft *));
	loader->drafts[loader->count++] = draft;
	return draft;
}

/* An unsupported rule may say what it likes: it is not loaded. */
static void
collection_read_body(struct rule_loader *loader,
    const struct yaml_node *detection, const struct yaml_node *correlation)
{
	if (loader->draft->is_skipped)
		return;
	if (detection == NULL) {
		correlation_read(loader, correlation);
		return;
	}
	detection_read(loader, detection);
	negation_check(loader);
}

static void
collection_no_rule(struct rule_loader *loader, const struct yaml_node *node)
{
	static const char *const words[] = { "detection", "correlation" };
	const struct yaml_node *key = NULL;
	size_t i;

	for (i = 0; i < 2 && key == NULL; i++)
		key = finding_mistyped(node, words[i]);
	finding_error(loader, key != NULL ? key->place : node->place, "IR0302",
	    "a rule needs `detection` or `correlation`");
	if (key != NULL)
		diag_hint(loader->diag, "did you mean `%s`?", words[i - 1]);
}

/* What kind of document it is, and then its parts. */
static void
collection_add(struct collection *collection, const struct yaml_node *node)
{
	struct rule_loader *loader = collection->loader;
	const struct yaml_node *detection = yaml_get(node, "detection");
	const struct yaml_node *correlation = yaml_get(node, "correlation");
	const struct yaml_pair *filter = yaml_find(node, "filter");

	loader->draft = collection_draft(collection, node);
	loader->draft->rule->type = correlation != NULL ? RULE_CORRELATION :
							  RULE_EVENT;
	if (filter != NULL) {
		finding_error(loader, filter->key->place, "IR0303",
		    "filter documents are not available yet");
		diag_help(loader->diag,
		    "put the exception into the conditions of the rules");
	} else if (detection == NULL && correlation == NULL) {
		collection_no_rule(loader, node);
	} else if (detection != NULL && correlation != NULL) {
		finding_error(loader,
		    yaml_find(node, "correlation")->key->place, "IR0316",
		    "a document is either a detection or a "
		    "correlation");
		diag_help(loader->diag,
		    "put the correlation into a document of its own, after "
		    "`---`");
	} else {
		metadata_read(loader, node);
		collection_read_body(loader, detection, correlation);
	}
	loader->draft = NULL;
}

static void
collection_bad_action(struct rule_loader *loader,
    const struct yaml_node *action)
{
	static const char *const actions[] = { "global", "reset", "repeat" };

	finding_error(loader, action->place, "IR0308",
	    "unknown action `" SPAN_FMT "`", SPAN_ARG(action->text));
	finding_suggest(loader, action->text, actions, 3);
	diag_help(loader->diag, "actions: global, reset, repeat");
}

static void
collection_document(struct collection *collection, const struct yaml_node *node)
{
	struct rule_loader *loader = collection->loader;
	const struct yaml_node *action = yaml_get(node, "action");

	if (action == NULL) {
		if (collection->global != NULL)
			node = collection_join(loader->arena, node,
			    collection->global);
		collection->previous = node;
		collection_add(collection, node);
	} else if (span_is(action->text, "global")) {
		collection->global = node;
		collection->previous = node;
	} else if (span_is(action->text, "reset")) {
		collection->global = NULL;
	} else if (!span_is(action->text, "repeat")) {
		collection_bad_action(loader, action);
	} else if (collection->previous == NULL) {
		finding_error(loader, action->place, "IR0308",
		    "`repeat` without a document before it");
	} else {
		struct diag_place place = node->place;
		struct yaml_node *repeated;

		repeated = arena_alloc(loader->arena, sizeof(*repeated));
		*repeated = *collection_join(loader->arena,
		    collection->previous, node);
		repeated->place = place;
		collection->previous = repeated;
		collection_add(collection, repeated);
	}
}

void
collection_add_file(struct rule_loader *loader, uint32_t file, const char *path,
    const struct yaml_node *const *documents, size_t count)
{
	struct collection collection = {
		.loader = loader, .path = path, .file = file
	};

	for (size_t i = 0; i < count; i++) {
		/* "---" at the end of a file. */
		if (documents[i]->kind == YAML_NULL)
			continue;
		if (documents[i]->kind != YAML_MAP)
			finding_error(loader, documents[i]->place, "IR0113",
			    "a document is a map, not %s",
			    yaml_kind_name(documents[i]->kind));
		else
			collection_document(&collection, documents[i]);
	}
}
