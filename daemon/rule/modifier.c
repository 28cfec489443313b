/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_internal.h"
#include "text/suggest.h"

/* Modifiers of which an item has at most one, and what may go with it. */
#define MODIFIER_COMMON (MODIFIER_ALL | MODIFIER_NEQ)

static const struct modifier_word {
	const char *name;
	unsigned modifier;
	bool is_first; /* nothing may stand before it */
} modifier_words[] = {
	{ "contains", MODIFIER_CONTAINS, false },
	{ "startswith", MODIFIER_STARTSWITH, false },
	{ "endswith", MODIFIER_ENDSWITH, false },
	{ "all", MODIFIER_ALL, false },
	{ "re", MODIFIER_RE, true },
	{ "i", MODIFIER_I, false },
	{ "ignorecase", MODIFIER_I, false },
	{ "m", MODIFIER_M, false },
	{ "multiline", MODIFIER_M, false },
	{ "s", MODIFIER_S, false },
	{ "dotall", MODIFIER_S, false },
	{ "cidr", MODIFIER_CIDR, true },
	{ "exists", MODIFIER_EXISTS, false },
	{ "cased", MODIFIER_CASED, false },
	{ "neq", MODIFIER_NEQ, false },
	{ "gt", MODIFIER_GT, false },
	{ "gte", MODIFIER_GTE, false },
	{ "lt", MODIFIER_LT, false },
	{ "lte", MODIFIER_LTE, false },
	{ "fieldref", MODIFIER_FIELDREF, false },
	{ "expand", MODIFIER_EXPAND, false },
};

#define WORDS (sizeof(modifier_words) / sizeof(modifier_words[0]))

static const char *const modifier_later[] = { "base64", "base64offset",
	"utf16le", "utf16be", "utf16", "wide", "windash", "minute", "hour",
	"day", "week", "month", "year" };

#define LATER (sizeof(modifier_later) / sizeof(modifier_later[0]))

static const struct {
	unsigned core;
	unsigned allowed;
} modifier_combinations[] = {
	{ MODIFIER_RE, MODIFIER_ANCHORS | MODIFIER_FLAGS | MODIFIER_CASED },
	{ MODIFIER_CIDR, 0 },
	{ MODIFIER_EXISTS, 0 },
	{ MODIFIER_GT, 0 },
	{ MODIFIER_GTE, 0 },
	{ MODIFIER_LT, 0 },
	{ MODIFIER_LTE, 0 },
	{ MODIFIER_FIELDREF, MODIFIER_ANCHORS | MODIFIER_CASED },
	{ MODIFIER_EXPAND, MODIFIER_ANCHORS | MODIFIER_CASED },
	{ 0, MODIFIER_ANCHORS | MODIFIER_CASED },
};

#define COMBINATIONS                                                           \
	(sizeof(modifier_combinations) / sizeof(modifier_combinations[0]))

static const struct modifier_word *
modifier_find(struct span name)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (span_is(name, modifier_words[i].name))
			return &modifier_words[i];
	}
	return NULL;
}

static bool
modifier_unknown(struct rule_loader *loader, struct diag_place place,
    struct span name)
{
	const char *known[WORDS + LATER];
	size_t count = 0;

	for (size_t i = 0; i < LATER; i++) {
		if (span_is(name, modifier_later[i]))
			return finding_error(loader, place, "IR0402",
			    "modifier `" SPAN_FMT "` is not available yet",
			    SPAN_ARG(name));
	}
	for (size_t i = 0; i < WORDS; i++)
		known[count++] = modifier_words[i].name;
	for (size_t i = 0; i < LATER; i++)
		known[count++] = modifier_later[i];
	finding_error(loader, place, "IR0401",
	    "unknown modifier `" SPAN_FMT "`", SPAN_ARG(name));
	finding_suggest(loader, name, known, count);
	if (suggest_nearest(name, known, count) == NULL)
		finding_words(loader, "modifiers", known, WORDS);
	return false;
}

static const char *
modifier_name(unsigned modifier)
{
	for (size_t i = 0; i < WORDS; i++) {
		if ((modifier_words[i].modifier & modifier) != 0)
			return modifier_words[i].name;
	}
	return "";
}

