/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"

#include "deliver/transport_internal.h"
#include "deliver/transport_tls_files.h"

#define PREFIX_BYTES 24 /* of transport_stream.c */
#define FAULT_BYTES 512
#define SUBJECT_BYTES 160

struct transport_tls {
	char *ca_file, *certificate_file, *key_file; /* NULL: none */
	char *name; /* of the receiver, as its certificate must have it */
	uint8_t (*pins)[HASH_SHA256_LEN];
	size_t pin_count;
	bool trusts_chain; /* authorities and the name are asked for */
	/* of one connection */
	SSL *ssl; /* until the bufferevent owns it */
	bool is_broken;
	char fault[FAULT_BYTES]; /* what is wrong with the certificate */
};

/* ---- Is the certificate the right one? ---- */

static void
note(struct transport_tls *tls, const char *fault)
{
	if (tls->fault[0] == '\0')
		(void)snprintf(tls->fault, sizeof(tls->fault), "%s", fault);
}

static void
describe_date(const ASN1_TIME *time, char *text, size_t size)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		(void)snprintf(text, size, "an unreadable date");
	else
		(void)snprintf(text, size, "%04d-%02d-%02d %02d:%02d UTC",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		    tm.tm_min);
}

/* What the message of OpenSSL leaves open: which date, which name. */
static void
describe(const struct transport_tls *tls, const X509 *certificate, int error,
    char *text, size_t size)
{
	char date[64];

	text[0] = '\0';
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		describe_date(X509_get0_notAfter(certificate), date,
		    sizeof(date));
		(void)snprintf(text, size, " on %s", date);
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		describe_date(X509_get0_notBefore(certificate), date,
		    sizeof(date));
		(void)snprintf(text, size, " before %s", date);
		break;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		(void)snprintf(text, size, ": it is not for %s", tls->name);
		break;
	}
}

static int
on_verified(int ok, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	const X509 *certificate = X509_STORE_CTX_get_current_cert(store);
	struct transport_tls *tls = SSL_get_app_data(ssl);
	char fault[FAULT_BYTES], more[FAULT_BYTES / 2];
	char subject[SUBJECT_BYTES] = "";
	int error = X509_STORE_CTX_get_error(store);

	if (ok == 1 || certificate == NULL)
		return ok;
	(void)X509_NAME_oneline(X509_get_subject_name(certificate), subject,
	    sizeof(subject));
	describe(tls, certificate, error, more, sizeof(more));
	(void)snprintf(fault, sizeof(fault), "%s%s (%s)",
	    X509_verify_cert_error_string(error), more, subject);
	note(tls, fault);
	return ok;
}

static bool
is_pinned(const struct transport_tls *tls, const uint8_t *digest)
{
	for (size_t i = 0; i < tls->pin_count; i++)
		if (memcmp(tls->pins[i], digest, HASH_SHA256_LEN) == 0)
			return true;
	return false;
}

/* Tells the one there is, for whoever has to compare and configure it. */
static void
note_unpinned(struct transport_tls *tls, const uint8_t *digest)
{
	char fault[FAULT_BYTES];
	size_t len;

	len = (size_t)snprintf(fault, sizeof(fault),
	    "its fingerprint is not configured: sha-256");
	for (size_t i = 0; i < HASH_SHA256_LEN; i++)
		len += (size_t)snprintf(fault + len, sizeof(fault) - len,
		    ":%02X", digest[i]);
	note(tls, fault);
}

static int
on_pinned(X509_STORE_CTX *store, void *context)
{
	struct transport_tls *tls = context;
	uint8_t digest[HASH_SHA256_LEN];

	if (tls->trusts_chain && X509_verify_cert(store) != 1)
		return 0;
	if (X509_digest(X509_STORE_CTX_get0_cert(store), EVP_sha256(), digest,
		NULL) == 1 &&
	    is_pinned(tls, digest)) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	note_unpinned(tls, digest);
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

/* ---- A connection ---- */

static bool
set_trust(struct transport_tls *tls, SSL_CTX *context, struct error *err)
{
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verified);
	if (tls->pin_count > 0)
		SSL_CTX_set_cert_verify_callback(context, on_pinned, tls);
	else if (tls->ca_file == NULL &&
	    SSL_CTX_set_default_verify_paths(context) != 1)
		return error_set(err, NULL,
		    "no authorities: OpenSSL finds none on this system");
	return true;
}

static bool
set_name(const struct transport_tls *tls, SSL *ssl, struct error *err)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	bool is_ip = X509_VERIFY_PARAM_set1_ip_asc(param, tls->name) == 1;
	bool ok = true;

	ERR_clear_error();
	if (!is_ip)
		ok = SSL_set_tlsext_host_name(ssl, tls->name) == 1;
	if (tls->trusts_chain && !is_ip) {
		X509_VERIFY_PARAM_set_hostflags(param,
		    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
		ok = ok && X509_VERIFY_PARAM_set1_host(param, tls->name, 0);
	}
	if (!ok)
		return error_set(err, NULL, "`%s` is no name of a host",
		    tls->name);
	return true;
}

/* Files are read for each connection: they may have been renewed. */
static bool
new_ssl(struct transport_tls *tls, SSL **ret_ssl, struct error *err)
{
	SSL_CTX *context = NULL;
	SSL *ssl = NULL;
	bool ok = false;

	if (!transport_tls_files_read(tls->ca_file, tls->certificate_file,
		tls->key_file, &context, err) ||
	    !set_trust(tls, context, err))
		goto out;
	ssl = SSL_new(context);
	CHECK(ssl != NULL && SSL_set_app_data(ssl, tls) == 1);
	if (!set_name(tls, ssl, err))
		goto out;
	*ret_ssl = ssl;
	ssl = NULL;
	ok = true;
out:
	SSL_free(ssl);
	SSL_CTX_free(context);
	return ok;
}

