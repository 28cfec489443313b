/* SPDX-License-Identifier: Apache-2.0 */
/* Receivers in the loop of the test, also of TLS, and certificates. */
#ifndef UNIT_DELIVER_TLS_WORLD_H
#define UNIT_DELIVER_TLS_WORLD_H

#include <sys/stat.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "unit/deliver/transport_world.h"

/* ---- Certificates ---- */

struct identity {
	EVP_PKEY *key;
	X509 *certificate;
	const struct identity *issuer; /* NULL: itself */
};

struct identity_options {
	const char *name;	  /* CN */
	const char *hosts;	  /* subjectAltName, or NULL */
	const char *from, *until; /* YYYYMMDDHHMMSSZ; NULL: 2020 to 2099 */
	bool is_authority;
};

static inline void
add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static inline struct identity
identity_new(const struct identity_options *options,
    const struct identity *issuer)
{
	struct identity identity = { EVP_EC_gen("P-256"), X509_new(), issuer };
	const struct identity *signer = issuer != NULL ? issuer : &identity;
	X509 *certificate = identity.certificate;
	X509_NAME *name = X509_get_subject_name(certificate);

	assert_non_null(identity.key);
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	ASN1_TIME_set_string(X509_getm_notBefore(certificate),
	    options->from != NULL ? options->from : "20200101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(certificate),
	    options->until != NULL ? options->until : "20990101000000Z");
	X509_set_pubkey(certificate, identity.key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)options->name, -1, -1, 0);
	X509_set_issuer_name(certificate,
	    X509_get_subject_name(signer->certificate));
	add_extension(certificate, NID_basic_constraints,
	    options->is_authority ? "critical,CA:TRUE" : "CA:FALSE");
	if (options->hosts != NULL)
		add_extension(certificate, NID_subject_alt_name,
		    options->hosts);
	assert_true(X509_sign(certificate, signer->key, EVP_sha256()) > 0);
	return identity;
}

static inline void
identity_free(struct identity *identity)
{
	EVP_PKEY_free(identity->key);
	X509_free(identity->certificate);
}

/* 64 digits and NUL. */
static inline void
identity_fingerprint(const struct identity *identity, char *text)
{
	uint8_t digest[32];

	X509_digest(identity->certificate, EVP_sha256(), digest, NULL);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02X", digest[i]);
}

static inline void
write_certificate(const struct identity *identity, const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	PEM_write_X509(file, identity->certificate);
	if (identity->issuer != NULL)
		PEM_write_X509(file, identity->issuer->certificate);
	fclose(file);
}

static inline void
write_key(const struct identity *identity, const char *path,
    const char *password)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fchmod(fileno(file), 0600), 0);
	PEM_write_PrivateKey(file, identity->key,
	    password != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
	    (char *)(uintptr_t)password);
	fclose(file);
}

/* ---- The receiver ---- */

struct receiver {
	struct world *world;
	SSL_CTX *context;
	struct evconnlistener *listener;
	struct bufferevent *peer;
	bool is_deaf; /* reads nothing once connected */
	bool is_mute; /* not even the handshake */
	unsigned accepted, ended;
	int held;	    /* the socket of a mute one, or -1 */
	char asked_for[64]; /* SNI */
};

static inline void
receiver_drop(struct receiver *server)
{
	if (server->peer != NULL)
		bufferevent_free(server->peer);
	server->peer = NULL;
	close_fd(&server->held);
}

static inline void
receiver_read(struct bufferevent *peer, void *context)
{
	struct receiver *server = context;
	struct evbuffer *input = bufferevent_get_input(peer);
	size_t len = evbuffer_get_length(input);
	char *bytes = buffer_reserve(&server->world->received, len);

	assert_int_equal(evbuffer_remove(input, bytes, len), len);
	server->world->received.len += len;
}

static inline void
receiver_event(struct bufferevent *peer, short what, void *context)
{
	struct receiver *server = context;
	const char *name;

	if (what & BEV_EVENT_CONNECTED) {
		name = SSL_get_servername(bufferevent_openssl_get_ssl(peer),
		    TLSEXT_NAMETYPE_host_name);
		snprintf(server->asked_for, sizeof(server->asked_for), "%s",
		    name != NULL ? name : "");
		if (server->is_deaf)
			bufferevent_disable(peer, EV_READ);
		return;
	}
	if (what & BEV_EVENT_EOF)
		server->ended++;
	bufferevent_free(peer);
	if (server->peer == peer)
		server->peer = NULL;
}

static inline void
receiver_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *from, int len, void *context)
{
	struct receiver *server = context;

	(void)listener;
	(void)from;
	(void)len;
	receiver_drop(server);
	server->accepted++;
	if (server->is_mute) {
		server->held = fd;
		return;
	}
	server->peer = server->context == NULL ?
	    bufferevent_socket_new(server->world->base, fd,
		BEV_OPT_CLOSE_ON_FREE) :
	    bufferevent_openssl_socket_new(server->world->base, fd,
		SSL_new(server->context), BUFFEREVENT_SSL_ACCEPTING,
		BEV_OPT_CLOSE_ON_FREE);
	assert_non_null(server->peer);
	bufferevent_setcb(server->peer, receiver_read, NULL, receiver_event,
	    server);
	bufferevent_enable(server->peer,
	    server->context == NULL && server->is_deaf ? EV_WRITE :
							 EV_READ | EV_WRITE);
}

static inline void
receiver_identify(struct receiver *server, const struct identity *identity)
{
	server->context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(server->context,
			     identity->certificate),
	    1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server->context, identity->key),
	    1);
	if (identity->issuer != NULL && identity->issuer->issuer != NULL)
		SSL_CTX_add1_chain_cert(server->context,
		    identity->issuer->certificate);
}

/* On a bound socket; speaks TLS with the identity, or none with NULL. */
static inline struct receiver *
receiver_new(struct world *world, const struct identity *identity, int fd)
{
	struct receiver *server = mem_zalloc(sizeof(*server));

	server->world = world;
	server->held = -1;
	if (identity != NULL)
		receiver_identify(server, identity);
	server->listener = evconnlistener_new(world->base, receiver_accept,
	    server, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 8, fd);
	assert_non_null(server->listener);
	return server;
}

/* Wants a certificate of an authority. */
static inline void
receiver_demand(struct receiver *server, const struct identity *authority)
{
	X509_STORE_add_cert(SSL_CTX_get_cert_store(server->context),
	    authority->certificate);
	SSL_CTX_set_verify(server->context,
	    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

/* As a host that lost its memory of the connection does. */
static inline void
receiver_reset(struct receiver *server)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	assert_int_equal(setsockopt(bufferevent_getfd(server->peer), SOL_SOCKET,
			     SO_LINGER, &linger, sizeof(linger)),
	    0);
	receiver_drop(server);
}

static inline void
receiver_free(struct receiver *server)
{
	receiver_drop(server);
	evconnlistener_free(server->listener);
	SSL_CTX_free(server->context);
	mem_free(server);
}

#endif
