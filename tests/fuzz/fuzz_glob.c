/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Up to the first NUL a pattern, then a text: parsed and matched, and held
 * against a matcher that fills the whole table of (pattern, text) prefixes.
 */
#include <stdlib.h>

#include "base/fold.h"
#include "fuzz/fuzz.h"
#include "match/match_internal.h"
#include "rule/rule_internal.h"

#define LEN_MAX 64

/* One code point of a literal, or a wildcard. */
struct step {
	enum glob_kind kind;
	uint32_t code_point;
};

static size_t
steps_of(const struct rule_test *test, struct step *steps)
{
	size_t count = 0;

	for (uint32_t i = 0; i < test->glob.piece_count; i++) {
		struct span rest = test->glob.pieces[i].literal;

		if (test->glob.pieces[i].kind != GLOB_LITERAL)
			steps[count++].kind = test->glob.pieces[i].kind;
		while (test->glob.pieces[i].kind == GLOB_LITERAL &&
		    rest.len > 0) {
			unsigned used = fold_decode(rest,
			    &steps[count].code_point);

			steps[count++].kind = GLOB_LITERAL;
			rest = span_make(rest.ptr + used, rest.len - used);
		}
	}
	return count;
}

static bool
matches_slowly(const struct step *steps, size_t count, const uint32_t *text,
    size_t len)
{
	bool reach[LEN_MAX + 1] = { true }, next[LEN_MAX + 1];

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j <= len; j++) {
			if (steps[i].kind == GLOB_ANY)
				next[j] = reach[j] || (j > 0 && next[j - 1]);
			else
				next[j] = j > 0 && reach[j - 1] &&
				    (steps[i].kind == GLOB_ONE ||
					steps[i].code_point == text[j - 1]);
		}
		for (size_t j = 0; j <= len; j++)
			reach[j] = next[j];
	}
	return reach[len];
}

static void
compare(const struct rule_test *test, struct span text)
{
	struct step steps[2 * LEN_MAX + 4];
	uint32_t points[LEN_MAX];
	struct span rest = text;
	size_t len = 0;
	bool want;

	while (rest.len > 0) {
		unsigned used = fold_decode(rest, &points[len++]);

		rest = span_make(rest.ptr + used, rest.len - used);
	}
	want = matches_slowly(steps, steps_of(test, steps), points, len);
	if (glob_match(test->glob.pieces, test->glob.piece_count, text) != want)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	size_t pattern_len = nul == NULL ? size : (size_t)(nul - data);
	struct span pattern = span_make(data, pattern_len), text = SPAN("");
	struct arena *arena = arena_new(4096);
	struct rule_test test = { .kind = TEST_STRING };
	unsigned modifiers = 0;

	if (nul != NULL)
		text = span_make(nul + 1, size - pattern_len - 1);
	if (pattern_len % 5 == 1)
		modifiers = MODIFIER_CONTAINS;
	glob_parse(arena, pattern, modifiers, &test);
	text = fold_span(arena, text);
	if (pattern_len <= LEN_MAX && text.len <= LEN_MAX &&
	    fold_is_utf8(pattern) && fold_is_utf8(text))
		compare(&test, text);
	else
		(void)glob_match(test.glob.pieces, test.glob.piece_count, text);
	arena_free(arena);
	return 0;
}
