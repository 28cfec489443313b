/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Sigma specification (v2.1.0, rules and modifiers appendix) says of
 * matching: a row each.  Where it is silent and the row rests on a decision
 * of this project, the name says "ours:".
 */
#include "matching.h"

#define YES VERDICT_YES
#define NO VERDICT_NO

#define SEL(value) "sel: " value ", condition: sel"

static const struct box {
	const char *name;
	const char *detection; /* inside of a flow map */
	const char *event;
	enum verdict want;
} boxes[] = {
	/* Maps, lists: "General" in the specification's Detection section. */
	{ "map is AND", SEL("{a: x, b: y}"), "{a: x, b: y}", YES },
	{ "map is AND, one fails", SEL("{a: x, b: y}"), "{a: x}", NO },
	{ "list of maps is OR", SEL("[{a: x}, {b: y}]"), "{b: y}", YES },
	{ "list of maps, none", SEL("[{a: x}, {b: y}]"), "{b: x}", NO },
	{ "map in a list is AND", SEL("[{a: x, b: y}, {c: z}]"), "{a: x}", NO },
	{ "nested list of maps", SEL("[[{a: x}, {b: y}], {c: z}]"), "{b: y}",
	    YES },
	{ "list of values is OR", SEL("{a: [x, y]}"), "{a: y}", YES },
	{ "list of values, none", SEL("{a: [x, y]}"), "{a: z}", NO },
	{ "list with all is AND", SEL("{a|contains|all: [x, y]}"), "{a: axby}",
	    YES },
	{ "all, one missing", SEL("{a|contains|all: [x, y]}"), "{a: ax}", NO },

	/* Keywords: unbound values, anywhere in the record. */
	{ "keyword in a value", SEL("[evil]"), "{any: an EVIL thing}", YES },
	{ "keyword as the only value", SEL("evil"), "{any: evil}", YES },
	{ "keywords are OR", SEL("[x1, y1]"), "{a: b, c: y1}", YES },
	{ "keyword absent", SEL("[evil]"), "{any: good}", NO },
	{ "keyword is no field name", SEL("[evil]"), "{evil: good}", NO },
	{ "keyword in a nested object", SEL("[evil]"), "{a: {b: {c: evil}}}",
	    YES },
	{ "keyword in an array", SEL("[evil]"), "{a: [good, evil]}", YES },
	{ "keyword within a number", SEL("[47]"), "{a: 1478}", YES },
	{ "keyword with wildcard", SEL("['e*l']"), "{a: xx eval xx}", YES },
	{ "keywords with all", SEL("{'|all': [x1, y1]}"), "{a: x1, b: y1}",
	    YES },
	{ "keywords with all, one absent", SEL("{'|all': [x1, y1]}"), "{a: x1}",
	    NO },
	{ "keyword by re", SEL("{'|re': '^ev.l$'}"), "{a: evil}", YES },
	{ "keyword by re is case-sensitive", SEL("{'|re': '^ev.l$'}"),
	    "{a: EVIL}", NO },
	{ "keyword startswith", SEL("{'|startswith': ev}"), "{a: devil}", NO },
	{ "keyword cased", SEL("{'|cased': evil}"), "{a: xEVIL}", NO },
	{ "keyword by cidr", SEL("{'|cidr': 10.0.0.0/8}"),
	    "{a: x, b: 10.1.1.1}", YES },
	{ "map beside keywords in a list", SEL("[evil, {a: x}]"), "{a: x}",
	    YES },
	{ "not a keyword", "sel: [evil], condition: not sel", "{a: good}",
	    YES },

	/* Kinds of values. */
	{ "number in number", SEL("{a: 5}"), "{a: 5}", YES },
	{ "number in its decimal string", SEL("{a: 5}"), "{a: '5'}", YES },
	{ "string in number", SEL("{a: '5'}"), "{a: 5}", YES },
	{ "another number", SEL("{a: 5}"), "{a: 6}", NO },
	{ "number within a string", SEL("{a: 5}"), "{a: '15'}", NO },
	{ "ours: 1.0 and 1 are equal", SEL("{a: 1.0}"), "{a: 1}", YES },
	{ "ours: text of 1.0 is 1", SEL("{a: '1'}"), "{a: 1.0}", YES },
	{ "float", SEL("{a: 1.5}"), "{a: 1.5}", YES },
	{ "ours: integers are exact at any size",
	    SEL("{a: 123456789012345678901}"), "{a: 123456789012345678902}",
	    NO },
	{ "the same big integer", SEL("{a: 123456789012345678901}"),
	    "{a: 123456789012345678901}", YES },
	{ "2^53 + 1 is not 2^53", SEL("{a: 9007199254740993}"),
	    "{a: 9007199254740992}", NO },
	{ "true", SEL("{a: true}"), "{a: true}", YES },
	{ "true is not false", SEL("{a: true}"), "{a: false}", NO },
	{ "ours: true as text in any case", SEL("{a: true}"), "{a: 'TRUE'}",
	    YES },
	{ "ours: text true in a boolean", SEL("{a: 'True'}"), "{a: true}",
	    YES },
	{ "boolean is no number", SEL("{a: 1}"), "{a: true}", NO },

	/* null, '', '*', [] */
	{ "null: missing", SEL("{a: null}"), "{b: x}", YES },
	{ "null: null", SEL("{a: null}"), "{a: null}", YES },
	{ "null: empty string is none", SEL("{a: null}"), "{a: ''}", NO },
	{ "ours: null: empty array", SEL("{a: null}"), "{a: []}", YES },
	{ "empty: present and empty", SEL("{a: ''}"), "{a: ''}", YES },
	{ "empty: missing", SEL("{a: ''}"), "{b: x}", NO },
	{ "empty: null", SEL("{a: ''}"), "{a: null}", NO },
	{ "empty: a value", SEL("{a: ''}"), "{a: x}", NO },
	{ "star: a value", SEL("{a: '*'}"), "{a: x}", YES },
	{ "star: empty string", SEL("{a: '*'}"), "{a: ''}", YES },
	{ "star: null", SEL("{a: '*'}"), "{a: null}", NO },
	{ "star: missing", SEL("{a: '*'}"), "{b: x}", NO },
	{ "star: number", SEL("{a: '*'}"), "{a: 0}", YES },
	{ "star: nested object is present", SEL("{a: '*'}"), "{a: {b: c}}",
	    YES },
	{ "star in a list: nested object", SEL("{a: ['x*', 'y*', '*']}"),
	    "{a: {b: c}}", YES },
	{ "globs in a list", SEL("{a: ['x*', '*y', v, w]}"), "{a: zY}", YES },
	{ "globs in a list, whole value", SEL("{a: ['x*', '*y', v, w]}"),
	    "{a: W}", YES },
	{ "globs in a list, none", SEL("{a: ['x*', '*y', v, w]}"), "{a: yx}",
	    NO },
	{ "globs in a list over several fields",
	    SEL("[{a|contains: x}, {b|contains: y}, {a|contains: z}]"),
	    "{a: y, b: z}", NO },
	{ "globs in a list over several fields, the last",
	    SEL("[{a|contains: x}, {b|contains: y}, {a|contains: z}]"),
	    "{a: z}", YES },
	{ "globs in a list, cased ones apart",
	    SEL("[{a|contains: x}, {a|contains|cased: Y}, {a|contains: z}]"),
	    "{a: y}", NO },
	{ "globs in a list: array, empty, null", SEL("{a|contains: [x, y]}"),
	    "{a: [null, '', 7]}", NO },
	{ "globs in a list: a later member", SEL("{a|contains: [x, y]}"),
	    "{a: [null, '', yy]}", YES },
	{ "ours: null in a list", SEL("{a: [x, null]}"), "{b: y}", YES },
	{ "[] is null", SEL("{a: []}"), "{b: y}", YES },
	{ "[] is null, present", SEL("{a: []}"), "{a: y}", NO },

	/* Fields. */
	{ "array: any member", SEL("{a: x}"), "{a: [w, x]}", YES },
	{ "array: no member", SEL("{a: x}"), "{a: [w, y]}", NO },
	{ "ours: array and all: each in some member", SEL("{a|all: [x, y]}"),
	    "{a: [y, z, x]}", YES },
	{ "array and all: one absent", SEL("{a|all: [x, y]}"), "{a: [x]}", NO },
	{ "not, array", "sel: {a: x}, condition: not sel", "{a: [w, x]}", NO },
	{ "field names are case-sensitive", SEL("{A: x}"), "{a: x}", NO },
	{ "blanks in names do not count", SEL("{Threat Name: x}"),
	    "{ThreatName: x}", YES },

	/* Strings. */
	{ "case does not matter", SEL("{a: AbC}"), "{a: aBc}", YES },
	{ "ours: Unicode folding",
	    SEL("{a: STRA\xc3\x9f"
		"E}"),
	    "{a: stra\xc3\x9f"
	    "e}",
	    YES },
	{ "ours: final sigma", SEL("{a: \xce\xa3\xce\x91\xce\xa3}"),
	    "{a: \xcf\x83\xce\xb1\xcf\x82}", YES },
	{ "ours: sharp s is not ss", SEL("{a: strasse}"),
	    "{a: stra\xc3\x9f"
	    "e}",
	    NO },
	{ "ours: dotted I is itself", SEL("{a: i}"), "{a: \xc4\xb0}", NO },
	{ "whole value", SEL("{a: bc}"), "{a: abc}", NO },
	{ "star in the middle", SEL("{a: 'a*d'}"), "{a: abcd}", YES },
	{ "star matches nothing too", SEL("{a: 'a*d'}"), "{a: ad}", YES },
	{ "star at both ends", SEL("{a: '*bc*'}"), "{a: abcd}", YES },
	{ "question mark", SEL("{a: 'a?c'}"), "{a: abc}", YES },
	{ "question mark is not nothing", SEL("{a: 'a?c'}"), "{a: ac}", NO },
	{ "question mark is one code point", SEL("{a: 'a?c'}"),
	    "{a: a\xe2\x82\xac"
	    "c}",
	    YES },
	{ "question mark is not two", SEL("{a: 'a?c'}"), "{a: abbc}", NO },
	{ "ours: star over a line break", SEL("{a: 'a*d'}"), "{a: \"ab\\ncd\"}",
	    YES },
	{ "ours: question mark is a line break", SEL("{a: 'a?d'}"),
	    "{a: \"a\\nd\"}", YES },
	{ "ours: wildcard over a number's text", SEL("{a: '1*'}"), "{a: 15}",
	    YES },

	/* Escapes: the specification's table. */
	{ "\\* is a star", SEL("{a: 'x\\*y'}"), "{a: 'x*y'}", YES },
	{ "\\* is no wildcard", SEL("{a: 'x\\*y'}"), "{a: xzy}", NO },
	{ "\\? is a question mark", SEL("{a: 'x\\?y'}"), "{a: 'x?y'}", YES },
	{ "\\? is no wildcard", SEL("{a: 'x\\?y'}"), "{a: xzy}", NO },
	{ "\\\\* is a backslash and a wildcard", SEL("{a: 'x\\\\*'}"),
	    "{a: 'x\\yz'}", YES },
	{ "\\\\* needs the backslash", SEL("{a: 'x\\\\*'}"), "{a: xyz}", NO },
	{ "\\\\\\* is a backslash and a star", SEL("{a: 'x\\\\\\*'}"),
	    "{a: 'x\\*'}", YES },
	{ "\\\\\\* is no wildcard", SEL("{a: 'x\\\\\\*'}"), "{a: 'x\\yz'}",
	    NO },
	{ "a lone backslash", SEL("{a: 'x\\y'}"), "{a: 'x\\y'}", YES },
	{ "two are one", SEL("{a: 'x\\\\y'}"), "{a: 'x\\y'}", YES },
	{ "four are two", SEL("{a: 'x\\\\\\\\y'}"), "{a: 'x\\\\y'}", YES },
	{ "four are not one", SEL("{a: 'x\\\\\\\\y'}"), "{a: 'x\\y'}", NO },
	{ "a backslash at the end", SEL("{a: 'x\\'}"), "{a: 'x\\'}", YES },

	/* Modifiers. */
	{ "contains", SEL("{a|contains: bc}"), "{a: ABCD}", YES },
	{ "contains, not", SEL("{a|contains: bc}"), "{a: abdc}", NO },
	{ "contains with a wildcard inside", SEL("{a|contains: 'b*d'}"),
	    "{a: abcde}", YES },
	{ "contains does not double a star", SEL("{a|contains: '*bc*'}"),
	    "{a: bc}", YES },
	{ "contains in a number", SEL("{a|contains: 23}"), "{a: 1234}", YES },
	{ "startswith", SEL("{a|startswith: ab}"), "{a: abc}", YES },
	{ "startswith, later", SEL("{a|startswith: bc}"), "{a: abc}", NO },
	{ "endswith", SEL("{a|endswith: bc}"), "{a: abc}", YES },
	{ "endswith, before", SEL("{a|endswith: ab}"), "{a: abc}", NO },
	{ "endswith after a false end", SEL("{a|endswith: abc}"), "{a: ababc}",
	    YES },
	{ "cased", SEL("{a|cased: Ab}"), "{a: Ab}", YES },
	{ "cased, other case", SEL("{a|cased: Ab}"), "{a: ab}", NO },
	{ "contains and cased", SEL("{a|contains|cased: Ab}"), "{a: xAbx}",
	    YES },
	{ "exists", SEL("{a|exists: true}"), "{a: x}", YES },
	{ "ours: exists: null is present", SEL("{a|exists: true}"), "{a: null}",
	    YES },
	{ "ours: exists: [] is present", SEL("{a|exists: true}"), "{a: []}",
	    YES },
	{ "exists, missing", SEL("{a|exists: true}"), "{b: x}", NO },
	{ "exists false, missing", SEL("{a|exists: false}"), "{b: x}", YES },
	{ "exists false, null", SEL("{a|exists: false}"), "{a: null}", NO },
	{ "neq", SEL("{a|neq: x}"), "{a: y}", YES },
	{ "neq, equal", SEL("{a|neq: x}"), "{a: X}", NO },
	{ "ours: neq: missing", SEL("{a|neq: x}"), "{b: y}", YES },
	{ "neq negates the whole list", SEL("{a|neq: [x, y]}"), "{a: y}", NO },
	{ "neq of a list, another", SEL("{a|neq: [x, y]}"), "{a: z}", YES },
	{ "re finds a part", SEL("{a|re: b.d}"), "{a: abcde}", YES },
	{ "re is case-sensitive", SEL("{a|re: BC}"), "{a: abc}", NO },
	{ "re i", SEL("{a|re|i: BC}"), "{a: abc}", YES },
	{ "re ignorecase", SEL("{a|re|ignorecase: BC}"), "{a: abc}", YES },
	{ "re without m", SEL("{a|re: '^b'}"), "{a: \"a\\nb\"}", NO },
	{ "re m", SEL("{a|re|m: '^b'}"), "{a: \"a\\nb\"}", YES },
	{ "re without s", SEL("{a|re: a.b}"), "{a: \"a\\nb\"}", NO },
	{ "re s", SEL("{a|re|s: a.b}"), "{a: \"a\\nb\"}", YES },
	{ "re multiline dotall", SEL("{a|re|multiline|dotall: '^b.c'}"),
	    "{a: \"a\\nb\\nc\"}", YES },
	{ "re startswith", SEL("{a|re|startswith: b|c}"), "{a: ac}", NO },
	{ "re startswith, at the start", SEL("{a|re|startswith: b|c}"),
	    "{a: ca}", YES },
	{ "re endswith", SEL("{a|re|endswith: b|c}"), "{a: ca}", NO },
	{ "re contains", SEL("{a|re|contains: b|c}"), "{a: aca}", YES },
	{ "re on a missing field", SEL("{a|re: '.*'}"), "{b: x}", NO },
	{ "re on a number's text", SEL("{a|re: '^15$'}"), "{a: 15}", YES },
	{ "re all", SEL("{a|re|all: [b, c]}"), "{a: xb}", NO },
	{ "cidr v4", SEL("{a|cidr: 192.168.0.0/16}"), "{a: 192.168.7.1}", YES },
	{ "cidr v4, outside", SEL("{a|cidr: 192.168.0.0/16}"),
	    "{a: 192.169.7.1}", NO },
	{ "cidr, odd prefix", SEL("{a|cidr: 10.0.0.128/25}"), "{a: 10.0.0.127}",
	    NO },
	{ "cidr of one address", SEL("{a|cidr: 10.0.0.1}"), "{a: 10.0.0.1}",
	    YES },
	{ "cidr v6", SEL("{a|cidr: 'fe80::/10'}"), "{a: 'FEBF::1'}", YES },
	{ "cidr v6, outside", SEL("{a|cidr: 'fe80::/10'}"), "{a: 'fec0::1'}",
	    NO },
	{ "ours: any spelling", SEL("{a|cidr: '2001:DB8:0::/32'}"),
	    "{a: '2001:0db8:0000:0000::0001'}", YES },
	{ "ours: mapped address, v4 network", SEL("{a|cidr: 10.0.0.0/8}"),
	    "{a: '::ffff:10.1.2.3'}", YES },
	{ "v4 is in no v6 network", SEL("{a|cidr: '::/0'}"), "{a: 10.1.2.3}",
	    NO },
	{ "no address", SEL("{a|cidr: 10.0.0.0/8}"), "{a: 10.0.0}", NO },
	{ "a longer text", SEL("{a|cidr: 10.0.0.0/8}"), "{a: '10.0.0.1 '}",
	    NO },
	{ "gt", SEL("{a|gt: 5}"), "{a: 6}", YES },
	{ "gt, equal", SEL("{a|gt: 5}"), "{a: 5}", NO },
	{ "gte, equal", SEL("{a|gte: 5}"), "{a: 5}", YES },
	{ "lt", SEL("{a|lt: 5}"), "{a: 4.9}", YES },
	{ "lte, equal", SEL("{a|lte: 5}"), "{a: 5.0}", YES },
	{ "gt: numeric string", SEL("{a|gt: 5}"), "{a: '10'}", YES },
	{ "gt: no number", SEL("{a|gt: 5}"), "{a: ten}", NO },
	{ "gt: beyond 2^53, exactly", SEL("{a|gt: 9007199254740992}"),
	    "{a: 9007199254740993}", YES },
	{ "gt: missing", SEL("{a|gt: 5}"), "{b: 6}", NO },
	{ "lt: any member of an array", SEL("{a|lt: 5}"), "{a: [9, 4]}", YES },
	{ "fieldref", SEL("{a|fieldref: b}"), "{a: X, b: x}", YES },
	{ "fieldref, different", SEL("{a|fieldref: b}"), "{a: x, b: y}", NO },
	{ "ours: fieldref: one missing", SEL("{a|fieldref: b}"), "{a: x}", NO },
	{ "ours: fieldref: both missing", SEL("{a|fieldref: b}"), "{c: x}",
	    NO },
	{ "ours: fieldref: both null", SEL("{a|fieldref: b}"),
	    "{a: null, b: null}", NO },
	{ "fieldref cased", SEL("{a|fieldref|cased: b}"), "{a: X, b: x}", NO },
	{ "ours: fieldref: any pair", SEL("{a|fieldref: b}"),
	    "{a: [w, x], b: [x, y]}", YES },
	{ "fieldref: number and text", SEL("{a|fieldref: b}"), "{a: 7, b: '7'}",
	    YES },
	{ "fieldref startswith", SEL("{a|fieldref|startswith: b}"),
	    "{a: abc, b: AB}", YES },
	{ "fieldref endswith", SEL("{a|fieldref|endswith: b}"),
	    "{a: abc, b: ab}", NO },
	{ "fieldref contains", SEL("{a|fieldref|contains: b}"),
	    "{a: abc, b: b}", YES },
	{ "fieldref neq", SEL("{a|fieldref|neq: b}"), "{a: x, b: y}", YES },
	{ "fieldref neq: one missing", SEL("{a|fieldref|neq: b}"), "{a: x}",
	    YES },
	{ "ours: no expand, plain text", SEL("{a: '%vip%'}"), "{a: '%VIP%'}",
	    YES },
};

