/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a monitoring system asks over HTTP, on the loopback or a unix socket:
 *
 *	/metrics  the Prometheus text format
 *	/healthz  200 while the loop turns
 *	/readyz   200 if all is well, else 503 and a line for each reason
 */
#ifndef ENGINE_WEB_H
#define ENGINE_WEB_H

#include "base/buffer.h"
#include "base/error.h"

struct event_base;
struct web;

struct web_options {
	const char *address; /* as of config_watch.h */
	void (*metrics)(void *context, struct buffer *out);
	/* Adds "reason\n" for each; none: ready. */
	void (*unready)(void *context, struct buffer *out);
	void *context;
};

bool web_open(struct event_base *base, const struct web_options *options,
    struct web **ret_web, struct error *err);
void web_close(struct web *web); /* accepts NULL */

#endif
