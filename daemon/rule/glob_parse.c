/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigma strings: `*` any run, `?` one code point, and a backslash before one
 * of `*`, `?`, `\` takes that character as it is; before anything else it is
 * itself.  So \\* is a backslash and a wildcard, \\\* is \ and a star.
 */
#include "base/fold.h"

#include "rule/rule_internal.h"

struct glob_builder {
	struct arena *arena;
	struct glob_piece *pieces;
	uint32_t count;
	char *literal; /* as long as the text: unescaping only shortens */
	size_t literal_len;
	bool cased;
};

static void
glob_parse_end_literal(struct glob_builder *builder)
{
	struct span literal = { builder->literal, builder->literal_len };

	if (literal.len == 0)
		return;
	if (!builder->cased)
		literal = fold_span(builder->arena, literal);
	builder->pieces[builder->count++] = (struct glob_piece){ GLOB_LITERAL,
		literal };
	builder->literal += builder->literal_len;
	builder->literal_len = 0;
}

static void
glob_parse_wild(struct glob_builder *builder, enum glob_kind kind)
{
	glob_parse_end_literal(builder);
	if (kind == GLOB_ANY && builder->count > 0 &&
	    builder->pieces[builder->count - 1].kind == GLOB_ANY)
		return;
	builder->pieces[builder->count++] = (struct glob_piece){ kind,
		SPAN_NONE };
}

static bool
glob_parse_is_escape(struct span text, size_t at)
{
	return text.ptr[at] == '\\' && at + 1 < text.len &&
	    memchr("*?\\", text.ptr[at + 1], 3) != NULL;
}

ptrdiff_t
glob_parse_wildcard(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (glob_parse_is_escape(text, i))
			i++;
		else if (text.ptr[i] == '*' || text.ptr[i] == '?')
			return (ptrdiff_t)i;
	}
	return -1;
}

/* Every wildcard is a piece and ends one; contains adds two. */
static size_t
glob_parse_most_pieces(struct span text)
{
	size_t count = 3;

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '*' || text.ptr[i] == '?' ? 2 : 0;
	return count;
}

void
glob_parse(struct arena *arena, struct span text, unsigned modifiers,
    struct rule_test *test)
{
	struct glob_builder builder = {
		.arena = arena,
		.pieces = arena_array(arena, glob_parse_most_pieces(text),
		    sizeof(*builder.pieces)),
		.literal = arena_alloc(arena, text.len + 1),
		.cased = (modifiers & MODIFIER_CASED) != 0,
	};

	if ((modifiers & (MODIFIER_CONTAINS | MODIFIER_ENDSWITH)) != 0)
		glob_parse_wild(&builder, GLOB_ANY);
	for (size_t i = 0; i < text.len; i++) {
		if (glob_parse_is_escape(text, i))
			builder.literal[builder.literal_len++] = text.ptr[++i];
		else if (text.ptr[i] == '*')
			glob_parse_wild(&builder, GLOB_ANY);
		else if (text.ptr[i] == '?')
			glob_parse_wild(&builder, GLOB_ONE);
		else
			builder.literal[builder.literal_len++] = text.ptr[i];
	}
	if ((modifiers & (MODIFIER_CONTAINS | MODIFIER_STARTSWITH)) != 0)
		glob_parse_wild(&builder, GLOB_ANY);
	glob_parse_end_literal(&builder);
	test->kind = TEST_STRING;
	test->cased = builder.cased;
	test->glob.pieces = builder.pieces;
	test->glob.piece_count = builder.count;
}
