/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sign of life that every destination gets at an interval, so that the
 * receiver sees silence: one frame with MSGID `heartbeat`.  It tells what the
 * stream before it must have held (sequence, chain), which rules are at work,
 * how far the feeds are behind, and what was not counted or not delivered.
 * No person and no record is in it.
 */
#ifndef ALERT_FRAME_HEARTBEAT_H
#define ALERT_FRAME_HEARTBEAT_H

#include "alert/frame.h"

struct frame_heartbeat_feed {
	struct span topic;
	int32_t partition;
	int64_t offset, lag; /* -1: not known */
};

/* A counter since the start; the name is short, of letters and `_`. */
struct frame_heartbeat_count {
	const char *name;
	uint64_t count;
};

struct frame_heartbeat {
	int64_t interval_us;
	uint8_t ruleset[HASH_SHA256_LEN];
	uint32_t rules, refused;
	const struct frame_heartbeat_count *counts;
	size_t count_count;
	const struct frame_heartbeat_feed *feeds; /* of this instance */
	size_t feed_count;
};

/*
 * Appends the frame, at most max_message_size bytes of it: feeds that do not
 * fit are left out and counted.  The time is place->now_us.  A `reference`
 * destination is told no topics.
 */
void frame_heartbeat_render(const struct frame_options *options,
    const struct frame_heartbeat *heartbeat, const struct frame_place *place,
    struct buffer *out);

#endif
