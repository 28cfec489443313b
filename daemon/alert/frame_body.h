/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One JSON object told in as many bodies as it takes, none larger than a
 * limit: pieces are added in the order of the document, and what does not
 * fit opens the next body.  The core stands in every body.  A piece too
 * large for any body is taken apart into its members; a single string that
 * alone is too large goes on under its name in the next bodies, nothing of it
 * lost.  Only a member whose mere name is too large is left out.  All of it is
 * printable ASCII.
 */
#ifndef ALERT_FRAME_BODY_H
#define ALERT_FRAME_BODY_H

#include "base/buffer.h"
#include "text/json_read.h"

#define FRAME_BODY_DEPTH 16

/* Where a piece stands; the n-th member of an array is { NULL, n }. */
struct frame_path {
	struct span keys[FRAME_BODY_DEPTH];
	uint32_t depth;
};

struct frame_body;

/* `finish` takes each body when it is complete. */
struct frame_body *frame_body_new(size_t limit,
    void (*finish)(void *context, struct span body), void *context);
void frame_body_free(struct frame_body *body); /* accepts NULL */

/* "event", "id"; `inner` may be NULL. */
struct frame_path frame_body_path(const char *outer, const char *inner);
struct frame_path frame_body_below(const struct frame_path *path,
    struct span key);

/* `json` must be short: all of the core fits into every body. */
void frame_body_core(struct frame_body *body, const char *outer,
    const char *inner, struct span json);

/* A piece of this one body, which the caller knows to fit. */
void frame_body_put(struct frame_body *body, const char *outer,
    const char *inner, struct span json);
void frame_body_value(struct frame_body *body, const struct frame_path *path,
    struct json_value value);

/* Ends the last body. */
void frame_body_end(struct frame_body *body);

#endif
