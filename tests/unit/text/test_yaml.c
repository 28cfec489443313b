/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "base/buffer.h"

#include "text/yaml.h"

/*
 * A tree as one line: i1 integer, r1.5 decimal, 'x' string, 'x'q quoted one.
 * B marks an integer beyond 64 bits.
 */
static void
dump(const struct yaml_node *node, struct buffer *out)
{
	size_t i;

	switch (node->kind) {
	case YAML_NULL:
		buffer_add_string(out, "null");
		return;
	case YAML_BOOL:
		buffer_add_string(out, node->boolean ? "true" : "false");
		return;
	case YAML_INT:
		if (node->is_big)
			buffer_printf(out, "B%.17g", node->real);
		else
			buffer_printf(out, "i%jd", (intmax_t)node->integer);
		return;
	case YAML_REAL:
		buffer_printf(out, "r%.17g", node->real);
		return;
	case YAML_STRING:
		buffer_printf(out, "'" SPAN_FMT "'%s", SPAN_ARG(node->text),
		    node->is_quoted ? "q" : "");
		return;
	case YAML_LIST:
		buffer_add_char(out, '[');
		for (i = 0; i < node->count; i++) {
			buffer_add_string(out, i > 0 ? ", " : "");
			dump(node->items[i], out);
		}
		buffer_add_char(out, ']');
		return;
	case YAML_MAP:
		buffer_add_char(out, '{');
		for (i = 0; i < node->count; i++) {
			buffer_printf(out, "%s" SPAN_FMT ": ",
			    i > 0 ? ", " : "",
			    SPAN_ARG(node->pairs[i].key->text));
			dump(node->pairs[i].value, out);
		}
		buffer_add_char(out, '}');
		return;
	}
}

/* All documents parted by " --- ", or the findings one a line. */
static void
read_text(struct span text, struct buffer *out)
{
	const struct yaml_node *const *documents;
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	size_t count, i;

	if (!yaml_parse(arena, diag, "t.yml", text, &documents, &count) ||
	    diag_errors(diag) > 0) {
		diag_first_error(diag, out);
	} else {
		for (i = 0; i < count; i++) {
			buffer_add_string(out, i > 0 ? " --- " : "");
			dump(documents[i], out);
		}
	}
	diag_free(diag);
	arena_free(arena);
}

static void
check(const char *name, struct span text, const char *want)
{
	struct buffer got = BUFFER_INIT;

	read_text(text, &got);
	assert_span_equal_in(name, buffer_span(&got), span_of(want));
	buffer_done(&got);
}

/* The tables of YAML 1.2.2, 10.3.2, and what stands just outside of them. */
static const struct {
	const char *text;
	const char *want;
} scalars[] = {
	{ "", "" },
	{ "~", "null" },
	{ "null", "null" },
	{ "Null", "null" },
	{ "NULL", "null" },
	{ "nULL", "'nULL'" },
	{ "true", "true" },
	{ "True", "true" },
	{ "TRUE", "true" },
	{ "tRUE", "'tRUE'" },
	{ "false", "false" },
	{ "False", "false" },
	{ "FALSE", "false" },
	{ "yes", "'yes'" },
	{ "no", "'no'" },
	{ "on", "'on'" },
	{ "0", "i0" },
	{ "-0", "i0" },
	{ "0o7", "i7" },
	{ "0o17", "i15" },
	{ "0o8", "'0o8'" },
	{ "-0o7", "'-0o7'" },
	{ "0x3A", "i58" },
	{ "0xff", "i255" },
	{ "0x", "'0x'" },
	{ "-0x1", "'-0x1'" },
	{ "-19", "i-19" },
	{ "+12", "i12" },
	{ "010", "i10" },
	{ "1_000", "'1_000'" },
	{ "1:30", "'1:30'" },
	{ "9223372036854775807", "i9223372036854775807" },
	{ "-9223372036854775808", "i-9223372036854775808" },
	{ "9223372036854775808", "B9.2233720368547758e+18" },
	{ "-9223372036854775809", "B-9.2233720368547758e+18" },
	{ "0xffffffffffffffff", "B1.8446744073709552e+19" },
	{ "0.", "r0" },
	{ "-0.0", "r-0" },
	{ ".5", "r0.5" },
	{ "+12e03", "r12000" },
	{ "-2E+05", "r-200000" },
	{ "12.5e-1", "r1.25" },
	{ "1e", "'1e'" },
	{ ".", "'.'" },
	{ "1.2.3", "'1.2.3'" },
	{ ".inf", "rinf" },
	{ "-.Inf", "r-inf" },
	{ "+.INF", "rinf" },
	{ ".iNF", "'.iNF'" },
	{ ".nan", "rnan" },
	{ ".NaN", "rnan" },
	{ "-.nan", "'-.nan'" },
	{ "'5'", "'5'q" },
	{ "\"true\"", "'true'q" },
	{ "''", "''q" },
	{ "2026-03-02", "'2026-03-02'" },
	{ "!!str 5", "'5'" },
	{ "! 5", "'5'" },
	{ "!!int 5", "i5" },
	{ "!!null ~", "null" },
};

