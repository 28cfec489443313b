/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alert rendered for one destination: an RFC 5424 syslog message with
 * structured data [integrity@PEN ...] and the body as ECS JSON or a plain
 * sentence.  The ECS body is pure ASCII (JSON escapes), so it needs no BOM and
 * RFC 8259 allows none; the plain body is UTF-8 behind a BOM (RFC 5424, 6.4).
 */
#ifndef ALERT_FRAME_H
#define ALERT_FRAME_H

#include "alert/alert.h"

enum frame_format { FRAME_ECS, FRAME_PLAIN };
enum frame_audience { FRAME_INVESTIGATORS, FRAME_REFERENCE };

/* A smaller max_message_size is taken for this: every receiver should take so
 * much (RFC 5424, 6.1). */
#define FRAME_SIZE_MIN 2048

struct frame_options {
	enum frame_format format;
	enum frame_audience audience;
	unsigned facility;     /* 0-23 (RFC 5424, table 1) */
	const char *host_name; /* cut and cleaned to the RFC's limits */
	const char *app_name;
	const char *process_id;
	uint32_t enterprise_id; /* PEN of the structured data */
	size_t max_message_size;
};

/* Where the alert stands in its destination's stream. */
struct frame_place {
	uint64_t sequence;
	uint8_t chain[HASH_SHA256_LEN];
	int64_t now_us; /* used where the alert tells no time of decision */
};

/*
 * Renders into one or more messages, none longer than max_message_size:
 * samples that do not fit move to follow-up frames of the same alert id.
 * Each is handed to `emit`, without any transport framing.
 */
typedef void frame_emit(void *context, struct span frame);
void frame_render(const struct frame_options *options,
    const struct alert_view *view, const struct frame_place *place,
    frame_emit *emit, void *context);

/* Syslog severity of a level (0-7). */
unsigned frame_severity(enum rule_level level);

#endif
