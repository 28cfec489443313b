/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One configured destination put together: the alerts' queue, the cursor with
 * sequence and chain, the renderer of frames, and the transport.
 */
#ifndef ENGINE_ROUTE_H
#define ENGINE_ROUTE_H

#include "config/config.h"
#include "deliver/destination.h"
#include "kafka/kafka.h"

struct event_base;
struct route;

bool route_open(struct event_base *base, struct kafka *kafka,
    const struct config_destination *config, struct route **ret_route,
    struct error *err);
void route_close(struct route *route); /* accepts NULL */

/* Sends what is queued, moves the committed position on. */
void route_run(struct route *route);

void route_get_stats(const struct route *route,
    struct destination_stats *ret_stats);

#endif
