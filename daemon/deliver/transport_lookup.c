/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <stdio.h>

#include <event2/dns.h>
#include <event2/event.h>

#include "base/mem.h"

#include "deliver/transport_internal.h"

/* Outlives its transport where that is closed first. */
struct question {
	struct transport_lookup *lookup; /* NULL: nobody waits any more */
	struct evdns_getaddrinfo_request *request;
};

struct transport_lookup {
	struct transport *transport;
	struct evdns_base *resolver;
	struct question *question; /* under way; NULL */
	unsigned attempts;
};

struct transport_lookup *
transport_lookup_new(struct transport *transport)
{
	struct transport_lookup *lookup = mem_zalloc(sizeof(*lookup));

	lookup->transport = transport;
	return lookup;
}

/* Each attempt takes the next address, so that one that is dead or cannot be
 * reached from here does not hide the others. */
static const struct evutil_addrinfo *
choose(const struct evutil_addrinfo *found, unsigned attempt)
{
	const struct evutil_addrinfo *info;
	unsigned count = 0;

	for (info = found; info != NULL; info = info->ai_next)
		count++;
	info = found;
	for (unsigned i = attempt % count; i > 0; i--)
		info = info->ai_next;
	return info;
}

static void
answer(struct transport_lookup *lookup, int result,
    const struct evutil_addrinfo *found)
{
	struct transport *transport = lookup->transport;
	const struct evutil_addrinfo *info;
	struct error err = ERROR_NONE;

	lookup->question = NULL;
	if (result == 0 && found != NULL) {
		info = choose(found, lookup->attempts++);
		transport_reach(transport, info->ai_addr,
		    (socklen_t)info->ai_addrlen);
		return;
	}
	error_set(&err, NULL, "cannot look up %s: %s", transport->address.host,
	    evutil_gai_strerror(result));
	transport_lost(transport, &err);
}

static void
on_answer(int result, struct evutil_addrinfo *found, void *context)
{
	struct question *question = context;
	struct transport_lookup *lookup = question->lookup;

	mem_free(question);
	if (lookup != NULL)
		answer(lookup, result, found);
	if (found != NULL)
		evutil_freeaddrinfo(found);
}

void
transport_lookup_cancel(struct transport_lookup *lookup)
{
	struct question *question = lookup->question;

	if (question == NULL)
		return;
	lookup->question = NULL;
	question->lookup = NULL;
	evdns_getaddrinfo_cancel(question->request);
}

/*
 * A new resolver for each attempt: the one before read resolv.conf when the
 * network may not have been there.
 */
bool
transport_lookup_start(struct transport_lookup *lookup, struct error *err)
{
	struct transport *transport = lookup->transport;
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = transport->calls->socket_type,
		.ai_protocol = transport->calls->socket_type == SOCK_DGRAM ?
		    IPPROTO_UDP :
		    IPPROTO_TCP };
	struct evdns_getaddrinfo_request *request;
	struct question *question;
	char port[8];

	if (lookup->resolver != NULL)
		evdns_base_free(lookup->resolver, 0);
	lookup->resolver = evdns_base_new(transport->base,
	    EVDNS_BASE_INITIALIZE_NAMESERVERS |
		EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (lookup->resolver == NULL)
		return error_set(err, NULL, "cannot look up %s: no resolver",
		    transport->address.host);
	(void)snprintf(port, sizeof(port), "%d", transport->address.port);
	question = mem_zalloc(sizeof(*question));
	question->lookup = lookup;
	lookup->question = question;

	/* From /etc/hosts it is answered at once, and `question` is gone. */
	request = evdns_getaddrinfo(lookup->resolver, transport->address.host,
	    port, &hints, on_answer, question);
	if (request != NULL)
		question->request = request;
	return true;
}

static void
on_unused(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	evdns_base_free(context, 0);
}

/* The answer to a cancelled lookup is still to come, and uses the resolver. */
void
transport_lookup_free(struct transport_lookup *lookup)
{
	struct timeval soon = { 0, 0 };

	transport_lookup_cancel(lookup);
	if (lookup->resolver != NULL &&
	    event_base_once(lookup->transport->base, -1, EV_TIMEOUT, on_unused,
		lookup->resolver, &soon) != 0)
		evdns_base_free(lookup->resolver, 0);
	mem_free(lookup);
}
