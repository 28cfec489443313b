/* SPDX-License-Identifier: Apache-2.0 */
/* How the service does, for people, health checks and systemd. */
#include "base/clock.h"
#include "base/log.h"

#include "engine/service_internal.h"

#define PROBLEM_BYTES 300

/* ---- Lag ---- */

struct event_times {
	const struct service *service;
	uint32_t input;
	int64_t least_us, greatest_us; /* of feeds that are awake; of all */
};

static void
note_event_time(void *context, const struct kafka_feed *feed)
{
	struct event_times *times = context;
	int64_t time_us = engine_feed_time(times->service->engine, feed->feed);

	if (feed->input != times->input || time_us == RECORD_NO_TIME)
		return;
	if (time_us > times->greatest_us)
		times->greatest_us = time_us;
	if (!feed->is_idle && time_us < times->least_us)
		times->least_us = time_us;
}

int64_t
service_status_event_lag(const struct service *service, uint32_t input,
    int64_t now_us)
{
	struct event_times times = { service, input, INT64_MAX, INT64_MIN };
	int64_t time_us;

	kafka_each_feed(service->kafka, note_event_time, &times);
	if (times.greatest_us == INT64_MIN)
		return -1;
	time_us = times.least_us != INT64_MAX ? times.least_us :
						times.greatest_us;
	return now_us > time_us ? now_us - time_us : 0;
}

static void
add_lag(void *context, const struct kafka_feed *feed)
{
	struct service_lag *lag = context;

	lag->partitions++;
	if (feed->lag >= 0)
		lag->records = lag->records < 0 ? feed->lag :
						  lag->records + feed->lag;
}

struct service_lag
service_status_lag(const struct service *service, int64_t now_us)
{
	struct service_lag lag = { .records = -1, .event_us = -1 };

	kafka_each_feed(service->kafka, add_lag, &lag);
	for (uint32_t i = 0; i < service->inputs.count; i++) {
		int64_t event_us = service_status_event_lag(service, i, now_us);

		if (event_us > lag.event_us)
			lag.event_us = event_us;
	}
	return lag;
}

/* ---- Health ---- */

void
service_status_unready(const struct service *service, struct buffer *out)
{
	struct destination_stats stats;

	if (service->is_stopping || service->has_ended)
		buffer_add_string(out, "it is stopping\n");
	if (!kafka_is_assigned(service->kafka))
		buffer_add_string(out, "no partitions are assigned\n");
	if (pipeline_is_troubled(service->pipeline))
		buffer_add_string(out,
		    "a transaction failed and is not "
		    "settled yet\n");
	for (size_t i = 0; i < service->route_count; i++) {
		route_get_stats(service->routes[i], &stats);
		if (!stats.is_connected)
			buffer_printf(out,
			    "destination %s is not connected%s%s\n",
			    route_name(service->routes[i]),
			    stats.last_error[0] != '\0' ? ": " : "",
			    stats.last_error);
	}
}

/* ---- JSON ---- */

static void
add_seconds(struct json *json, const char *key, int64_t us)
{
	json_key(json, key);
	if (us < 0)
		json_null(json);
	else
		json_real(json, (double)us / CLOCK_US_PER_S);
}

static void
add_uint(struct json *json, const char *key, uint64_t number)
{
	json_key(json, key);
	json_uint(json, number);
}

static void
add_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	json_bool(json, value);
}

static void
add_time(struct json *json, const char *key, int64_t time_us)
{
	json_key(json, key);
	json_time(json, time_us);
}

static void
add_rules(const struct service *service, struct json *json)
{
	const struct rule_set *rules = engine_rules(service->engine);

	json_key(json, "rules");
	json_object(json);
	add_uint(json, "loaded", rules->count);
	add_uint(json, "refused", service->refused);
	json_key(json, "hash");
	json_hex(json, rules->hash, sizeof(rules->hash));
	add_bool(json, "last_load_ok", service->is_load_ok);
	add_time(json, "last_load", service->load_us);
	json_end(json);
}

static void
add_counts(const struct service *service, struct json *json)
{
	struct engine_counters counters;
	struct kafka_counters kafka;

	engine_get_counters(service->engine, &counters);
	kafka_counters(service->kafka, &kafka);
	json_key(json, "counts");
	json_object(json);
	add_uint(json, "events", counters.records);
	add_uint(json, "rejected", counters.rejected);
	add_uint(json, "hits", counters.hits);
	add_uint(json, "alert_records", counters.alerts);
	add_uint(json, "late", counters.late);
	add_uint(json, "unknown", counters.unknown);
	add_uint(json, "groups", counters.groups);
	add_uint(json, "state_bytes", counters.state_bytes);
	add_uint(json, "transactions_committed", kafka.transactions);
	add_uint(json, "transactions_aborted", kafka.aborts);
	json_end(json);
}

static void
add_feed(void *context, const struct kafka_feed *feed)
{
	struct json *json = context;

	json_object(json);
	json_key(json, "topic");
	json_span(json, feed->topic);
	json_key(json, "partition");
	json_int(json, feed->partition);
	json_key(json, "committed");
	if (feed->committed < 0)
		json_null(json);
	else
		json_int(json, feed->committed);
	json_key(json, "lag");
	if (feed->lag < 0)
		json_null(json);
	else
		json_int(json, feed->lag);
	add_bool(json, "idle", feed->is_idle);
	json_end(json);
}

