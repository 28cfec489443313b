/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/fold.h"

#include "match/compile.h"

void
test_subject_init(struct subject *subject, const struct value *value)
{
	subject->value = value;
	subject->members = value_members(value, &subject->count);
	subject->folded = NULL;
}

void
test_subject_init_keywords(struct subject *subject, const struct event *event)
{
	subject->value = NULL;
	subject->members = event->keywords;
	subject->count = event->keyword_count;
	subject->folded = NULL;
}

/* Null, nested objects and nothing have no text, not even an empty one. */
static bool
test_has_text(const struct value *member)
{
	return member->kind >= VALUE_BOOL && member->kind <= VALUE_STRING;
}

static const struct span *
test_folded(struct subject *subject, struct arena *arena)
{
	struct span *folded = &subject->one;

	if (subject->folded != NULL || subject->count == 0)
		return subject->folded;
	if (subject->count > 1)
		folded = arena_array(arena, subject->count, sizeof(*folded));
	for (uint32_t i = 0; i < subject->count; i++)
		folded[i] = fold_span(arena, subject->members[i].text);
	subject->folded = folded;
	return folded;
}

bool
test_subject_among(struct subject *subject, const struct span *literals,
    uint32_t count, struct arena *arena)
{
	const struct span *folded = test_folded(subject, arena);

	for (uint32_t i = 0; i < subject->count; i++) {
		struct span text = folded[i];

		if (!test_has_text(&subject->members[i]))
			continue;
		for (uint32_t j = 0; j < count; j++) {
			if (literals[j].len == text.len &&
			    (text.len == 0 ||
				(literals[j].ptr[0] == text.ptr[0] &&
				    memcmp(literals[j].ptr, text.ptr,
					text.len) == 0)))
				return true;
		}
	}
	return false;
}

bool
test_subject_globs(struct subject *subject, struct node *const *tests,
    uint32_t count, struct arena *arena)
{
	const struct span *folded = test_folded(subject, arena);

	for (uint32_t i = 0; i < subject->count; i++) {
		if (!test_has_text(&subject->members[i]))
			continue;
		for (uint32_t j = 0; j < count; j++) {
			const struct rule_test *test = tests[j]->test;

			if (glob_match(test->glob.pieces,
				test->glob.piece_count, folded[i]))
				return true;
		}
	}
	return false;
}

static inline struct span
test_text(const struct rule_test *test, struct subject *subject, uint32_t i,
    struct arena *arena)
{
	return test->cased ? subject->members[i].text :
			     test_folded(subject, arena)[i];
}

static enum verdict
test_string(const struct rule_test *test, struct subject *subject,
    struct arena *arena)
{
	const struct glob_piece *pieces = test->glob.pieces;
	uint32_t count = test->glob.piece_count;
	/* '*' asks for presence: a nested object will do. */
	bool is_any = count == 1 && pieces[0].kind == GLOB_ANY;

	for (uint32_t i = 0; i < subject->count; i++) {
		if (is_any && subject->members[i].kind == VALUE_OBJECT)
			return VERDICT_YES;
		if (test_has_text(&subject->members[i]) &&
		    glob_match(pieces, count,
			test_text(test, subject, i, arena)))
			return VERDICT_YES;
	}
	return VERDICT_NO;
}

static enum verdict
test_regex(const struct rule_test *test, const struct subject *subject)
{
	enum verdict verdict = VERDICT_NO;

	for (uint32_t i = 0; i < subject->count; i++) {
		if (!test_has_text(&subject->members[i]))
			continue;
		switch (pattern_match(test->pattern,
		    subject->members[i].text)) {
		case PATTERN_YES:
			return VERDICT_YES;
		case PATTERN_LIMIT:
			verdict = VERDICT_UNKNOWN;
			break;
		case PATTERN_NO:
			break;
		}
	}
	return verdict;
}

/* A string equals a number only in the number's own spelling. */
static bool
test_equals_number(const struct value *member, const struct value *number)
{
	if (member->kind == VALUE_STRING)
		return span_equal(member->text, number->text);
	if (member->kind < VALUE_INT || member->kind > VALUE_REAL)
		return false;
	return value_compare_numbers(member, number) == 0;
}

static bool
test_compares(const struct value *member, enum compare_op op,
    const struct value *limit)
{
	struct value number;
	int order;

	if (!value_number(member, &number))
		return false;
	order = value_compare_numbers(&number, limit);
	switch (op) {
	case COMPARE_GT:
		return order > 0;
	case COMPARE_GTE:
		return order >= 0;
	case COMPARE_LT:
		return order < 0;
	case COMPARE_LTE:
		return order <= 0;
	case COMPARE_EQ:
		return order == 0;
	case COMPARE_NEQ:
		return order != 0;
	}
	return false;
}

