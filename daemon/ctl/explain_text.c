/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/fold.h"
#include "ctl/explain_text.h"

#define VALUE_BYTES 200
#define LITERAL_BYTES 300
#define MEMBERS_SHOWN 8

static bool
is_hidden(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200e ||
	    c == 0x200f || c == 0x2028 || c == 0x2029 ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static size_t
add_safe(struct span text, struct buffer *out)
{
	uint32_t c;
	size_t used = fold_decode(text, &c);
	char bytes[4];

	if (used == 0) {
		used = fold_ill_formed(text);
		c = 0xfffd;
	}
	if (c < 0x20)
		c += 0x2400;
	else if (c == 0x7f)
		c = 0x2421;
	if (is_hidden(c))
		buffer_printf(out, "<U+%04X>", c);
	else
		buffer_add(out, bytes, fold_encode(c, bytes));
	return used;
}

void
explain_text_safe(struct span text, size_t limit, struct buffer *out)
{
	size_t start = out->len, used;

	while (text.len > 0) {
		if (out->len - start >= limit) {
			buffer_add_string(out, "\xe2\x80\xa6");
			return;
		}
		used = add_safe(text, out);
		text.ptr += used;
		text.len -= used;
	}
}

static void
add_quoted(struct span text, size_t limit, struct buffer *out)
{
	buffer_add_char(out, '"');
	explain_text_safe(text, limit, out);
	buffer_add_char(out, '"');
}

/* ---- Values ---- */

static void
add_scalar(const struct value *value, struct buffer *out)
{
	switch (value->kind) {
	case VALUE_MISSING:
		buffer_add_string(out, "missing");
		break;
	case VALUE_NULL:
		buffer_add_string(out, "null");
		break;
	case VALUE_OBJECT:
		buffer_add_string(out, "an object");
		break;
	case VALUE_STRING:
		add_quoted(value->text, VALUE_BYTES, out);
		break;
	default:
		explain_text_safe(value->text, VALUE_BYTES, out);
		break;
	}
}

static void
add_value(const struct value *value, struct buffer *out)
{
	if (value->kind != VALUE_LIST) {
		add_scalar(value, out);
		return;
	}
	buffer_add_char(out, '[');
	for (uint32_t i = 0; i < value->count && i < MEMBERS_SHOWN; i++) {
		buffer_add_string(out, i > 0 ? ", " : "");
		add_scalar(&value->items[i], out);
	}
	if (value->count > MEMBERS_SHOWN)
		buffer_printf(out, ", %u more", value->count - MEMBERS_SHOWN);
	buffer_add_char(out, ']');
}

void
explain_text_json(struct json *json, const struct value *value)
{
	switch (value->kind) {
	case VALUE_MISSING:
	case VALUE_NULL:
		json_null(json);
		break;
	case VALUE_STRING:
		json_span(json, value->text);
		break;
	case VALUE_OBJECT:
		json_object(json);
		json_end(json);
		break;
	case VALUE_LIST:
		json_array(json);
		for (uint32_t i = 0; i < value->count; i++)
			explain_text_json(json, &value->items[i]);
		json_end(json);
		break;
	default: /* its text is a JSON number or boolean */
		json_raw(json, value->text);
		break;
	}
}

/* ---- Tests ---- */

/* A test's source in its parts: FIELD|MODIFIER|..: VALUE, or a VALUE. */
struct written {
	struct span modifiers; /* each after a "|" */
	struct span value;
};

/* Blanks in the names of fields are written, but no part of them. */
static size_t
field_len(struct span source, struct span name)
{
	size_t at = 0, i = 0;

	for (; at < source.len && i < name.len; at++) {
		if (source.ptr[at] == name.ptr[i])
			i++;
	}
	while (at < source.len && source.ptr[at] == ' ')
		at++;
	return at;
}

static struct written
split_source(const struct expr *expr, const struct field_set *fields)
{
	struct span rest = expr->source;
	struct written written = { SPAN_NONE, rest };
	ptrdiff_t colon;
	size_t len = 0;

	if (expr->slot != FIELD_NONE)
		len = field_len(rest, field_set_name(fields, expr->slot));
	rest = span_make(rest.ptr + len, rest.len - len);
	if (expr->slot == FIELD_NONE && !span_starts_with(rest, SPAN("|")))
		return written;
	colon = span_find(rest, SPAN(": "));
	if (colon < 0)
		return written;
	written.modifiers = span_make(rest.ptr, (size_t)colon);
	written.value = span_make(rest.ptr + colon + 2,
	    rest.len - (size_t)colon - 2);
	return written;
}

/* How modifiers are said; those that the tree shows are not. */
static const struct {
	const char *name, *verb, *noun;
} words[] = {
	{ "contains", "contains", NULL },
	{ "startswith", "starts with", NULL },
	{ "endswith", "ends with", NULL },
	{ "re", "matches", NULL },
	{ "cidr", "in", NULL },
	{ "gt", ">", NULL },
	{ "gte", ">=", NULL },
	{ "lt", "<", NULL },
	{ "lte", "<=", NULL },
	{ "fieldref", NULL, "field " },
	{ "expand", NULL, "one of the list " },
	{ "exists", NULL, NULL },
	{ "all", NULL, NULL },
	{ "neq", NULL, NULL },
};

#define WORDS (sizeof(words) / sizeof(*words))

struct phrase {
	const char *verb, *noun;
	struct buffer others; /* " (cased)" */
};

static void
add_modifier(struct span name, struct phrase *phrase)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (!span_is(name, words[i].name))
			continue;
		if (words[i].verb != NULL && phrase->verb != NULL)
			break;
		if (words[i].verb != NULL)
			phrase->verb = words[i].verb;
		if (words[i].noun != NULL)
			phrase->noun = words[i].noun;
		return;
	}
	buffer_add_string(&phrase->others,
	    phrase->others.len == 0 ? " (" : ", ");
	explain_text_safe(name, LITERAL_BYTES, &phrase->others);
}

