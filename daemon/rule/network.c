/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "rule/rule_internal.h"

#define V4_BITS 96u /* of an IPv4 address within ::ffff:0:0/96 */

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool
network_address(struct span text, uint8_t ret_address[16], bool *ret_is_v4)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy) ||
	    memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*ret_is_v4 = strchr(copy, ':') == NULL;
	if (!*ret_is_v4)
		return inet_pton(AF_INET6, copy, ret_address) == 1;
	memcpy(ret_address, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, ret_address + sizeof(mapped)) == 1;
}

static bool
network_bits(struct span text, unsigned limit, unsigned *ret_bits)
{
	unsigned bits = 0;

	if (text.len == 0 || text.len > 3 ||
	    (text.len > 1 && text.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		bits = bits * 10 + (unsigned)(text.ptr[i] - '0');
	}
	*ret_bits = bits;
	return bits <= limit;
}

/* Clears what the prefix leaves out; false if there was something. */
static bool
network_mask(uint8_t address[16], unsigned bits)
{
	bool was_clear = true;

	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = bits <= i * 8 ? 0 :
		    bits >= i * 8 + 8	      ? 8 :
						bits - i * 8;
		uint8_t mask = (uint8_t)(0xff00u >> keep);

		was_clear = was_clear && (address[i] & ~mask & 0xff) == 0;
		address[i] &= mask;
	}
	return was_clear;
}

static void
network_suggest(struct rule_loader *loader, const uint8_t address[16],
    bool is_v4, unsigned bits)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(is_v4 ? AF_INET : AF_INET6,
		is_v4 ? address + sizeof(mapped) : address, text,
		sizeof(text)) != NULL)
		diag_hint(loader->diag, "did you mean `%s/%u`?", text,
		    is_v4 ? bits - V4_BITS : bits);
}

bool
network_parse(struct rule_loader *loader, const struct yaml_node *value,
    struct rule_test *test)
{
	struct span text = value->text, address_text = text;
	ptrdiff_t slash = span_find(text, SPAN("/"));
	uint8_t address[16];
	unsigned bits;
	bool is_v4;

	if (slash >= 0)
		address_text.len = (size_t)slash;
	if (!network_address(address_text, address, &is_v4))
		return finding_error(loader, value->place, "IR0407",
		    "`" SPAN_FMT "` is no IPv4 or IPv6 network",
		    SPAN_ARG(text));
	bits = is_v4 ? 32 : 128;
	if (slash >= 0 &&
	    !network_bits(span_make(text.ptr + slash + 1,
			      text.len - (size_t)slash - 1),
		bits, &bits))
		return finding_error(loader, value->place, "IR0407",
		    "the prefix of `" SPAN_FMT "` is no number from 0 to %u",
		    SPAN_ARG(text), is_v4 ? 32u : 128u);
	bits += is_v4 ? V4_BITS : 0;
	if (!network_mask(address, bits)) {
		finding_error(loader, value->place, "IR0407",
		    "`" SPAN_FMT "` is an address within a network",
		    SPAN_ARG(text));
		network_suggest(loader, address, is_v4, bits);
		return false;
	}
	test->kind = TEST_CIDR;
	memcpy(test->cidr.network, address, sizeof(address));
	test->cidr.prefix_bits = (uint8_t)bits;
	/* ::ffff:10.0.0.0/104 is 10.0.0.0/8. */
	test->cidr.is_v4 = bits >= V4_BITS &&
	    memcmp(address, mapped, sizeof(mapped)) == 0;
	return true;
}
