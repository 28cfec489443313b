/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far event time has come.  A clock belongs to a set of inputs: its
 * watermark is the least, over their feeds that are not idle, of the greatest
 * time seen; if all are idle, the greatest time seen.  Its settling time is
 * that less the greatest lateness of its inputs, and never goes back.
 */
#ifndef CORRELATE_WATERMARK_H
#define CORRELATE_WATERMARK_H

#include "correlate/correlate.h"

struct watermark;

struct watermark *watermark_new(const struct correlate_input *inputs,
    size_t count);
void watermark_free(struct watermark *watermark);

/* As in correlate.h. */
void watermark_seen(struct watermark *watermark, uint32_t feed, uint32_t input,
    int64_t time_us);
void watermark_idle(struct watermark *watermark, uint32_t feed);
void watermark_forget(struct watermark *watermark, uint32_t feed);
int64_t watermark_feed_time(const struct watermark *watermark, uint32_t feed);

/* Adds the inputs that can reach an event rule to `reached` [input_count]. */
void watermark_reach(const struct watermark *watermark,
    const struct logsource *rule, bool *reached);
size_t watermark_input_count(const struct watermark *watermark);

/* The clock of these inputs; clocks live as long as the watermark. */
uint32_t watermark_clock(struct watermark *watermark, const bool *reached);

/* Moves all clocks to what has been seen and heard of the feeds. */
void watermark_advance(struct watermark *watermark);

/* As of the last watermark_advance(); INT64_MIN at first. */
int64_t watermark_settled(const struct watermark *watermark, uint32_t clock);
int64_t watermark_lateness(const struct watermark *watermark, uint32_t clock);

#endif
