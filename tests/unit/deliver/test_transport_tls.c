/* SPDX-License-Identifier: Apache-2.0 */
/* TLS: which receivers are trusted, and what is said of the others. */
#include "unit/deliver/tls_world.h"

/* Made once; the names say what is special about each. */
static struct {
	struct identity authority, stranger, between;
	struct identity good, local, other_name, expired, future, chained,
	    unknown, self;
	struct identity client, unknown_client;
	char folder[64];
	char ca[128], stranger_ca[128], certificate[128], key[128];
} pki;

static struct identity
issue(const char *name, const char *hosts, const struct identity *issuer)
{
	struct identity_options options = { .name = name, .hosts = hosts };

	return identity_new(&options, issuer);
}

static void
make_authorities(void)
{
	struct identity_options ca = { .name = "police CA",
		.is_authority = true };

	pki.authority = identity_new(&ca, NULL);
	ca.name = "issuing CA";
	pki.between = identity_new(&ca, &pki.authority);
	ca.name = "stranger CA";
	pki.stranger = identity_new(&ca, NULL);
}

static int
setup(void **state)
{
	struct identity_options old = { .name = "siem",
		.hosts = "DNS:localhost",
		.until = "20210203040500Z" };
	struct identity_options new = { .name = "siem",
		.hosts = "DNS:localhost",
		.from = "20980203040500Z" };

	(void)state;
	make_authorities();
	pki.good = issue("siem", "DNS:localhost,DNS:siem.example",
	    &pki.authority);
	pki.local = issue("siem", "IP:127.0.0.1", &pki.authority);
	pki.other_name = issue("siem", "DNS:siem.example", &pki.authority);
	pki.expired = identity_new(&old, &pki.authority);
	pki.future = identity_new(&new, &pki.authority);
	pki.chained = issue("siem", "DNS:localhost", &pki.between);
	pki.unknown = issue("siem", "DNS:localhost", &pki.stranger);
	pki.self = issue("siem", "DNS:localhost", NULL);
	pki.client = issue("integrityd", NULL, &pki.authority);
	pki.unknown_client = issue("integrityd", NULL, &pki.stranger);
	strcpy(pki.folder, "/tmp/integrity-test-XXXXXX");
	assert_non_null(mkdtemp(pki.folder));
	snprintf(pki.ca, sizeof(pki.ca), "%s/ca", pki.folder);
	snprintf(pki.stranger_ca, sizeof(pki.ca), "%s/stranger", pki.folder);
	snprintf(pki.certificate, sizeof(pki.ca), "%s/cert", pki.folder);
	snprintf(pki.key, sizeof(pki.ca), "%s/key", pki.folder);
	write_certificate(&pki.authority, pki.ca);
	write_certificate(&pki.stranger, pki.stranger_ca);
	return 0;
}

static int
teardown(void **state)
{
	struct identity *all[] = { &pki.authority, &pki.stranger, &pki.between,
		&pki.good, &pki.local, &pki.other_name, &pki.expired,
		&pki.future, &pki.chained, &pki.unknown, &pki.self, &pki.client,
		&pki.unknown_client };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		identity_free(all[i]);
	unlink(pki.ca);
	unlink(pki.stranger_ca);
	unlink(pki.certificate);
	unlink(pki.key);
	return rmdir(pki.folder);
}

enum pins { NO_PIN, ITS_PIN, ANOTHERS_PIN, BOTH_PINS };

struct trust_case {
	const char *name;
	struct identity *server;
	const char *host; /* of the address */
	const char *ca;
	const char *server_name;
	enum pins pins;
	struct identity *client; /* NULL: none */
	bool is_demanded;	 /* a certificate of the client */
	const char *error;	 /* NULL: frames get there */
	const char *and_says;
	const char *asked_for; /* SNI; NULL: not looked at */
	int64_t dead_us;
};

