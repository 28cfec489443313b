/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <sys/un.h>

#include "config/config_internal.h"

#define CONFIG_DESTINATION_MAX 48
/* APP-NAME, RFC 5424, 6. */
#define CONFIG_APP_NAME_MAX 48
#define CONFIG_HOST_MAX 253 /* RFC 1035, 2.3.4, as text */
#define CONFIG_UDP_MAX 65507
#define CONFIG_UNIX_MAX (200 * 1024)

/* One destination: its map as read, and its struct. */
struct config_destination_checking {
	struct diag *diag;
	const struct yaml_node *map;
	const struct config_destination *destination;
};

static void
config_destinations_check_name(const struct config_destination_checking *one)
{
	const char *name = one->destination->name, *c;
	bool ok;

	if (name == NULL)
		return;
	ok = config_is_name(name, CONFIG_DESTINATION_MAX, "_-");
	for (c = name; *c != '\0'; c++)
		ok = ok && !(*c >= 'A' && *c <= 'Z');
	if (ok)
		return;
	diag_at(one->diag, config_place(one->map, "name"), "IR0203",
	    "`%s` is no name of a destination", name);
	diag_hint(one->diag, "1 to %d of a-z, 0-9, _ and -",
	    CONFIG_DESTINATION_MAX);
}

static void
config_destinations_check_available(
    const struct config_destination_checking *one)
{
	const struct config_destination *destination = one->destination;
	const struct yaml_node *transport = yaml_get(one->map, "transport");
	const struct yaml_node *format = yaml_get(one->map, "format");

	if (transport != NULL && destination->transport == CONFIG_RELP) {
		diag_at(one->diag, transport->place, "IR0204",
		    "the transport `" SPAN_FMT
		    "` is not available in this version",
		    SPAN_ARG(transport->text));
		diag_hint(one->diag, "unix, unix-stream, udp, tcp and tls are");
		diag_help(one->diag,
		    "a syslog daemon on this host takes "
		    "alerts by unix or tcp and forwards them by RELP");
	}
	if (format != NULL && destination->format != CONFIG_ECS &&
	    destination->format != CONFIG_PLAIN) {
		diag_at(one->diag, format->place, "IR0205",
		    "the format `" SPAN_FMT
		    "` is not available in this version",
		    SPAN_ARG(format->text));
		diag_hint(one->diag, "ecs and plain are");
	}
}

static bool
config_destinations_is_port(struct span text)
{
	unsigned long number = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		number = number * 10 + (unsigned long)(text.ptr[i] - '0');
		if (number > 65535)
			return false;
	}
	return number > 0;
}

/* What is wrong with "[IPv6]:port" up to the bracket's end, or NULL. */
static const char *
config_destinations_bracket_fault(struct span address, const char **colon)
{
	const char *end = address.ptr + address.len, *bracket;
	char host[INET6_ADDRSTRLEN];
	struct in6_addr ignored;
	size_t len;

	bracket = memchr(address.ptr, ']', address.len);
	if (bracket == NULL)
		return "`]` is missing";
	len = (size_t)(bracket - address.ptr) - 1;
	if (len == 0)
		return "no host";
	if (len >= sizeof(host))
		return "no IPv6 address stands in the brackets";
	memcpy(host, address.ptr + 1, len);
	host[len] = '\0';
	if (inet_pton(AF_INET6, host, &ignored) != 1)
		return "no IPv6 address stands in the brackets";
	*colon = bracket + 1 < end && bracket[1] == ':' ? bracket + 1 : NULL;
	return NULL;
}

/* What is wrong with host:port, or NULL. */
static const char *
config_destinations_host_fault(struct span address)
{
	const char *end = address.ptr + address.len, *colon, *fault;

	colon = memrchr(address.ptr, ':', address.len);
	if (address.len > 0 && address.ptr[0] == '/')
		return "a path is for unix and unix-stream; want host:port";
	if (address.len > 0 && address.ptr[0] == '[') {
		fault = config_destinations_bracket_fault(address, &colon);
		if (fault != NULL)
			return fault;
	} else if (colon != NULL &&
	    memchr(address.ptr, ':', (size_t)(colon - address.ptr)) != NULL) {
		return "an IPv6 host stands in brackets: [::1]:514";
	}
	if (colon == NULL)
		return "want host:port";
	if (colon == address.ptr)
		return "no host";
	if (colon - address.ptr > CONFIG_HOST_MAX)
		return "longer than a host's name can be";
	if (!config_destinations_is_port(span_make(colon + 1,
		(size_t)(end - colon - 1))))
		return "a port is from 1 to 65535";
	return NULL;
}

static const char *
config_destinations_path_fault(const char *address)
{
	const struct sockaddr_un *socket = NULL;

	if (address[0] != '/')
		return "want the absolute path of a socket, such as /dev/log";
	if (strlen(address) >= sizeof(socket->sun_path))
		return "longer than a socket's path can be";
	return NULL;
}

/* A word that is no transport was taken for the first of them. */
static bool
config_destinations_is_told(const struct config_destination_checking *one)
{
	const struct yaml_node *transport = yaml_get(one->map, "transport");

	return transport != NULL &&
	    (one->destination->transport != CONFIG_UNIX ||
		span_is(transport->text, "unix"));
}

