/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match_internal.h"
#include "support/testing.h"

/* RFC 4291 2.2 (spellings of IPv6), 2.5.5.2 (mapped addresses). */
static const struct {
	const char *text;
	bool want;
	bool want_v4;
	uint8_t want_last; /* byte */
} cases[] = {
	{ "10.1.2.3", true, true, 3 },
	{ "255.255.255.255", true, true, 255 },
	{ "256.1.1.1", false, false, 0 },
	{ "10.1.2", false, false, 0 },
	{ "10.1.2.3.4", false, false, 0 },
	{ "010.1.2.3", false, false, 0 },
	{ "0x0a.1.2.3", false, false, 0 },
	{ " 10.1.2.3", false, false, 0 },
	{ "10.1.2.3 ", false, false, 0 },
	{ "10.1.2.3:80", false, false, 0 },
	{ "::1", true, false, 1 },
	{ "::", true, false, 0 },
	{ "2001:db8::2", true, false, 2 },
	{ "2001:DB8:0:0:0:0:0:2", true, false, 2 },
	{ "::ffff:10.1.2.3", true, false, 3 },
	{ "::ffff:0a01:0203", true, false, 3 },
	{ "1::2::3", false, false, 0 },
	{ "12345::", false, false, 0 },
	{ "fe80::1%eth0", false, false, 0 },
	{ "[::1]", false, false, 0 },
	{ "", false, false, 0 },
	{ ":", false, false, 0 },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111", false,
	    false, 0 },
};

static void
cidr_spellings(void **state)
{
	uint8_t address[16];
	bool is_v4, got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_v4 = false;
		got = cidr_parse(span_of(cases[i].text), address, &is_v4);
		if (got != cases[i].want)
			testing_fail(cases[i].text, "got %d, want %d", got,
			    cases[i].want);
		if (got &&
		    (is_v4 != cases[i].want_v4 ||
			address[15] != cases[i].want_last))
			testing_fail(cases[i].text, "got v4 %d, .%u", is_v4,
			    address[15]);
	}
}

static void
cidr_nul_ends_nothing(void **state)
{
	uint8_t address[16];
	bool is_v4;

	(void)state;
	assert_false(cidr_parse(SPAN("10.1.2.3\0"), address, &is_v4));
	assert_false(cidr_parse(SPAN("::1\0x"), address, &is_v4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cidr_spellings),
		cmocka_unit_test(cidr_nul_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