static const struct trust_case cases[] = {
	{ "the name is right", &pki.good, "localhost", pki.ca,
	    .asked_for = "localhost" },
	{ "another of its names", &pki.good, "127.0.0.1", pki.ca,
	    .server_name = "siem.example", .asked_for = "siem.example" },
	{ "the root's dot", &pki.good, "127.0.0.1", pki.ca,
	    .server_name = "siem.example.", .asked_for = "siem.example" },
	{ "the address is right", &pki.local, "127.0.0.1", pki.ca,
	    .asked_for = "" },
	{ "an authority between", &pki.chained, "localhost", pki.ca,
	    .asked_for = "localhost" },
	{ "another authority", &pki.unknown, "localhost", pki.ca,
	    .error = "unable to get local issuer certificate",
	    .and_says = "/CN=siem" },
	{ "no authority", &pki.self, "localhost", pki.ca,
	    .error = "self-signed certificate" },
	{ "none of the system's", &pki.good, "localhost", NULL,
	    .error = "unable to get local issuer certificate" },
	{ "another name", &pki.other_name, "localhost", pki.ca,
	    .error = "ostname mismatch", .and_says = "not for localhost" },
	{ "another name wanted", &pki.good, "localhost", pki.ca,
	    .server_name = "acu.example", .error = "ostname mismatch",
	    .and_says = "not for acu.example" },
	{ "no address in it", &pki.good, "127.0.0.1", pki.ca,
	    .error = "IP address mismatch", .and_says = "not for 127.0.0.1" },
	{ "expired", &pki.expired, "localhost", pki.ca,
	    .error = "certificate has expired",
	    .and_says = "on 2021-02-03 04:05 UTC" },
	{ "not valid yet", &pki.future, "localhost", pki.ca,
	    .error = "certificate is not yet valid",
	    .and_says = "before 2098-02-03 04:05 UTC" },
	{ "pinned, whatever else", &pki.expired, "127.0.0.1", NULL,
	    .pins = ITS_PIN },
	{ "one of two pins", &pki.self, "127.0.0.1", NULL, .pins = BOTH_PINS },
	{ "another is pinned", &pki.good, "localhost", NULL,
	    .pins = ANOTHERS_PIN, .error = "fingerprint is not configured",
	    .and_says = "sha-256:" },
	{ "pinned and vouched for", &pki.good, "localhost", pki.ca,
	    .pins = ITS_PIN },
	{ "pinned, but expired", &pki.expired, "localhost", pki.ca,
	    .pins = ITS_PIN, .error = "certificate has expired" },
	{ "vouched for, not pinned", &pki.good, "localhost", pki.ca,
	    .pins = ANOTHERS_PIN, .error = "fingerprint is not configured" },
	{ "ours is asked for", &pki.good, "localhost", pki.ca,
	    .client = &pki.client, .is_demanded = true },
	{ "we have none", &pki.good, "localhost", pki.ca, .is_demanded = true,
	    .error = "certificate required" },
	{ "ours is unknown", &pki.good, "localhost", pki.ca,
	    .client = &pki.unknown_client, .is_demanded = true,
	    .error = "alert unknown ca" },
};

static struct world *
open_world(const struct trust_case *one, struct receiver **ret_server,
    int max_version)
{
	struct transport_tls_options tls = { .ca_file = one->ca,
		.server_name = one->server_name };
	char its[65], anothers[65];
	const char *pins[2] = { its, anothers };
	struct world *world = world_new();

	identity_fingerprint(one->server, its);
	identity_fingerprint(&pki.stranger, anothers);
	tls.fingerprints = one->pins == ITS_PIN ? &pins[0] : &pins[1];
	tls.fingerprint_count = one->pins == NO_PIN ? 0 : 1;
	if (one->pins == BOTH_PINS) {
		pins[0] = anothers;
		pins[1] = its;
		tls.fingerprints = pins;
		tls.fingerprint_count = 2;
	}
	if (one->client != NULL) {
		write_certificate(one->client, pki.certificate);
		write_key(one->client, pki.key, NULL);
		tls.certificate_file = pki.certificate;
		tls.key_file = pki.key;
	}
	*ret_server = receiver_new(world, one->server,
	    bind_port(world, SOCK_STREAM, one->host));
	if (max_version != 0)
		SSL_CTX_set_max_proto_version((*ret_server)->context,
		    max_version);
	if (one->is_demanded)
		receiver_demand(*ret_server, &pki.authority);
	world->options.tls = &tls;
	world->options.dead_us = one->dead_us;
	open_transport(world, TRANSPORT_TLS);
	return world;
}

