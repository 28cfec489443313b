/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unicode simple case folding (CaseFolding.txt, statuses C and S) and UTF-8.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

uint32_t fold_code_point(uint32_t code_point);

/*
 * The folded text: `text` itself if nothing changes (ASCII fast path), else
 * a copy in `arena`.  Bytes that are no UTF-8 are kept as they are.
 */
struct span fold_span(struct arena *arena, struct span text);

/*
 * Decodes one code point (RFC 3629: no overlong forms, no surrogates).
 * Returns the bytes used, 0 if they are no UTF-8 or text is empty.
 */
unsigned fold_decode(struct span text, uint32_t *ret_code_point);
unsigned fold_encode(uint32_t code_point, char ret_bytes[4]);
bool fold_is_utf8(struct span text);

/*
 * Bytes of the maximal ill-formed part (Unicode 3.9, table 3-8) that `text`
 * starts with; at least 1, at most 3.  Only where fold_decode() returned 0.
 */
unsigned fold_ill_formed(struct span text);

/* Bad bytes become U+FFFD, one per maximal ill-formed part (Unicode 3.9). */
struct span fold_repair(struct arena *arena, struct span text);

#endif