static bool
tls_connect(struct transport *transport, const struct sockaddr *to,
    socklen_t len, struct error *err)
{
	struct transport_tls *tls = transport->tls;

	tls->fault[0] = '\0';
	tls->is_broken = false;
	return new_ssl(tls, &tls->ssl, err) &&
	    transport_stream_connect(transport, to, len, err);
}

/*
 * Never SSL_MODE_ENABLE_PARTIAL_WRITE: libevent would take a part of a piece
 * for all of it, and go on with the next.
 */
static bool
tls_wrap(struct transport *transport, int fd, struct error *err)
{
	struct transport_tls *tls = transport->tls;
	struct bufferevent *stream = bufferevent_openssl_socket_new(
	    transport->base, fd, tls->ssl, BUFFEREVENT_SSL_CONNECTING,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);

	(void)err;
	tls->ssl = NULL;
	transport_stream_open(transport, stream);
	bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
	return true;
}

/* The end is told (RFC 5425, 4.4), unless there is no telling any more. */
static void
tls_disconnect(struct transport *transport)
{
	struct transport_tls *tls = transport->tls;

	if (transport->stream != NULL && transport->state == TRANSPORT_UP &&
	    !tls->is_broken) {
		(void)SSL_shutdown(
		    bufferevent_openssl_get_ssl(transport->stream));
		ERR_clear_error();
	}
	SSL_free(tls->ssl);
	tls->ssl = NULL;
	transport_stream_disconnect(transport);
}

static void
tls_explain(struct transport *transport, short what, struct error *err)
{
	struct transport_tls *tls = transport->tls;
	unsigned long code = bufferevent_get_openssl_error(transport->stream);
	const char *when = transport->state == TRANSPORT_UP ?
	    "" :
	    " during the TLS handshake";
	int error = EVUTIL_SOCKET_ERROR();

	tls->is_broken = true;
	if (tls->fault[0] != '\0')
		error_set(err, NULL,
		    "the receiver's certificate is refused: "
		    "%s",
		    tls->fault);
	else if (code != 0)
		error_set(err, NULL, "TLS: %s%s",
		    transport_tls_files_reason(code), when);
	else if ((what & BEV_EVENT_ERROR) != 0 && error != 0)
		error_set(err, NULL, "%s%s",
		    evutil_socket_error_to_string(error), when);
	else
		error_set(err, NULL, "the receiver closed the connection%s",
		    when);
}

const struct transport_calls transport_tls_calls = {
	.connect = tls_connect,
	.disconnect = tls_disconnect,
	.write = transport_stream_write,
	.held = transport_stream_held,
	.taken = transport_stream_taken,
	.wrap = tls_wrap,
	.explain = tls_explain,
	.socket_type = SOCK_STREAM,
	.overhead = PREFIX_BYTES,
};

/* ---- What is configured ---- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
parse_pin(const char *text, uint8_t *pin, struct error *err)
{
	bool ok = strlen(text) == 2 * HASH_SHA256_LEN;

	for (size_t i = 0; ok && i < HASH_SHA256_LEN; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);

		ok = high >= 0 && low >= 0;
		if (ok)
			pin[i] = (uint8_t)(high * 16 + low);
	}
	if (!ok)
		return error_set(err, NULL, "`%s` is no SHA-256 fingerprint",
		    text);
	return true;
}

static char *
copy(const char *text)
{
	return text != NULL ? mem_strdup(text) : NULL;
}

static bool
copy_options(struct transport_tls *tls,
    const struct transport_tls_options *options, struct error *err)
{
	if ((options->certificate_file == NULL) != (options->key_file == NULL))
		return error_set(err, NULL,
		    "a certificate and its key go together");
	tls->ca_file = copy(options->ca_file);
	tls->certificate_file = copy(options->certificate_file);
	tls->key_file = copy(options->key_file);
	tls->pin_count = options->fingerprint_count;
	tls->pins = mem_array(tls->pin_count + 1, sizeof(*tls->pins));
	for (size_t i = 0; i < tls->pin_count; i++)
		if (!parse_pin(options->fingerprints[i], tls->pins[i], err))
			return false;
	tls->trusts_chain = tls->pin_count == 0 || tls->ca_file != NULL;
	return true;
}

bool
transport_tls_new(const struct transport_tls_options *options, const char *host,
    struct transport_tls **ret_tls, struct error *err)
{
	static const struct transport_tls_options none;
	struct transport_tls *tls = mem_zalloc(sizeof(*tls));
	SSL *ssl = NULL;
	size_t len;

	if (options == NULL)
		options = &none;
	tls->name = mem_strdup(options->server_name != NULL ?
		options->server_name :
		host);
	len = strlen(tls->name);
	if (len > 1 && tls->name[len - 1] == '.')
		tls->name[len - 1] = '\0'; /* the root is in no certificate */
	if (!copy_options(tls, options, err) || !new_ssl(tls, &ssl, err)) {
		transport_tls_free(tls);
		return false;
	}
	SSL_free(ssl);
	*ret_tls = tls;
	return true;
}

void
transport_tls_free(struct transport_tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	mem_free(tls->ca_file);
	mem_free(tls->certificate_file);
	mem_free(tls->key_file);
	mem_free(tls->name);
	mem_free(tls->pins);
	mem_free(tls);
}
