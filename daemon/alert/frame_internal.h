/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the frame_*.c: bodies come first, then the heads that count them. */
#ifndef ALERT_FRAME_INTERNAL_H
#define ALERT_FRAME_INTERNAL_H

#include "alert/frame.h"

#define FRAME_ECS_VERSION "8.11.0"

/* The bodies of one alert, one behind the other. */
struct frame_bodies {
	struct buffer text;
	size_t *ends;
	size_t count;
	size_t cap;
};

/* For both: `limit` is the most that one body may have. */
void frame_bodies_add(void *bodies, struct span body);
void frame_ecs_write(const struct frame_options *options,
    const struct alert_view *view, const struct frame_place *place,
    size_t limit, struct frame_bodies *bodies);
void frame_plain_write(const struct frame_options *options,
    const struct alert_view *view, size_t limit, struct frame_bodies *bodies);

/* The rule's name, else its id, else its title. */
struct span frame_rule_name(const struct alert_view *view);

/* When it was decided; the time of sending where that is not told. */
int64_t frame_time_us(const struct alert_view *view,
    const struct frame_place *place);

/* The header (RFC 5424, 6.2) with the blank behind it. */
void frame_header(struct buffer *out, const struct frame_options *options,
    enum rule_level level, int64_t time_us, struct span message_id);

/* The parameters `sequence` and `chain`; a digest in hexadecimal. */
void frame_place_params(struct buffer *out, const struct frame_place *place);
void frame_hex(struct buffer *out, const uint8_t digest[HASH_SHA256_LEN]);

#endif
