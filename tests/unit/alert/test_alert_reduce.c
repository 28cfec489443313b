/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/alert_reduce.h"
#include "support/testing.h"

#define HEAD                                                                   \
	"\"alert\":\"ir-01\",\"kind\":\"open\",\"revision\":2,"                \
	"\"rule\":{\"name\":\"r\",\"level\":\"high\"},"                        \
	"\"group\":{\"user.id\":\"P1\"},"
#define NUMBERS                                                                \
	"\"first\":\"a\",\"last\":\"b\",\"count\":3,\"peak\":2.5,"             \
	"\"delay_ms\":7,"
#define PLACE(n) "{\"topic\":\"t\",\"partition\":0,\"offset\":" n "}"
#define SAMPLE(n)                                                              \
	"{\"topic\":\"t\",\"partition\":0,\"offset\":" n                       \
	",\"fields\":{\"x\":1}}"

static const struct {
	const char *name, *record;
	size_t limit;
	const char *want; /* NULL: refused */
} cases[] = {
	{ "what explains goes first",
	    "{" HEAD NUMBERS "\"sentence\":\"s\",\"triage\":[\"look\"],"
	    "\"evidence\":[" SAMPLE("1") "," SAMPLE("2") "]}",
	    10000,
	    "{" HEAD NUMBERS "\"sentence\":\"s\",\"evidence\":[" PLACE(
		"1") "," PLACE("2") "],\"truncated\":true}" },
	{ "then evidence, down to one",
	    "{" HEAD NUMBERS
	    "\"sentence\":\"s\",\"evidence\":[" SAMPLE("1") "," SAMPLE(
		"2") "," SAMPLE("3") "," SAMPLE("4") "," SAMPLE("5") "]}",
	    270,
	    "{" HEAD NUMBERS "\"sentence\":\"s\",\"evidence\":[" PLACE(
		"1") "],\"truncated\":true}" },
	{ "to none, and texts are cut between characters",
	    "{\"alert\":\"ir-01\",\"sentence\":\""
	    "0123456789012345678901234567890123456789012345\xc3\xa9\xc3\xa9xxxx"
	    "xxxxxx"
	    "\",\"evidence\":[" SAMPLE("1") "]}",
	    119,
	    "{\"alert\":\"ir-01\",\"sentence\":\""
	    "0123456789012345678901234567890123456789012345\xc3\xa9\xe2\x80\xa6"
	    "\",\"evidence\":[],\"truncated\":true}" },
	{ "the least is too much", "{\"alert\":\"ir-01\",\"evidence\":[]}", 20,
	    NULL },
	{ "no JSON", "{\"alert\"", 1000, NULL },
};

static void
test_reduce(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buffer out = BUFFER_INIT;
		bool ok = alert_reduce(span_of(cases[i].record), cases[i].limit,
		    &out);
		const char *got = ok ? buffer_string(&out) : "refused";
		const char *want = cases[i].want != NULL ? cases[i].want :
							   "refused";

		if (strcmp(got, want) != 0)
			testing_fail(cases[i].name, "got %s, want %s", got,
			    want);
		if (!ok)
			assert_int_equal(out.len, 0);
		buffer_done(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reduce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
