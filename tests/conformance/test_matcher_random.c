/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many random rules in one set, many random events: the matcher, which joins
 * equal parts of all rules and answers them once, says of each rule what plain
 * evaluation of its own condition says.
 */
#include "matching.h"

#define RULES 150
#define EVENTS 400
#define FIELDS 5

static uint64_t seed = 20260302;

static unsigned
pick(unsigned below)
{
	/* Knuth's MMIX generator; the high bits are the good ones. */
	seed = seed * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

static const char *const values[] = { "x", "X", "y", "xy", "yx", "''", "5",
	"50", "true", "null", "'x*'", "'*y'", "'?'", "'*'", "10.0.0.1",
	"\xc3\x84", "\xc3\xa4" };

static const char *const modifiers[] = { "", "", "", "", "|contains",
	"|startswith", "|endswith", "|cased", "|contains|cased", "|neq",
	"|contains|all", "|all", "|re", "|fieldref", "|gte", "|exists" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *
value_for(const char *modifier)
{
	static const char *const fields[] = { "a", "b", "c", "d", "e" };

	if (strcmp(modifier, "|re") == 0)
		return pick(2) ? "'^x.*'" : "'[xy]$'";
	if (strcmp(modifier, "|fieldref") == 0)
		return fields[pick(FIELDS)];
	if (strcmp(modifier, "|gte") == 0)
		return pick(2) ? "5" : "6";
	if (strcmp(modifier, "|exists") == 0)
		return pick(2) ? "true" : "false";
	if (modifier[0] != '\0' && strcmp(modifier, "|neq") != 0)
		return values[pick(5)];
	return values[pick(COUNT(values))];
}

static void
add_item(struct buffer *out)
{
	const char *modifier = modifiers[pick(COUNT(modifiers))];
	unsigned count = pick(3) == 0 ? 2 + pick(4) : 1;

	if (strcmp(modifier, "|exists") == 0)
		count = 1;
	buffer_printf(out, "%c%s: [", 'a' + (int)pick(FIELDS), modifier);
	for (unsigned i = 0; i < count; i++)
		buffer_printf(out, "%s%s", i > 0 ? ", " : "",
		    value_for(modifier));
	buffer_add_string(out, "]");
}

/* One item, or several maps of one: no key twice in a map. */
static void
add_identifier(struct buffer *out, char name)
{
	unsigned count = 1 + pick(3);

	buffer_printf(out, "  %c: [", name);
	for (unsigned i = 0; i < count; i++) {
		buffer_add_string(out, i > 0 ? ", {" : "{");
		add_item(out);
		buffer_add_string(out, "}");
	}
	buffer_add_string(out, "]\n");
}

static void
add_rule(struct buffer *out, unsigned number)
{
	static const char *const conditions[] = { "p", "p and q", "p or q",
		"not p", "p and not q", "not (p or q) or r", "p and q and r",
		"p or q or r", "2 of them", "all of them", "1 of them",
		"(p or q) and (p or r)", "not p and not q" };

	buffer_printf(out,
	    "---\ntitle: r%u\nname: r%u\nlevel: low\n"
	    "logsource: {category: c}\ndetection:\n",
	    number, number);
	for (char name = 'p'; name <= 'r'; name++)
		add_identifier(out, name);
	buffer_printf(out, "  condition: %s\n",
	    conditions[pick(COUNT(conditions))]);
}

static struct value
scalar(struct arena *arena)
{
	static const char *const texts[] = { "x", "X", "y", "xy", "YX", "", "5",
		"50", "TRUE", "x*", "10.0.0.1", "\xc3\x84", "xxyy" };

	switch (pick(10)) {
	case 0:
		return value_null();
	case 1:
		return value_bool(pick(2) == 0);
	case 2:
		return value_int(arena, pick(8));
	case 3:
		return (struct value){ .kind = VALUE_OBJECT };
	default:
		return value_string(span_of(texts[pick(COUNT(texts))]));
	}
}

static struct value
any_value(struct arena *arena)
{
	struct value list = { .kind = VALUE_LIST, .count = pick(4) };
	struct value *items;

	if (pick(5) == 0)
		return (struct value){ 0 };
	if (pick(4) != 0)
		return scalar(arena);
	items = arena_array(arena, list.count + 1, sizeof(*items));
	for (uint32_t i = 0; i < list.count; i++)
		items[i] = scalar(arena);
	list.items = items;
	return list;
}

static void
compare(struct matcher *matcher, const struct rule_set *rules,
    const struct event *event, struct arena *arena, unsigned *hits)
{
	struct match_result result;
	size_t next = 0;

	match_result_init(&result, arena);
	matcher_run(matcher, event, &result);
	assert_int_equal(result.unknown_count, 0);
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->rules[i];
		bool got = next < result.hit_count &&
		    result.hits[next].rule == rule;
		bool want = match_expr(rule->condition, event, arena) ==
		    VERDICT_YES;

		next += got;
		*hits += got;
		if (got != want)
			testing_fail("random", "rule %u: got %d, want %d", i,
			    got, want);
	}
	assert_int_equal(next, result.hit_count);
}

static void
matcher_random(void **state)
{
	const struct match_input input = { { SPAN_NONE, SPAN_NONE,
	    SPAN_NONE } };
	struct buffer text = BUFFER_INIT, out = BUFFER_INIT;
	struct arena *arena = arena_new(65536);
	struct diag *diag = diag_new();
	const char *path = matching_folder();
	const struct rule_load_options options = { .paths = &path,
		.path_count = 1 };
	struct rule_load_result loaded = { 0 };
	struct event event = { .input = 0 };
	struct matcher *matcher;
	unsigned hits = 0;

	(void)state;
	for (unsigned i = 0; i < RULES; i++)
		add_rule(&text, i);
	matching_write("rule.yml", buffer_string(&text));
	if (!rule_load(&options, diag, &loaded)) {
		diag_render_human(diag, false, &out);
		testing_fail("random", "%s", buffer_string(&out));
	}
	matcher = matcher_new(loaded.rules, &input, 1);
	for (unsigned i = 0; i < EVENTS; i++) {
		event.values = arena_array(arena,
		    field_set_count(loaded.rules->fields),
		    sizeof(*event.values));
		for (uint32_t j = 0; j < field_set_count(loaded.rules->fields);
		    j++)
			event.values[j] = any_value(arena);
		compare(matcher, loaded.rules, &event, arena, &hits);
		arena_reset(arena);
	}
	/* The rules are neither all true nor all false. */
	assert_in_range(hits, RULES * EVENTS / 10, RULES * EVENTS * 9 / 10);
	matcher_free(matcher);
	rule_set_free(loaded.rules);
	diag_free(diag);
	arena_free(arena);
	buffer_done(&text);
	buffer_done(&out);
	matching_done();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matcher_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