static void
read_modifiers(struct span modifiers, struct phrase *phrase)
{
	struct span word;

	if (modifiers.len == 0)
		return;
	(void)span_split(&modifiers, '|', &word);
	while (span_split(&modifiers, '|', &word))
		add_modifier(word, phrase);
	if (phrase->others.len > 0)
		buffer_add_char(&phrase->others, ')');
}

static void
add_operand(const struct rule_test *test, struct span value, struct buffer *out)
{
	if (test->kind == TEST_STRING)
		add_quoted(value, LITERAL_BYTES, out);
	else
		explain_text_safe(value, LITERAL_BYTES, out);
}

static void
add_test(const struct expr *expr, const struct field_set *fields,
    struct buffer *out)
{
	struct written written = split_source(expr, fields);
	struct phrase phrase = { NULL, NULL, BUFFER_INIT };

	read_modifiers(written.modifiers, &phrase);
	if (expr->slot == FIELD_NONE)
		buffer_add_string(out, "any value");
	else
		explain_text_safe(field_set_name(fields, expr->slot),
		    LITERAL_BYTES, out);
	if (expr->test->kind == TEST_EXISTS) {
		buffer_add_string(out,
		    expr->test->boolean ? " exists" : " does not exist");
	} else {
		if (phrase.verb == NULL)
			phrase.verb = expr->slot == FIELD_NONE ? "contains" :
								 "=";
		buffer_printf(out, " %s %s", phrase.verb,
		    phrase.noun != NULL ? phrase.noun : "");
		add_operand(expr->test, written.value, out);
	}
	buffer_add_span(out, buffer_span(&phrase.others));
	buffer_done(&phrase.others);
}

static void
add_group(const struct explain_node *node, const struct field_set *fields,
    struct buffer *out)
{
	const struct expr *expr = node->expr;
	const char *quantity = expr->kind == EXPR_AND ? "all of" : "any of";

