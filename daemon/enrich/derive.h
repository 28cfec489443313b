/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields every event has, made of its time in its source's zone:
 *
 *	event.local_date	"2026-03-02"
 *	event.local_hour	0-23
 *	event.local_weekday	1 = Monday ... 7
 */
#ifndef ENRICH_DERIVE_H
#define ENRICH_DERIVE_H

#include "base/arena.h"
#include "base/zone.h"
#include "model/event.h"

struct derive;

/* Borrows `zone`; of `fields` only the slots are noted. */
struct derive *derive_new(const struct field_set *fields,
    const struct zone *zone);
void derive_free(struct derive *derive); /* accepts NULL */

/* Sets the slots that somebody refers to, whatever the record says there. */
void derive_run(const struct derive *derive, struct event *event,
    struct arena *arena);

#endif
