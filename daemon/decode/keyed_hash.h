/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that must be compared but not be read: HMAC-SHA-256 (RFC 2104,
 * FIPS 198-1) under a secret key, so that equal names stay equal and nobody
 * without the key can find a name by trying all there are.
 *
 *	h:e87713d4501558dca0fefd7719ae2d39
 *
 * is `h:` and the first 128 bits in hexadecimal.  The key is what stands in a
 * file, without a line break at its end; for the same with other tools:
 *
 *	printf %s "o'brien" | openssl dgst -sha256 -hmac "$(cat names.key)"
 */
#ifndef DECODE_KEYED_HASH_H
#define DECODE_KEYED_HASH_H

#include "base/arena.h"
#include "base/error.h"

#define KEYED_HASH_KEY_MIN 16	/* bytes; 32 are better */
#define KEYED_HASH_KEY_MAX 4096 /* bytes */
#define KEYED_HASH_LEN 34	/* characters of a result */

struct keyed_hash;

/*
 * False with err if the file cannot be read, may be read by others than its
 * owner and group, or holds too short or long a key.
 */
bool keyed_hash_open(const char *path, struct keyed_hash **ret_hash,
    struct error *err);
void keyed_hash_free(struct keyed_hash *hash); /* accepts NULL; wipes */

/* In the arena. */
struct span keyed_hash_text(struct keyed_hash *hash, struct arena *arena,
    struct span text);

#endif