	if (expr->source.len > 0) {
		explain_text_safe(expr->source, LITERAL_BYTES, out);
	} else if (node->slot != FIELD_NONE) {
		explain_text_safe(field_set_name(fields, node->slot),
		    LITERAL_BYTES, out);
		buffer_printf(out, " %s %u values", quantity, node->count);
	} else if (expr->kind == EXPR_N_OF) {
		buffer_printf(out, "%u of these", expr->need);
	} else {
		buffer_printf(out, "%s these", quantity);
	}
}

void
explain_text_node(const struct explain_node *node,
    const struct field_set *fields, struct buffer *out)
{
	if (node->is_negated)
		buffer_add_string(out, "not ");
	if (node->expr->kind == EXPR_REF)
		explain_text_safe(node->expr->ident->name, LITERAL_BYTES, out);
	else if (node->expr->kind == EXPR_TEST)
		add_test(node->expr, fields, out);
	else
		add_group(node, fields, out);
}

/* ---- What the event has ---- */

/* The keyword that the test finds, or how many it was looked for in. */
static void
add_keyword(const struct expr *expr, const struct event *event,
    struct arena *scratch, struct buffer *out)
{
	struct event one = *event;

	one.keyword_count = 1;
	for (uint32_t i = 0; i < event->keyword_count; i++) {
		one.keywords = &event->keywords[i];
		if (match_expr(expr, &one, scratch) != VERDICT_YES)
			continue;
		buffer_add_string(out, "found in ");
		add_value(one.keywords, out);
		return;
	}
	buffer_printf(out, "in none of %u values", event->keyword_count);
}

/* The line says `event.action = "search"`, and that is what the event has. */
static bool
is_said(const struct expr *expr, const struct field_set *fields,
    const struct value *value)
{
	struct written written = split_source(expr, fields);

	return written.modifiers.len == 0 && value->kind != VALUE_LIST &&
	    (expr->test->kind == TEST_STRING ||
		expr->test->kind == TEST_NUMBER ||
		expr->test->kind == TEST_BOOL) &&
	    span_equal(written.value, value->text);
}

static void
add_test_actual(const struct expr *expr, const struct field_set *fields,
    const struct event *event, struct arena *scratch, struct buffer *out)
{
	const struct value *value;

	if (expr->slot == FIELD_NONE) {
		add_keyword(expr, event, scratch, out);
		return;
	}
	value = event_value(event, expr->slot);
	if (is_said(expr, fields, value))
		return;
	buffer_add_string(out, "actual ");
	add_value(value, out);
	if (expr->test->kind == TEST_FIELDREF) {
		buffer_add_string(out, ", ");
		explain_text_safe(field_set_name(fields,
				      expr->test->other_slot),
		    LITERAL_BYTES, out);
		buffer_add_char(out, ' ');
		add_value(event_value(event, expr->test->other_slot), out);
	}
}

void
explain_text_actual(const struct explain_node *node,
    const struct field_set *fields, const struct event *event,
    struct arena *scratch, struct buffer *out)
{
	if (node->expr->kind == EXPR_TEST) {
		add_test_actual(node->expr, fields, event, scratch, out);
	} else if (node->slot != FIELD_NONE) {
		buffer_add_string(out, "actual ");
		add_value(event_value(event, node->slot), out);
	}
}

void
explain_text_span(int64_t span_us, struct buffer *out)
{
	static const struct {
		int64_t us;
		const char *unit;
	} units[] = { { INT64_C(86400000000), "d" },
		{ INT64_C(3600000000), "h" }, { 60000000, "m" },
		{ 1000000, "s" }, { 1000, "ms" }, { 1, "us" } };
	size_t i = 0;

	while (span_us % units[i].us != 0)
		i++;
	buffer_printf(out, "%" PRId64 "%s", span_us / units[i].us,
	    units[i].unit);
}