static void
boxes_all(void **state)
{
	enum verdict got;

	(void)state;
	for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++) {
		got = matching_detection(boxes[i].name, boxes[i].detection,
		    boxes[i].event);
		if (got != boxes[i].want)
			testing_fail(boxes[i].name,
			    "{%s} on %s: got %s, want %s", boxes[i].detection,
			    boxes[i].event, matching_verdict_name(got),
			    matching_verdict_name(boxes[i].want));
	}
}

/* Lists: NAME.txt in lists/ beside the rule; an empty one matches nothing. */
static void
boxes_expand(void **state)
{
	static const struct box rows[] = {
		{ "in the list", SEL("{a|expand: '%vip%'}"), "{a: PN:91AB}",
		    YES },
		{ "not in the list", SEL("{a|expand: '%vip%'}"),
		    "{a: pn:91abc}", NO },
		{ "a comment is no value", SEL("{a|expand: '%vip%'}"),
		    "{a: '# who'}", NO },
		{ "a wildcard is plain", SEL("{a|expand: '%vip%'}"),
		    "{a: anything}", NO },
		{ "the star itself", SEL("{a|expand: '%vip%'}"), "{a: '*'}",
		    YES },
		{ "a number", SEL("{a|expand: '%vip%'}"), "{a: 77}", YES },
		{ "cased", SEL("{a|expand|cased: '%vip%'}"), "{a: PN:91AB}",
		    NO },
		{ "contains", SEL("{a|contains|expand: '%vip%'}"),
		    "{a: see pn:91ab!}", YES },
		{ "startswith", SEL("{a|expand|startswith: '%vip%'}"),
		    "{a: x77}", NO },
		{ "any of several", SEL("{a|expand: [x, '%vip%']}"), "{a: X}",
		    YES },
		{ "empty list", SEL("{a|expand: '%none%'}"), "{a: ''}", NO },
		{ "not in an empty list",
		    "sel: {a|expand: '%none%'}, condition: not sel", "{a: x}",
		    YES },
		{ "array", SEL("{a|expand: '%vip%'}"), "{a: [x, 77]}", YES },
		{ "missing", SEL("{a|expand: '%vip%'}"), "{b: 77}", NO },
	};
	enum verdict got;

	(void)state;
	matching_write("lists/vip.txt", "# who\npn:91ab\r\n\n  77  \n*\n");
	matching_write("lists/none.txt", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		got = matching_detection(rows[i].name, rows[i].detection,
		    rows[i].event);
		if (got != rows[i].want)
			testing_fail(rows[i].name, "%s: got %s, want %s",
			    rows[i].event, matching_verdict_name(got),
			    matching_verdict_name(rows[i].want));
	}
}

