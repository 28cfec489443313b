/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/explain_write.h"

#define NAME_BYTES 300
#define GAP_ACTUAL "      "
#define GAP_MARK "     "

/* Of many values of a field that fail, people see so many; none where one of
 * them is enough and there. */
#define FAILS_SHOWN 8

#define COLOR_RESET "\033[0m"

static const struct {
	const char *word, *color;
} verdicts[] = {
	[VERDICT_NO] = { "FAIL", "\033[31m" },
	[VERDICT_YES] = { "PASS", "\033[32m" },
	[VERDICT_UNKNOWN] = { "UNKNOWN", "\033[33m" },
};

struct writer {
	const struct explain_view *view;
	bool is_colored;
	struct buffer *out;
};

bool
explain_view_hits(const struct explain_view *view)
{
	return !view->is_excluded && view->root->verdict == VERDICT_YES;
}

void
explain_write_verdict(enum verdict verdict, bool is_colored, struct buffer *out)
{
	if (is_colored)
		buffer_add_string(out, verdicts[verdict].color);
	buffer_add_string(out, verdicts[verdict].word);
	if (is_colored)
		buffer_add_string(out, COLOR_RESET);
}

/* ---- The reason in a line ---- */

static void
write_condition_reason(const struct explain_node *root, struct buffer *out)
{
	size_t start = out->len;
	const struct rule_ident *ident;
	bool excludes = false;

	explain_tree_matched(root, out);
	if (out->len > start)
		buffer_add_string(out, " matched");
	if (root->verdict == VERDICT_UNKNOWN)
		buffer_add_string(out,
		    out->len > start ? ", not decided" : "not decided");
	ident = explain_tree_decider(root, &excludes);
	if (root->verdict != VERDICT_NO || ident == NULL)
		return;
	buffer_add_string(out, out->len > start ? ", " : "");
	if (excludes)
		buffer_add_string(out, "filtered by ");
	explain_text_safe(ident->name, NAME_BYTES, out);
	if (!excludes)
		buffer_add_string(out, " did not match");
}

void
explain_write_reason(const struct explain_view *view, struct buffer *out)
{
	size_t start = out->len;

	if (view->is_excluded) {
		buffer_add_string(out, "another logsource");
		return;
	}
	write_condition_reason(view->root, out);
	if (out->len == start)
		buffer_add_string(out,
		    view->root->verdict == VERDICT_YES ?
			"condition matched" :
			"condition did not match");
}

/* ---- For people ---- */

static void
write_mark(const struct writer *writer, const char *text)
{
	buffer_add_string(writer->out, GAP_MARK);
	if (writer->is_colored)
		buffer_add_string(writer->out, "\033[1m");
	buffer_printf(writer->out, "<- %s", text);
	if (writer->is_colored)
		buffer_add_string(writer->out, COLOR_RESET);
}

static void
write_line(const struct writer *writer, const struct explain_node *node,
    unsigned indent, bool has_actual)
{
	const struct explain_view *view = writer->view;
	struct buffer *out = writer->out, actual = BUFFER_INIT;

	buffer_printf(out, "%*s", (int)indent, "");
	explain_write_verdict(node->verdict, writer->is_colored, out);
	buffer_add_char(out, ' ');
	explain_text_node(node, view->fields, out);
	if (has_actual)
		explain_text_actual(node, view->fields, view->event,
		    view->arena, &actual);
	if (actual.len > 0) {
		buffer_add_string(out, GAP_ACTUAL);
		buffer_add_span(out, buffer_span(&actual));
	}
	buffer_done(&actual);
	if (node->is_decisive && !view->is_excluded)
		write_mark(writer, "filtered here");
	if (node->expr->kind == EXPR_TEST && node->verdict == VERDICT_UNKNOWN)
		write_mark(writer, "a limit of the regular expression");
	buffer_add_char(out, '\n');
}

