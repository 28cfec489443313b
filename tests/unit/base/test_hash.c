/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/hash.h"

/* Key 00 01 ... 0f of the SipHash paper, as two little-endian words. */
static const struct hash_key paper_key = {
	UINT64_C(0x0706050403020100),
	UINT64_C(0x0f0e0d0c0b0a0908),
};

/* SipHash-2-4 of 00 01 ... (len - 1): the paper's (15) and its vectors.h. */
static void
test_siphash_vectors(void **state)
{
	static const struct {
		size_t len;
		uint64_t want;
	} cases[] = {
		{ 0, UINT64_C(0x726fdb47dd0e0e31) },
		{ 1, UINT64_C(0x74f839c593dc67fd) },
		{ 2, UINT64_C(0x0d6c8009d9a94f5a) },
		{ 3, UINT64_C(0x85676696d7fb7e2d) },
		{ 4, UINT64_C(0xcf2794e0277187b7) },
		{ 5, UINT64_C(0x18765564cd99a68d) },
		{ 6, UINT64_C(0xcbc9466e58fee3ce) },
		{ 7, UINT64_C(0xab0200f58b01d137) },
		{ 8, UINT64_C(0x93f5f5799a932462) },
		{ 15, UINT64_C(0xa129ca6149be45e5) },
	};
	char bytes[16];
	uint64_t got;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = hash_siphash24(&paper_key,
		    span_make(bytes, cases[i].len));
		if (got != cases[i].want)
			testing_fail("SipHash-2-4",
			    "%zu bytes: got %016llx, want %016llx",
			    cases[i].len, (unsigned long long)got,
			    (unsigned long long)cases[i].want);
	}
}

/* OpenSSL's SipHash with a given number of rounds. */
static uint64_t
openssl_siphash(struct span bytes, unsigned rounds, unsigned last_rounds)
{
	unsigned char key[16], out[8];
	size_t size = sizeof(out), len = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &rounds),
		OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS,
		    &last_rounds),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
	uint64_t hash = 0;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	assert_true(EVP_MAC_init(context, key, sizeof(key), params));
	assert_true(EVP_MAC_update(context, (const unsigned char *)bytes.ptr,
	    bytes.len));
	assert_true(EVP_MAC_final(context, out, &len, sizeof(out)));
	assert_int_equal(len, 8);
	for (size_t i = 8; i > 0; i--)
		hash = hash << 8 | out[i - 1];
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(mac);
	return hash;
}

static void
test_siphash_against_openssl(void **state)
{
	char bytes[300];
	struct span part;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 151);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		part = span_make(bytes, len);
		assert_int_equal(hash_siphash24(&paper_key, part),
		    openssl_siphash(part, 2, 4));
		assert_int_equal(hash_siphash13(&paper_key, part),
		    openssl_siphash(part, 1, 3));
	}
}

static void
check_digest(const char *name, const uint8_t digest[HASH_SHA256_LEN],
    const char *want)
{
	char text[2 * HASH_SHA256_LEN + 1];

	for (size_t i = 0; i < HASH_SHA256_LEN; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_span_equal_in(name, span_of(text), span_of(want));
}

/* FIPS 180-4 examples of NIST, and the well-known one of nothing. */
static void
test_sha256(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *want;
	} cases[] = {
		{ "empty", "",
		    "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855" },
		{ "one block", "abc",
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad" },
		{ "two blocks",
		    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
		    "mnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t digest[HASH_SHA256_LEN];
	struct buffer million = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hash_sha256(span_of(cases[i].text), digest);
		check_digest(cases[i].name, digest, cases[i].want);
	}
	hash_sha256(SPAN_NONE, digest);
	check_digest("NULL", digest, cases[0].want);
	memset(buffer_reserve(&million, 1000000), 'a', 1000000);
	million.len = 1000000;
	hash_sha256(buffer_span(&million), digest);
	check_digest("a million a", digest,
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	buffer_done(&million);
}

/* What goes in, byte by byte: lengths in front, so "ab","c" is not "a","bc". */
static void
test_sha256_of_pieces(void **state)
{
	struct hash_sha256_state *sha = hash_sha256_new();
	uint8_t got[HASH_SHA256_LEN], want[HASH_SHA256_LEN];

	(void)state;
	hash_sha256_add(sha, SPAN("ab"));
	hash_sha256_add(sha, SPAN_NONE);
	hash_sha256_add(sha, SPAN("c"));
	hash_sha256_finish(sha, got);
	hash_sha256(SPAN("\2\0\0\0\0\0\0\0"
			 "ab"
			 "\0\0\0\0\0\0\0\0"
			 "\1\0\0\0\0\0\0\0"
			 "c"),
	    want);
	assert_memory_equal(got, want, sizeof(want));
}

static void *
hash_in_thread(void *digest)
{
	hash_sha256(SPAN("abc"), digest);
	return NULL;
}

static void
test_sha256_in_threads(void **state)
{
	uint8_t digests[4][HASH_SHA256_LEN];
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
				     hash_in_thread, digests[i]),
		    0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		check_digest("thread", digests[i],
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad");
	}
}

static void
test_key(void **state)
{
	const struct hash_key own = { 1, 2 };

	(void)state;
	assert_true(hash_key()->k0 != 0 || hash_key()->k1 != 0);
	hash_key_set(&own);
	assert_int_equal(hash_key()->k0, 1);
	assert_int_equal(hash_key()->k1, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash_vectors),
		cmocka_unit_test(test_siphash_against_openssl),
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_sha256_of_pieces),
		cmocka_unit_test(test_sha256_in_threads),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests_name("base_hash", tests, NULL, NULL);
}
