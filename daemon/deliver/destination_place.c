/* SPDX-License-Identifier: Apache-2.0 */
#include "deliver/destination_place.h"

void
destination_place_add(struct destination_place *place, struct span record,
    struct buffer *scratch)
{
	buffer_reset(scratch);
	buffer_add(scratch, place->chain, HASH_SHA256_LEN);
	buffer_add_span(scratch, record);
	hash_sha256(buffer_span(scratch), place->chain);
	place->sequence++;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
destination_place_parse_chain(struct span text,
    uint8_t ret_chain[HASH_SHA256_LEN])
{
	uint8_t chain[HASH_SHA256_LEN];

	if (text.len != 2 * HASH_SHA256_LEN)
		return false;
	for (size_t i = 0; i < HASH_SHA256_LEN; i++) {
		int high = hex_digit(text.ptr[2 * i]);
		int low = hex_digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		chain[i] = (uint8_t)(high * 16 + low);
	}
	memcpy(ret_chain, chain, sizeof(chain));
	return true;
}

bool
destination_place_parse_sequence(struct span text, uint64_t *ret_sequence)
{
	uint64_t sequence = 0, digit;

	for (size_t i = 0; i < text.len; i++) {
		digit = (uint64_t)(unsigned char)text.ptr[i] - '0';
		if (digit > 9 || sequence > (UINT64_MAX - digit) / 10)
			return false;
		sequence = sequence * 10 + digit;
	}
	if (text.len == 0)
		return false;
	*ret_sequence = sequence;
	return true;
}

bool
destination_place_parse(struct span text, struct destination_place *ret_place)
{
	struct destination_place place;
	struct span version, sequence, chain;

	if (text.len == 0 || !span_split(&text, ' ', &version) ||
	    !span_split(&text, ' ', &sequence) ||
	    !span_split(&text, ' ', &chain) || text.ptr != NULL)
		return false;
	if (!span_is(version, "v1") ||
	    !destination_place_parse_sequence(sequence, &place.sequence) ||
	    !destination_place_parse_chain(chain, place.chain))
		return false;
	*ret_place = place;
	return true;
}

void
destination_place_write(const struct destination_place *place,
    struct buffer *out)
{
	buffer_printf(out, "v1 %llu ", (unsigned long long)place->sequence);
	for (size_t i = 0; i < HASH_SHA256_LEN; i++)
		buffer_printf(out, "%02x", place->chain[i]);
}
