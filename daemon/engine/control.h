/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: a unix stream of JSON lines, one answer to each request,
 * in their order.
 *
 *	{"request":"status"}
 *	{"request":"health"}
 *	{"request":"reload","wait":true,"force":false}
 *	{"request":"log-level","level":"debug"}
 *
 * An answer is an object with "ok", and where that is false "message".  Asked
 * who he is (SO_PEERCRED, SO_PEERGROUPS), a peer may use it if he is root, the
 * daemon's own user, or of the configured group; others are told so and left.
 */
#ifndef ENGINE_CONTROL_H
#define ENGINE_CONTROL_H

#include <stdint.h>

#include "base/json.h"
#include "base/error.h"

struct event_base;
struct control;

struct control_request {
	struct span name;
	bool wait, force;
	struct span level; /* empty: not given */
	uint32_t user_id;  /* of the peer */
};

struct control_options {
	const char *path;
	const char *group; /* NULL: none */
	/* Adds members to the object that is the answer; false: no such
	 * request. */
	bool (*handle)(void *context, const struct control_request *request,
	    struct json *answer);
	void *context;
};

bool control_open(struct event_base *base,
    const struct control_options *options, struct control **ret_control,
    struct error *err);
void control_close(struct control *control); /* accepts NULL */

#endif
