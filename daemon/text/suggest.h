/* SPDX-License-Identifier: Apache-2.0 */
/* "did you mean": the nearest word by Damerau-Levenshtein distance. */
#ifndef TEXT_SUGGEST_H
#define TEXT_SUGGEST_H

#include <stddef.h>

#include "base/span.h"

/*
 * NULL if none is near enough: a distance over a third of the longer one's
 * length, and none that begins with the word (of three letters at least).
 */
const char *suggest_nearest(struct span word, const char *const *candidates,
    size_t count);

unsigned suggest_distance(struct span a, struct span b);

#endif
