/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"

#include "alert/kept.h"

/* The place of a field among the kept values, or kept_count. */
static uint32_t
find_place(const struct kept *kept, struct span field)
{
	const struct rule *rule = kept->detection->rule;
	uint32_t slot = field_set_find(kept->rules->fields, field);
	uint32_t place;

	if (slot == FIELD_NONE)
		return rule->kept_count;
	for (place = 0; place < rule->kept_count; place++)
		if (rule->kept_slots[place] == slot)
			break;
	return place;
}

static const struct value *
value_at(const struct evidence *evidence, uint32_t place)
{
	const struct value *value;

	if (evidence->values == NULL)
		return NULL;
	value = &evidence->values[place];
	return value->kind == VALUE_MISSING || value->kind == VALUE_NULL ?
	    NULL :
	    value;
}

/* ---- Distinct texts ---- */

struct texts {
	struct span *items;
	size_t count;
	size_t cap;
};

static void
add_members(struct texts *texts, const struct value *value)
{
	const struct value *members;
	uint32_t count;

	if (value == NULL)
		return;
	members = value_members(value, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (members[i].text.len == 0)
			continue;
		texts->items = mem_grow(texts->items, &texts->cap,
		    texts->count + 1, sizeof(*texts->items));
		texts->items[texts->count++] = members[i].text;
	}
}

static bool
is_listed(const struct span *texts, uint32_t count, struct span text)
{
	for (uint32_t i = 0; i < count; i++)
		if (span_equal(texts[i], text))
			return true;
	return false;
}

static int
compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static uint32_t
count_distinct(struct texts *texts)
{
	uint32_t total = 0;

	if (texts->count == 0)
		return 0;
	qsort(texts->items, texts->count, sizeof(*texts->items), compare_spans);
	for (size_t i = 0; i < texts->count; i++)
		if (i == 0 || !span_equal(texts->items[i - 1], texts->items[i]))
			total++;
	return total;
}

uint32_t
kept_distinct(const struct kept *kept, struct span field, uint32_t limit,
    struct span *ret_texts, uint32_t *ret_total)
{
	const struct detection *detection = kept->detection;
	uint32_t place = find_place(kept, field), count = 0;
	struct texts texts = { NULL, 0, 0 };

	*ret_total = 0;
	if (place == detection->rule->kept_count)
		return 0;
	for (uint32_t i = 0; i < detection->evidence_count; i++)
		add_members(&texts, value_at(&detection->evidence[i], place));
	for (size_t i = 0; i < texts.count && count < limit; i++)
		if (!is_listed(ret_texts, count, texts.items[i]))
			ret_texts[count++] = texts.items[i];
	*ret_total = count_distinct(&texts);
	mem_free(texts.items);
	return count;
}

/* ---- Agreement ---- */

static bool
is_same(const struct value *a, const struct value *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if ((a->kind == VALUE_LIST) != (b->kind == VALUE_LIST))
		return false;
	if (a->kind != VALUE_LIST)
		return span_equal(a->text, b->text);
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!span_equal(a->items[i].text, b->items[i].text))
			return false;
	return true;
}

enum kept_agreement
kept_agree(const struct kept *kept, struct span field,
    const struct value **ret_value)
{
	const struct detection *detection = kept->detection;
	uint32_t place = find_place(kept, field);
	const struct value *first;

	if (place == detection->rule->kept_count ||
	    detection->evidence_count == 0)
		return KEPT_MISSING;
	first = value_at(&detection->evidence[0], place);
	for (uint32_t i = 1; i < detection->evidence_count; i++)
		if (!is_same(first, value_at(&detection->evidence[i], place)))
			return KEPT_SEVERAL;
	if (first == NULL || (first->kind == VALUE_LIST && first->count == 0))
		return KEPT_MISSING;
	*ret_value = first;
	return KEPT_AGREED;
}