static unsigned
modifier_allowed(unsigned modifiers)
{
	for (size_t i = 0; i < COMBINATIONS; i++) {
		unsigned core = modifier_combinations[i].core;

		if (core == 0 || (modifiers & core) != 0)
			return core | modifier_combinations[i].allowed |
			    (core == MODIFIER_EXISTS ? MODIFIER_NEQ :
						       MODIFIER_COMMON);
	}
	return 0;
}

static bool
modifier_check(struct rule_loader *loader, const struct item *item)
{
	unsigned extra = item->modifiers & ~modifier_allowed(item->modifiers);
	unsigned core = item->modifiers & ~extra;

	if (extra == 0)
		return true;
	extra &= ~extra + 1; /* one of them */
	if ((extra & MODIFIER_FLAGS) != 0)
		return finding_error(loader, modifier_place(item, extra),
		    "IR0403", "modifier `%s` must follow `re`",
		    modifier_name(extra));
	core &= ~(unsigned)(MODIFIER_COMMON | MODIFIER_CASED |
	    MODIFIER_ANCHORS | MODIFIER_FLAGS);
	return finding_error(loader, modifier_place(item, extra), "IR0404",
	    "modifier `%s` cannot be combined with `%s`", modifier_name(extra),
	    modifier_name(core));
}

static bool
modifier_needs_field(struct rule_loader *loader, const struct item *item)
{
	unsigned modifier = item->modifiers &
	    (MODIFIER_EXISTS | MODIFIER_FIELDREF);

	if (item->field.len > 0 || modifier == 0)
		return true;
	return finding_error(loader, modifier_place(item, modifier), "IR0411",
	    "modifier `%s` needs a field before it", modifier_name(modifier));
}

bool
modifier_parse(struct rule_loader *loader, const struct yaml_node *key,
    struct item *ret_item)
{
	struct span rest = key->text, word = SPAN_NONE;
	const struct modifier_word *found;
	struct diag_place place;
	bool is_first = true, ok = true;

	*ret_item = (struct item){ .key = key, .slot = FIELD_NONE };
	if (!span_split(&rest, '|', &ret_item->field))
		ret_item->field = SPAN_NONE;
	while (span_split(&rest, '|', &word)) {
		place = yaml_place_in(key, (size_t)(word.ptr - key->text.ptr),
		    word.len);
		found = modifier_find(word);
		if (found == NULL) {
			ok = modifier_unknown(loader, place, word);
		} else if (found->is_first && !is_first) {
			ok = finding_error(loader, place, "IR0403",
			    "modifier `%s` must be the first", found->name);
		} else {
			ret_item->modifiers |= found->modifier;
		}
		is_first = false;
	}
	if (ret_item->field.len > 0) {
		ret_item->slot = slots_field(loader, key->place,
		    ret_item->field);
		slots_add(&loader->draft->slots, ret_item->slot);
		ok = ok && ret_item->slot != FIELD_NONE;
	}
	return ok && modifier_check(loader, ret_item) &&
	    modifier_needs_field(loader, ret_item);
}

struct diag_place
modifier_place(const struct item *item, unsigned modifier)
{
	struct span rest = item->key->text, word;
	const struct modifier_word *found;

	(void)span_split(&rest, '|', &word);
	while (span_split(&rest, '|', &word)) {
		found = modifier_find(word);
		if (found != NULL && (found->modifier & modifier) != 0)
			return yaml_place_in(item->key,
			    (size_t)(word.ptr - item->key->text.ptr), word.len);
	}
	return item->key->place;
}

enum anchor
modifier_anchor(unsigned modifiers)
{
	bool is_open_start = (modifiers &
				 (MODIFIER_CONTAINS | MODIFIER_ENDSWITH)) != 0;
	bool is_open_end = (modifiers &
			       (MODIFIER_CONTAINS | MODIFIER_STARTSWITH)) != 0;

	if (is_open_start)
		return is_open_end ? ANCHOR_ANYWHERE : ANCHOR_END;
	return is_open_end ? ANCHOR_START : ANCHOR_WHOLE;
}
