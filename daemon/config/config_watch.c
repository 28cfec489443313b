/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

#include "config/config_internal.h"
#include "config/config_watch.h"

#define UNIX_PREFIX "unix:"

static bool
config_watch_is_loopback(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* What is wrong with the path of a socket, or NULL. */
static const char *
config_watch_path_fault(const char *path)
{
	const struct sockaddr_un *socket = NULL;

	if (path[0] != '/')
		return "want the absolute path of a socket";
	if (strlen(path) >= sizeof(socket->sun_path))
		return "longer than a socket's path can be";
	return NULL;
}

static bool
config_watch_split(struct span address, struct config_listen *listen)
{
	const char *colon = memrchr(address.ptr, ':', address.len);
	struct span host, port;

	if (colon == NULL)
		return false;
	host = span_make(address.ptr, (size_t)(colon - address.ptr));
	port = span_make(colon + 1, address.len - host.len - 1);
	if (host.len >= 2 && host.ptr[0] == '[' &&
	    host.ptr[host.len - 1] == ']')
		host = span_make(host.ptr + 1, host.len - 2);
	if (host.len >= sizeof(listen->host) || port.len == 0 || port.len > 5 ||
	    strspn(port.ptr, "0123456789") != port.len)
		return false;
	(void)snprintf(listen->host, sizeof(listen->host), SPAN_FMT,
	    SPAN_ARG(host));
	listen->port = (uint16_t)strtoul(port.ptr, NULL, 10);
	return listen->port > 0 && strtoul(port.ptr, NULL, 10) <= UINT16_MAX;
}

bool
config_watch_parse(const char *address, struct config_listen *ret_listen,
    struct error *err)
{
	struct config_listen listen = { 0 };
	const char *fault;

	if (strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0) {
		listen.path = address + strlen(UNIX_PREFIX);
		fault = config_watch_path_fault(listen.path);
		if (fault != NULL)
			return error_set(err, "IR0206", "%s", fault);
	} else if (!config_watch_split(span_of(address), &listen)) {
		return error_set(err, "IR0206",
		    "want ADDRESS:PORT or "
		    "unix:PATH");
	} else if (!config_watch_is_loopback(listen.host)) {
		return error_set(err, "IR0206",
		    "only 127.0.0.1, [::1] or a unix socket");
	}
	*ret_listen = listen;
	return true;
}

static void
config_watch_check_metrics(const struct config_checking *checking)
{
	const struct yaml_node *metrics = yaml_get(checking->root, "metrics");
	const char *address = checking->config->metrics.address;
	struct config_listen listen;
	struct error err = ERROR_NONE;

	if (address == NULL || config_watch_parse(address, &listen, &err))
		return;
	diag_at(checking->diag, config_place(metrics, "address"), "IR0206",
	    "metrics cannot be shown at `%s`", address);
	diag_hint(checking->diag, "%s", err.text);
}

void
config_watch_check(const struct config_checking *checking)
{
	const struct yaml_node *control = yaml_get(checking->root, "control");
	const char *path = checking->config->control.socket, *fault;

	config_watch_check_metrics(checking);
	if (path == NULL || strcmp(path, CONFIG_CONTROL_NONE) == 0)
		return;
	fault = config_watch_path_fault(path);
	if (fault == NULL)
		return;
	diag_at(checking->diag, config_place(control, "socket"), "IR0206",
	    "the control socket cannot be `%s`", path);
	diag_hint(checking->diag, "%s", fault);
}
