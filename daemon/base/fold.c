/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fold_table.h"

#include "base/fold.h"

#define RANGES (sizeof(fold_ranges) / sizeof(fold_ranges[0]))
#define REPLACEMENT 0xfffd

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))
#define HIGH_BITS EACH_BYTE(0x80)

uint32_t
fold_code_point(uint32_t code_point)
{
	const struct fold_range *range;
	size_t low = 0, high = RANGES, middle;

	if (code_point < 0x80)
		return code_point - 'A' < 26 ? code_point + 32 : code_point;
	while (low < high) {
		middle = (low + high) / 2;
		range = &fold_ranges[middle];
		if (code_point > range->last)
			low = middle + 1;
		else if (code_point < range->first)
			high = middle;
		else if ((code_point - range->first) % range->step != 0)
			return code_point;
		else
			return code_point + (uint32_t)range->distance;
	}
	return code_point;
}

static inline unsigned char
byte_at(struct span text, size_t at)
{
	return (unsigned char)text.ptr[at];
}

/*
 * What may follow a first byte (Unicode 3.9, table 3-7): the length of the
 * sequence, 0 for none, and the bounds of the second byte, which alone keep
 * out overlong forms, surrogates and what lies above U+10FFFF.
 */
static unsigned
sequence_of(unsigned char first, unsigned char *ret_low,
    unsigned char *ret_high)
{
	*ret_low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*ret_high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* How many bytes at the start are part of one well-formed sequence. */
static unsigned
well_formed_bytes(struct span text, unsigned *ret_want)
{
	unsigned char low, high;
	unsigned at;

	*ret_want = sequence_of(byte_at(text, 0), &low, &high);
	if (*ret_want == 0)
		return 0;
	for (at = 1; at < *ret_want && at < text.len; at++) {
		if (byte_at(text, at) < low || byte_at(text, at) > high)
			break;
		low = 0x80;
		high = 0xbf;
	}
	return at;
}

unsigned
fold_decode(struct span text, uint32_t *ret_code_point)
{
	static const unsigned char first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code_point;
	unsigned want;

	if (text.len == 0 || well_formed_bytes(text, &want) < want || want == 0)
		return 0;
	code_point = byte_at(text, 0) & first_bits[want];
	for (unsigned i = 1; i < want; i++)
		code_point = code_point << 6 | (byte_at(text, i) & 0x3f);
	*ret_code_point = code_point;
	return want;
}

unsigned
fold_ill_formed(struct span text)
{
	unsigned want, good = well_formed_bytes(text, &want);

	return good > 0 ? good : 1;
}

unsigned
fold_encode(uint32_t code_point, char ret_bytes[4])
{
	unsigned len = code_point < 0x80 ? 1 :
	    code_point < 0x800		 ? 2 :
	    code_point < 0x10000	 ? 3 :
					   4;
	static const unsigned char first_bits[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (unsigned i = len - 1; i > 0; i--) {
		ret_bytes[i] = (char)(0x80 | (code_point & 0x3f));
		code_point >>= 6;
	}
	ret_bytes[0] = (char)(first_bits[len] | code_point);
	return len;
}

static inline uint64_t
load(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* The high bit of each byte that is A-Z; the bytes must all be ASCII. */
static inline uint64_t
capitals(uint64_t word)
{
	return (word + EACH_BYTE(0x80 - 'A')) &
	    ~(word + EACH_BYTE(0x80 - 'Z' - 1)) & HIGH_BITS;
}

static size_t
ascii_length(struct span text)
{
	size_t at = 0;

	while (at + 8 <= text.len && (load(text.ptr + at) & HIGH_BITS) == 0)
		at += 8;
	while (at < text.len && byte_at(text, at) < 0x80)
		at++;
	return at;
}

/* The length of the part in front that folding leaves as it is. */
static size_t
folded_length(struct span text)
{
	uint32_t code_point;
	uint64_t word;
	unsigned len;
	size_t at = 0;

	while (at < text.len) {
		if (at + 8 <= text.len) {
			word = load(text.ptr + at);
			if ((word & HIGH_BITS) == 0 && capitals(word) == 0) {
				at += 8;
				continue;
			}
		}
		if (byte_at(text, at) < 0x80) {
			if (byte_at(text, at) - 'A' + 0u < 26)
				break;
			at++;
			continue;
		}
		len = fold_decode(span_make(text.ptr + at, text.len - at),
		    &code_point);
		if (len > 0 && fold_code_point(code_point) != code_point)
			break;
		at += len > 0 ? len : 1;
	}
	return at;
}

/* Folds one character, or keeps one bad byte; returns the bytes read. */
static size_t
fold_one(struct span text, char **to)
{
	uint32_t code_point;
	unsigned len;

	if (byte_at(text, 0) < 0x80) {
		*(*to)++ = (char)fold_code_point(byte_at(text, 0));
		return 1;
	}
	len = fold_decode(text, &code_point);
	if (len == 0) {
		*(*to)++ = text.ptr[0];
		return 1;
	}
	*to += fold_encode(fold_code_point(code_point), *to);
	return len;
}

struct span
fold_span(struct arena *arena, struct span text)
{
	size_t at = folded_length(text);
	uint64_t word;
	char *copy, *to;

	if (at == text.len)
		return text;

	/* Two bytes become three at most (U+023A and U+023E). */
	copy = to = arena_alloc(arena, text.len + text.len / 2 + 1);
	memcpy(to, text.ptr, at);
	to += at;
	while (at < text.len) {
		if (at + 8 <= text.len) {
			word = load(text.ptr + at);
			if ((word & HIGH_BITS) == 0) {
				word |= capitals(word) >> 2;
				memcpy(to, &word, sizeof(word));
				to += 8;
				at += 8;
				continue;
			}
		}
		at += fold_one(span_make(text.ptr + at, text.len - at), &to);
	}
	return span_make(copy, (size_t)(to - copy));
}

/* The length of the part in front that is UTF-8. */
static size_t
utf8_length(struct span text)
{
	struct span rest = text;
	uint32_t code_point;
	size_t len;

	while (rest.len > 0) {
		len = ascii_length(rest);
		if (len == 0)
			len = fold_decode(rest, &code_point);
		if (len == 0)
			break;
		rest.ptr += len;
		rest.len -= len;
	}
	return text.len - rest.len;
}

bool
fold_is_utf8(struct span text)
{
	return utf8_length(text) == text.len;
}

struct span
fold_repair(struct arena *arena, struct span text)
{
	size_t good = utf8_length(text);
	char *copy, *to;

	if (good == text.len)
		return text;

	/* One bad byte becomes three. */
	copy = to = arena_alloc(arena, text.len * 3);
	for (;;) {
		memcpy(to, text.ptr, good);
		to += good;
		text.ptr += good;
		text.len -= good;
		if (text.len == 0)
			break;
		to += fold_encode(REPLACEMENT, to);
		good = fold_ill_formed(text);
		text.ptr += good;
		text.len -= good;
		good = utf8_length(text);
	}
	return span_make(copy, (size_t)(to - copy));
}
