/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/time.h>
#include <sysexits.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/pattern.h"

#include "engine/notify.h"
#include "engine/service_internal.h"

#define EMBEDDED_PARTITIONS 4

static struct service *
service_of(void *context)
{
	return CHECK_CAST(service, SERVICE_MAGIC, context);
}

/* ---- Up-calls of the pipeline and the loop ---- */

static void
end(struct service *service, int status)
{
	if (service->has_ended)
		return;
	service->has_ended = true;
	service->options.ended(service->options.context, status);
}

static void
on_failed(void *context, int status, const struct error *err)
{
	log_error("%s", err != NULL ? err->text : "the transaction failed");
	end(service_of(context), status);
}

static void
on_stopped(void *context)
{
	struct service *service = service_of(context);

	kafka_source_close(service->kafka);
	end(service, EX_OK);
}

static void
on_committed(void *context, size_t records, size_t outputs)
{
	struct service *service = service_of(context);

	if (service->options.committed != NULL)
		service->options.committed(service->options.context, records,
		    outputs);
}

static void
on_wakeup(evutil_socket_t fd, short what, void *context)
{
	struct service *service = service_of(context);

	(void)fd;
	(void)what;
	kafka_dispatch(service->kafka);
	for (size_t i = 0; i < service->route_count; i++)
		route_run(service->routes[i]);
}

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct service *service = service_of(context);
	struct buffer line = BUFFER_INIT;

	(void)fd;
	(void)what;
	pipeline_tick(service->pipeline);
	service_status_line(service, &line);
	notify_send("STATUS=%s\nWATCHDOG=1", buffer_string(&line));
	buffer_done(&line);
}

/* ---- Opening, in this order ---- */

static struct engine *
make_engine(struct service *service, struct rule_set *rules)
{
	const struct config *config = service->options.config;
	struct engine_options options = {
		.inputs = service->inputs.items,
		.input_count = service->inputs.count,
		.decode = decode_limits_default,
		.correlate = {
			.groups_per_rule = config->limits.groups_per_rule,
			.text_bytes = config->limits.field_bytes,
		},
		.alert_bytes = config->limits.alert_bytes,
	};

	options.decode.record_bytes = config->limits.record_bytes;
	options.decode.json_depth = (unsigned)config->limits.json_depth;
	options.decode.max_future_us = config->time.max_future_us;
	return engine_new(rules, &options);
}

static void
open_pipeline(struct service *service, const struct rule_load_result *result)
{
	struct pipeline_options options = {
		.now_us = clock_now_us,
		.failed = on_failed,
		.stopped = on_stopped,
		.committed = on_committed,
		.context = service,
	};

	service->engine = make_engine(service, result->rules);
	service->pipeline = pipeline_new(service->engine, &options);
	service->refused = (uint32_t)result->refused_count;
	service->is_load_ok = true;
	service->load_us = service->load_ok_us = clock_now_us();
	service_rules_tell(service, result,
	    service->options.is_forced ? LEVEL_HIGH : LEVEL_INFORMATIONAL,
	    service->options.is_forced ? "integrityd started by force" :
					 "integrityd started");
}

static bool
open_rules(struct service *service, int *ret_status, struct error *err)
{
	const struct config *config = service->options.config;
	struct diag *diag = diag_new();
	struct rule_load_result result;
	struct buffer first = BUFFER_INIT;
	bool ok;

	pattern_set_limits((uint32_t)config->limits.regex_match,
	    (uint32_t)config->limits.regex_depth,
	    (uint32_t)(config->limits.regex_heap_bytes / 1024));
	ok = inputs_open(config, diag, &service->inputs) &&
	    rules_load(config, true, diag, NULL, &result);
	rules_log(diag);
	if (ok) {
		open_pipeline(service, &result);
	} else {
		diag_first_error(diag, &first);
		*ret_status = EX_CONFIG;
		(void)error_set(err, NULL, "%s",
		    first.len > 0 ? buffer_string(&first) : "no rules");
	}
	buffer_done(&first);
	diag_free(diag);
	return ok;
}

