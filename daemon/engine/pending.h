/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's own alerts that wait for a transaction to go with.
 *
 * A gap in a feed waits until everything before it was run: the transaction
 * that tells it commits the position behind it, so that it is told once.
 */
#ifndef ENGINE_PENDING_H
#define ENGINE_PENDING_H

#include "model/notice.h"
#include "model/ports.h"

/* Offsets [from, to) of a feed are gone. */
struct pending_gap {
	struct span topic;
	int32_t partition;
	uint32_t feed;
	enum port_gap_kind kind;
	int64_t from, to;
};

struct pending_item {
	struct pending_item *next;
	struct notice notice;	/* owns its texts */
	struct pending_gap gap; /* `to` is 0: none */
};

struct pending {
	struct pending_item *first, **last;
};

void pending_init(struct pending *pending);
void pending_done(struct pending *pending);

/* The notice is copied. */
struct pending_item *pending_add(struct pending *pending,
    const struct notice *notice);

/* Also logs it, as an error.  The topic is borrowed for as long. */
void pending_add_gap(struct pending *pending, const struct pending_gap *gap,
    int64_t now_us);

/* The oldest one that is due; NULL: none.  The caller frees. */
typedef bool pending_is_due(void *context, const struct pending_item *item);
struct pending_item *pending_take(struct pending *pending,
    pending_is_due *is_due, void *context);
void pending_free_item(struct pending_item *item);

/* Where the last gap of a feed ends; INT64_MIN: none waits. */
int64_t pending_gap_end(const struct pending *pending, uint32_t feed);

/* Who reads on from what is committed is told again. */
void pending_drop_gaps(struct pending *pending);

#endif
