/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "text/suggest.h"

/* Shorter words begin too many. */
#define SUGGEST_PREFIX_MIN 3
/* Longer words are not misspelled names. */
#define SUGGEST_WORD_MAX 64

static unsigned
suggest_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment: insertions, deletions, substitutions, and swaps
 * of neighbours, none edited twice (Boytsov 2011, 2.2).
 */
unsigned
suggest_distance(struct span a, struct span b)
{
	unsigned rows[3][SUGGEST_WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t i, j;

	if (a.len > SUGGEST_WORD_MAX || b.len > SUGGEST_WORD_MAX)
		return (unsigned)(a.len > b.len ? a.len : b.len);
	for (j = 0; j <= b.len; j++)
		last[j] = (unsigned)j;
	for (i = 1; i <= a.len; i++) {
		row[0] = (unsigned)i;
		for (j = 1; j <= b.len; j++) {
			row[j] = last[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
			row[j] = suggest_min(row[j], last[j] + 1);
			row[j] = suggest_min(row[j], row[j - 1] + 1);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = suggest_min(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

/* ASCII letters in lower case, so that `Topic` is near to `topic`. */
static struct span
suggest_lower(struct span word, char into[SUGGEST_WORD_MAX])
{
	size_t i;

	for (i = 0; i < word.len; i++) {
		into[i] = word.ptr[i];
		if (into[i] >= 'A' && into[i] <= 'Z')
			into[i] = (char)(into[i] + ('a' - 'A'));
	}
	return span_make(into, word.len);
}

const char *
suggest_nearest(struct span word, const char *const *candidates, size_t count)
{
	char word_lower[SUGGEST_WORD_MAX], candidate_lower[SUGGEST_WORD_MAX];
	unsigned distance, least = UINT32_MAX;
	const char *nearest = NULL, *longer_form = NULL;
	struct span candidate;
	size_t i, longer;

	if (word.len > SUGGEST_WORD_MAX)
		return NULL;
	word = suggest_lower(word, word_lower);
	for (i = 0; i < count; i++) {
		candidate = span_of(candidates[i]);
		if (candidate.len > SUGGEST_WORD_MAX)
			continue;
		longer = candidate.len > word.len ? candidate.len : word.len;
		candidate = suggest_lower(candidate, candidate_lower);
		distance = suggest_distance(word, candidate);
		if (distance < least && distance * 3 <= longer) {
			least = distance;
			nearest = candidates[i];
		}
		if (longer_form == NULL && word.len >= SUGGEST_PREFIX_MIN &&
		    span_starts_with(candidate, word))
			longer_form = candidates[i];
	}
	return nearest != NULL ? nearest : longer_form;
}
