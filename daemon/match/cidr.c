/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "match/match_internal.h"

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool
cidr_parse(struct span text, uint8_t ret_address[16], bool *ret_is_v4)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];

	/* inet_pton() wants a C string: a NUL inside would end it early. */
	if (text.len < 2 || text.len >= sizeof(copy) ||
	    memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (strchr(copy, ':') == NULL) {
		if (inet_pton(AF_INET, copy, address + sizeof(mapped)) != 1)
			return false;
		memcpy(address, mapped, sizeof(mapped));
		*ret_is_v4 = true;
	} else {
		if (inet_pton(AF_INET6, copy, address) != 1)
			return false;
		*ret_is_v4 = false;
	}
	memcpy(ret_address, address, sizeof(address));
	return true;
}

bool
cidr_match(const struct rule_test *test, struct span text)
{
	unsigned bytes = test->cidr.prefix_bits / 8u;
	unsigned rest = test->cidr.prefix_bits % 8u;
	uint8_t address[16];
	unsigned differ;
	bool is_v4;

	if (!cidr_parse(text, address, &is_v4))
		return false;
	/* ::/0 holds every IPv6 address and no IPv4 one. */
	if (is_v4 && !test->cidr.is_v4)
		return false;
	if (memcmp(address, test->cidr.network, bytes) != 0)
		return false;
	if (rest == 0)
		return true;
	differ = (unsigned)(address[bytes] ^ test->cidr.network[bytes]);
	return (differ & (0xffu << (8u - rest)) & 0xffu) == 0;
}
