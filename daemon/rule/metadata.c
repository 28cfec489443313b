/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_internal.h"
#include "text/suggest.h"

/* Keys of a document.  Any other is a custom attribute, kept by others. */
static const char *const metadata_keys[] = { "title", "id", "name", "related",
	"taxonomy", "status", "description", "license", "author", "references",
	"date", "modified", "fields", "falsepositives", "level", "tags",
	"scope", "logsource", "detection", "correlation", "filter", "generate",
	"action", "integrityd" };

#define KEYS (sizeof(metadata_keys) / sizeof(metadata_keys[0]))

static const char *const metadata_statuses[] = { "stable", "test",
	"experimental", "deprecated", "unsupported" };

#define STATUSES (sizeof(metadata_statuses) / sizeof(metadata_statuses[0]))

#define LEVELS (LEVEL_CRITICAL + 1)

/* The text of a scalar; empty if the key is missing or refused. */
static struct span
metadata_string(struct rule_loader *loader, const struct yaml_node *map,
    const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (node == NULL)
		return SPAN_NONE;
	if (!yaml_is_scalar(node) || node->kind == YAML_NULL) {
		finding_kind(loader, node, key, "a string");
		return SPAN_NONE;
	}
	if (node->text.len == 0)
		finding_error(loader, node->place, "IR0120", "`%s` is empty",
		    key);
	if (yaml_is_ambiguous(node))
		finding_warning(loader, node->place, "IW0119",
		    "YAML 1.1 reads `" SPAN_FMT "` otherwise",
		    SPAN_ARG(node->text));
	return node->text;
}

bool
metadata_strings(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, const struct span **ret_items, uint32_t *ret_count)
{
	struct span *items;
	uint32_t count = 0;

	*ret_items = NULL;
	*ret_count = 0;
	if (node == NULL || node->kind == YAML_NULL)
		return true;
	if (node->kind == YAML_MAP)
		return finding_kind(loader, node, key, "a list of strings");
	items = arena_array(loader->arena, node->count + 1, sizeof(*items));
	if (yaml_is_scalar(node))
		items[count++] = node->text;
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
		if (!yaml_is_scalar(node->items[i]))
			return finding_kind(loader, node->items[i], key,
			    "strings");
		items[count++] = node->items[i]->text;
	}
	*ret_items = items;
	*ret_count = count;
	return true;
}

static bool
metadata_is_uuid(struct span text)
{
	if (text.len != 36)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		bool is_hex = (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (is_hyphen ? c != '-' : !is_hex)
			return false;
	}
	return true;
}

static void
metadata_identity(struct rule_loader *loader, const struct yaml_node *map)
{
	struct rule *rule = loader->draft->rule;

	if (yaml_get(map, "title") == NULL)
		finding_error(loader, map->place, "IR0301",
		    "rule without a title");
	rule->title = metadata_string(loader, map, "title");
	rule->id = metadata_string(loader, map, "id");
	rule->name = metadata_string(loader, map, "name");
	rule->description = metadata_string(loader, map, "description");
	if (rule->id.len > 0 && !metadata_is_uuid(rule->id))
		finding_warning(loader, yaml_get(map, "id")->place, "IW0309",
		    "the id is no UUID");
}

static void
metadata_level(struct rule_loader *loader, const struct yaml_node *map)
{
	struct rule *rule = loader->draft->rule;
	struct span text = metadata_string(loader, map, "level");
	const struct yaml_node *node = yaml_get(map, "level");

	rule->level = LEVEL_MEDIUM;
	if (node == NULL) {
		finding_warning(loader, map->place, "IW0311",
		    "no level; medium is assumed");
		return;
	}
	if (text.len == 0)
		return;
	for (unsigned i = 0; i < LEVELS; i++) {
		if (span_is(text, rule_level_names[i])) {
			rule->level = (enum rule_level)i;
			return;
		}
	}
	finding_error(loader, node->place, "IR0304",
	    "unknown level `" SPAN_FMT "`", SPAN_ARG(text));
	finding_suggest(loader, text, rule_level_names, LEVELS);
	diag_help(loader->diag,
	    "levels: informational, low, medium, high, critical");
}