static void
test_scalars(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++)
		check(scalars[i].text, span_of(scalars[i].text),
		    scalars[i].want);
}

static const struct {
	const char *name;
	struct span text;
	const char *want;
} trees[] = {
	{ "nothing", SPAN(""), "" },
	{ "a comment only", SPAN("# x\n"), "" },
	{ "an empty document", SPAN("---\n...\n---\na\n"), "null --- 'a'" },
	{ "a map in file order", SPAN("b: 1\na: 2\n"), "{b: i1, a: i2}" },
	{ "lists", SPAN("- a\n- [b, 3]\n-\n"), "['a', ['b', i3], null]" },
	{ "nested", SPAN("a:\n  b: {c: d}\n"), "{a: {b: {c: 'd'}}}" },
	{ "several documents", SPAN("a: 1\n---\nb: 2\n"),
	    "{a: i1} --- {b: i2}" },
	{ "keys of any kind", SPAN("1: a\ntrue: b\n'': c\n"),
	    "{1: 'a', true: 'b', : 'c'}" },
	{ "no value", SPAN("a:\nb: 1\n"), "{a: null, b: i1}" },
	{ "a literal block", SPAN("a: |\n  x\n   y\n"), "{a: 'x\n y\n'q}" },
	{ "a folded block", SPAN("a: >-\n  x\n  y\n"), "{a: 'x y'q}" },
	{ "escapes", SPAN("a: \"\\u00e9\\n\\x41\"\n"), "{a: '\xc3\xa9\nA'q}" },
	{ "an alias", SPAN("a: &x [1]\nb: *x\n"), "{a: [i1], b: [i1]}" },
	{ "the latest anchor", SPAN("- &x 1\n- &x 2\n- *x\n"), "[i1, i2, i2]" },
	{ "an anchor of nothing", SPAN("a: &x\nb: *x\n"),
	    "{a: null, b: null}" },
	{ "line ends of DOS", SPAN("a: b\r\nc: d\r\n"), "{a: 'b', c: 'd'}" },
	{ "a byte order mark",
	    SPAN("\xef\xbb\xbf"
		 "a: b\n"),
	    "{a: 'b'}" },
	{ "wildcards and backslashes stay", SPAN("a: '\\*.exe'\nb: C:\\x\n"),
	    "{a: '\\*.exe'q, b: 'C:\\x'}" },
};

static void
test_trees(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(trees) / sizeof(trees[0]); i++)
		check(trees[i].name, trees[i].text, trees[i].want);
}

static void
test_nul_by_escape(void **state)
{
	const struct yaml_node *const *documents;
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	size_t count;

	(void)state;
	assert_true(yaml_parse(arena, diag, "t", SPAN("\"a\\0b\"\n"),
	    &documents, &count));
	assert_span_equal(documents[0]->text, SPAN("a\0b"));
	diag_free(diag);
	arena_free(arena);
}

