/* SPDX-License-Identifier: Apache-2.0 */
/* A unix stream socket that is listened on. */
#ifndef ENGINE_LISTEN_H
#define ENGINE_LISTEN_H

#include <sys/types.h>

#include "base/error.h"

#define LISTEN_NO_GROUP ((gid_t) - 1)

/*
 * Binds and listens, with `mode` and, unless LISTEN_NO_GROUP, the group.  A
 * socket that a dead process has left there is replaced; one on which somebody
 * answers is not.  Returns the descriptor, nonblocking, or -1.
 */
int listen_unix(const char *path, mode_t mode, gid_t group, struct error *err);

#endif
