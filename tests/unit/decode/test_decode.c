/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "unit/decode/decoding.h"

static const struct {
	const char *name;
	const char *fields;
	const char *json;
	const char *want;
} cases[] = {
	{ "a string", "a", "{\"a\":\"x\"}", "string x" },
	{ "an escaped string", "a", "{\"a\":\"x\\n\\u00e9\\ud83d\\ude00\"}",
	    "string x\n\xc3\xa9\xf0\x9f\x98\x80" },
	{ "an empty string", "a", "{\"a\":\"\"}", "string " },
	{ "missing", "a", "{\"b\":1}", "missing" },
	{ "null", "a", "{\"a\":null}", "null" },
	{ "booleans", "a,b", "{\"a\":true,\"b\":false}",
	    "bool true; bool false" },
	{ "integers", "a,b,c", "{\"a\":0,\"b\":-12,\"c\":9007199254740993}",
	    "int 0; int -12; int 9007199254740993" },
	{ "the ends of int64_t", "a,b",
	    "{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
	    "int 9223372036854775807; int -9223372036854775808" },
	{ "beyond int64_t", "a", "{\"a\":9223372036854775808}",
	    "big 9223372036854775808" },
	{ "the end of uint64_t", "a", "{\"a\":18446744073709551615}",
	    "big 18446744073709551615" },
	{ "beyond uint64_t: its text", "a", "{\"a\":18446744073709551616}",
	    "string 18446744073709551616 (repaired)" },
	{ "reals", "a,b,c,d", "{\"a\":1.0,\"b\":0.1,\"c\":-2.50,\"d\":1e3}",
	    "real 1; real 0.1; real -2.5; real 1000" },
	{ "beyond a double: its text", "a", "{\"a\":1e999}",
	    "string 1e999 (repaired)" },
	{ "a list", "a", "{\"a\":[1,\"x\",null,true]}",
	    "list[int 1, string x, null, bool true]" },
	{ "an empty list", "a", "{\"a\":[]}", "list[]" },
	{ "lists in lists", "a", "{\"a\":[1,[2,[],[3]]]}",
	    "list[int 1, int 2, int 3]" },
	{ "objects in a list", "a", "{\"a\":[{\"b\":1},2]}",
	    "list[object, int 2]" },
	{ "an object", "a", "{\"a\":{\"b\":1}}", "object" },
	{ "a nested path", "a.b.c", "{\"a\":{\"b\":{\"c\":1}}}", "int 1" },
	{ "a flat path", "a.b.c", "{\"a.b.c\":1}", "int 1" },
	{ "flat, then nested", "a.b.c", "{\"a.b\":{\"c\":1}}", "int 1" },
	{ "nested, then flat", "a.b.c", "{\"a\":{\"b.c\":1}}", "int 1" },
	{ "flat wins", "a.b", "{\"a.b\":1,\"a\":{\"b\":2}}", "int 1" },
	{ "flat wins when last", "a.b", "{\"a\":{\"b\":2},\"a.b\":1}",
	    "int 1" },
	{ "flat wins over a list", "a.b",
	    "{\"a\":[{\"b\":2},{\"b\":3}],\"a.b\":1}", "int 1" },
	{ "a flat list wins", "a.b", "{\"a\":{\"b\":2},\"a.b\":[]}", "list[]" },
	{ "the longer flat key wins", "a.b.c",
	    "{\"a\":{\"b.c\":1},\"a.b\":{\"c\":2}}", "int 2" },
	{ "a long path, nested", "a.b.c.d.e.f.g.h",
	    "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{"
	    "\"h\":1}}}}}}}}",
	    "int 1" },
	{ "a long path, flat", "a.b.c.d.e.f.g.h",
	    "{\"a.b.c.d.e.f.g.h\":1,\"a\":{\"b\":{}}}", "int 1" },
	{ "a long path, flat below", "a.b.c.d.e.f.g.h",
	    "{\"a\":{\"b.c.d.e.f.g.h\":1}}", "int 1" },
	{ "a path through a list", "a.b",
	    "{\"a\":[{\"b\":1},{\"c\":9},{\"b\":[2,3]},7]}",
	    "list[int 1, int 2, int 3]" },
	{ "a path through lists in lists", "a.b",
	    "{\"a\":[[{\"b\":1}],[[{\"b\":2}]]]}", "list[int 1, int 2]" },
	{ "a path through a scalar", "a.b", "{\"a\":5}", "missing" },
	{ "a path and its beginning", "a,a.b", "{\"a\":{\"b\":1}}",
	    "object; int 1" },
	{ "case of names counts", "a,A", "{\"A\":1}", "missing; int 1" },
	{ "blanks in names do not", "Threat Name,x",
	    "{\"ThreatName\":1,\" x \":2}", "int 1; int 2" },
	{ "blanks in long names do not", "AVeryLongNameWithNoBlanks",
	    "{\"A Very Long Name With No Blanks\":1}", "int 1" },
	{ "two spellings of a name", "ab", "{\"a b\":1,\"ab\":2}",
	    "list[int 1, int 2]" },
	{ "long names that differ in the middle",
	    "abcdefgh1ijklmnop,abcdefgh2ijklmnop",
	    "{\"abcdefgh2ijklmnop\":2,\"abcdefgh3ijklmnop\":3}",
	    "missing; int 2" },
	{ "a name with a NUL", "a", "{\"a\\u0000\":1}", "missing" },
	{ "an empty name", "a", "{\"\":1,\"a\":2}", "int 2" },
	{ "an empty object", "a", "{}", "missing" },
	{ "every scalar is a keyword", "*",
	    "{\"a\":\"x\",\"b\":{\"c\":[1,true,null,{\"d\":1.5}]},\"e\":{}}",
	    "string x; int 1; bool true; real 1.5" },
	{ "keywords beside a field", "b.c,*", "{\"a\":\"x\",\"b\":{\"c\":7}}",
	    "int 7; string x; int 7" },
	{ "no field at all", "", "{\"a\":1}", "" },
	{ "not JSON", "a", "{\"a\":1", "IR1001" },
	{ "empty", "a", "", "IR1001" },
	{ "text behind", "a", "{\"a\":1} x", "IR1001" },
	{ "two records", "a", "{\"a\":1}{\"a\":2}", "IR1001" },
	{ "a key twice", "a", "{\"a\":1,\"b\":2,\"a\":1}", "IR1002" },
	{ "a key twice where nobody looks", "a",
	    "{\"a\":1,\"x\":[{\"y\":{\"k\":1,\"k\":2}}]}", "IR1002" },
	{ "a list at the top", "a", "[{\"a\":1}]", "IR1006" },
	{ "a scalar at the top", "a", "\"a\"", "IR1006" },
	{ "a bad escape after repair", "a", "{\"a\":\"\xff\\x\"}", "IR1007" },
};

static void
test_values(void **state)
{
	struct decoding decoding;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decoding_start(&decoding, mapping_identity(), cases[i].fields);
		assert_span_equal_in(cases[i].name,
		    decoding_of(&decoding, span_of(cases[i].json)),
		    span_of(cases[i].want));
		decoding_stop(&decoding);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
