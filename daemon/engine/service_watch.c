/* SPDX-License-Identifier: Apache-2.0 */
/* Where the operator looks in: metrics over HTTP, and the control socket. */
#include <event2/event.h>
#include <stdio.h>

#include "base/check.h"
#include "base/log.h"

#include "engine/service_internal.h"

static struct service *
service_of(void *context)
{
	return CHECK_CAST(service, SERVICE_MAGIC, context);
}

static void
on_metrics(void *context, struct buffer *out)
{
	service_metrics_write(service_of(context), out);
}

static void
on_unready(void *context, struct buffer *out)
{
	service_status_unready(service_of(context), out);
}

/* ---- Requests ---- */

static void
add_ok(struct json *answer, bool ok)
{
	json_key(answer, "ok");
	json_bool(answer, ok);
}

static void
add_message(struct json *answer, const char *message)
{
	json_key(answer, "message");
	json_string(answer, message);
}

/* The lines of a text as strings, or as the JSON that they are. */
static void
add_lines(struct json *answer, const char *key, struct span text, bool is_json)
{
	struct span line;

	json_key(answer, key);
	json_array(answer);
	while (text.len > 0 && span_split(&text, '\n', &line)) {
		if (line.len == 0)
			continue;
		if (is_json)
			json_raw(answer, line);
		else
			json_span(answer, line);
	}
	json_end(answer);
}

static void
answer_status(struct service *service, const struct control_request *request,
    struct json *answer)
{
	(void)request;
	add_ok(answer, true);
	service_status_json(service, answer);
}

static void
answer_health(struct service *service, const struct control_request *request,
    struct json *answer)
{
	struct buffer reasons = BUFFER_INIT;

	(void)request;
	service_status_unready(service, &reasons);
	add_ok(answer, true);
	json_key(answer, "live");
	json_bool(answer, true);
	json_key(answer, "ready");
	json_bool(answer, reasons.len == 0);
	add_lines(answer, "reasons", buffer_span(&reasons), false);
	buffer_done(&reasons);
}

static bool
reload(struct service *service, uint32_t user_id, bool is_forced,
    struct service_reload *ret_reload)
{
	char by[SERVICE_BY_BYTES];
	bool ok;

	(void)snprintf(by, sizeof(by), "user id %u", (unsigned)user_id);
	*ret_reload = (struct service_reload){ .is_forced = is_forced,
		.by = by };
	ok = service_rules_reload(service, ret_reload);
	ret_reload->by = NULL;
	return ok;
}

static void
on_later(evutil_socket_t fd, short what, void *context)
{
	struct service *service = service_of(context);
	struct service_reload result;

	(void)fd;
	(void)what;
	(void)reload(service, service->later_user_id, service->is_later_forced,
	    &result);
	service_rules_reload_done(&result);
}

static void
answer_reload(struct service *service, const struct control_request *request,
    struct json *answer)
{
	struct service_reload result;

	if (!request->wait) {
		service->later_user_id = request->user_id;
		service->is_later_forced = request->force;
		event_active(service->later, EV_TIMEOUT, 0);
		add_ok(answer, true);
		add_message(answer, "the rules are being loaded anew");
		return;
	}
	add_ok(answer,
	    reload(service, request->user_id, request->force, &result));
	add_message(answer, result.message);
	json_key(answer, "too_few");
	json_bool(answer, result.is_too_few);
	json_key(answer, "before");
	json_uint(answer, result.before);
	json_key(answer, "after");
	json_uint(answer, result.after);
	add_lines(answer, "findings", buffer_span(&result.findings), true);
	add_lines(answer, "reset", buffer_span(&result.reset), false);
	json_key(answer, "text");
	json_span(answer, buffer_span(&result.text));
	service_rules_reload_done(&result);
}

static void
answer_log_level(struct service *service, const struct control_request *request,
    struct json *answer)
{
	char name[16];
	enum log_level level;

	(void)service;
	(void)snprintf(name, sizeof(name), SPAN_FMT, SPAN_ARG(request->level));
	if (request->level.len >= sizeof(name) || !log_level_of(name, &level)) {
		add_ok(answer, false);
		add_message(answer, "a level is error, warning, info or debug");
		return;
	}
	log_set_level(level);
	log_info("log level %s, asked for by user id %u", name,
	    (unsigned)request->user_id);
	add_ok(answer, true);
	add_message(answer, "the level holds until integrityd ends");
}

static const struct {
	const char *name;
	void (*answer)(struct service *service,
	    const struct control_request *request, struct json *answer);
} requests[] = {
	{ "status", answer_status },
	{ "health", answer_health },
	{ "reload", answer_reload },
	{ "log-level", answer_log_level },
};

static bool
on_request(void *context, const struct control_request *request,
    struct json *answer)
{
	struct service *service = service_of(context);

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (!span_is(request->name, requests[i].name))
			continue;
		requests[i].answer(service, request, answer);
		return true;
	}
	return false;
}

/* ---- Opening ---- */

void
service_watch_open(struct service *service, struct event_base *base)
{
	const struct config *config = service->options.config;
	struct web_options web = {
		.address = config->metrics.address,
		.metrics = on_metrics,
		.unready = on_unready,
		.context = service,
	};
	struct control_options control = {
		.path = config->control.socket,
		.group = config->control.group,
		.handle = on_request,
		.context = service,
	};
	struct error err = ERROR_NONE;

	service->later = evtimer_new(base, on_later, service);
	if (web.address != NULL && !web_open(base, &web, &service->web, &err))
		log_error("%s: going on without", err.text);
	if (control.path != NULL &&
	    strcmp(control.path, CONFIG_CONTROL_NONE) != 0 &&
	    !control_open(base, &control, &service->control, &err))
		log_warning("%s: going on without", err.text);
}

void
service_watch_close(struct service *service)
{
	web_close(service->web);
	control_close(service->control);
	if (service->later != NULL)
		event_free(service->later);
}