/* `has_actual`: children say what the event has, unless their parent did. */
static void
write_node(const struct writer *writer, const struct explain_node *node,
    unsigned indent, bool has_actual)
{
	bool is_values = node->slot != FIELD_NONE;
	bool is_found = node->expr->kind == EXPR_OR &&
	    node->verdict == (node->is_negated ? VERDICT_NO : VERDICT_YES);
	uint32_t shown = is_found ? 0 : FAILS_SHOWN, fails = 0;

	write_line(writer, node, indent, has_actual);
	for (uint32_t i = 0; i < node->count; i++) {
		const struct explain_node *child = node->children[i];

		if (is_values && child->verdict == VERDICT_NO &&
		    fails++ >= shown)
			continue;
		write_node(writer, child, indent + 2, !is_values);
	}
	if (fails > shown)
		buffer_printf(writer->out, "%*s%u more FAIL\n", (int)indent + 2,
		    "", fails - shown);
}

static void
write_attributes(const struct logsource *logsource,
    const struct logsource *among, struct buffer *out)
{
	const struct {
		const char *name;
		struct span value, other;
	} attributes[] = {
		{ "category", logsource->category, among->category },
		{ "product", logsource->product, among->product },
		{ "service", logsource->service, among->service },
	};

	for (unsigned i = 0; i < 3; i++) {
		if (attributes[i].value.len == 0 ||
		    attributes[i].other.len == 0)
			continue;
		buffer_printf(out, " %s=", attributes[i].name);
		explain_text_safe(attributes[i].value, NAME_BYTES, out);
	}
}

static void
write_logsource(const struct writer *writer, unsigned indent)
{
	const struct explain_view *view = writer->view;

	if (!view->is_excluded)
		return;
	buffer_printf(writer->out, "%*s", (int)indent, "");
	explain_write_verdict(VERDICT_NO, writer->is_colored, writer->out);
	buffer_add_string(writer->out, " logsource");
	write_attributes(&view->rule->logsource, view->declared, writer->out);
	buffer_add_string(writer->out, GAP_ACTUAL "actual");
	write_attributes(view->declared, &view->rule->logsource, writer->out);
	write_mark(writer, "filtered here");
	buffer_add_char(writer->out, '\n');
}

static void
write_lacks(const struct explain_view *view, unsigned indent,
    struct buffer *out)
{
	for (uint32_t i = 0; i < view->lack_count; i++) {
		const struct explain_lack *lack = &view->lacks[i];

		buffer_printf(out, "%*sthe event has no ", (int)indent, "");
		explain_text_safe(lack->field, NAME_BYTES, out);
		if (!lack->is_mapped)
			buffer_add_string(out, ", nor has the mapping");
		if (lack->nearest.len > 0) {
			buffer_add_string(out, ", did you mean `");
			explain_text_safe(lack->nearest, NAME_BYTES, out);
			buffer_add_string(out, "`?");
		}
		buffer_add_char(out, '\n');
	}
}

/* The `and` between the identifiers of a condition goes without saying. */
static bool
is_plain_and(const struct explain_node *root)
{
	return root->expr->kind == EXPR_AND && !root->is_negated &&
	    root->expr->source.len == 0 && root->slot == FIELD_NONE;
}

void
explain_write_human(const struct explain_view *view, unsigned indent,
    bool is_colored, struct buffer *out)
{
	const struct writer writer = { view, is_colored, out };

	write_logsource(&writer, indent);
	if (!is_plain_and(view->root))
		write_node(&writer, view->root, indent, true);
	for (uint32_t i = 0; is_plain_and(view->root) && i < view->root->count;
	    i++)
		write_node(&writer, view->root->children[i], indent, true);
	write_lacks(view, indent, out);
}

/* ---- For programs ---- */

static void
add_string(struct json *json, const char *key, const struct buffer *text)
{
	json_key(json, key);
	json_span(json, buffer_span(text));
}

