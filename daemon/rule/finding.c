/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "rule/rule_internal.h"
#include "text/suggest.h"

#define REASON_MAX 1024

bool
finding_error(struct rule_loader *loader, struct diag_place place,
    const char *code, const char *format, ...)
{
	char reason[REASON_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	diag_at(loader->diag, place, code, "%s", reason);
	if (loader->draft != NULL)
		loader->draft->is_failed = true;
	else
		loader->is_failed = true;
	return false;
}

void
finding_warning(struct rule_loader *loader, struct diag_place place,
    const char *code, const char *format, ...)
{
	char reason[REASON_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	diag_at(loader->diag, place, code, "%s", reason);
	if (loader->options->is_strict && loader->draft != NULL)
		loader->draft->is_failed = true;
}

void
finding_suggest(struct rule_loader *loader, struct span word,
    const char *const *words, size_t count)
{
	const char *nearest = suggest_nearest(word, words, count);

	if (nearest != NULL)
		diag_hint(loader->diag, "did you mean `%s`?", nearest);
}

bool
finding_kind(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, const char *want)
{
	return finding_error(loader, node->place, "IR0113",
	    "`%s` takes %s, not %s", key, want, yaml_kind_name(node->kind));
}

bool
finding_unknown_key(struct rule_loader *loader, const struct yaml_node *key,
    const char *const *words, size_t count)
{
	finding_error(loader, key->place, "IR0102",
	    "unknown key `" SPAN_FMT "`", SPAN_ARG(key->text));
	finding_suggest(loader, key->text, words, count);
	finding_words(loader, "keys allowed here", words, count);
	return false;
}

void
finding_words(struct rule_loader *loader, const char *what,
    const char *const *words, size_t count)
{
	struct buffer list = BUFFER_INIT;

	for (size_t i = 0; i < count; i++)
		buffer_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	if (count > 0)
		diag_help(loader->diag, "%s: %s", what, buffer_string(&list));
	buffer_done(&list);
}

const struct yaml_node *
finding_mistyped(const struct yaml_node *map, const char *word)
{
	for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++) {
		if (suggest_nearest(map->pairs[i].key->text, &word, 1) != NULL)
			return map->pairs[i].key;
	}
	return NULL;
}
