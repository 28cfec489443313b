/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "ctl/receiver.h"

#define BOM "\xef\xbb\xbf"

/* The examples of RFC 5424, 6.5, and what the text says of each. */
static const struct {
	const char *name, *frame;
	unsigned facility, severity;
	const char *time, *host, *app, *process, *message_id, *data, *body;
	bool has_bom;
} good[] = {
	{ "example 1",
	    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 "
	    "- " BOM "'su root' failed for lonvick on /dev/pts/8",
	    4, 2, "2003-10-11T22:14:15.003Z", "mymachine.example.com", "su", "",
	    "ID47", "", "'su root' failed for lonvick on /dev/pts/8", true },
	{ "example 2",
	    "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - "
	    "%% It's time to make the do-nuts.",
	    20, 5, "2003-08-24T05:14:15.000003-07:00", "192.0.2.1", "myproc",
	    "8710", "", "", "%% It's time to make the do-nuts.", false },
	{ "example 3",
	    "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - "
	    "ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"Application\" "
	    "eventID=\"1011\"] " BOM "An application event log entry...",
	    20, 5, "2003-10-11T22:14:15.003Z", "mymachine.example.com",
	    "evntslog", "", "ID47",
	    "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\" "
	    "eventID=\"1011\"]",
	    "An application event log entry...", true },
	{ "example 4",
	    "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - "
	    "ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"Application\" "
	    "eventID=\"1011\"][examplePriority@32473 class=\"high\"]",
	    20, 5, "2003-10-11T22:14:15.003Z", "mymachine.example.com",
	    "evntslog", "", "ID47",
	    "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\" "
	    "eventID=\"1011\"][examplePriority@32473 class=\"high\"]",
	    "", false },
	{ "all nil", "<0>1 - - - - - -", 0, 0, "", "", "", "", "", "", "",
	    false },
	{ "an element without parameters", "<191>1 - - - - - [x@1] y", 23, 7,
	    "", "", "", "", "", "[x@1]", "y", false },
};

static void
parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct receiver_message got;
		struct error err = ERROR_NONE;

		if (!receiver_parse(span_of(good[i].frame), &got, &err))
			testing_fail(good[i].name, "got: %s", err.text);
		if (got.facility != good[i].facility ||
		    got.severity != good[i].severity ||
		    got.has_bom != good[i].has_bom)
			testing_fail(good[i].name, "got %u %u %d", got.facility,
			    got.severity, got.has_bom);
		assert_span_equal_in(good[i].name, got.time,
		    span_of(good[i].time));
		assert_span_equal_in(good[i].name, got.host_name,
		    span_of(good[i].host));
		assert_span_equal_in(good[i].name, got.app_name,
		    span_of(good[i].app));
		assert_span_equal_in(good[i].name, got.process_id,
		    span_of(good[i].process));
		assert_span_equal_in(good[i].name, got.message_id,
		    span_of(good[i].message_id));
		assert_span_equal_in(good[i].name, got.structured_data,
		    span_of(good[i].data));
		assert_span_equal_in(good[i].name, got.body,
		    span_of(good[i].body));
	}
}

#define HEAD "<34>1 2003-10-11T22:14:15.003Z h a p m "

static const struct {
	const char *name, *frame, *want;
} bad[] = {
	{ "nothing", "", "PRI or VERSION is wrong" },
	{ "RFC 3164", "<34>Oct 11 22:14:15 h su: x",
	    "PRI or VERSION is wrong" },
	{ "PRI above 191", "<192>1 - - - - - -", "PRI or VERSION is wrong" },
	{ "PRI of four digits", "<0001>1 - - - - - -",
	    "PRI or VERSION is wrong" },
	{ "another version", "<34>2 - - - - - -", "PRI or VERSION is wrong" },
	{ "example 5: too fine a time",
	    "<34>1 2003-08-24T05:14:15.000000003-07:00 h a p m -",
	    "TIMESTAMP is wrong" },
	{ "a time without zone", "<34>1 2003-08-24T05:14:15 h a p m -",
	    "TIMESTAMP is wrong" },
	{ "a small z", "<34>1 2003-08-24T05:14:15z h a p m -",
	    "TIMESTAMP is wrong" },
	{ "two blanks", "<34>1 -  h a p m -", "HOSTNAME is wrong" },
	{ "APP-NAME of 49 bytes",
	    "<34>1 - h aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeee p m -",
	    "APP-NAME is wrong" },
	{ "a control character", "<34>1 - h a\x01 p m -", "APP-NAME is wrong" },
	{ "no structured data", "<34>1 - h a p m",
	    "STRUCTURED-DATA is missing" },
	{ "neither - nor [", HEAD "x", "STRUCTURED-DATA is wrong" },
	{ "an open element", HEAD "[a@1 b=\"c\"", "STRUCTURED-DATA is wrong" },
	{ "an open value", HEAD "[a@1 b=\"c]", "STRUCTURED-DATA is wrong" },
	{ "a bare bracket in a value", HEAD "[a@1 b=\"c]\"]",
	    "STRUCTURED-DATA is wrong" },
	{ "a value without quotes", HEAD "[a@1 b=c]",
	    "STRUCTURED-DATA is wrong" },
	{ "a name of 33 bytes",
	    HEAD "[aaaaaaaaaabbbbbbbbbbccccccccccddd b=\"c\"]",
	    "STRUCTURED-DATA is wrong" },
	{ "no blank before the message", HEAD "[a@1]x", "no blank before MSG" },
};

static void
refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct receiver_message got;
		struct error err = ERROR_NONE;

		if (receiver_parse(span_of(bad[i].frame), &got, &err))
			testing_fail(bad[i].name, "parsed, want: %s",
			    bad[i].want);
		assert_span_equal_in(bad[i].name, span_of(err.text),
		    span_of(bad[i].want));
	}
}

/* RFC 5424, 6.3.3: \" \\ \] are escapes, a \ before another is itself. */
static const struct {
	const char *name, *id, *param, *want; /* NULL: none */
} params[] = {
	{ "first", "a@1", "x", "1" },
	{ "escaped", "a@1", "y", "q\"b\\s]\\n" },
	{ "by prefix of the id", "b@", "x", "2" },
	{ "empty", "b@2", "z", "" },
	{ "no such name", "a@1", "z", NULL },
	{ "no such id", "c@1", "x", NULL },
	{ "a prefix needs its @", "a", "x", NULL },
};

static void
finds_params(void **state)
{
	struct receiver_message message;
	struct error err = ERROR_NONE;

	(void)state;
	assert_true(receiver_parse(span_of(HEAD
				       "[a@1 x=\"1\" y=\"q\\\"b\\\\s\\]\\n\"]"
				       "[b@2 x=\"2\" z=\"\"] body"),
	    &message, &err));
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		struct buffer out = BUFFER_INIT;
		bool found = receiver_param(&message, params[i].id,
		    params[i].param, &out);

		if (found != (params[i].want != NULL))
			testing_fail(params[i].name, "got %d", found);
		if (found)
			assert_span_equal_in(params[i].name, buffer_span(&out),
			    span_of(params[i].want));
		buffer_done(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(refuses),
		cmocka_unit_test(finds_params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