static void
check_case(const struct trust_case *one, int max_version)
{
	struct receiver *server;
	struct world *world = open_world(one, &server, max_version);

	if (one->error == NULL) {
		run_until(world, false, world->connects == 1);
		must_send(world, 1, "<1>1 x");
		run_until(world, false, world->received.len == 8);
		assert_span_equal_in(one->name, buffer_span(&world->received),
		    SPAN("6 <1>1 x"));
		if (one->asked_for != NULL)
			assert_string_equal(server->asked_for, one->asked_for);
	} else {
		run_until(world, false, world->disconnects == 1);
		if (strstr(world->error, one->error) == NULL ||
		    (one->and_says != NULL &&
			strstr(world->error, one->and_says) == NULL))
			testing_fail(one->name, "got \"%s\", want \"%s\"",
			    world->error, one->error);
		assert_int_equal(world->received.len, 0);
	}
	transport_close(world->transport);
	world->transport = NULL;
	receiver_free(server);
	world_free(world);
}

static void
test_trust(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i], 0);
}

/* There the client's certificate is refused before the handshake ends. */
static void
test_trust_1_2(void **state)
{
	struct trust_case one;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		one = cases[i];
		if (one.error != NULL &&
		    strcmp(one.error, "certificate required") == 0)
			one.error = "alert handshake failure";
		check_case(&one, TLS1_2_VERSION);
	}
}

/* What is pinned can be read from the message. */
static void
test_tells_fingerprint(void **state)
{
	struct trust_case one = { "", &pki.good, "localhost", NULL,
		.pins = ANOTHERS_PIN, .error = "sha-256" };
	char want[65], got[65];
	struct receiver *server;
	struct world *world;
	const char *c;
	size_t len = 0;

	(void)state;
	world = open_world(&one, &server, 0);
	run_until(world, false, world->disconnects == 1);
	c = strstr(world->error, "sha-256:");
	assert_non_null(c);
	for (c += strlen("sha-256"); *c != '\0' && len < 64; c += 3) {
		assert_int_equal(*c, ':');
		memcpy(got + len, c + 1, 2);
		len += 2;
	}
	got[len] = '\0';
	identity_fingerprint(&pki.good, want);
	assert_string_equal(got, want);
	transport_close(world->transport);
	world->transport = NULL;
	receiver_free(server);
	world_free(world);
}

static void
test_old_protocol(void **state)
{
	struct trust_case one = { "TLS 1.1", &pki.good, "localhost", pki.ca,
		.error = "alert" };

	(void)state;
	check_case(&one, TLS1_1_VERSION);
}

/* ---- Files ---- */

static void
want_refused(const struct transport_tls_options *tls, const char *want)
{
	struct world *world = world_new();
	struct error err = ERROR_NONE;

	strcpy(world->address, "localhost:6514");
	world->options = (struct transport_options){ .kind = TRANSPORT_TLS,
		.name = "siem",
		.address = world->address,
		.tls = tls,
		.buffer_bytes = MIB };
	assert_false(transport_open(world->base, &world->options, &events,
	    world, &world->transport, &err));
	if (strstr(err.text, want) == NULL)
		testing_fail(want, "got \"%s\"", err.text);
	assert_int_equal(ERR_peek_error(), 0);
	world_free(world);
}

