/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a destination stands in the alerts: how many records were passed to
 * it, and the chain over them,
 *
 *	h = SHA-256(previous h, record value)
 *
 * from 32 zero bytes.  As text, in the metadata of a committed offset:
 *
 *	v1 SEQUENCE HEX(h)
 */
#ifndef DELIVER_DESTINATION_PLACE_H
#define DELIVER_DESTINATION_PLACE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/hash.h"

struct destination_place {
	uint64_t sequence;
	uint8_t chain[HASH_SHA256_LEN];
};

/* A record was passed to it; `scratch` is overwritten. */
void destination_place_add(struct destination_place *place, struct span record,
    struct buffer *scratch);

bool destination_place_parse(struct span text,
    struct destination_place *ret_place);
void destination_place_write(const struct destination_place *place,
    struct buffer *out);

/* The parts by themselves: a decimal number, 64 digits of lower-case hex. */
bool destination_place_parse_sequence(struct span text, uint64_t *ret_sequence);
bool destination_place_parse_chain(struct span text,
    uint8_t ret_chain[HASH_SHA256_LEN]);

#endif
