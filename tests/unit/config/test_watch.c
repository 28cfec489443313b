/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config_watch.h"
#include "support/testing.h"

static const struct {
	const char *name;
	const char *address;
	const char *want_host; /* NULL: no TCP */
	uint16_t want_port;
	const char *want_path; /* NULL: no unix socket */
} good[] = {
	{ "IPv4", "127.0.0.1:9310", "127.0.0.1", 9310, NULL },
	{ "all of 127/8 is loopback", "127.8.9.10:1", "127.8.9.10", 1, NULL },
	{ "IPv6", "[::1]:65535", "::1", 65535, NULL },
	{ "unix", "unix:/run/x/m.sock", NULL, 0, "/run/x/m.sock" },
};

static const struct {
	const char *name;
	const char *address;
} bad[] = {
	{ "everybody's", "0.0.0.0:9310" },
	{ "everybody's IPv6", "[::]:9310" },
	{ "another host's", "192.0.2.7:9310" },
	{ "another IPv6", "[2001:db8::1]:9310" },
	{ "a name", "localhost:9310" },
	{ "mapped", "[::ffff:192.0.2.7]:9310" },
	{ "no port", "127.0.0.1" },
	{ "empty port", "127.0.0.1:" },
	{ "port 0", "127.0.0.1:0" },
	{ "port too large", "127.0.0.1:65536" },
	{ "signed port", "127.0.0.1:+1" },
	{ "more behind", "127.0.0.1:9310/metrics" },
	{ "empty", "" },
	{ "relative", "unix:metrics.sock" },
	{ "no path", "unix:" },
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct config_listen listen;
		struct error err = ERROR_NONE;

		if (!config_watch_parse(good[i].address, &listen, &err))
			testing_fail(good[i].name, "%s", err.text);
		if (good[i].want_path != NULL) {
			assert_string_equal(listen.path, good[i].want_path);
			continue;
		}
		assert_null(listen.path);
		assert_string_equal(listen.host, good[i].want_host);
		assert_int_equal(listen.port, good[i].want_port);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct config_listen listen;
		struct error err = ERROR_NONE;

		if (config_watch_parse(bad[i].address, &listen, &err))
			testing_fail(bad[i].name, "taken");
		assert_string_equal(err.code, "IR0206");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
