/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash (Aumasson and Bernstein, 2012) and SHA-256 (FIPS 180-4).
 * Tables use a random key, so that nobody can choose colliding keys; the
 * shard of a group uses a public one, for it must never change.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/span.h"

struct hash_key {
	uint64_t k0, k1;
};

#define HASH_SHA256_LEN 32

uint64_t hash_siphash24(const struct hash_key *key, struct span bytes);
uint64_t hash_siphash13(const struct hash_key *key, struct span bytes);

/*
 * The process's own random key, from getrandom(2) at first use.  Tests call
 * hash_key_set() before that to prove that no output depends on it.
 */
const struct hash_key *hash_key(void);
void hash_key_set(const struct hash_key *key);

void hash_sha256(struct span bytes, uint8_t ret_digest[HASH_SHA256_LEN]);

/* SHA-256 over several pieces; each is prefixed by its length (u64, LE). */
struct hash_sha256_state; /* opaque */
struct hash_sha256_state *hash_sha256_new(void);
void hash_sha256_add(struct hash_sha256_state *state, struct span piece);
void hash_sha256_finish(struct hash_sha256_state *state,
    uint8_t ret_digest[HASH_SHA256_LEN]); /* also frees */

#endif
