/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor as it runs: configuration, rules, Kafka, pipeline and
 * destinations on one event loop.  integrityd and the demo are its callers.
 */
#ifndef ENGINE_SERVICE_H
#define ENGINE_SERVICE_H

#include "config/config.h"
#include "engine/engine.h"

struct event_base;
struct service;

/* Where inputs without a position begin. */
enum service_start {
	SERVICE_START_CONFIGURED, /* and refuse where positions were lost */
	SERVICE_START_EARLIEST,
	SERVICE_START_LATEST
};

struct service_options {
	const struct config *config; /* borrowed until free */
	const char *instance;	     /* static member and transactional id */
	enum service_start start_from;
	bool is_forced; /* start with far fewer rules than before, too */
	/* The service has ended with this exit status; the loop may stop. */
	void (*ended)(void *context, int status);
	/* Called when a transaction was committed; may be NULL. */
	void (*committed)(void *context, size_t records, size_t outputs);
	void *context;
};

/*
 * Loads the rules, opens everything and starts.  On failure *ret_status is the
 * exit status: 78 (EX_CONFIG) where only the configuration can help.
 */
bool service_open(struct event_base *base,
    const struct service_options *options, struct service **ret_service,
    int *ret_status, struct error *err);
void service_free(struct service *service); /* accepts NULL */

/* Where Kafka is: the embedded cluster's address, or the configured one. */
const char *service_bootstrap(const struct service *service);

/*
 * Loads the rules anew and swaps them between two batches; keeps the old set
 * on any error, and where more than a tenth of them would be lost.  What was
 * wrong, or was reset, is logged.
 */
bool service_reload(struct service *service);

/* Commits what is computed, then ended(). */
void service_stop(struct service *service);

/* The rules and mappings of a configuration, checked as at start. */
bool service_check(const struct config *config, struct diag *diag);

/* For STATUS= and status lines. */
struct service_status {
	struct engine_counters counters;
	uint32_t rules, refused;
	size_t destinations, connected;
};
void service_get_status(const struct service *service,
    struct service_status *ret_status);

#endif
