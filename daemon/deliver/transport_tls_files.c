/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/check.h"

#include "deliver/transport_tls_files.h"

#define KEY_BYTES_MAX (64 * 1024)

const char *
transport_tls_files_reason(unsigned long code)
{
	const char *reason;

	if (ERR_SYSTEM_ERROR(code))
		return strerror((int)ERR_GET_REASON(code));
	reason = ERR_reason_error_string(code);
	return reason != NULL ? reason : "unknown error of OpenSSL";
}

/* The first in the queue is the cause, the others say who saw it. */
static bool
failed(const char *path, struct error *err)
{
	unsigned long code = ERR_get_error();

	ERR_clear_error();
	return error_set(err, NULL, "%s: %s", path,
	    transport_tls_files_reason(code));
}

/* ---- The private key ---- */

/* Of the file that is read, not of the one that may have taken its name. */
static bool
check_mode(const char *path, int fd, struct error *err)
{
	struct stat stat;

	if (fstat(fd, &stat) != 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return error_set(err, NULL, "%s: not a regular file", path);
	if ((stat.st_mode & S_IRWXO) != 0)
		return error_set(err, NULL,
		    "%s: a private key that others may read (mode %04o): "
		    "chmod o= it",
		    path, (unsigned)stat.st_mode & 07777);
	return true;
}

static bool
read_all(const char *path, int fd, char *bytes, size_t *ret_len,
    struct error *err)
{
	ssize_t got;
	size_t len;

	for (len = 0; len < KEY_BYTES_MAX; len += (size_t)got) {
		got = read(fd, bytes + len, KEY_BYTES_MAX - len);
		if (got < 0)
			return error_set(err, NULL, "%s: %s", path,
			    strerror(errno));
		if (got == 0)
			break;
	}
	if (len == KEY_BYTES_MAX)
		return error_set(err, NULL, "%s: too large for a key", path);
	*ret_len = len;
	return true;
}

/* Nobody is there to type it. */
static int
on_password(char *password, int size, int is_writing, void *context)
{
	(void)password;
	(void)size;
	(void)is_writing;
	*(bool *)context = true;
	return -1;
}

static bool
parse_key(SSL_CTX *context, const char *path, const char *bytes, size_t len,
    struct error *err)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)len);
	bool wants_password = false, ok = false;
	EVP_PKEY *key;

	CHECK(bio != NULL);
	key = PEM_read_bio_PrivateKey(bio, NULL, on_password, &wants_password);
	if (wants_password)
		error_set(err, NULL,
		    "%s: the key wants a password, which nobody can give",
		    path);
	else if (key == NULL)
		failed(path, err);
	else if (SSL_CTX_use_PrivateKey(context, key) != 1)
		failed(path, err);
	else
		ok = true;
	ERR_clear_error();
	EVP_PKEY_free(key);
	BIO_free(bio);
	return ok;
}

static bool
read_key(SSL_CTX *context, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	char *bytes;
	bool ok;

	if (fd < 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	bytes = OPENSSL_malloc(KEY_BYTES_MAX);
	CHECK(bytes != NULL);
	ok = check_mode(path, fd, err) &&
	    read_all(path, fd, bytes, &len, err) &&
	    parse_key(context, path, bytes, len, err);
	OPENSSL_clear_free(bytes, KEY_BYTES_MAX);
	close(fd);
	return ok;
}

/* ---- All of them ---- */

/* TLS 1.2 at least (RFC 9662); ciphers as the library's security level. */
static SSL_CTX *
new_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	CHECK(context != NULL);
	CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
	(void)SSL_CTX_set_options(context,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_IGNORE_UNEXPECTED_EOF);

	/* A resumed session would not look at certificates again. */
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	return context;
}

static bool
read_files(SSL_CTX *context, const char *ca_file, const char *certificate_file,
    const char *key_file, struct error *err)
{
	if (ca_file != NULL && SSL_CTX_load_verify_file(context, ca_file) != 1)
		return failed(ca_file, err);
	if (certificate_file == NULL)
		return true;
	if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1)
		return failed(certificate_file, err);
	if (!read_key(context, key_file, err))
		return false;
	if (SSL_CTX_check_private_key(context) != 1)
		return failed(key_file, err);
	return true;
}

bool
transport_tls_files_read(const char *ca_file, const char *certificate_file,
    const char *key_file, SSL_CTX **ret_context, struct error *err)
{
	SSL_CTX *context = new_context();

	ERR_clear_error();
	if (!read_files(context, ca_file, certificate_file, key_file, err)) {
		SSL_CTX_free(context);
		return false;
	}
	*ret_context = context;
	return true;
}