/* Kleene: what a limit left undecided may only matter where it matters. */
static void
boxes_unknown(void **state)
{
	static const struct box rows[] = {
		{ "alone", "u: {a|re: '(a+)+$'}, condition: u", "{a: aab}",
		    VERDICT_UNKNOWN },
		{ "not", "u: {a|re: '(a+)+$'}, condition: not u", "{a: aab}",
		    VERDICT_UNKNOWN },
		{ "or yes",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, "
		    "condition: u or y",
		    "{a: aab, b: x}", YES },
		{ "or no",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, "
		    "condition: u or y",
		    "{a: aab}", VERDICT_UNKNOWN },
		{ "and no",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, "
		    "condition: u and y",
		    "{a: aab}", NO },
		{ "and yes",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, "
		    "condition: u and y",
		    "{a: aab, b: x}", VERDICT_UNKNOWN },
		{ "2 of 3",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, z: {c: x}, "
		    "condition: 2 of them",
		    "{a: aab, b: x}", VERDICT_UNKNOWN },
		{ "2 of 3 reached",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, "
		    "z: {c: x}, condition: 2 of them",
		    "{a: aab, b: x, c: x}", YES },
		{ "2 of 3 out of reach",
		    "u: {a|re: '(a+)+$'}, y: {b: x}, "
		    "z: {c: x}, condition: 2 of them",
		    "{a: aab}", NO },
		{ "another member decides",
		    "u: {a|re: '(a+)+$'}, "
		    "condition: u",
		    "{a: [aab, a]}", VERDICT_UNKNOWN },
	};
	enum verdict got;

	(void)state;
	pattern_set_limits(1, 1, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		got = matching_detection(rows[i].name, rows[i].detection,
		    rows[i].event);
		if (got != rows[i].want)
			testing_fail(rows[i].name, "%s: got %s, want %s",
			    rows[i].event, matching_verdict_name(got),
			    matching_verdict_name(rows[i].want));
	}
}

static int
boxes_teardown(void **state)
{
	(void)state;
	matching_done();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boxes_all),
		cmocka_unit_test(boxes_expand),
		/* Last: it tightens the limits of all patterns. */
		cmocka_unit_test(boxes_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, boxes_teardown);
}
