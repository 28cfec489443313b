/* SPDX-License-Identifier: Apache-2.0 */
/* Where the operator looks in: `metrics` and `control`. */
#ifndef CONFIG_CONFIG_WATCH_H
#define CONFIG_CONFIG_WATCH_H

#include "base/error.h"
#include "config/config.h"

struct config_listen {
	const char *path; /* of a unix socket, borrowed; NULL: TCP */
	char host[48];	  /* a numeric address of the loopback */
	uint16_t port;
};

/*
 * "127.0.0.1:9310", "[::1]:9310" or "unix:/run/integrityd/metrics.sock".
 * Another address than of the loopback is refused: what is shown there is
 * neither encrypted nor asks who reads it.
 */
bool config_watch_parse(const char *address, struct config_listen *ret_listen,
    struct error *err);

#endif
