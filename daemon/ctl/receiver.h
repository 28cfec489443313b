/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small syslog receiver on loopback: RFC 5424 messages over TCP with octet
 * counting (RFC 6587, 3.4.1).  Strict, for it stands for every receiver that
 * is: what breaks the grammar is counted as bad and not handed on.
 */
#ifndef CTL_RECEIVER_H
#define CTL_RECEIVER_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

#define RECEIVER_FRAME_MAX (1024 * 1024)

/* A message taken apart; spans point into the frame.  NILVALUE is empty. */
struct receiver_message {
	unsigned facility, severity;
	struct span time, host_name, app_name, process_id, message_id;
	struct span structured_data; /* as it stands, checked */
	struct span body;	     /* without the BOM */
	bool has_bom;
};

/* By the grammar of RFC 5424, 6. */
bool receiver_parse(struct span frame, struct receiver_message *ret_message,
    struct error *err);

/*
 * Appends the value of a parameter, unescaped, of the first element whose
 * SD-ID is `id` or, if that ends in `@`, begins with it.  False if there is
 * none.
 */
bool receiver_param(const struct receiver_message *message, const char *id,
    const char *name, struct buffer *out);

struct event_base;
struct receiver;

typedef void receiver_take(void *context,
    const struct receiver_message *message);

/* Listens on 127.0.0.1, at a port that the system chooses. */
bool receiver_open(struct event_base *base, receiver_take *take, void *context,
    struct receiver **ret_receiver, struct error *err);
uint16_t receiver_port(const struct receiver *receiver);
void receiver_close(struct receiver *receiver); /* accepts NULL */

struct receiver_counts {
	uint64_t connections, frames, bad;
	char last_error[1016]; /* why one was bad */
};
void receiver_get_counts(const struct receiver *receiver,
    struct receiver_counts *ret_counts);

#endif
