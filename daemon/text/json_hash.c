/* SPDX-License-Identifier: Apache-2.0 */
#include "text/json_internal.h"

uint32_t
json_hash_key(struct span key)
{
	char copy[8] = { 0 };
	bool has_blank;
	uint64_t sign;

	if (key.len > 0 && key.len < sizeof(copy)) {
		memcpy(copy, key.ptr, key.len);
		sign = json_hash_sign(span_make(copy, key.len), &has_blank);
	} else {
		sign = json_hash_sign(key.len > 0 ? key : span_make(copy, 0),
		    &has_blank);
	}
	return json_hash_of_sign(sign, has_blank);
}
