/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"

#include "base/check.h"

/* Per thread: what the loop works on says nothing about the worker. */
static _Thread_local struct {
	const char *topic;
	int32_t partition;
	int64_t offset;
	const char *rule;
} hand;

void
check_in_hand(const char *topic, int32_t partition, int64_t offset)
{
	hand.topic = topic;
	hand.partition = partition;
	hand.offset = offset;
}

void
check_rule_in_hand(const char *rule)
{
	hand.rule = rule;
}

_Noreturn void
check_failed(const char *condition, const char *file, int line)
{
	log_error("bug: CHECK(%s) failed at %s:%d", condition, file, line);
	if (hand.topic != NULL)
		log_error("bug: in hand: topic %s, partition %ld, offset %lld",
		    hand.topic, (long)hand.partition, (long long)hand.offset);
	if (hand.rule != NULL)
		log_error("bug: in hand: rule %s", hand.rule);
	abort();
}

void *
check_magic(void *pointer, uint32_t want_magic, const char *type)
{
	if (pointer == NULL || *(const uint32_t *)pointer != want_magic) {
		log_error("bug: pointer given back is no struct %s", type);
		check_failed("magic", __FILE__, __LINE__);
	}
	return pointer;
}
