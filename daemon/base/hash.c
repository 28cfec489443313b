/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/mem.h"

#include "base/hash.h"

static pthread_once_t once_key = PTHREAD_ONCE_INIT;
static struct hash_key process_key;
static bool key_is_set;

static inline uint64_t
rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline uint64_t
load64(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return le64toh(word);
}

static inline void
sip_rounds(uint64_t v[4], unsigned rounds)
{
	while (rounds-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

/* Inlined into its two callers, so that the numbers of rounds are constants. */
static inline __attribute__((always_inline)) uint64_t
siphash(const struct hash_key *key, struct span bytes, unsigned rounds,
    unsigned last_rounds)
{
	uint64_t v[4] = {
		key->k0 ^ UINT64_C(0x736f6d6570736575),
		key->k1 ^ UINT64_C(0x646f72616e646f6d),
		key->k0 ^ UINT64_C(0x6c7967656e657261),
		key->k1 ^ UINT64_C(0x7465646279746573),
	};
	uint64_t word;
	size_t at, tail = bytes.len & 7;
	char last[8] = { 0 };

	for (at = 0; at + 8 <= bytes.len; at += 8) {
		word = load64(bytes.ptr + at);
		v[3] ^= word;
		sip_rounds(v, rounds);
		v[0] ^= word;
	}
	for (size_t i = 0; i < tail; i++)
		last[i] = bytes.ptr[at + i];
	last[7] = (char)(bytes.len & 0xff);
	word = load64(last);
	v[3] ^= word;
	sip_rounds(v, rounds);
	v[0] ^= word;
	v[2] ^= 0xff;
	sip_rounds(v, last_rounds);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
hash_siphash24(const struct hash_key *key, struct span bytes)
{
	return siphash(key, bytes, 2, 4);
}

uint64_t
hash_siphash13(const struct hash_key *key, struct span bytes)
{
	return siphash(key, bytes, 1, 3);
}

static void
make_key(void)
{
	if (key_is_set)
		return;
	if (getrandom(&process_key, sizeof(process_key), 0) !=
	    (ssize_t)sizeof(process_key))
		log_fatal(EX_OSERR, "getrandom: no random bytes");
}

const struct hash_key *
hash_key(void)
{
	(void)pthread_once(&once_key, make_key);
	return &process_key;
}

void
hash_key_set(const struct hash_key *key)
{
	process_key = *key;
	key_is_set = true;
}

/*
 * Fetching a digest walks OpenSSL 3's provider tables under a lock, which
 * costs more than hashing a short record: it is done once, and a context is
 * kept for each thread.
 */
static pthread_once_t once_digest = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static pthread_key_t context_of_thread;

static void
free_context(void *context)
{
	EVP_MD_CTX_free(context);
}

static void
fetch_digest(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (sha256 == NULL ||
	    pthread_key_create(&context_of_thread, free_context) != 0)
		log_fatal(EX_OSERR, "OpenSSL has no SHA-256");
}

static EVP_MD_CTX *
new_context(void)
{
	EVP_MD_CTX *context;

	(void)pthread_once(&once_digest, fetch_digest);
	context = EVP_MD_CTX_new();
	if (context == NULL)
		log_fatal(EX_OSERR, "out of memory: SHA-256");
	return context;
}

static EVP_MD_CTX *
own_context(void)
{
	EVP_MD_CTX *context;

	(void)pthread_once(&once_digest, fetch_digest);
	context = pthread_getspecific(context_of_thread);
	if (context == NULL) {
		context = new_context();
		if (pthread_setspecific(context_of_thread, context) != 0)
			log_fatal(EX_OSERR, "out of memory: SHA-256");
	}
	return context;
}

static void
must(int status)
{
	if (status != 1)
		log_fatal(EX_SOFTWARE, "OpenSSL: SHA-256 failed");
}

void
hash_sha256(struct span bytes, uint8_t ret_digest[HASH_SHA256_LEN])
{
	EVP_MD_CTX *context = own_context();

	must(EVP_DigestInit_ex(context, sha256, NULL));
	must(EVP_DigestUpdate(context, bytes.ptr, bytes.len));
	must(EVP_DigestFinal_ex(context, ret_digest, NULL));
}

struct hash_sha256_state {
	EVP_MD_CTX *context;
};

struct hash_sha256_state *
hash_sha256_new(void)
{
	struct hash_sha256_state *state = mem_alloc(sizeof(*state));

	state->context = new_context();
	must(EVP_DigestInit_ex(state->context, sha256, NULL));
	return state;
}

void
hash_sha256_add(struct hash_sha256_state *state, struct span piece)
{
	uint64_t len = htole64(piece.len);

	must(EVP_DigestUpdate(state->context, &len, sizeof(len)));
	must(EVP_DigestUpdate(state->context, piece.ptr, piece.len));
}

void
hash_sha256_finish(struct hash_sha256_state *state,
    uint8_t ret_digest[HASH_SHA256_LEN])
{
	must(EVP_DigestFinal_ex(state->context, ret_digest, NULL));
	EVP_MD_CTX_free(state->context);
	mem_free(state);
}
