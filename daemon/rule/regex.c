/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "rule/rule_internal.h"

/* "(?i)" at the start: case, which a modifier could say. */
static bool
regex_has_inline_flags(struct span text)
{
	size_t i = 2;

	if (!span_starts_with(text, SPAN("(?")))
		return false;
	while (i < text.len && memchr("imsx-", text.ptr[i], 5) != NULL)
		i++;
	return i > 2 && i < text.len && text.ptr[i] == ')';
}

/*
 * `re` matches anywhere, so contains adds nothing; startswith and endswith
 * tie it to the value's ends, around alternatives too.
 */
static struct span
regex_anchored(struct arena *arena, struct span text, unsigned modifiers)
{
	enum anchor anchor = modifier_anchor(modifiers);
	struct buffer buffer = BUFFER_INIT;

	if (anchor == ANCHOR_WHOLE || anchor == ANCHOR_ANYWHERE)
		return text;
	buffer_add_string(&buffer, anchor == ANCHOR_START ? "\\A(?:" : "(?:");
	buffer_add_span(&buffer, text);
	buffer_add_string(&buffer, anchor == ANCHOR_START ? ")" : ")\\z");
	text = arena_dup(arena, buffer_span(&buffer));
	buffer_done(&buffer);
	return text;
}

static void
regex_warn(struct rule_loader *loader, const struct yaml_node *value)
{
	if (regex_has_inline_flags(value->text))
		finding_warning(loader, value->place, "IW0415",
		    "flags within the expression; not every backend knows "
		    "them");
	if (pattern_is_risky(value->text))
		finding_warning(loader, value->place, "IW0416",
		    "nested unbounded repetition, which can run into the "
		    "limits");
}

static bool
regex_compile(struct rule_loader *loader, const struct yaml_node *value,
    struct span text, const struct pattern_options *options,
    struct pattern **ret_pattern)
{
	struct error err = ERROR_NONE;
	struct diag_place place = value->place;
	size_t offset = 0;

	if (pattern_new(text, options, ret_pattern, &offset, &err))
		return true;
	if (offset < value->text.len)
		place = yaml_place_in(value, offset, 1);
	return finding_error(loader, place, "IR0406",
	    "bad regular expression: %s", err.text);
}

static bool
regex_wants_full(const struct rule_loader *loader)
{
	const struct yaml_node *extension = loader->draft->extension;
	const struct yaml_node *regex = NULL;

	if (extension != NULL && extension->kind == YAML_MAP)
		regex = yaml_get(extension, "regex");
	return regex != NULL && span_is(regex->text, "full");
}

static struct span
regex_key(struct arena *arena, const struct pattern_options *options,
    struct span text)
{
	struct buffer buffer = BUFFER_INIT;

	buffer_printf(&buffer, "%d%d%d%d", options->ignore_case,
	    options->multiline, options->dot_all, options->allow_full);
	buffer_add_span(&buffer, text);
	text = arena_dup(arena, buffer_span(&buffer));
	buffer_done(&buffer);
	return text;
}

bool
regex_add(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	struct pattern_options options = {
		.ignore_case = (item->modifiers & MODIFIER_I) != 0,
		.multiline = (item->modifiers & MODIFIER_M) != 0,
		.dot_all = (item->modifiers & MODIFIER_S) != 0,
		.allow_full = regex_wants_full(loader),
	};
	struct rule_set *set = loader->set;
	struct span text = regex_anchored(loader->arena, value->text,
	    item->modifiers);
	struct span key = regex_key(loader->arena, &options, text);
	struct pattern *pattern = table_find(loader->patterns, key);

	test->kind = TEST_REGEX;
	test->cased = true;
	regex_warn(loader, value);
	if (pattern == NULL) {
		/* First as written: an error's offset is the author's. */
		if (!regex_compile(loader, value, value->text, &options,
			&pattern))
			return false;
		if (text.ptr != value->text.ptr) {
			pattern_free(pattern);
			if (!regex_compile(loader, value, text, &options,
				&pattern))
				return false;
		}
		set->patterns = mem_grow(set->patterns, &loader->pattern_cap,
		    set->pattern_count + 1, sizeof(*set->patterns));
		set->patterns[set->pattern_count++] = pattern;
		table_set(loader->patterns, key, pattern);
	}
	test->pattern = pattern;
	return true;
}
