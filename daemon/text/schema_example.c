/* SPDX-License-Identifier: Apache-2.0 */
#include "text/schema.h"
#include "text/timespan.h"

#define EXAMPLE_COLUMNS 78
#define EXAMPLE_INDENT 2U

static void schema_example_map(const struct schema *schema, unsigned indent,
    bool is_item, struct buffer *out);

static void
schema_example_indent(unsigned indent, struct buffer *out)
{
	buffer_printf(out, "%*s", (int)indent, "");
}

/* A comment, broken between words. */
static void
schema_example_comment(struct span text, unsigned indent, struct buffer *out)
{
	size_t column = 0;
	struct span word;

	while (span_split(&text, ' ', &word)) {
		if (column > 0 && column + 1 + word.len > EXAMPLE_COLUMNS) {
			buffer_add_char(out, '\n');
			column = 0;
		}
		if (column == 0) {
			schema_example_indent(indent, out);
			buffer_add_char(out, '#');
			column = indent + 1;
		}
		buffer_add_char(out, ' ');
		buffer_add_span(out, word);
		column += 1 + word.len;
	}
	buffer_add_char(out, '\n');
}

static void
schema_example_number(const struct schema_option *option, uint64_t number,
    struct buffer *out)
{
	if (option->type == SCHEMA_DURATION)
		timespan_format((int64_t)number, out);
	else if (option->type == SCHEMA_SIZE)
		timespan_format_size(number, out);
	else
		buffer_add_u64(out, number);
}

/* One of the facts in brackets behind the line of documentation. */
static void
schema_example_fact(struct buffer *facts, const char *fact)
{
	buffer_add_string(facts, facts->len > 0 ? "; " : "");
	buffer_add_string(facts, fact);
}

static void
schema_example_bounds(const struct schema_option *option, struct buffer *facts)
{
	static const char *const kinds[] = { [SCHEMA_UINT] = "a number",
		[SCHEMA_DURATION] = "a duration",
		[SCHEMA_SIZE] = "a size" };

	schema_example_fact(facts, kinds[option->type]);
	if (option->min == 0 && option->max == 0)
		return;
	buffer_add_string(facts, " from ");
	schema_example_number(option, option->min, facts);
	buffer_add_string(facts, " to ");
	schema_example_number(option, option->max, facts);
}

static void
schema_example_words(const struct schema_option *option, struct buffer *facts)
{
	size_t i;

	schema_example_fact(facts, "one of ");
	for (i = 0; option->words[i] != NULL; i++)
		buffer_printf(facts, "%s%s", i > 0 ? ", " : "",
		    option->words[i]);
	if (option->max > 0)
		buffer_add_string(facts, ", or its number");
}

static void
schema_example_facts(const struct schema_option *option, struct buffer *facts)
{
	switch (option->type) {
	case SCHEMA_BOOL:
		schema_example_fact(facts, "true or false");
		break;
	case SCHEMA_ENUM:
		schema_example_words(option, facts);
		break;
	case SCHEMA_UINT:
	case SCHEMA_DURATION:
	case SCHEMA_SIZE:
		schema_example_bounds(option, facts);
		break;
	case SCHEMA_MAP:
	case SCHEMA_MAPS:
		return;
	case SCHEMA_STRING:
	case SCHEMA_STRINGS:
	case SCHEMA_PAIRS:
	case SCHEMA_NODE:
		break;
	}
	if (option->is_required)
		schema_example_fact(facts, "required");
	if (option->is_reloadable)
		schema_example_fact(facts, "changed by reload");
}

static void
schema_example_doc(const struct schema_option *option, unsigned indent,
    struct buffer *out)
{
	struct buffer text = BUFFER_INIT, facts = BUFFER_INIT;

	buffer_add_string(&text, option->doc);
	schema_example_facts(option, &facts);
	if (facts.len > 0)
		buffer_printf(&text, " (%s)", buffer_string(&facts));
	schema_example_comment(buffer_span(&text), indent, out);
	buffer_done(&text);
	buffer_done(&facts);
}

static void
schema_example_option(const struct schema_option *option, unsigned indent,
    bool is_item, struct buffer *out)
{
	const char *value = option->example;
	bool is_parent = option->type == SCHEMA_MAP ||
	    option->type == SCHEMA_MAPS;

	if (value == NULL)
		value = option->default_text;
	schema_example_doc(option, is_item ? indent - EXAMPLE_INDENT : indent,
	    out);
	schema_example_indent(is_item ? indent - EXAMPLE_INDENT : indent, out);
	if (is_item)
		buffer_add_string(out, "- ");
	else if (!option->is_required && !is_parent)
		buffer_add_char(out, '#');
	buffer_printf(out, "%s:", option->key);
	if (value != NULL)
		buffer_printf(out, " %s", value);
	buffer_add_char(out, '\n');
	if (is_parent)
		schema_example_map(option->child,
		    indent +
			(option->type == SCHEMA_MAPS ? 2U : 1U) *
			    EXAMPLE_INDENT,
		    option->type == SCHEMA_MAPS, out);
}

/* Of an item in a list the first key stands behind the hyphen. */
static void
schema_example_map(const struct schema *schema, unsigned indent, bool is_item,
    struct buffer *out)
{
	size_t i;

	for (i = 0; i < schema->count; i++) {
		if (i > 0)
			buffer_add_char(out, '\n');
		schema_example_option(&schema->options[i], indent,
		    is_item && i == 0, out);
	}
}

void
schema_example(const struct schema *schema, struct buffer *out)
{
	schema_example_map(schema, 0, false, out);
}