static bool
start_embedded(struct service *service, struct error *err)
{
	const struct config *config = service->options.config;
	const struct config_input *inputs = config->inputs.items;
	struct kafka_embedded_topic *topics = mem_array(config->inputs.count,
	    sizeof(*topics));
	bool ok;

	for (size_t i = 0; i < config->inputs.count; i++)
		topics[i] = (struct kafka_embedded_topic){ inputs[i].topic,
			EMBEDDED_PARTITIONS };
	ok = kafka_embedded_start(topics, config->inputs.count,
	    (uint32_t)config->kafka.shards, &service->embedded, err);
	mem_free(topics);
	return ok;
}

static bool
open_kafka(struct service *service, struct error *err)
{
	const struct config_kafka *config = &service->options.config->kafka;
	size_t count = config->librdkafka.count;
	struct kafka_setting *settings = mem_array(count, sizeof(*settings));
	struct kafka_secret *secrets = mem_array(config->secret_count,
	    sizeof(*secrets));
	struct kafka_options options = {
		.group = config->group,
		.instance = service->options.instance,
		.settings = settings,
		.setting_count = count,
		.secrets = secrets,
		.secret_count = config->secret_count,
		.oauth_token_file = config->oauth_token_file,
		.shards = (uint32_t)config->shards,
		.replication = (uint32_t)config->replication,
		.alert_bytes = service->options.config->limits.alert_bytes,
	};
	bool ok = true;

	if (strcmp(config->bootstrap, "embedded") == 0) {
		options.is_embedded = true;
		ok = start_embedded(service, err);
	}
	options.bootstrap = service_bootstrap(service);
	for (size_t i = 0; i < count; i++)
		settings[i] = (struct kafka_setting){
			config->librdkafka.keys[i], config->librdkafka.values[i]
		};
	for (size_t i = 0; i < config->secret_count; i++)
		secrets[i] = (struct kafka_secret){ config->secrets[i].key,
			config->secrets[i].path };
	ok = ok && kafka_new(&options, &service->kafka, err);
	mem_free(settings);
	mem_free(secrets);
	return ok;
}

static void
tell_producer_time(struct service *service, const char *topic)
{
	char sentence[600];

	(void)snprintf(sentence, sizeof(sentence),
	    "Input %s keeps the producer's time, its message.timestamp.type "
	    "being CreateTime: a forged date cannot be told by the broker's",
	    topic);
	log_warning("%s", sentence);
	pipeline_notice(service->pipeline, NOTICE_FEED, LEVEL_LOW, topic,
	    sentence);
}

/* Creates and verifies the internal topics; the inputs must exist. */
static bool
check_topics(struct service *service, struct error *err)
{
	const struct config *config = service->options.config;
	const struct config_input *inputs = config->inputs.items;

	for (size_t i = 0; i < config->inputs.count; i++) {
		bool is_producer_time;

		if (!kafka_input_check(service->kafka, inputs[i].topic,
			&is_producer_time, err))
			return false;
		if (is_producer_time)
			tell_producer_time(service, inputs[i].topic);
	}
	return kafka_topics_ensure(service->kafka, true, err);
}

static bool
open_source(struct service *service, struct error *err)
{
	const struct config *config = service->options.config;
	const struct config_input *inputs = config->inputs.items;
	struct kafka_input *topics = mem_array(config->inputs.count,
	    sizeof(*topics));
	struct kafka_source_options options = {
		.inputs = topics,
		.input_count = config->inputs.count,
		.batch_records = config->limits.batch_records,
		.batch_interval_us = config->limits.batch_interval_us,
	};
	struct port_output_calls output;
	struct port_source source;
	bool ok;

	for (size_t i = 0; i < config->inputs.count; i++)
		topics[i] = (struct kafka_input){
			.topic = inputs[i].topic,
			.start_latest = service_start_is_latest(service,
			    &inputs[i]),
			.is_transactional = inputs[i].is_transactional,
			.idle_us = config->time.idle_us,
		};
	ok = kafka_output_open(service->kafka, &pipeline_output_events,
		 service->pipeline, &output, err) &&
	    kafka_source_open(service->kafka, &options, &pipeline_source_events,
		service->pipeline, &source, err);
	mem_free(topics);
	if (ok)
		pipeline_start(service->pipeline, &source, &output);
	return ok;
}

