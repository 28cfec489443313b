/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "rule/rule_internal.h"

bool
slots_has(const struct slot_set *set, uint32_t slot)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->slots[i] == slot)
			return true;
	}
	return false;
}

void
slots_add(struct slot_set *set, uint32_t slot)
{
	if (slot == FIELD_NONE || slots_has(set, slot))
		return;
	set->slots = mem_grow(set->slots, &set->cap, set->count + 1,
	    sizeof(*set->slots));
	set->slots[set->count++] = slot;
}

void
slots_done(struct slot_set *set)
{
	mem_free(set->slots);
	*set = (struct slot_set){ 0 };
}

uint32_t
slots_field(struct rule_loader *loader, struct diag_place place,
    struct span name)
{
	struct field_set *fields = loader->set->fields;
	uint32_t slot = field_set_find(fields, name);

	if (slot == FIELD_NONE && field_set_count(fields) >= SLOTS_LIMIT) {
		finding_error(loader, place, "IR0419",
		    "more than %u different fields in all rules",
		    (unsigned)SLOTS_LIMIT);
		return FIELD_NONE;
	}
	return slot != FIELD_NONE ? slot : field_set_add(fields, name);
}
