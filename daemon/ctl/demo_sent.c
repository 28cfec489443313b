/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/mem.h"
#include "base/table.h"

#include "ctl/demo.h"

struct demo_sent {
	struct table *numbers; /* SHA-256 to number + 1 */
	int64_t *at_us;
	size_t count, cap;
};

struct demo_sent *
demo_sent_new(void)
{
	struct demo_sent *sent = mem_zalloc(sizeof(*sent));

	sent->numbers = table_new();
	return sent;
}

void
demo_sent_free(struct demo_sent *sent)
{
	if (sent == NULL)
		return;
	table_free(sent->numbers);
	mem_free(sent->at_us);
	mem_free(sent);
}

void
demo_sent_add(struct demo_sent *sent, struct span record, int64_t at_us)
{
	uint8_t digest[HASH_SHA256_LEN];

	hash_sha256(record, digest);
	sent->at_us = mem_grow(sent->at_us, &sent->cap, sent->count + 1,
	    sizeof(*sent->at_us));
	sent->at_us[sent->count++] = at_us;
	table_set(sent->numbers, span_make(digest, sizeof(digest)),
	    (void *)(uintptr_t)sent->count);
}

uint64_t
demo_sent_count(const struct demo_sent *sent)
{
	return sent->count;
}

static bool
read_hex(struct span hex, uint8_t ret_digest[HASH_SHA256_LEN])
{
	if (hex.len != 2 * HASH_SHA256_LEN)
		return false;
	for (size_t i = 0; i < hex.len; i++) {
		char c = hex.ptr[i];
		int digit = c >= '0' && c <= '9' ? c - '0' :
		    c >= 'a' && c <= 'f'	 ? c - 'a' + 10 :
						   -1;

		if (digit < 0)
			return false;
		ret_digest[i / 2] = (uint8_t)(i % 2 == 0 ?
			digit << 4 :
			ret_digest[i / 2] | digit);
	}
	return true;
}

bool
demo_sent_find(const struct demo_sent *sent, struct span hex,
    int64_t *ret_at_us)
{
	uint8_t digest[HASH_SHA256_LEN];
	uintptr_t number;

	if (!read_hex(hex, digest))
		return false;
	number = (uintptr_t)table_find(sent->numbers,
	    span_make(digest, sizeof(digest)));
	if (number == 0)
		return false;
	*ret_at_us = sent->at_us[number - 1];
	return true;
}