static void
test_bad_files(void **state)
{
	struct transport_tls_options tls = { .ca_file = "/nonexistent/ca" };
	const char *pin = "6b86";

	(void)state;
	write_certificate(&pki.client, pki.certificate);
	write_key(&pki.client, pki.key, NULL);
	want_refused(&tls, "/nonexistent/ca: No such file or directory");
	tls.ca_file = pki.key;
	want_refused(&tls, "no certificate or crl found");
	tls.ca_file = pki.ca;
	tls.certificate_file = pki.certificate;
	want_refused(&tls, "go together");
	tls.key_file = "/nonexistent/key";
	want_refused(&tls, "/nonexistent/key: No such file or directory");
	tls.key_file = pki.folder;
	want_refused(&tls, "not a regular file");
	tls.key_file = pki.ca;
	assert_int_equal(chmod(pki.ca, 0600), 0);
	want_refused(&tls, pki.ca);
	tls.key_file = pki.key;
	assert_int_equal(chmod(pki.key, 0644), 0);
	want_refused(&tls, "others may read (mode 0644)");
	write_key(&pki.client, pki.key, "secret");
	want_refused(&tls, "wants a password");
	write_key(&pki.good, pki.key, NULL);
	want_refused(&tls, "key values mismatch");
	tls.certificate_file = tls.key_file = NULL;
	tls.fingerprints = &pin;
	tls.fingerprint_count = 1;
	want_refused(&tls, "`6b86` is no SHA-256 fingerprint");
}

/* Owner and group may read it, as those of Debian's ssl-cert are. */
static void
test_group_reads(void **state)
{
	struct transport_tls_options tls = { .ca_file = pki.ca,
		.certificate_file = pki.certificate,
		.key_file = pki.key };
	struct world *world = world_new();

	(void)state;
	write_certificate(&pki.client, pki.certificate);
	write_key(&pki.client, pki.key, NULL);
	assert_int_equal(chmod(pki.key, 0640), 0);
	strcpy(world->address, "127.0.0.1:1");
	world->options.tls = &tls;
	open_transport(world, TRANSPORT_TLS);
	world_free(world);
}

/* Renewed files are used by the next connection. */
static void
test_renewed(void **state)
{
	struct trust_case one = { "", &pki.good, "localhost", pki.ca,
		.client = &pki.unknown_client, .is_demanded = true };
	struct receiver *server;
	struct world *world = open_world(&one, &server, 0);

	(void)state;
	run_until(world, false, world->disconnects == 1);
	assert_non_null(strstr(world->error, "alert unknown ca"));
	/* Between two writes a key may not fit: that is told, and tried. */
	write_certificate(&pki.client, pki.certificate);
	run_until(world, false, world->disconnects == 2);
	assert_non_null(strstr(world->error, "key values mismatch"));
	write_key(&pki.client, pki.key, NULL);
	world->connects = 0;
	run_until(world, false, world->connects == 1);
	must_send(world, 1, "x");
	run_until(world, false, world->received.len == 3);
	transport_close(world->transport);
	world->transport = NULL;
	receiver_free(server);
	world_free(world);
}

/* One frame takes seconds, far longer than a receiver may take nothing. */
static void
test_slow(void **state)
{
	struct trust_case one = { "", &pki.good, "localhost", pki.ca,
		.dead_us = 400000 };
	struct timeval tick = { 0, 50000 };
	struct ev_token_bucket_cfg *rate = ev_token_bucket_cfg_new(16384, 16384,
	    EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, &tick);
	struct receiver *server;
	struct world *world = open_world(&one, &server, 0);
	size_t len = MIB;
	char *frame = mem_zalloc(len);
	int room = 32768;

	(void)state;
	assert_int_equal(setsockopt(evconnlistener_get_fd(server->listener),
			     SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)),
	    0);
	run_until(world, false, world->connects == 1);
	bufferevent_set_rate_limit(server->peer, rate);
	assert_true(send_frame(world, 1, frame, len));
	run_until(world, false,
	    world->received.len == len + strlen("1048576 "));
	assert_int_equal(world->disconnects, 0);
	transport_close(world->transport);
	world->transport = NULL;
	receiver_free(server);
	world_free(world);
	ev_token_bucket_cfg_free(rate);
	mem_free(frame);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_trust_1_2),
		cmocka_unit_test(test_tells_fingerprint),
		cmocka_unit_test(test_old_protocol),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_group_reads),
		cmocka_unit_test(test_renewed),
		cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