static bool
test_equals_bool(const struct value *member, bool boolean)
{
	return member->kind == VALUE_BOOL ? member->boolean == boolean :
					    member->kind == VALUE_STRING &&
		span_equal_nocase(member->text,
		    boolean ? SPAN("true") : SPAN("false"));
}

static bool
test_anchored(enum anchor anchor, struct span text, struct span other)
{
	switch (anchor) {
	case ANCHOR_WHOLE:
		return span_equal(text, other);
	case ANCHOR_START:
		return span_starts_with(text, other);
	case ANCHOR_END:
		return span_ends_with(text, other);
	case ANCHOR_ANYWHERE:
		return span_find(text, other) >= 0;
	}
	return false;
}

static bool
test_in_list(const struct rule_test *test, struct span text)
{
	size_t count;

	if (test->anchor == ANCHOR_WHOLE)
		return value_list_has(test->list, text, test->cased);
	count = value_list_count(test->list);
	for (size_t i = 0; i < count; i++) {
		if (test_anchored(test->anchor, text,
			value_list_get(test->list, i, test->cased)))
			return true;
	}
	return false;
}

static enum verdict
test_list(const struct rule_test *test, struct subject *subject,
    struct arena *arena)
{
	for (uint32_t i = 0; i < subject->count; i++) {
		if (test_has_text(&subject->members[i]) &&
		    test_in_list(test, test_text(test, subject, i, arena)))
			return VERDICT_YES;
	}
	return VERDICT_NO;
}

/* Any pair of members will do. */
static enum verdict
test_fieldref(const struct rule_test *test, struct subject *subject,
    struct subject *other, struct arena *arena)
{
	for (uint32_t i = 0; i < subject->count; i++) {
		if (!test_has_text(&subject->members[i]))
			continue;
		for (uint32_t j = 0; j < other->count; j++) {
			if (test_has_text(&other->members[j]) &&
			    test_anchored(test->anchor,
				test_text(test, subject, i, arena),
				test_text(test, other, j, arena)))
				return VERDICT_YES;
		}
	}
	return VERDICT_NO;
}

static bool
test_is_null(const struct subject *subject)
{
	/* Missing, or an empty array. */
	if (subject->count == 0)
		return true;
	for (uint32_t i = 0; i < subject->count; i++) {
		if (subject->members[i].kind == VALUE_NULL)
			return true;
	}
	return false;
}

/* The kinds that look at one member at a time and can always tell. */
static bool
test_member(const struct rule_test *test, const struct value *member)
{
	switch (test->kind) {
	case TEST_NUMBER:
		return test_equals_number(member, &test->number);
	case TEST_COMPARE:
		return test_compares(member, test->op, &test->number);
	case TEST_BOOL:
		return test_equals_bool(member, test->boolean);
	case TEST_CIDR:
		return member->kind == VALUE_STRING &&
		    cidr_match(test, member->text);
	default:
		check_failed("a kind of test", __FILE__, __LINE__);
	}
}

enum verdict
test_subject(const struct rule_test *test, struct subject *subject,
    struct subject *other, struct arena *arena)
{
	bool is_present;

	switch (test->kind) {
	case TEST_STRING:
		return test_string(test, subject, arena);
	case TEST_REGEX:
		return test_regex(test, subject);
	case TEST_LIST:
		return test_list(test, subject, arena);
	case TEST_FIELDREF:
		return test_fieldref(test, subject, other, arena);
	case TEST_NULL:
		return test_is_null(subject) ? VERDICT_YES : VERDICT_NO;
	case TEST_EXISTS:
		is_present = subject->value != NULL &&
		    subject->value->kind != VALUE_MISSING;
		return is_present == test->boolean ? VERDICT_YES : VERDICT_NO;
	default:
		break;
	}
	for (uint32_t i = 0; i < subject->count; i++) {
		if (test_member(test, &subject->members[i]))
			return VERDICT_YES;
	}
	return VERDICT_NO;
}

unsigned
test_cost(const struct rule_test *test)
{
	switch (test->kind) {
	case TEST_NULL:
	case TEST_EXISTS:
		return 1;
	case TEST_BOOL:
	case TEST_NUMBER:
		return 3;
	case TEST_STRING:
		return test->glob.piece_count < 2 ? 4 : 20;
	case TEST_FIELDREF:
		return 10;
	case TEST_COMPARE:
		return 15;
	case TEST_LIST:
		return test->anchor == ANCHOR_WHOLE ?
		    30 :
		    50 + (unsigned)(value_list_count(test->list) * 10 % 100000);
	case TEST_CIDR:
		return 60;
	case TEST_REGEX:
		return 300;
	}
	return 1000;
}
