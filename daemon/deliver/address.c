/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "base/span.h"

#include "deliver/address.h"

#define PORT_MAX 65535

static bool
parse_port(const char *text, int *ret_port)
{
	int port = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		port = port * 10 + (*text - '0');
		if (port > PORT_MAX)
			return false;
	}
	*ret_port = port;
	return port > 0;
}

/* The host without brackets, and where the port starts. */
static bool
split(const char *text, struct span *ret_host, const char **ret_port)
{
	const char *colon = strrchr(text, ':'), *bracket;

	if (colon == NULL)
		return false;
	if (text[0] == '[') {
		bracket = strchr(text, ']');
		if (bracket == NULL || bracket + 1 != colon)
			return false;
		*ret_host = span_make(text + 1, (size_t)(bracket - text) - 1);
	} else {
		*ret_host = span_make(text, (size_t)(colon - text));
		/* Which colon divides an address of IPv6 is anybody's guess. */
		if (memchr(text, ':', ret_host->len) != NULL)
			return false;
	}
	*ret_port = colon + 1;
	return ret_host->len > 0 && ret_host->len < ADDRESS_HOST_MAX;
}

static void
set_numeric(struct address *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->socket;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->socket;
	uint16_t port = htons((uint16_t)address->port);

	if (inet_pton(AF_INET, address->host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = port;
		address->socket_len = sizeof(*in);
		address->is_numeric = true;
	} else if (inet_pton(AF_INET6, address->host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		address->socket_len = sizeof(*in6);
		address->is_numeric = true;
	}
}

bool
address_parse(const char *text, struct address *ret_address, struct error *err)
{
	struct address address = { .is_numeric = false };
	const char *port;
	struct span host;

	if (!split(text, &host, &port))
		return error_set(err, NULL,
		    "`%s` is no address: host:port or [IPv6]:port", text);
	if (!parse_port(port, &address.port))
		return error_set(err, NULL, "`%s` is no port (1 to %d)", port,
		    PORT_MAX);
	memcpy(address.host, host.ptr, host.len);
	address.host[host.len] = '\0';
	set_numeric(&address);
	if (text[0] == '[' && !address.is_numeric)
		return error_set(err, NULL, "`%s` is no IPv6 address",
		    address.host);
	*ret_address = address;
	return true;
}

bool
address_parse_path(const char *path, struct address *ret_address,
    struct error *err)
{
	struct address address = { .is_numeric = true };
	struct sockaddr_un *un = (struct sockaddr_un *)&address.socket;
	size_t len = strlen(path);

	if (path[0] != '/')
		return error_set(err, NULL,
		    "`%s` is no absolute path of a socket", path);
	if (len >= sizeof(un->sun_path))
		return error_set(err, NULL,
		    "the path of a socket has at most %zu bytes",
		    sizeof(un->sun_path) - 1);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, len + 1);
	address.socket_len = sizeof(*un);
	*ret_address = address;
	return true;
}