static void
metadata_status(struct rule_loader *loader, const struct yaml_node *map)
{
	struct rule *rule = loader->draft->rule;
	struct span text = metadata_string(loader, map, "status");
	const struct yaml_node *node = yaml_get(map, "status");

	rule->status = text;
	if (text.len == 0)
		return;
	if (span_is(text, "unsupported")) {
		loader->draft->is_skipped = true;
		finding_warning(loader, node->place, "IW0312",
		    "`" SPAN_FMT "` is unsupported and skipped",
		    SPAN_ARG(rule_label(rule)));
	} else if (span_is(text, "deprecated")) {
		finding_warning(loader, node->place, "IW0313",
		    "`" SPAN_FMT "` is deprecated", SPAN_ARG(rule_label(rule)));
	}
	for (size_t i = 0; i < STATUSES; i++) {
		if (span_is(text, metadata_statuses[i]))
			return;
	}
	finding_error(loader, node->place, "IR0305",
	    "unknown status `" SPAN_FMT "`", SPAN_ARG(text));
	finding_suggest(loader, text, metadata_statuses, STATUSES);
	diag_help(loader->diag,
	    "statuses: stable, test, experimental, "
	    "deprecated, unsupported");
}

static void
metadata_logsource(struct rule_loader *loader, const struct yaml_node *map)
{
	static const char *const keys[] = { "category", "product", "service",
		"definition" };
	const struct yaml_node *node = yaml_get(map, "logsource");
	struct logsource *logsource = &loader->draft->rule->logsource;

	if (node == NULL) {
		finding_warning(loader, map->place, "IW0310",
		    "no logsource; the rule applies to every input");
		return;
	}
	if (node->kind != YAML_MAP) {
		finding_kind(loader, node, "logsource", "a map");
		return;
	}
	logsource->category = metadata_string(loader, node, "category");
	logsource->product = metadata_string(loader, node, "product");
	logsource->service = metadata_string(loader, node, "service");
	for (size_t i = 0; i < node->count; i++) {
		struct span key = node->pairs[i].key->text;
		const char *nearest = suggest_nearest(key, keys, 4);

		if (nearest == NULL || span_is(key, nearest))
			continue;
		finding_warning(loader, node->pairs[i].key->place, "IW0314",
		    "`" SPAN_FMT "` selects nothing", SPAN_ARG(key));
		diag_hint(loader->diag, "did you mean `%s`?", nearest);
	}
}

static bool
metadata_is_key(struct span key)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (span_is(key, metadata_keys[i]))
			return true;
	}
	return false;
}

/* Custom attributes are allowed, mistyped keys are what they look like. */
static void
metadata_other_keys(struct rule_loader *loader, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml_node *key = map->pairs[i].key;
		const char *nearest;

		if (metadata_is_key(key->text))
			continue;
		nearest = suggest_nearest(key->text, metadata_keys, KEYS);
		if (nearest == NULL)
			continue;
		finding_warning(loader, key->place, "IW0314",
		    "`" SPAN_FMT "` is kept as a custom attribute and does "
		    "nothing",
		    SPAN_ARG(key->text));
		diag_hint(loader->diag, "did you mean `%s`?", nearest);
	}
}

void
metadata_read(struct rule_loader *loader, const struct yaml_node *map)
{
	struct rule *rule = loader->draft->rule;

	metadata_identity(loader, map);
	metadata_level(loader, map);
	metadata_status(loader, map);
	if (rule->type == RULE_EVENT)
		metadata_logsource(loader, map);
	metadata_strings(loader, yaml_get(map, "falsepositives"),
	    "falsepositives", &rule->false_positives,
	    &rule->false_positive_count);
	metadata_strings(loader, yaml_get(map, "tags"), "tags", &rule->tags,
	    &rule->tag_count);
	metadata_other_keys(loader, map);
}
