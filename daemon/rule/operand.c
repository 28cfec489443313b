/* SPDX-License-Identifier: Apache-2.0 */
/* One value of a detection item becomes one test. */
#include <math.h>

#include "rule/rule_internal.h"

static bool
operand_is_decimal(struct span text)
{
	size_t i = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');

	if (i == text.len)
		return false;
	for (; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	}
	return true;
}

static bool
operand_number(struct rule_loader *loader, const struct yaml_node *value,
    struct value *ret_number)
{
	if (value->kind == YAML_REAL && isfinite(value->real)) {
		*ret_number = value_real(loader->arena, value->real);
		return true;
	}
	if (value->kind == YAML_INT && !value->is_big) {
		*ret_number = value_int(loader->arena, value->integer);
		return true;
	}
	if (value->kind == YAML_INT && operand_is_decimal(value->text)) {
		*ret_number = value_whole(loader->arena, value->text);
		return true;
	}
	return finding_error(loader, value->place, "IR0405",
	    "`" SPAN_FMT "` is no number that can be compared",
	    SPAN_ARG(value->text));
}

static bool
operand_compare(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	test->kind = TEST_COMPARE;
	test->op = item->modifiers & MODIFIER_GT ? COMPARE_GT :
	    item->modifiers & MODIFIER_GTE	 ? COMPARE_GTE :
	    item->modifiers & MODIFIER_LT	 ? COMPARE_LT :
						   COMPARE_LTE;
	if (value->kind == YAML_INT || value->kind == YAML_REAL)
		return operand_number(loader, value, &test->number);
	finding_error(loader, value->place, "IR0405",
	    "a comparison takes a number, not %s", yaml_kind_name(value->kind));
	if (value->is_quoted)
		diag_hint(loader->diag, "without quotes it is a number");
	return false;
}

static bool
operand_exists(struct rule_loader *loader, const struct yaml_node *value,
    struct rule_test *test)
{
	test->kind = TEST_EXISTS;
	test->boolean = value->boolean;
	if (value->kind == YAML_BOOL)
		return true;
	return finding_error(loader, value->place, "IR0405",
	    "`exists` takes true or false, not %s",
	    yaml_kind_name(value->kind));
}

static bool
operand_fieldref(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	ptrdiff_t wild;

	if (value->kind == YAML_NULL || value->text.len == 0)
		return finding_error(loader, value->place, "IR0405",
		    "`fieldref` takes the name of a field");
	wild = glob_parse_wildcard(value->text);
	if (wild >= 0)
		return finding_error(loader,
		    yaml_place_in(value, (size_t)wild, 1), "IR0410",
		    "the name of a field has no wildcards");
	test->kind = TEST_FIELDREF;
	test->cased = (item->modifiers & MODIFIER_CASED) != 0;
	test->anchor = modifier_anchor(item->modifiers);
	test->other_slot = slots_field(loader, value->place, value->text);
	slots_add(&loader->draft->slots, test->other_slot);
	return test->other_slot != FIELD_NONE;
}

static bool
operand_list(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct span name, struct rule_test *test)
{
	test->kind = TEST_LIST;
	test->cased = (item->modifiers & MODIFIER_CASED) != 0;
	test->anchor = modifier_anchor(item->modifiers);
	/* A keyword stands anywhere in a value. */
	if (item->field.len == 0 && test->anchor == ANCHOR_WHOLE)
		test->anchor = ANCHOR_ANYWHERE;
	test->list = placeholder_list(loader, value, name);
	return test->list != NULL;
}

static bool
operand_null(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	test->kind = TEST_NULL;
	if (item->field.len == 0)
		return finding_error(loader, value->place, "IR0418",
		    "a keyword cannot be null");
	if ((item->modifiers & ~(unsigned)(MODIFIER_ALL | MODIFIER_NEQ)) == 0)
		return true;
	return finding_error(loader, value->place, "IR0418",
	    "null has no text that a modifier could be applied to");
}

/* Text as wildcards and contains see it: a number's shortest decimal. */
static bool
operand_text(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	unsigned modifiers = item->modifiers;
	struct span text = value->text;
	struct value number = { 0 };

	if (item->field.len == 0 && (modifiers & MODIFIER_ANCHORS) == 0)
		modifiers |= MODIFIER_CONTAINS;
	if (value->kind == YAML_INT || value->kind == YAML_REAL) {
		if (!operand_number(loader, value, &number))
			return false;
		text = number.text;
	}
	glob_parse(loader->arena, text, modifiers, test);
	return true;
}

static bool
operand_plain(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	struct span name;

	if (value->kind == YAML_STRING &&
	    placeholder_name(value->text, &name)) {
		if ((item->modifiers & MODIFIER_EXPAND) != 0)
			return operand_list(loader, item, value, name, test);
		/* '%AppData%' is what it looks like. */
		if (placeholder_is_known(loader, name))
			finding_warning(loader, value->place, "IW0417",
			    "`" SPAN_FMT "` is plain text without `expand`",
			    SPAN_ARG(value->text));
	}
	if ((item->modifiers & MODIFIER_EXPAND) != 0 &&
	    placeholder_is_inside(value->text))
		return finding_error(loader, value->place, "IR0802",
		    "a placeholder must be the whole value");
	if (value->kind == YAML_STRING || item->field.len == 0 ||
	    (item->modifiers & MODIFIER_ANCHORS) != 0)
		return operand_text(loader, item, value, test);
	if (value->kind == YAML_BOOL) {
		test->kind = TEST_BOOL;
		test->boolean = value->boolean;
		return true;
	}
	test->kind = TEST_NUMBER;
	return operand_number(loader, value, &test->number);
}

static bool
operand_any(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value, struct rule_test *test)
{
	if (!yaml_is_scalar(value))
		return finding_error(loader, value->place, "IR0409",
		    "a value is a string, number, boolean or null, not %s",
		    yaml_kind_name(value->kind));
	if (yaml_is_ambiguous(value))
		finding_warning(loader, value->place, "IW0119",
		    "YAML 1.1 reads `" SPAN_FMT "` otherwise",
		    SPAN_ARG(value->text));
	if ((item->modifiers & MODIFIER_EXISTS) != 0)
		return operand_exists(loader, value, test);
	if ((item->modifiers & MODIFIER_COMPARES) != 0)
		return operand_compare(loader, item, value, test);
	if ((item->modifiers & MODIFIER_FIELDREF) != 0)
		return operand_fieldref(loader, item, value, test);
	if (value->kind == YAML_NULL)
		return operand_null(loader, item, value, test);
	if ((item->modifiers & MODIFIER_CIDR) != 0)
		return network_parse(loader, value, test);
	if ((item->modifiers & MODIFIER_RE) != 0)
		return regex_add(loader, item, value, test);
	return operand_plain(loader, item, value, test);
}

const struct rule_test *
operand_test(struct rule_loader *loader, const struct item *item,
    const struct yaml_node *value)
{
	struct rule_test *test = arena_zalloc(loader->arena, sizeof(*test));

	return operand_any(loader, item, value, test) ? test : NULL;
}