static void
describe(void *context, struct frame_heartbeat *heartbeat)
{
	struct service *service = service_of(context);

	pulse_take(&service->pulse, service->engine, service->kafka, heartbeat);
	heartbeat->refused = service->refused;
}

static bool
open_routes(struct service *service, struct event_base *base, struct error *err)
{
	const struct schema_list *list = &service->options.config->destinations;
	const struct config_destination *destinations = list->items;

	service->routes = mem_array(list->count, sizeof(*service->routes));
	for (; service->route_count < list->count; service->route_count++) {
		if (!route_open(base, service->kafka,
			&destinations[service->route_count],
			&service->routes[service->route_count], err))
			return false;
		route_set_describe(service->routes[service->route_count],
		    describe, service);
	}
	return true;
}

static void
start_events(struct service *service, struct event_base *base)
{
	struct timeval second = { .tv_sec = 1 };

	service->wakeup = event_new(base, kafka_fd(service->kafka),
	    EV_READ | EV_PERSIST, on_wakeup, service);
	service->tick = event_new(base, -1, EV_PERSIST, on_tick, service);
	(void)event_add(service->wakeup, NULL);
	(void)event_add(service->tick, &second);
}

bool
service_open(struct event_base *base, const struct service_options *options,
    struct service **ret_service, int *ret_status, struct error *err)
{
	struct service *service = mem_zalloc(sizeof(*service));

	service->magic = SERVICE_MAGIC;
	service->options = *options;
	service->started_us = clock_now_us();
	*ret_status = EX_UNAVAILABLE;
	if (!open_rules(service, ret_status, err) ||
	    !open_kafka(service, err) || !check_topics(service, err) ||
	    !service_rules_check_start(service, ret_status, err) ||
	    !service_start_check(service, ret_status, err) ||
	    !open_source(service, err) || !open_routes(service, base, err)) {
		service_free(service);
		return false;
	}
	start_events(service, base);
	service_watch_open(service, base);
	notify_send("READY=1");
	*ret_service = service;
	return true;
}

void
service_free(struct service *service)
{
	if (service == NULL)
		return;
	service_watch_close(service);
	if (service->wakeup != NULL)
		event_free(service->wakeup);
	if (service->tick != NULL)
		event_free(service->tick);
	for (size_t i = 0; i < service->route_count; i++)
		route_close(service->routes[i]);
	mem_free(service->routes);
	pulse_done(&service->pulse);
	kafka_free(service->kafka);
	kafka_embedded_stop(service->embedded);
	pipeline_free(service->pipeline);
	engine_free(service->engine);
	inputs_close(&service->inputs);
	mem_free(service);
}

/* ---- Running ---- */

const char *
service_bootstrap(const struct service *service)
{
	return service->embedded != NULL ?
	    kafka_embedded_bootstrap(service->embedded) :
	    service->options.config->kafka.bootstrap;
}

bool
service_reload(struct service *service)
{
	struct service_reload reload = { .by = "signal" };
	bool ok = service_rules_reload(service, &reload);

	service_rules_reload_done(&reload);
	return ok;
}

void
service_stop(struct service *service)
{
	notify_send("STOPPING=1");
	service->is_stopping = true;
	pipeline_stop(service->pipeline);
}

bool
service_check(const struct config *config, struct diag *diag)
{
	struct rule_load_result result;
	struct inputs inputs;
	struct buffer failures = BUFFER_INIT;
	bool ok = inputs_open(config, diag, &inputs);

	if (ok)
		inputs_close(&inputs);
	if (!rules_load(config, false, diag, &failures, &result)) {
		buffer_done(&failures);
		return false;
	}
	buffer_done(&failures);
	rule_set_free(result.rules);
	return ok;
}
