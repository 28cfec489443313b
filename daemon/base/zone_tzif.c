/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TZif (RFC 8536).  A file of version 1 is
 *
 *	header  "TZif" version(1) reserved(15) and six counts of 4 bytes:
 *	        isut, isstd, leap, time, type, char
 *	body    transition times (4 bytes each), a type number (1) for each,
 *	        types (offset 4, is-DST 1, name 1), names, leap seconds
 *	        (4 + 4), standard/wall flags (1), UT/local flags (1)
 *
 * in network byte order.  From version 2 on the same follows again with
 * times of 8 bytes, and then "\n" POSIX-TZ-string "\n" for the time after
 * the last transition.  Later versions only widen what the string may say.
 */
#include <endian.h>

#include "base/zone_internal.h"

#define HEADER_BYTES 44
#define TYPE_BYTES 6

/* RFC 8536 3.2: -25 hours to 26 hours, both ends excluded. */
#define OFFSET_MIN (-89999)
#define OFFSET_MAX 93599

/* The "big bang" of old files is -2^59. */
#define TIME_LIMIT (INT64_C(1) << 59)

struct block {
	unsigned version;
	uint64_t isut, isstd, leap, time, type, names;
	size_t time_bytes;
	const char *times;
	const char *numbers;
	const char *types;
};

static uint32_t
u32_at(const char *ptr)
{
	uint32_t number;

	memcpy(&number, ptr, sizeof(number));
	return be32toh(number);
}

static int64_t
time_at(const struct block *block, uint64_t i)
{
	const char *ptr = block->times + i * block->time_bytes;
	uint64_t number;

	if (block->time_bytes == 4)
		return (int32_t)u32_at(ptr);
	memcpy(&number, ptr, sizeof(number));
	return (int64_t)be64toh(number);
}

/* Cuts a header and its body off `*rest`. */
static bool
take_block(struct span *rest, size_t time_bytes, struct block *ret_block)
{
	struct block block = { .time_bytes = time_bytes };
	const char *at = rest->ptr;
	uint64_t size;

	if (rest->len < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
		return false;
	block.version = (unsigned char)at[4];
	block.isut = u32_at(at + 20);
	block.isstd = u32_at(at + 24);
	block.leap = u32_at(at + 28);
	block.time = u32_at(at + 32);
	block.type = u32_at(at + 36);
	block.names = u32_at(at + 40);
	size = HEADER_BYTES + block.time * (time_bytes + 1) +
	    block.type * TYPE_BYTES + block.names +
	    block.leap * (time_bytes + 4) + block.isstd + block.isut;
	if (size > rest->len)
		return false;
	block.times = at + HEADER_BYTES;
	block.numbers = block.times + block.time * time_bytes;
	block.types = block.numbers + block.time;
	rest->ptr += size;
	rest->len -= size;
	*ret_block = block;
	return true;
}

static bool
type_offset(const struct block *block, uint64_t type, int32_t *ret_offset)
{
	int32_t offset;

	if (type >= block->type)
		return false;
	offset = (int32_t)u32_at(block->types + type * TYPE_BYTES);
	if (offset < OFFSET_MIN || offset > OFFSET_MAX)
		return false;
	*ret_offset = offset;
	return true;
}

static bool
add_transitions(struct zone *zone, size_t *cap, const struct block *block,
    int64_t *ret_last_s)
{
	int64_t at_s, last_s = -TIME_LIMIT - 1;
	int32_t offset;

	if (!type_offset(block, 0, &offset))
		return false;

	/* Some transition, for the arrays to be there. */
	zone_add(zone, cap, last_s, offset);
	zone->offset[0] = offset;
	for (uint64_t i = 0; i < block->time; i++) {
		at_s = time_at(block, i);
		if (at_s <= last_s || at_s > TIME_LIMIT ||
		    !type_offset(block, (unsigned char)block->numbers[i],
			&offset))
			return false;
		last_s = at_s;
		if (offset != zone->offset[zone->count])
			zone_add(zone, cap, at_s, offset);
	}
	*ret_last_s = last_s;
	return true;
}

static bool
take_footer(struct span rest, struct span *ret_rule)
{
	const char *end;

	if (rest.len < 2 || rest.ptr[0] != '\n')
		return false;
	end = memchr(rest.ptr + 1, '\n', rest.len - 1);
	if (end == NULL)
		return false;
	*ret_rule = span_make(rest.ptr + 1, (size_t)(end - rest.ptr) - 1);
	return true;
}

bool
zone_read_tzif(struct zone *zone, struct span file, struct error *err)
{
	struct span rest = file, rule = SPAN_NONE;
	struct block block;
	size_t cap = 0;
	int64_t last_s;

	if (!take_block(&rest, 4, &block))
		return error_set(err, NULL, "no TZif file, or cut short");
	if (block.version >= '2' &&
	    (!take_block(&rest, 8, &block) || !take_footer(rest, &rule)))
		return error_set(err, NULL, "TZif file is cut short");
	if (block.leap > 0)
		return error_set(err, NULL,
		    "the file counts leap seconds, POSIX time has none; use "
		    "the zone without \"right/\"");
	if (!add_transitions(zone, &cap, &block, &last_s))
		return error_set(err, NULL, "TZif file is damaged");
	return rule.len == 0 || zone_extend(zone, &cap, last_s, rule, err);
}
