/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_internal.h"

static const struct {
	const char *name;
	uint32_t tag;
} sentence_builtins[] = {
	{ "count", SENTENCE_COUNT },
	{ "peak", SENTENCE_PEAK },
	{ "limit", SENTENCE_LIMIT },
	{ "timespan", SENTENCE_TIMESPAN },
	{ "first", SENTENCE_FIRST },
	{ "last", SENTENCE_LAST },
};

#define BUILTINS (sizeof(sentence_builtins) / sizeof(sentence_builtins[0]))

static bool
sentence_is_group(const struct rule_draft *draft, struct span name)
{
	const struct correlation *correlation = draft->correlation;

	for (uint32_t i = 0;
	    correlation != NULL && i < correlation->group_count; i++) {
		if (span_equal(correlation->group_names[i], name))
			return true;
	}
	return false;
}

/* A field that the rule, or a rule that feeds it, tests or counts. */
static bool
sentence_is_referred(const struct rule_loader *loader, struct span name)
{
	const struct rule_draft *draft = loader->draft;
	uint32_t slot = field_set_find(loader->set->fields, name);

	if (slots_has(&draft->slots, slot))
		return true;
	for (size_t i = 0; i < draft->base_count; i++) {
		/* What it refers to was found wrong already. */
		if (draft->bases[i] == NULL || draft->bases[i]->is_failed ||
		    slots_has(&draft->bases[i]->slots, slot))
			return true;
	}
	return false;
}

/* Everything the name could have been. */
static void
sentence_suggest(struct rule_loader *loader, struct span name)
{
	const struct slot_set *slots = &loader->draft->slots;
	size_t count = 0,
	       groups = loader->draft->correlation == NULL ?
	    0 :
	    loader->draft->correlation->group_count;
	const char **words = arena_array(loader->arena,
	    BUILTINS + canonical_count() + slots->count + groups,
	    sizeof(*words));

	for (size_t i = 0; i < groups; i++)
		words[count++] = arena_strdup(loader->arena,
		    loader->draft->correlation->group_names[i]);
	for (size_t i = 0; i < BUILTINS; i++)
		words[count++] = sentence_builtins[i].name;
	for (size_t i = 0; i < slots->count; i++)
		words[count++] = arena_strdup(loader->arena,
		    field_set_name(loader->set->fields, slots->slots[i]));
	for (size_t i = 0; i < canonical_count(); i++)
		words[count++] = canonical_names[i];
	finding_suggest(loader, name, words, count);
	diag_help(loader->diag,
	    "a name is a group-by field, a field of the rule, a canonical "
	    "field, or one of count, peak, limit, timespan, first, last");
}

/* Where the name stands that comes after so many others. */
static struct diag_place
sentence_place(const struct yaml_node *node, struct span name, size_t before)
{
	struct span text = node->text;

	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '{')
			continue;
		if (text.ptr[i + 1] == '{')
			i++;
		else if (before-- == 0)
			return yaml_place_in(node, i + 1, name.len);
	}
	return node->place;
}

static void
sentence_name(struct rule_loader *loader, const struct yaml_node *node,
    struct template_part *part, size_t before, struct slot_set *kept)
{
	struct diag_place place = sentence_place(node, part->text, before);

	for (size_t i = 0; i < BUILTINS; i++) {
		if (span_is(part->text, sentence_builtins[i].name)) {
			part->tag = sentence_builtins[i].tag;
			return;
		}
	}
	if (!sentence_is_group(loader->draft, part->text) &&
	    !canonical_has(part->text) &&
	    !sentence_is_referred(loader, part->text)) {
		finding_error(loader, place, "IR0703",
		    "unknown name `" SPAN_FMT "` in a sentence",
		    SPAN_ARG(part->text));
		sentence_suggest(loader, part->text);
		return;
	}
	part->tag = slots_field(loader, place, part->text);
	slots_add(kept, part->tag);
}

bool
sentence_read(struct rule_loader *loader, const struct yaml_node *node,
    const char *key, struct template *ret_sentence, struct slot_set *kept)
{
	struct error err = ERROR_NONE;
	struct template sentence;
	size_t offset = 0, names = 0;

	if (!yaml_is_scalar(node) || node->text.len == 0)
		return finding_kind(loader, node, key, "a text");
	if (!template_parse(loader->arena, node->text, &sentence, &offset,
		&err))
		return finding_error(loader, yaml_place_in(node, offset, 1),
		    "IR0702", "%s", err.text);
	for (size_t i = 0; i < sentence.count; i++) {
		if (sentence.parts[i].is_name)
			sentence_name(loader, node, &sentence.parts[i], names++,
			    kept);
	}
	*ret_sentence = sentence;
	return true;
}
