/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "support/testing.h"

#include "deliver/address.h"
#include "deliver/backoff.h"

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		const char *host; /* NULL: refused */
		int port;
		bool is_numeric;
	} cases[] = {
		{ "127.0.0.1:514", "127.0.0.1", 514, true },
		{ "[::1]:6514", "::1", 6514, true },
		{ "[fe80::1]:1", "fe80::1", 1, true },
		{ "siem.example:65535", "siem.example", 65535, false },
		{ "localhost:1", "localhost", 1, false },
		{ "999.0.0.1:1", "999.0.0.1", 1, false },
		{ "", NULL, 0, false },
		{ "siem", NULL, 0, false },
		{ ":514", NULL, 0, false },
		{ "siem:", NULL, 0, false },
		{ "siem:0", NULL, 0, false },
		{ "siem:65536", NULL, 0, false },
		{ "siem:99999999999999999999", NULL, 0, false },
		{ "siem:51x", NULL, 0, false },
		{ "siem:-1", NULL, 0, false },
		{ "::1:514", NULL, 0, false },
		{ "[::1]", NULL, 0, false },
		{ "[::1:514", NULL, 0, false },
		{ "[::1]x:514", NULL, 0, false },
		{ "[siem]:514", NULL, 0, false },
		{ "[]:514", NULL, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address;
		struct error err = ERROR_NONE;
		bool ok = address_parse(cases[i].text, &address, &err);

		if (ok != (cases[i].host != NULL))
			testing_fail(cases[i].text, "got %d (%s)", ok,
			    err.text);
		if (!ok) {
			assert_true(err.text[0] != '\0');
			continue;
		}
		assert_string_equal(address.host, cases[i].host);
		assert_int_equal(address.port, cases[i].port);
		assert_int_equal(address.is_numeric, cases[i].is_numeric);
	}
}

static void
test_numeric(void **state)
{
	struct address address;
	struct error err = ERROR_NONE;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&address
					   .socket;

	(void)state;
	assert_true(address_parse("192.0.2.7:514", &address, &err));
	assert_int_equal(in->sin_family, AF_INET);
	assert_int_equal(ntohs(in->sin_port), 514);
	assert_int_equal(ntohl(in->sin_addr.s_addr), 0xc0000207);
	assert_int_equal(address.socket_len, sizeof(*in));
}

static void
test_path(void **state)
{
	char path[200];
	struct address address;
	struct error err = ERROR_NONE;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&address
					   .socket;

	(void)state;
	assert_true(address_parse_path("/dev/log", &address, &err));
	assert_string_equal(un->sun_path, "/dev/log");
	assert_int_equal(un->sun_family, AF_UNIX);
	assert_false(address_parse_path("dev/log", &address, &err));
	assert_false(address_parse_path("", &address, &err));

	/* unix(7): 108 bytes with the NUL. */
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[108] = '\0';
	assert_false(address_parse_path(path, &address, &err));
	path[107] = '\0';
	assert_true(address_parse_path(path, &address, &err));
}

/* 0.1 s doubling to 30 s, each less up to a quarter; the same every time. */
static void
test_backoff(void **state)
{
	static const int64_t longest_ms[] = { 100, 200, 400, 800, 1600, 3200,
		6400, 12800, 25600, 30000, 30000, 30000 };
	struct backoff a, again, other;
	unsigned different = 0;

	(void)state;
	backoff_init(&a, SPAN("siem"));
	backoff_init(&again, SPAN("siem"));
	backoff_init(&other, SPAN("acu"));
	for (size_t i = 0; i < sizeof(longest_ms) / sizeof(longest_ms[0]);
	    i++) {
		int64_t delay_us = backoff_next_us(&a);

		assert_true(delay_us <= longest_ms[i] * 1000);
		assert_true(delay_us >= longest_ms[i] * 750);
		assert_int_equal(delay_us, backoff_next_us(&again));
		different += delay_us != backoff_next_us(&other);
	}
	assert_true(different > 0);
	backoff_reset(&a);
	assert_true(backoff_next_us(&a) <= 100000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_numeric),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_backoff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
