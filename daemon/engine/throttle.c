/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "base/table.h"

#include "engine/throttle.h"

struct entry {
	struct entry *next; /* in the order first added */
	unsigned kind;
	char *key;
	size_t key_len;
	int64_t told_us, last_us;
	uint64_t untold;
	bool is_told;
};

struct throttle {
	struct table *entries;
	struct entry *first, **end;
	struct buffer scratch;
	int64_t interval_us;
};

struct throttle *
throttle_new(int64_t interval_us)
{
	struct throttle *throttle = mem_zalloc(sizeof(*throttle));

	throttle->entries = table_new();
	throttle->end = &throttle->first;
	throttle->interval_us = interval_us;
	return throttle;
}

void
throttle_free(struct throttle *throttle)
{
	struct entry *entry, *next;

	if (throttle == NULL)
		return;
	for (entry = throttle->first; entry != NULL; entry = next) {
		next = entry->next;
		mem_free(entry->key);
		mem_free(entry);
	}
	table_free(throttle->entries);
	buffer_done(&throttle->scratch);
	mem_free(throttle);
}

static struct entry *
find(struct throttle *throttle, unsigned kind, struct span key)
{
	struct entry *entry;
	struct span name;

	buffer_reset(&throttle->scratch);
	buffer_add(&throttle->scratch, &kind, sizeof(kind));
	buffer_add_span(&throttle->scratch, key);
	name = buffer_span(&throttle->scratch);
	entry = table_find(throttle->entries, name);
	if (entry != NULL)
		return entry;
	entry = mem_zalloc(sizeof(*entry));
	entry->kind = kind;
	entry->key = span_strdup(key);
	entry->key_len = key.len;
	*throttle->end = entry;
	throttle->end = &entry->next;
	table_set(throttle->entries, name, entry);
	return entry;
}

static bool
is_due(const struct throttle *throttle, const struct entry *entry,
    int64_t now_us)
{
	int64_t due_us;

	return !entry->is_told ||
	    (!__builtin_add_overflow(entry->told_us, throttle->interval_us,
		 &due_us) &&
		now_us >= due_us);
}

static uint64_t
take(struct entry *entry, int64_t at_us)
{
	uint64_t count = entry->untold;

	entry->untold = 0;
	entry->told_us = at_us;
	entry->is_told = true;
	return count;
}

bool
throttle_add(struct throttle *throttle, unsigned kind, struct span key,
    int64_t at_us, uint64_t count, uint64_t *ret_count)
{
	struct entry *entry = find(throttle, kind, key);

	entry->untold += count;
	entry->last_us = at_us;
	if (!is_due(throttle, entry, at_us))
		return false;
	*ret_count = take(entry, at_us);
	return true;
}

bool
throttle_take(struct throttle *throttle, int64_t now_us,
    struct throttle_rest *ret_rest)
{
	for (struct entry *entry = throttle->first; entry != NULL;
	    entry = entry->next) {
		int64_t at_us = entry->last_us;

		if (entry->untold == 0 || !is_due(throttle, entry, now_us))
			continue;
		/* Not at the time of what was told: the alert has that one's
		 * id then. */
		if (entry->is_told && at_us <= entry->told_us)
			at_us = entry->told_us + 1;
		*ret_rest = (struct throttle_rest){
			.kind = entry->kind,
			.key = span_make(entry->key, entry->key_len),
			.at_us = at_us,
			.count = take(entry, at_us),
		};
		return true;
	}
	return false;
}
