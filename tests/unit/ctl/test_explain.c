/* SPDX-License-Identifier: Apache-2.0 */
/* Trees over one event: what holds is what Sigma and its modifiers say. */
#include "unit/ctl/explaining.h"

#define RULE(detection)                                                        \
	"title: A rule\nname: r\nlevel: low\nlogsource: {product: x}\n"        \
	"detection:\n" detection

static const struct explaining cases[] = {
	{ .name = "equality says what it met only where that differs",
	    .rule = "r",
	    .rules = RULE("  sel: {a: Search, b: 1}\n  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":\"SEARCH\",\"b\":\"1\"}",
	    .want_fires = true,
	    .want = "r: alert (sel matched)\n"
		    "  PASS sel\n"
		    "    PASS a = \"Search\"      actual \"SEARCH\"\n"
		    "    PASS b = 1\n" },
	{ .name = "missing fails all but null, exists: false and neq",
	    .rule = "r",
	    .rules = RULE("  sel:\n    a: null\n    b|exists: false\n"
			  "    c|neq: x\n    d: y\n  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\",\"e\":1}",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    PASS a = null      actual missing\n"
		    "    PASS b does not exist      actual missing\n"
		    "    PASS not c = \"x\"      actual missing\n"
		    "    FAIL d = \"y\"      actual missing"
		    "     <- filtered here\n"
		    "  the event has no a\n  the event has no b\n"
		    "  the event has no c\n  the event has no d\n" },
	{ .name = "null is present",
	    .rule = "r",
	    .rules = RULE("  sel: {a|exists: true, b: null}\n"
			  "  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":null,\"b\":[]}",
	    .want_fires = true,
	    .want = "r: alert (sel matched)\n"
		    "  PASS sel\n"
		    "    PASS a exists      actual null\n"
		    "    PASS b = null      actual []\n" },
	{ .name = "modifiers in words, what has none behind",
	    .rule = "r",
	    .rules = RULE("  sel:\n    a|contains: b\n    a|startswith: A\n"
			  "    a|endswith|cased: c\n    n|gte: 5\n    n|lt: 6\n"
			  "    ip|cidr: 10.0.0.0/8\n    a|re|i: ^A.C$\n"
			  "  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":\"abC\",\"n\":\"5.5\","
		      "\"ip\":\"::ffff:10.1.2.3\"}",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    PASS a contains \"b\"      actual \"abC\"\n"
		    "    PASS a starts with \"A\"      actual \"abC\"\n"
		    "    FAIL a ends with \"c\" (cased)      actual \"abC\""
		    "     <- filtered here\n"
		    "    PASS n >= 5      actual \"5.5\"\n"
		    "    PASS n < 6      actual \"5.5\"\n"
		    "    PASS ip in 10.0.0.0/8      "
		    "actual \"::ffff:10.1.2.3\"\n"
		    "    PASS a matches ^A.C$ (i)      actual \"abC\"\n" },
	{ .name = "of many values the actual one is said once",
	    .rule = "r",
	    .rules = RULE("  sel:\n    a: [q1, q2, q3, q4, q5, q6, q7, q8, q9,"
			  " q10]\n    b|contains|all: [x, y]\n"
			  "  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":\"z\",\"b\":[\"ax\",\"by\"]}",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    FAIL a any of 10 values      actual \"z\""
		    "     <- filtered here\n"
		    "      FAIL a = \"q1\"\n      FAIL a = \"q2\"\n"
		    "      FAIL a = \"q3\"\n      FAIL a = \"q4\"\n"
		    "      FAIL a = \"q5\"\n      FAIL a = \"q6\"\n"
		    "      FAIL a = \"q7\"\n      FAIL a = \"q8\"\n"
		    "      2 more FAIL\n"
		    "    PASS b all of 2 values      actual "
		    "[\"ax\", \"by\"]\n"
		    "      PASS b contains \"x\"\n"
		    "      PASS b contains \"y\"\n" },
	{ .name = "of values one of which is there the others are counted",
	    .rule = "r",
	    .rules = RULE("  sel: {a: [x, y, z]}\n  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":[\"y\",\"w\"]}",
	    .want_fires = true,
	    .want = "r: alert (sel matched)\n"
		    "  PASS sel\n"
		    "    PASS a any of 3 values      actual [\"y\", \"w\"]\n"
		    "      PASS a = \"y\"\n      2 more FAIL\n" },
	{ .name = "fields compared with fields",
	    .rule = "r",
	    .rules = RULE("  sel: {a|fieldref: b, a|fieldref|startswith: c}\n"
			  "  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":\"xy\",\"b\":\"XY\",\"c\":\"y\"}",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    PASS a = field b      actual \"xy\", b \"XY\"\n"
		    "    FAIL a starts with field c      "
		    "actual \"xy\", c \"y\"     <- filtered here\n" },
	{ .name = "keywords",
	    .rule = "r",
	    .rules = RULE("  words: [secret, none]\n  condition: words\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":{\"b\":[\"x\",\"a Secret\"]}}",
	    .want_fires = true,
	    .want = "r: alert (words matched)\n"
		    "  PASS words\n"
		    "    PASS any of these\n"
		    "      PASS any value contains \"secret\"      "
		    "found in \"a Secret\"\n"
		    "      FAIL any value contains \"none\"      "
		    "in none of 3 values\n" },
	{ .name = "quantities are named as written",
	    .rule = "r",
	    .rules = RULE("  sel_a: {a: 1}\n  sel_b: {b: 1}\n  sel_c: {c: 1}\n"
			  "  condition: 2 of sel_*\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":1,\"b\":2,\"c\":3}",
	    .want = "r: no alert (sel_a matched)\n"
		    "  FAIL 2 of sel_*     <- filtered here\n"
		    "    PASS sel_a\n      PASS a = 1\n"
		    "    FAIL sel_b\n      FAIL b = 1      actual 2\n"
		    "    FAIL sel_c\n      FAIL c = 1      actual 3\n" },
	{ .name = "a filter of several tests decides as a whole",
	    .rule = "r",
	    .rules = RULE("  sel: {a: 1}\n  off: {b: 1, c: 1}\n"
			  "  other: {d: 1}\n"
			  "  condition: sel and not off and not other\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":1,\"b\":1,\"c\":1,\"d\":2}",
	    .want = "r: no alert (sel matched, filtered by off)\n"
		    "  PASS sel\n    PASS a = 1\n"
		    "  FAIL not off     <- filtered here\n"
		    "    PASS b = 1\n    PASS c = 1\n"
		    "  PASS not other\n    FAIL d = 1      actual 2\n" },
	{ .name = "alternatives that all fail, and `not` of several",
	    .rule = "r",
	    .rules = RULE("  p: {a: 1}\n  q: {b: 1}\n  s: {c: 1}\n"
			  "  condition: not (p and q) and (p or s)\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":2,\"b\":1,\"c\":2}",
	    .want = "r: no alert (condition did not match)\n"
		    "  PASS not all of these\n"
		    "    FAIL p\n      FAIL a = 1      actual 2\n"
		    "    PASS q\n      PASS b = 1\n"
		    "  FAIL any of these     <- filtered here\n"
		    "    FAIL p\n      FAIL a = 1      actual 2\n"
		    "    FAIL s\n      FAIL c = 1      actual 2\n" },
	{ .name = "another logsource",
	    .rule = "r",
	    .rules = RULE("  sel: {a: 1}\n  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\",\"a\":1}",
	    .product = "y",
	    .want = "r: no alert (another logsource)\n"
		    "  FAIL logsource product=x      actual product=y"
		    "     <- filtered here\n"
		    "  PASS sel\n    PASS a = 1\n" },
	{ .name = "nothing in a value reaches the terminal",
	    .rule = "r",
	    .rules = RULE("  sel: {a: 1}\n  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":\"\\u001b[2J\\n\\u009b\\u202ex\\u007f\"}",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    FAIL a = 1      actual \"\xe2\x90\x9b[2J"
		    "\xe2\x90\x8a<U+009B><U+202E>x\xe2\x90\xa1\""
		    "     <- filtered here\n" },
	{ .name = "the nearest name of the record, over several lines",
	    .rule = "r",
	    .rules = RULE("  sel: {case.id: 1}\n  condition: sel\n"),
	    .events = "{\n \"@timestamp\": \"2026-03-02T10:00:00Z\",\n"
		      " \"case\": [ {\"idx\": 1} ]\n}\n",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    FAIL case.id = 1      actual missing"
		    "     <- filtered here\n"
		    "  the event has no case.id, did you mean `case.idx`?\n" },
	{ .name = "what the mapping has not",
	    .rule = "r",
	    .rules = RULE("  sel: {case.id: 1, user.id: u}\n"
			  "  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"caseid\":1,\"uid\":\"u\"}",
	    .mapping = "name: m\ntime: {field: \"@timestamp\"}\n"
		       "fields: {user.id: uid}\n",
	    .want = "r: no alert (sel did not match)\n"
		    "  FAIL sel\n"
		    "    FAIL case.id = 1      actual missing"
		    "     <- filtered here\n"
		    "    PASS user.id = \"u\"\n"
		    "  the event has no case.id, nor has the mapping, "
		    "did you mean `caseid`?\n" },
	{ .name = "a rejected record",
	    .rule = "r",
	    .rules = RULE("  sel: {a: 1}\n  condition: sel\n"),
	    .events = "{\"a\":1,\n\"a\":2}",
	    .want = "r: no alert (the event was rejected)\n"
		    "  event 1: rejected, IR1002: key `a` stands twice in one "
		    "object\n" },
	{ .name = "a repaired record, and several",
	    .rule = "r",
	    .rules = RULE("  sel: {a: 1}\n  condition: sel\n"),
	    .events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\","
		      "\"a\":1,\"b\":\"\xff\"}\n\nnone\n"
		      "{\"@timestamp\":\"2026-03-02T10:00:01.5Z\",\"a\":2}\n",
	    .want_fires = true,
	    .want = "r: alert (1 of 3 events match)\n"
		    "  event 1, 2026-03-02T10:00:00.000Z: match (sel "
		    "matched)\n"
		    "    PASS sel\n      PASS a = 1\n"
		    "    note: the record held bytes or numbers that had to be "
		    "repaired before it could be read\n"
		    "  event 2: rejected, IR1001: " },
};

static void
test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < sizeof(cases) / sizeof(*cases); i++)
		explaining_check(&cases[i]);
}

/* The words about bad syntax are the parser's. */
static void
test_several(void **state)
{
	const struct explaining
	    *given = &cases[sizeof(cases) / sizeof(*cases) - 1];
	static const char last[] = "  event 3, 2026-03-02T10:00:01.500Z: no "
				   "match (sel did not match)\n"
				   "    FAIL sel\n"
				   "      FAIL a = 1      actual 2"
				   "     <- filtered here\n";
	struct buffer got = BUFFER_INIT;

	(void)state;
	assert_true(explaining_run(given, &got));
	assert_true(span_ends_with(buffer_span(&got), span_of(last)));
	got.len = strlen(given->want);
	assert_span_equal(buffer_span(&got), span_of(given->want));
	buffer_done(&got);
}

/* A pattern that needs 2^n steps for n letters meets its limit. */
static void
test_unknown(void **state)
{
	static const struct explaining given = {
		.name = "a limit of a regular expression",
		.rule = "r",
		.rules = RULE("  sel: {a|re: '^(a|a?)+$'}\n"
			      "  off: {b: 1}\n"
			      "  condition: sel and not off\n"),
		.events = "{\"@timestamp\":\"2026-03-02T10:00:00Z\",\"b\":2,"
			  "\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}",
		.want = "r: no alert (not decided)\n"
			"  UNKNOWN sel\n"
			"    UNKNOWN a matches ^(a|a?)+$      actual "
			"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""
			"     <- a limit of the regular expression\n"
			"  PASS not off\n    FAIL b = 1      actual 2\n",
	};

	(void)state;
	explaining_check(&given);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests_name("ctl.explain", tests,
	    explaining_setup, explaining_teardown);
}
