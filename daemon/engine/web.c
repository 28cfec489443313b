/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "config/config_watch.h"

#include "engine/exposition.h"
#include "engine/listen.h"
#include "engine/web.h"

#define WEB_MAGIC 0x3eb3eb00u
#define TIMEOUT_S 10
#define HEADER_BYTES_MAX 8192
/* Any local process may ask: it learns no more than how the service does. */
#define SOCKET_MODE 0666

struct web {
	uint32_t magic;
	struct web_options options;
	struct evhttp *server;
	char *path; /* of a unix socket; NULL: TCP */
};

static struct web *
web_of(void *context)
{
	return CHECK_CAST(web, WEB_MAGIC, context);
}

static void
answer(struct evhttp_request *request, int status, const char *type,
    struct buffer *text)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct evbuffer *body = evbuffer_new();

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evbuffer_add(body, text->ptr, text->len);
	evhttp_send_reply(request, status, NULL, body);
	evbuffer_free(body);
	buffer_done(text);
}

static void
on_metrics(struct evhttp_request *request, void *context)
{
	struct web *web = web_of(context);
	struct buffer text = BUFFER_INIT;

	web->options.metrics(web->options.context, &text);
	answer(request, HTTP_OK, EXPOSITION_CONTENT_TYPE, &text);
}

static void
on_healthz(struct evhttp_request *request, void *context)
{
	struct buffer text = BUFFER_INIT;

	(void)context;
	buffer_add_string(&text, "ok\n");
	answer(request, HTTP_OK, "text/plain; charset=utf-8", &text);
}

static void
on_readyz(struct evhttp_request *request, void *context)
{
	struct web *web = web_of(context);
	struct buffer text = BUFFER_INIT;
	int status = HTTP_OK;

	web->options.unready(web->options.context, &text);
	if (text.len > 0)
		status = HTTP_SERVUNAVAIL;
	else
		buffer_add_string(&text, "ok\n");
	answer(request, status, "text/plain; charset=utf-8", &text);
}

static bool
bind_server(struct web *web, const struct config_listen *listen,
    struct error *err)
{
	int fd;

	if (listen->path == NULL) {
		if (evhttp_bind_socket(web->server, listen->host,
			listen->port) != 0)
			return error_set(err, NULL, "%s: %s",
			    web->options.address, strerror(errno));
		return true;
	}
	fd = listen_unix(listen->path, SOCKET_MODE, LISTEN_NO_GROUP, err);
	if (fd < 0)
		return false;
	web->path = mem_strdup(listen->path);
	if (evhttp_accept_socket(web->server, fd) == 0)
		return true;
	(void)close(fd);
	return error_set(err, NULL, "%s: cannot be listened on", web->path);
}

static struct web *
make_web(struct event_base *base, const struct web_options *options)
{
	struct web *web = mem_zalloc(sizeof(*web));

	web->magic = WEB_MAGIC;
	web->options = *options;
	web->server = evhttp_new(base);
	CHECK(web->server != NULL);
	evhttp_set_allowed_methods(web->server,
	    EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(web->server, HEADER_BYTES_MAX);
	evhttp_set_max_body_size(web->server, 0);
	evhttp_set_timeout(web->server, TIMEOUT_S);
	evhttp_set_cb(web->server, "/metrics", on_metrics, web);
	evhttp_set_cb(web->server, "/healthz", on_healthz, web);
	evhttp_set_cb(web->server, "/readyz", on_readyz, web);
	return web;
}

bool
web_open(struct event_base *base, const struct web_options *options,
    struct web **ret_web, struct error *err)
{
	struct config_listen listen;
	struct web *web;

	if (!config_watch_parse(options->address, &listen, err))
		return false;
	web = make_web(base, options);
	if (!bind_server(web, &listen, err)) {
		web_close(web);
		return error_prefix(err, "metrics");
	}
	*ret_web = web;
	return true;
}

void
web_close(struct web *web)
{
	if (web == NULL)
		return;
	evhttp_free(web->server);
	if (web->path != NULL)
		(void)unlink(web->path);
	mem_free(web->path);
	web->magic = 0;
	mem_free(web);
}
