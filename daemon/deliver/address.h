/* SPDX-License-Identifier: Apache-2.0 */
/* Where a destination is: host:port, [v6]:port, or the path of a socket. */
#ifndef DELIVER_ADDRESS_H
#define DELIVER_ADDRESS_H

#include <sys/socket.h>

#include "base/error.h"

#define ADDRESS_HOST_MAX 256

struct address {
	bool is_numeric; /* `socket` is set, else `host` must be looked up */
	struct sockaddr_storage socket;
	socklen_t socket_len;
	char host[ADDRESS_HOST_MAX];
	int port;
};

bool address_parse(const char *text, struct address *ret_address,
    struct error *err);
bool address_parse_path(const char *path, struct address *ret_address,
    struct error *err);

#endif