static const struct {
	const char *name;
	struct span text;
	const char *want;
} mistakes[] = {
	{ "duplicate key", SPAN("a: 1\nb: 2\na: 3\n"),
	    "t.yml:3:1: error[IR0101]: duplicate key `a`" },
	{ "duplicate deep inside", SPAN("x:\n  - {q: 1, 'q': 2}\n"),
	    "t.yml:2:12: error[IR0101]: duplicate key `q`" },
	{ "1 and '1'", SPAN("1: a\n'1': b\n"),
	    "t.yml:2:1: error[IR0101]: duplicate key `1`" },
	{ "bad UTF-8", SPAN("a: b\nc: \xff\n"),
	    "t.yml:2:4: error[IR0106]: the byte 0xFF is not UTF-8" },
	{ "Windows-1252", SPAN("n: caf\xe9\n"),
	    "t.yml:1:7: error[IR0106]: the byte 0xE9 is not UTF-8" },
	{ "overlong", SPAN("\xc0\x80"),
	    "t.yml:1:1: error[IR0106]: the byte 0xC0 is not UTF-8" },
	{ "a NUL", SPAN("a: b\0c: d\n"),
	    "t.yml:1:5: error[IR0103]: "
	    "the character U+0000 is not allowed in YAML" },
	{ "a control", SPAN("a: \"\x1b[2J\"\n"),
	    "t.yml:1:5: error[IR0103]: "
	    "the character U+001B is not allowed in YAML" },
	{ "unknown alias", SPAN("a: *x\n"),
	    "t.yml:1:4: error[IR0108]: "
	    "no anchor `&x` before this alias" },
	{ "alias of itself", SPAN("&x [*x]\n"),
	    "t.yml:1:5: error[IR0108]: "
	    "no anchor `&x` before this alias" },
	{ "anchors end with their document", SPAN("&x 1\n---\n*x\n"),
	    "t.yml:3:1: error[IR0108]: no anchor `&x` before this alias" },
	{ "a foreign tag", SPAN("a: !python/object:x {}\n"),
	    "t.yml:1:21: error[IR0109]: "
	    "the tag `!python/object:x` does not fit a map" },
	{ "a tag that does not fit", SPAN("a: !!int x\n"),
	    "t.yml:1:10: error[IR0109]: the tag `!!int` does not fit a "
	    "string" },
	{ "merge key", SPAN("a: &x {b: 1}\nc:\n  <<: *x\n"),
	    "t.yml:3:3: error[IR0110]: "
	    "merge keys are not part of YAML 1.2" },
	{ "a list as key", SPAN("? [a]\n: b\n"),
	    "t.yml:1:3: error[IR0111]: a list cannot be a key" },
	{ "braces without quotes", SPAN("a: {{x}: y}\n"),
	    "t.yml:1:5: error[IR0111]: a map cannot be a key" },
	{ "no key", SPAN("{: b}\n"),
	    "t.yml:1:1: error[IR0111]: a key is missing here" },
};

static void
test_mistakes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		check(mistakes[i].name, mistakes[i].text, mistakes[i].want);
}

/* The library's wording may change; place and code may not. */
static const struct {
	const char *name;
	const char *text;
	const char *want;
} syntax[] = {
	{ "open bracket, told where it opens", "a: 1\nb: [1, 2\n",
	    "t.yml:2:4: error[IR0103]: not valid YAML: " },
	{ "two colons", "a: b: c\n",
	    "t.yml:1:5: error[IR0103]: not valid YAML: " },
	{ "tab as indentation", "a:\n\tb: c\n",
	    "t.yml:2:1: error[IR0103]: not valid YAML: " },
	{ "indentation", "a:\n  - b\n c: d\n",
	    "t.yml:3:2: error[IR0103]: not valid YAML: " },
	{ "a value with @", "a: @b\n",
	    "t.yml:1:4: error[IR0103]: not valid YAML: " },
	{ "unknown escape", "a: \"\\q\"\n",
	    "t.yml:1:5: error[IR0103]: not valid YAML: " },
	{ "open quote", "a: 'x\n",
	    "t.yml:1:5: error[IR0103]: not valid YAML: " },
};

static void
test_syntax(void **state)
{
	struct buffer got = BUFFER_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(syntax) / sizeof(syntax[0]); i++) {
		buffer_reset(&got);
		read_text(span_of(syntax[i].text), &got);
		if (got.len > strlen(syntax[i].want))
			got.len = strlen(syntax[i].want);
		assert_span_equal_in(syntax[i].name, buffer_span(&got),
		    span_of(syntax[i].want));
	}
	buffer_done(&got);
}

static void
test_every_mistake_is_told(void **state)
{
	const struct yaml_node *const *documents;
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	size_t count;

	(void)state;
	assert_true(yaml_parse(arena, diag, "t",
	    SPAN("a: 1\na: 2\nb: !x 1\nc:\n  <<: {d: 1}\n"), &documents,
	    &count));
	assert_int_equal(diag_errors(diag), 3);
	assert_int_equal(count, 1);
	diag_free(diag);
	arena_free(arena);
}

/* "[[...]]", `depth` deep. */
static void
nest(struct buffer *text, size_t depth)
{
	size_t i;

	for (i = 0; i < depth; i++)
		buffer_add_char(text, '[');
	for (i = 0; i < depth; i++)
		buffer_add_char(text, ']');
}