static void
add_test_members(const struct explain_view *view,
    const struct explain_node *node, struct json *json)
{
	const struct expr *expr = node->expr;
	const struct value *value;

	if (expr->slot == FIELD_NONE)
		return;
	value = event_value(view->event, expr->slot);
	json_key(json, "field");
	json_span(json, field_set_name(view->fields, expr->slot));
	json_key(json, "missing");
	json_bool(json, value->kind == VALUE_MISSING);
	json_key(json, "actual");
	explain_text_json(json, value);
	if (expr->test->kind != TEST_FIELDREF)
		return;
	json_key(json, "other_field");
	json_span(json, field_set_name(view->fields, expr->test->other_slot));
	json_key(json, "other");
	explain_text_json(json,
	    event_value(view->event, expr->test->other_slot));
}

static const char *const kinds[] = {
	[EXPR_AND] = "and",
	[EXPR_OR] = "or",
	[EXPR_NOT] = "not",
	[EXPR_N_OF] = "n_of",
	[EXPR_REF] = "identifier",
	[EXPR_TEST] = "test",
};

static void
add_node_members(const struct explain_view *view,
    const struct explain_node *node, struct json *json)
{
	struct buffer text = BUFFER_INIT;

	json_key(json, "kind");
	json_string(json, kinds[node->expr->kind]);
	json_key(json, "verdict");
	json_string(json, verdicts[node->verdict].word);
	explain_text_node(node, view->fields, &text);
	add_string(json, "text", &text);
	buffer_done(&text);
	json_key(json, "negated");
	json_bool(json, node->is_negated);
	json_key(json, "decisive");
	json_bool(json, node->is_decisive && !view->is_excluded);
	if (node->expr->kind == EXPR_N_OF) {
		json_key(json, "need");
		json_uint(json, node->expr->need);
	}
	if (node->expr->source.len > 0) {
		json_key(json, "source");
		json_span(json, node->expr->source);
	}
	if (node->expr->kind == EXPR_TEST)
		add_test_members(view, node, json);
}

/* Each node by its own writer: a tree may be deeper than one allows. */
static void
render_node(const struct explain_view *view, const struct explain_node *node,
    struct buffer *out)
{
	struct buffer child = BUFFER_INIT;
	struct json json;

	json_init(&json, out);
	json_object(&json);
	add_node_members(view, node, &json);
	if (node->count > 0) {
		json_key(&json, "children");
		json_array(&json);
	}
	for (uint32_t i = 0; i < node->count; i++) {
		buffer_reset(&child);
		render_node(view, node->children[i], &child);
		json_raw(&json, buffer_span(&child));
	}
	if (node->count > 0)
		json_end(&json);
	json_end(&json);
	buffer_done(&child);
}

static void
add_logsource(struct json *json, const char *key,
    const struct logsource *logsource)
{
	json_key(json, key);
	json_object(json);
	json_key(json, "category");
	json_span(json, logsource->category);
	json_key(json, "product");
	json_span(json, logsource->product);
	json_key(json, "service");
	json_span(json, logsource->service);
	json_end(json);
}

static void
add_lacks(const struct explain_view *view, struct json *json)
{
	json_key(json, "lacks");
	json_array(json);
	for (uint32_t i = 0; i < view->lack_count; i++) {
		json_object(json);
		json_key(json, "field");
		json_span(json, view->lacks[i].field);
		json_key(json, "mapped");
		json_bool(json, view->lacks[i].is_mapped);
		if (view->lacks[i].nearest.len > 0) {
			json_key(json, "nearest");
			json_span(json, view->lacks[i].nearest);
		}
		json_end(json);
	}
	json_end(json);
}

void
explain_write_json(const struct explain_view *view, struct json *json)
{
	struct buffer text = BUFFER_INIT;

	json_key(json, "rule");
	json_span(json, rule_label(view->rule));
	json_key(json, "hits");
	json_bool(json, explain_view_hits(view));
	explain_write_reason(view, &text);
	add_string(json, "reason", &text);
	json_key(json, "logsource_excludes");
	json_bool(json, view->is_excluded);
	if (view->is_excluded) {
		add_logsource(json, "logsource", &view->rule->logsource);
		add_logsource(json, "declared", view->declared);
	}
	buffer_reset(&text);
	render_node(view, view->root, &text);
	json_key(json, "tree");
	json_raw(json, buffer_span(&text));
	buffer_done(&text);
	add_lacks(view, json);
}
