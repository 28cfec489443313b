/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/table.h"

#include "engine/throttle.h"

struct throttle {
	struct table *entries;
	int64_t interval_us;
};

struct entry {
	int64_t told_us;
	uint64_t untold;
	bool is_told;
};

struct throttle *
throttle_new(int64_t interval_us)
{
	struct throttle *throttle = mem_zalloc(sizeof(*throttle));

	throttle->entries = table_new();
	throttle->interval_us = interval_us;
	return throttle;
}

void
throttle_free(struct throttle *throttle)
{
	uint64_t cursor = 0;
	struct span key;
	void *entry;

	if (throttle == NULL)
		return;
	while (table_next(throttle->entries, &cursor, &key, &entry))
		mem_free(entry);
	table_free(throttle->entries);
	mem_free(throttle);
}

bool
throttle_add(struct throttle *throttle, struct span key, int64_t at_us,
    uint64_t count, uint64_t *ret_count)
{
	struct entry *entry = table_find(throttle->entries, key);

	if (entry == NULL) {
		entry = mem_zalloc(sizeof(*entry));
		table_set(throttle->entries, key, entry);
	}
	entry->untold += count;
	if (entry->is_told && at_us < entry->told_us + throttle->interval_us)
		return false;
	*ret_count = entry->untold;
	*entry = (struct entry){ .told_us = at_us, .is_told = true };
	return true;
}