static void
config_destinations_check_address(const struct config_destination_checking *one)
{
	const char *address = one->destination->address, *fault;

	if (address == NULL || !config_destinations_is_told(one))
		return;
	if (one->destination->transport == CONFIG_UNIX ||
	    one->destination->transport == CONFIG_UNIX_STREAM)
		fault = config_destinations_path_fault(address);
	else
		fault = config_destinations_host_fault(span_of(address));
	if (fault == NULL)
		return;
	diag_at(one->diag, config_place(one->map, "address"), "IR0206",
	    "bad address `%s`", address);
	diag_hint(one->diag, "%s", fault);
}

/*
 * What a datagram cannot hold is not sent at all.  UDP's length has 16 bits
 * for 8 bytes of its own header and, over IPv4, 20 of IP's; a unix socket
 * takes what its send buffer holds, by default 208 KiB with the overhead.
 */
static void
config_destinations_check_size(const struct config_destination_checking *one)
{
	const struct config_destination *destination = one->destination;
	uint64_t limit;

	if (destination->transport == CONFIG_UDP)
		limit = CONFIG_UDP_MAX;
	else if (destination->transport == CONFIG_UNIX)
		limit = CONFIG_UNIX_MAX;
	else
		return;
	if (destination->max_message_size <= limit ||
	    !config_destinations_is_told(one))
		return;
	diag_at(one->diag, config_place(one->map, "max_message_size"), "IR0218",
	    "no datagram holds a message of %llu bytes",
	    (unsigned long long)destination->max_message_size);
	diag_hint(one->diag, "at most %llu", (unsigned long long)limit);
}

static bool
config_destinations_is_loopback(const char *address)
{
	static const char *const starts[] = { "127.",
		"localhost:", "[::1]:", NULL };
	size_t i;

	for (i = 0; starts[i] != NULL; i++)
		if (strncmp(address, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* Who is suspected of what is no reading for the network's administrators. */
static void
config_destinations_check_clear(const struct config_destination_checking *one)
{
	const struct config_destination *destination = one->destination;
	const char *address = destination->address;

	if (address == NULL || destination->audience != CONFIG_INVESTIGATORS ||
	    (destination->transport != CONFIG_TCP &&
		destination->transport != CONFIG_UDP) ||
	    config_destinations_is_loopback(address))
		return;
	diag_at(one->diag, config_place(one->map, "transport"), "IW0221",
	    "alerts with names and evidence leave this host in the clear");
	diag_hint(one->diag, "tls, or audience: reference");
}

static void
config_destinations_check_app_name(
    const struct config_destination_checking *one)
{
	const char *name = one->destination->app_name, *c;
	bool ok;

	if (name == NULL)
		return;
	ok = name[0] != '\0' && strlen(name) <= CONFIG_APP_NAME_MAX;
	for (c = name; *c != '\0'; c++)
		ok = ok && *c > 0x20 && *c < 0x7f;
	if (ok)
		return;
	diag_at(one->diag, config_place(one->map, "app_name"), "IR0203",
	    "`app_name` cannot be `%s`", name);
	diag_hint(one->diag, "1 to %d printable ASCII characters, no blank",
	    CONFIG_APP_NAME_MAX);
}

static void
config_destinations_check_repeat(const struct config_checking *checking,
    const struct yaml_node *list, size_t at)
{
	const struct config_destination *all = checking->config->destinations
						   .items;
	struct diag_place first;
	size_t i;

	if (all[at].name == NULL)
		return;
	for (i = 0; i < at; i++)
		if (all[i].name != NULL &&
		    strcmp(all[i].name, all[at].name) == 0)
			break;
	if (i == at)
		return;
	first = config_place(list->items[i], "name");
	diag_at(checking->diag, config_place(list->items[at], "name"), "IR0202",
	    "two destinations have the name `%s`", all[at].name);
	diag_hint(checking->diag, "the first is at %s:%u",
	    diag_source_path(first.source), first.line);
}

void
config_destinations_check(const struct config_checking *checking)
{
	const struct yaml_node *list = yaml_get(checking->root, "destinations");
	struct config_destination *all = checking->config->destinations.items;
	struct config_destination_checking one;
	size_t i;

	if (list != NULL && list->kind != YAML_LIST)
		return;
	if (list == NULL || list->count == 0) {
		/* Among errors it may be one of them that took it away. */
		if (diag_errors(checking->diag) == 0)
			diag_at(checking->diag,
			    list != NULL ? list->place : checking->root->place,
			    "IW0217",
			    "there is no destination: alerts only go to the "
			    "topic integrity.alerts");
		return;
	}
	for (i = 0; i < list->count; i++) {
		one = (struct config_destination_checking){ checking->diag,
			list->items[i], &all[i] };
		config_destinations_check_name(&one);
		config_destinations_check_repeat(checking, list, i);
		config_destinations_check_available(&one);
		config_destinations_check_address(&one);
		config_destinations_check_size(&one);
		config_destinations_check_clear(&one);
		config_destinations_check_app_name(&one);
		if (config_destinations_is_told(&one))
			config_tls_check(checking, list->items[i], &all[i]);
	}
}
