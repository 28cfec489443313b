/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <stdio.h>

#include "model/detection.h"

struct alert_id
alert_id_make(const struct rule *rule, const struct span *group,
    const struct record_position *position)
{
	struct hash_sha256_state *state = hash_sha256_new();
	uint8_t digest[HASH_SHA256_LEN];
	uint32_t partition = htobe32((uint32_t)position->partition);
	uint64_t offset = htobe64((uint64_t)position->offset), bits;
	uint32_t group_count = group != NULL && rule->correlation != NULL ?
	    rule->correlation->group_count :
	    0;

	hash_sha256_add(state, rule->id.len > 0 ? rule->id : rule_label(rule));
	for (uint32_t i = 0; i < group_count; i++)
		hash_sha256_add(state, group[i]);
	hash_sha256_add(state, position->topic);
	hash_sha256_add(state, span_make(&partition, sizeof(partition)));
	hash_sha256_add(state, span_make(&offset, sizeof(offset)));
	hash_sha256_finish(state, digest);
	memcpy(&bits, digest, sizeof(bits));
	return (struct alert_id){ be64toh(bits) };
}

void
alert_id_format(struct alert_id id, char ret_text[20])
{
	(void)snprintf(ret_text, 20, "ir-%016llx", (unsigned long long)id.bits);
}