static void
test_depth(void **state)
{
	struct buffer text = BUFFER_INIT, got = BUFFER_INIT;

	(void)state;
	nest(&text, 64);
	read_text(buffer_span(&text), &got);
	assert_span_equal(buffer_span(&got), buffer_span(&text));
	buffer_reset(&text);
	nest(&text, 65);
	check("65 deep", buffer_span(&text),
	    "t.yml:1:65: error[IR0107]: nested more than 64 deep");
	buffer_reset(&text);
	nest(&text, 100000);
	check("100,000 deep", buffer_span(&text),
	    "t.yml:1:65: error[IR0107]: nested more than 64 deep");
	/* 40 below an alias that stands 30 deep. */
	buffer_reset(&text);
	buffer_add_string(&text, "- &x ");
	nest(&text, 40);
	buffer_add_string(&text, "\n- ");
	for (int i = 0; i < 30; i++)
		buffer_add_char(&text, '[');
	buffer_add_string(&text, "*x");
	for (int i = 0; i < 30; i++)
		buffer_add_char(&text, ']');
	check("deep through an alias", buffer_span(&text),
	    "t.yml:2:33: error[IR0107]: nested more than 64 deep");
	buffer_done(&text);
	buffer_done(&got);
}

/*
 * "Billion laughs": levels of 10 aliases each.  A level's size is ten times
 * the last one's and 1: 11, 111, 1111, 11111; aliases repeat 110, 1220, 12330
 * until line 4, and in line 5 the 8th one passes 100,000.
 */
static void
test_expansion(void **state)
{
	struct buffer text = BUFFER_INIT;

	(void)state;
	buffer_add_string(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++) {
		buffer_printf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buffer_printf(&text, "%s*a%d", j ? "," : "", i - 1);
		buffer_add_string(&text, "]\n");
	}
	check("billion laughs", buffer_span(&text),
	    "t.yml:5:38: "
	    "error[IR0108]: aliases repeat more than 100000 values");
	buffer_done(&text);
}

/* YAML 1.1 types: yaml.org/type/{bool,int,float}.html. */
static const struct {
	const char *text;
	bool want;
} ambiguous[] = {
	{ "yes", true },
	{ "No", true },
	{ "ON", true },
	{ "off", true },
	{ "y", true },
	{ "true", false },
	{ "null", false },
	{ "~", false },
	{ "010", true },
	{ "0", false },
	{ "10", false },
	{ "09", true },
	{ "0o17", true },
	{ "0b101", true },
	{ "0b2", false },
	{ "0x1F", false },
	{ "0x1_F", true },
	{ "-0x1F", true },
	{ "1_000", true },
	{ "_1", false },
	{ "1_000.5", true },
	{ "1:30", true },
	{ "190:20:30", true },
	{ "1:60", false },
	{ "190:20:30.15", true },
	{ "1:2:x", false },
	{ ":30", false },
	{ "1e3", true },
	{ "1.5e3", true },
	{ "1.5e+3", false },
	{ "1.5", false },
	{ "2026-03-02", false },
	{ "'yes'", false },
	{ "yesterday", false },
	{ "+", false },
	{ "-5", false },
	{ "-010", true },
};

static void
test_ambiguous(void **state)
{
	const struct yaml_node *const *documents;
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	size_t count, i;

	(void)state;
	for (i = 0; i < sizeof(ambiguous) / sizeof(ambiguous[0]); i++) {
		assert_true(yaml_parse(arena, diag, "t",
		    span_of(ambiguous[i].text), &documents, &count));
		if (yaml_is_ambiguous(documents[0]) != ambiguous[i].want)
			testing_fail(ambiguous[i].text, "got %d, want %d",
			    !ambiguous[i].want, ambiguous[i].want);
	}
	diag_free(diag);
	arena_free(arena);
}

static void
test_files(void **state)
{
	const struct yaml_node *const *documents;
	struct buffer got = BUFFER_INIT;
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	size_t count;

	(void)state;
	assert_false(yaml_read(arena, diag, "/nonexistent/x.yml", &documents,
	    &count));
	assert_false(yaml_read(arena, diag, "/", &documents, &count));
	diag_render_human(diag, false, &got);
	assert_span_equal(buffer_span(&got),
	    SPAN("error[IR0104]: a folder, not a file\n"
		 " --> /\n\n"
		 "error[IR0104]: No such file or directory\n"
		 " --> /nonexistent/x.yml\n"));
	buffer_done(&got);
	diag_free(diag);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_nul_by_escape),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_every_mistake_is_told),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_expansion),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("text.yaml", tests, NULL, NULL);
}
