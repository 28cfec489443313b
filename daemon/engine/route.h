/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One configured destination put together: the alerts' queue, the cursor with
 * sequence and chain, the renderer of frames, and the transport.
 */
#ifndef ENGINE_ROUTE_H
#define ENGINE_ROUTE_H

#include "alert/frame_heartbeat.h"
#include "config/config.h"
#include "deliver/destination.h"
#include "kafka/kafka.h"

struct event_base;
struct route;

bool route_open(struct event_base *base, struct kafka *kafka,
    const struct config_destination *config, struct route **ret_route,
    struct error *err);
void route_close(struct route *route); /* accepts NULL */

/*
 * What the heartbeat tells of the program; what it points to is borrowed until
 * the next call.  Without one it tells nothing but the place in the stream.
 */
typedef void route_describe(void *context, struct frame_heartbeat *heartbeat);
void route_set_describe(struct route *route, route_describe *describe,
    void *context);

/* Sends what is queued, moves the committed position on. */
void route_run(struct route *route);

void route_get_stats(const struct route *route,
    struct destination_stats *ret_stats);
const char *route_name(const struct route *route);
/* Frames that no datagram could hold: not sent. */
uint64_t route_too_large(const struct route *route);

#endif
