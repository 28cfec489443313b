/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"

#include "decode/keyed_hash.h"

#define PREFIX "h:"
#define SHOWN_BYTES 16 /* of the digest's 32: no two of 2^64 names meet */

struct keyed_hash {
	EVP_MAC_CTX *mac; /* holds the key */
};

struct key {
	unsigned char bytes[KEYED_HASH_KEY_MAX + 1];
	size_t len;
};

static bool
read_key(int fd, const char *path, struct key *key, struct error *err)
{
	struct stat status;
	ssize_t got;

	if (fstat(fd, &status) != 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return error_set(err, NULL, "%s is no file", path);
	if ((status.st_mode & S_IRWXO) != 0)
		return error_set(err, NULL,
		    "%s may be read by everybody: chmod o= %s", path, path);
	key->len = 0;
	do {
		got = read(fd, key->bytes + key->len,
		    sizeof(key->bytes) - key->len);
		if (got > 0)
			key->len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	return true;
}

static void
drop_line_break(struct key *key)
{
	if (key->len == 0 || key->bytes[key->len - 1] != '\n')
		return;
	key->len--;
	if (key->len > 0 && key->bytes[key->len - 1] == '\r')
		key->len--;
}

static bool
check_length(const struct key *key, const char *path, struct error *err)
{
	if (key->len < KEYED_HASH_KEY_MIN)
		return error_set(err, NULL,
		    "the key in %s has %zu bytes: at least %d are needed "
		    "(openssl rand -hex 32)",
		    path, key->len, KEYED_HASH_KEY_MIN);
	if (key->len > KEYED_HASH_KEY_MAX)
		return error_set(err, NULL,
		    "the key in %s is longer than %d bytes", path,
		    KEYED_HASH_KEY_MAX);
	return true;
}

static struct keyed_hash *
hash_new(const struct key *key)
{
	struct keyed_hash *hash = mem_zalloc(sizeof(*hash));
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
		    0),
		OSSL_PARAM_construct_end(),
	};

	if (mac != NULL)
		hash->mac = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	if (hash->mac == NULL ||
	    EVP_MAC_init(hash->mac, key->bytes, key->len, params) != 1)
		log_fatal(EX_SOFTWARE, "OpenSSL has no HMAC-SHA-256");
	return hash;
}

bool
keyed_hash_open(const char *path, struct keyed_hash **ret_hash,
    struct error *err)
{
	struct key key;
	/* A pipe must not hold up the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	ok = read_key(fd, path, &key, err);
	close(fd);
	if (ok) {
		drop_line_break(&key);
		ok = check_length(&key, path, err);
	}
	if (ok)
		*ret_hash = hash_new(&key);
	OPENSSL_cleanse(&key, sizeof(key));
	return ok;
}

void
keyed_hash_free(struct keyed_hash *hash)
{
	if (hash == NULL)
		return;
	EVP_MAC_CTX_free(hash->mac);
	mem_free(hash);
}

struct span
keyed_hash_text(struct keyed_hash *hash, struct arena *arena, struct span text)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[HASH_SHA256_LEN];
	char *shown = arena_alloc(arena, KEYED_HASH_LEN);
	size_t len = sizeof(PREFIX) - 1;

	/* Without a key: again with the one that it has. */
	if (EVP_MAC_init(hash->mac, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(hash->mac, (const unsigned char *)text.ptr,
		text.len) != 1 ||
	    EVP_MAC_final(hash->mac, digest, NULL, sizeof(digest)) != 1)
		log_fatal(EX_SOFTWARE, "HMAC-SHA-256 failed");
	memcpy(shown, PREFIX, len);
	for (size_t i = 0; i < SHOWN_BYTES; i++) {
		shown[len++] = hex[digest[i] >> 4];
		shown[len++] = hex[digest[i] & 15];
	}
	return span_make(shown, len);
}
