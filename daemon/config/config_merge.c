/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config_internal.h"

static const struct yaml_node *
config_merge_lists(struct arena *arena, const struct yaml_node *lower,
    const struct yaml_node *upper)
{
	struct yaml_node *list = arena_alloc(arena, sizeof(*list));
	const struct yaml_node **items;
	size_t count = 0, i;

	*list = lower->kind == YAML_LIST ? *lower : *upper;
	items = arena_array(arena, lower->count + upper->count + 2,
	    sizeof(*items));
	if (lower->kind != YAML_LIST)
		items[count++] = lower;
	for (i = 0; lower->kind == YAML_LIST && i < lower->count; i++)
		items[count++] = lower->items[i];
	if (upper->kind != YAML_LIST)
		items[count++] = upper;
	for (i = 0; upper->kind == YAML_LIST && i < upper->count; i++)
		items[count++] = upper->items[i];
	list->items = items;
	list->count = count;
	return list;
}

static size_t
config_merge_find(const struct yaml_pair *pairs, size_t count,
    const struct yaml_node *key)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (span_equal(pairs[i].key->text, key->text))
			break;
	return i;
}

static const struct yaml_node *
config_merge_maps(struct arena *arena, const struct yaml_node *lower,
    const struct yaml_node *upper)
{
	struct yaml_node *map = arena_alloc(arena, sizeof(*map));
	struct yaml_pair *pairs;
	size_t count = lower->count, i, at;

	*map = *lower;
	pairs = arena_array(arena, lower->count + upper->count + 1,
	    sizeof(*pairs));
	for (i = 0; i < lower->count; i++)
		pairs[i] = lower->pairs[i];
	for (i = 0; i < upper->count; i++) {
		at = config_merge_find(pairs, count, upper->pairs[i].key);
		if (at == count)
			pairs[count++] = upper->pairs[i];
		else
			pairs[at].value = config_merge(arena, pairs[at].value,
			    upper->pairs[i].value);
	}
	map->pairs = pairs;
	map->count = count;
	return map;
}

/* A lone string beside a list is a list of one, as the reader takes it. */
static bool
config_merge_is_item(const struct yaml_node *node)
{
	return node->kind == YAML_LIST ||
	    (yaml_is_scalar(node) && node->kind != YAML_NULL);
}

const struct yaml_node *
config_merge(struct arena *arena, const struct yaml_node *lower,
    const struct yaml_node *upper)
{
	if (lower == NULL || lower->kind == YAML_NULL)
		return upper;
	if (lower->kind == YAML_MAP && upper->kind == YAML_MAP)
		return config_merge_maps(arena, lower, upper);
	if ((lower->kind == YAML_LIST || upper->kind == YAML_LIST) &&
	    config_merge_is_item(lower) && config_merge_is_item(upper))
		return config_merge_lists(arena, lower, upper);
	return upper;
}
