/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields that some rule, table or alert refers to, in numbered slots that
 * are fixed when the rules load.  Nothing else is decoded.
 */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define FIELD_NONE UINT32_MAX
#define FIELD_SLOTS_MAX 4096

struct field_set;

struct field_set *field_set_new(void);
void field_set_free(struct field_set *fields); /* accepts NULL */

/* The slot of a canonical field name, added if new.  Names are
 * case-sensitive; blanks in them are dropped (`Threat Name` = `ThreatName`). */
uint32_t field_set_add(struct field_set *fields, struct span name);

/* FIELD_NONE if nobody refers to it. */
uint32_t field_set_find(const struct field_set *fields, struct span name);

struct span field_set_name(const struct field_set *fields, uint32_t slot);
uint32_t field_set_count(const struct field_set *fields);

/* Some rule has keywords: every value of a record is wanted. */
void field_set_want_all_values(struct field_set *fields);
bool field_set_wants_all_values(const struct field_set *fields);

#endif
