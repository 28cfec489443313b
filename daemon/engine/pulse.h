/* SPDX-License-Identifier: Apache-2.0 */
/* What a heartbeat tells of the engine and its feeds. */
#ifndef ENGINE_PULSE_H
#define ENGINE_PULSE_H

#include "alert/frame_heartbeat.h"
#include "engine/engine.h"
#include "kafka/kafka.h"

#define PULSE_COUNTS 8

/* Memory of what was told last; zeroes to begin with. */
struct pulse {
	struct frame_heartbeat_count counts[PULSE_COUNTS];
	struct frame_heartbeat_feed *feeds;
	size_t feed_count, feed_cap;
};

void pulse_done(struct pulse *pulse);

/* Fills all but the interval, valid until the next call. */
void pulse_take(struct pulse *pulse, const struct engine *engine,
    const struct kafka *kafka, struct frame_heartbeat *heartbeat);

#endif