static void
add_destination(const struct route *route, struct json *json)
{
	struct destination_stats stats;

	route_get_stats(route, &stats);
	json_object(json);
	json_key(json, "name");
	json_string(json, route_name(route));
	add_bool(json, "connected", stats.is_connected);
	add_bool(json, "active", stats.is_active);
	add_uint(json, "sequence", stats.sequence);
	add_uint(json, "frames", stats.frames);
	add_uint(json, "repeated", stats.repeated);
	add_uint(json, "too_large", route_too_large(route));
	add_uint(json, "queue_frames", stats.queue_frames);
	add_uint(json, "queue_bytes", stats.queue_bytes);
	json_key(json, "last_error");
	json_string(json, stats.last_error);
	json_end(json);
}

static void
add_lags(const struct service *service, int64_t now_us, struct json *json)
{
	struct service_lag lag = service_status_lag(service, now_us);

	json_key(json, "lag");
	if (lag.records < 0)
		json_null(json);
	else
		json_int(json, lag.records);
	add_seconds(json, "event_lag_s", lag.event_us);
	json_key(json, "partitions");
	json_array(json);
	kafka_each_feed(service->kafka, add_feed, json);
	json_end(json);
}

void
service_status_json(const struct service *service, struct json *json)
{
	int64_t now_us = clock_now_us(), at_us;
	struct buffer unready = BUFFER_INIT;
	char problem[PROBLEM_BYTES];

	json_key(json, "version");
	json_string(json, INTEGRITY_VERSION);
	json_key(json, "instance");
	json_string(json, service->options.instance);
	json_key(json, "group");
	json_string(json, service->options.config->kafka.group);
	add_time(json, "started", service->started_us);
	service_status_unready(service, &unready);
	add_bool(json, "ready", unready.len == 0);
	buffer_done(&unready);
	add_rules(service, json);
	add_lags(service, now_us, json);
	add_counts(service, json);
	json_key(json, "destinations");
	json_array(json);
	for (size_t i = 0; i < service->route_count; i++)
		add_destination(service->routes[i], json);
	json_end(json);
	json_key(json, "last_problem");
	if (log_last_problem(problem, sizeof(problem), &at_us)) {
		json_object(json);
		add_time(json, "at", at_us);
		json_key(json, "text");
		json_string(json, problem);
		json_end(json);
	} else {
		json_null(json);
	}
}

/* ---- One line ---- */

static void
add_age(struct buffer *out, int64_t us)
{
	int64_t seconds = us / CLOCK_US_PER_S;

	if (seconds < 120)
		buffer_printf(out, "%d s", (int)seconds);
	else if (seconds < 7200)
		buffer_printf(out, "%d min", (int)(seconds / 60));
	else
		buffer_printf(out, "%lld h", (long long)(seconds / 3600));
}

static void
add_line_of_lag(const struct service *service, struct buffer *out)
{
	struct service_lag lag = service_status_lag(service, clock_now_us());

	if (!kafka_is_assigned(service->kafka)) {
		buffer_add_string(out, "; no partitions yet");
		return;
	}
	buffer_printf(out, "; %zu partitions", lag.partitions);
	if (lag.records >= 0)
		buffer_printf(out, ", lag %lld", (long long)lag.records);
	if (lag.event_us >= 0) {
		buffer_add_string(out, ", newest event ");
		add_age(out, lag.event_us);
		buffer_add_string(out, " old");
	}
}

static void
add_line_of_problem(struct buffer *out)
{
	char problem[PROBLEM_BYTES];
	int64_t at_us;

	if (!log_last_problem(problem, sizeof(problem), &at_us))
		return;
	buffer_add_string(out, "; last problem ");
	add_age(out, clock_now_us() - at_us);
	buffer_printf(out, " ago: %s", problem);
}

void
service_status_line(const struct service *service, struct buffer *out)
{
	struct service_status status;

	service_get_status(service, &status);
	buffer_printf(out, "%u rules", status.rules);
	if (status.refused > 0)
		buffer_printf(out, " (%u refused)", status.refused);
	add_line_of_lag(service, out);
	buffer_printf(out,
	    "; %zu of %zu destinations; %llu events, %llu alert records",
	    status.connected, status.destinations,
	    (unsigned long long)status.counters.records,
	    (unsigned long long)status.counters.alerts);
	add_line_of_problem(out);
}

void
service_get_status(const struct service *service,
    struct service_status *ret_status)
{
	*ret_status = (struct service_status){
		.rules = engine_rules(service->engine)->count,
		.refused = service->refused,
		.destinations = service->route_count,
	};
	engine_get_counters(service->engine, &ret_status->counters);
	for (size_t i = 0; i < service->route_count; i++) {
		struct destination_stats stats;

		route_get_stats(service->routes[i], &stats);
		ret_status->connected += stats.is_connected ? 1 : 0;
	}
}
