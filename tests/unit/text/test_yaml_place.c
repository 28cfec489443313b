/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "base/mem.h"

#include "text/yaml.h"

static const struct yaml_node *
walk(const struct yaml_node *node, const char *path)
{
	struct span rest = span_of(path), part;

	while (span_split(&rest, '/', &part)) {
		if (part.len == 0)
			break;
		if (part.ptr[0] >= '0' && part.ptr[0] <= '9') {
			node = node->items[part.ptr[0] - '0'];
		} else {
			char *key = span_strdup(part);

			node = yaml_get(node, key);
			mem_free(key);
		}
		assert_non_null(node);
	}
	return node;
}

static const char placed[] = "a: b\n"				 /* 1 */
			     "\xc3\xbc: \"q\\nx\"\n"		 /* 2 */
			     "list: [1, '\xc3\xa9' , {x: yy}]\n" /* 3 */
			     "block:\n"				 /* 4 */
			     "  - zz\n"				 /* 5 */
			     "  - |\n"				 /* 6 */
			     "    text\n"			 /* 7 */
			     "    two\n"			 /* 8 */
			     "  -\n"				 /* 9 */
			     "none:\n"				 /* 10 */
			     "kept: &k\n"			 /* 11 */
			     "  sub: 1\n"			 /* 12 */
			     "long: one\n"			 /* 13 */
			     "  two\n";				 /* 14 */

static const struct {
	const char *path;
	uint32_t line, column, width;
} places[] = {
	{ "", 1, 1, 1 },
	{ "a", 1, 4, 1 },
	{ "\xc3\xbc", 2, 4, 6 },
	{ "list", 3, 7, 1 },
	{ "list/0", 3, 8, 1 },
	{ "list/1", 3, 11, 3 },
	{ "list/2", 3, 17, 1 },
	{ "list/2/x", 3, 21, 2 },
	{ "block", 5, 3, 1 },
	{ "block/0", 5, 5, 2 },
	{ "block/1", 7, 5, 4 },
	{ "block/2", 5, 3, 1 },
	{ "none", 10, 1, 4 },
	{ "kept", 12, 3, 1 },
	{ "kept/sub", 12, 8, 1 },
	{ "long", 13, 7, 3 },
};

static void
test_places(void **state)
{
	const struct yaml_node *const *documents;
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	struct diag_place got;
	size_t count, i;

	(void)state;
	assert_true(yaml_parse(arena, diag, "t", span_of(placed), &documents,
	    &count));
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		got = walk(documents[0], places[i].path)->place;
		if (got.line != places[i].line ||
		    got.column != places[i].column ||
		    got.width != places[i].width)
			testing_fail(places[i].path,
			    "got %u:%u+%u, want %u:%u+%u", got.line, got.column,
			    got.width, places[i].line, places[i].column,
			    places[i].width);
	}
	diag_free(diag);
	arena_free(arena);
}

static const struct {
	const char *name;
	const char *text;
	const char *find; /* in the value of `c` */
	uint32_t line, column, width;
} inside[] = {
	{ "plain", "c: a and bb\n", "bb", 1, 10, 2 },
	{ "its beginning", "c: a and bb\n", "a and", 1, 4, 5 },
	{ "double quotes", "c: \"a and bb\"\n", "bb", 1, 11, 2 },
	{ "an escape before", "c: \"\\\\d+\\\\w \\\"bb\"\n", "bb", 1, 15, 2 },
	{ "single quotes", "c: 'it''s bb'\n", "bb", 1, 11, 2 },
	{ "folded plain", "c: a and\n   bb\n", "bb", 2, 4, 2 },
	{ "a folded block", "c: >\n  a and\n    bb or\n  cc\n", "cc", 4, 3, 2 },
	{ "a literal block", "c: |\n  a\n\n   bb\n", "bb", 4, 4, 2 },
	{ "a quote in a block", "c: |\n  'a' bb\n", "bb", 2, 7, 2 },
	{ "code points", "c: '\xc3\xa9\xc3\xa9 bb'\n", "bb", 1, 8, 2 },
	{ "an escape that is too long for us", "c: \"\\u00e9 bb\"\n", "bb", 1,
	    4, 11 },
};

static void
test_place_in(void **state)
{
	const struct yaml_node *const *documents;
	const struct yaml_node *node;
	struct diag_place got;
	struct arena *arena;
	struct diag *diag;
	ptrdiff_t at;
	size_t count, i;

	(void)state;
	for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		arena = arena_new(4096);
		diag = diag_new();
		assert_true(yaml_parse(arena, diag, "t",
		    span_of(inside[i].text), &documents, &count));
		node = yaml_get(documents[0], "c");
		at = span_find(node->text, span_of(inside[i].find));
		assert_true(at >= 0);
		got = yaml_place_in(node, (size_t)at, strlen(inside[i].find));
		if (got.line != inside[i].line ||
		    got.column != inside[i].column ||
		    got.width != inside[i].width)
			testing_fail(inside[i].name,
			    "got %u:%u+%u, want %u:%u+%u", got.line, got.column,
			    got.width, inside[i].line, inside[i].column,
			    inside[i].width);
		diag_free(diag);
		arena_free(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_place_in),
	};

	return cmocka_run_group_tests_name("text.yaml_place", tests, NULL,
	    NULL);
}
