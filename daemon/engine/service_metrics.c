/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics.  Their names and labels are a contract that dashboards and
 * alert rules are written against.  A label is an input, rule, partition,
 * destination or a word of ours: never a person or a record.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/log.h"

#include "engine/exposition.h"
#include "engine/service_internal.h"
#include "engine/tally.h"

static void
one(struct exposition *out, const char *name, enum exposition_type type,
    uint64_t value, const char *help)
{
	exposition_family(out, name, type, help);
	exposition_one(out, NULL, SPAN_NONE, value);
}

static void
one_time(struct exposition *out, const char *name, int64_t time_us,
    const char *help)
{
	exposition_family(out, name, EXPOSITION_GAUGE, help);
	exposition_begin(out, "");
	exposition_real(out, (double)time_us / CLOCK_US_PER_S);
}

/* ---- The process and its rules ---- */

static void
write_process(const struct service *service, struct exposition *out)
{
	struct rusage usage;

	exposition_family(out, "integrityd_build_info", EXPOSITION_GAUGE,
	    "Always 1; what was built of what.");
	exposition_begin(out, "");
	exposition_label(out, "version", span_of(INTEGRITY_VERSION));
	exposition_label(out, "librdkafka", span_of(kafka_client_version()));
	exposition_uint(out, 1);
	one_time(out, "process_start_time_seconds", service->started_us,
	    "When the process started, since the epoch.");
	exposition_family(out, "process_cpu_seconds_total", EXPOSITION_COUNTER,
	    "User and system time spent.");
	exposition_begin(out, "");
	if (getrusage(RUSAGE_SELF, &usage) != 0)
		usage = (struct rusage){ 0 };
	exposition_real(out,
	    (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
		    CLOCK_US_PER_S);
	exposition_family(out, "integrityd_log_messages_total",
	    EXPOSITION_COUNTER, "Lines logged as an error or a warning.");
	exposition_one(out, "level", SPAN("error"), log_count(LOG_LEVEL_ERROR));
	exposition_one(out, "level", SPAN("warning"),
	    log_count(LOG_LEVEL_WARNING));
}

static void
write_rule_set(const struct service *service, struct exposition *out)
{
	const struct rule_set *rules = engine_rules(service->engine);
	struct buffer hash = BUFFER_INIT;
	struct json json;

	json_init(&json, &hash);
	json_hex(&json, rules->hash, sizeof(rules->hash));
	exposition_family(out, "integrityd_ruleset_info", EXPOSITION_GAUGE,
	    "Always 1; the hash of the rule set in force.");
	exposition_one(out, "hash", span_make(hash.ptr + 1, hash.len - 2), 1);
	buffer_done(&hash);
	one(out, "integrityd_rules_loaded", EXPOSITION_GAUGE, rules->count,
	    "Rules that are working.");
	one(out, "integrityd_rules_refused", EXPOSITION_GAUGE, service->refused,
	    "Rules that did not load.");
	one(out, "integrityd_reload_successful", EXPOSITION_GAUGE,
	    service->is_load_ok,
	    "Whether the last load of the rules was taken.");
	one_time(out, "integrityd_reload_timestamp_seconds", service->load_us,
	    "When the rules were last loaded or refused.");
	one_time(out, "integrityd_reload_success_timestamp_seconds",
	    service->load_ok_us, "When the rules in force were loaded.");
}

/* ---- Inputs and rules ---- */

static struct span
input_topic(const struct service *service, uint32_t input)
{
	const struct config_input *inputs = service->options.config->inputs
						.items;

	return span_of(inputs[input].topic);
}

static void
write_inputs(const struct service *service, struct exposition *out)
{
	const struct tally *tally = engine_tally(service->engine);
	uint32_t count = (uint32_t)service->inputs.count;
	int64_t now_us = clock_now_us();

	exposition_family(out, "integrityd_events_total", EXPOSITION_COUNTER,
	    "Audit records read, rejected ones too.");
	for (uint32_t i = 0; i < count; i++)
		exposition_one(out, "input", input_topic(service, i),
		    tally_input(tally, i)->records);
	exposition_family(out, "integrityd_events_rejected_total",
	    EXPOSITION_COUNTER, "Audit records that could not be read.");
	for (uint32_t i = 0; i < count; i++)
		exposition_one(out, "input", input_topic(service, i),
		    tally_input(tally, i)->rejected);
	exposition_family(out, "integrityd_event_time_lag_seconds",
	    EXPOSITION_GAUGE,
	    "Age of the newest event, by the partition that is furthest "
	    "behind and not idle.");
	for (uint32_t i = 0; i < count; i++) {
		int64_t lag_us = service_status_event_lag(service, i, now_us);

		if (lag_us < 0)
			continue;
		exposition_begin(out, "");
		exposition_label(out, "input", input_topic(service, i));
		exposition_real(out, (double)lag_us / CLOCK_US_PER_S);
	}
}

static uint64_t
count_at(const void *counts, size_t offset)
{
	uint64_t count;

	memcpy(&count, (const char *)counts + offset, sizeof(count));
	return count;
}

/* A counter of each rule, at `offset` in struct tally_rule. */
static void
write_by_rule(const struct service *service, struct exposition *out,
    const char *name, size_t offset, const char *help)
{
	size_t count;
	const struct tally_rule *const *rules = tally_rules(
	    engine_tally(service->engine), &count);

	exposition_family(out, name, EXPOSITION_COUNTER, help);
	for (size_t i = 0; i < count; i++)
		exposition_one(out, "rule", span_of(rules[i]->label),
		    count_at(rules[i], offset));
}

static void
write_alerts(const struct service *service, struct exposition *out)
{
	const struct tally *tally = engine_tally(service->engine);
	size_t count;
	const struct tally_rule *const *rules = tally_rules(tally, &count);

	exposition_family(out, "integrityd_alerts_total", EXPOSITION_COUNTER,
	    "Alert records by rule; an alert is one of kind open.");
	for (size_t i = 0; i < count; i++) {
		for (size_t kind = 0; kind < TALLY_KINDS; kind++) {
			exposition_begin(out, "");
			exposition_label(out, "rule", span_of(rules[i]->label));
			exposition_label(out, "kind",
			    span_of(detection_kind_names[kind]));
			exposition_uint(out, rules[i]->alerts[kind]);
		}
	}
	exposition_family(out, "integrityd_own_alerts_total",
	    EXPOSITION_COUNTER, "Alerts of the program about itself, by name.");
	for (unsigned kind = 0; kind < TALLY_NOTICES; kind++)
		exposition_one(out, "name", span_of(notice_kind_names[kind]),
		    tally_notices(tally, (enum notice_kind)kind));
}

static void
write_suppressed(const struct service *service, struct exposition *out)
{
	static const struct {
		const char *reason;
		size_t offset;
	} reasons[] = {
		{ "open_alert", offsetof(struct correlate_drops, suppressed) },
		{ "no_group", offsetof(struct correlate_drops, no_group) },
		{ "limit", offsetof(struct correlate_drops, limited) },
	};
	size_t count;
	const struct tally_rule *const *rules = tally_rules(
	    engine_tally(service->engine), &count);

	exposition_family(out, "integrityd_suppressed_total",
	    EXPOSITION_COUNTER,
	    "Hits without a record of their own: the rule's suppress named "
	    "them with an open alert, they had no group or value, or a limit "
	    "was reached.");
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < sizeof(reasons) / sizeof(*reasons);
		    j++) {
			exposition_begin(out, "");
			exposition_label(out, "rule", span_of(rules[i]->label));
			exposition_label(out, "reason",
			    span_of(reasons[j].reason));
			exposition_uint(out,
			    count_at(&rules[i]->drops, reasons[j].offset));
		}
	}
}

static void
write_rules(const struct service *service, struct exposition *out)
{
	write_by_rule(service, out, "integrityd_rule_hits_total",
	    offsetof(struct tally_rule, hits),
	    "Events that a rule's selection matched.");
	write_by_rule(service, out, "integrityd_rule_unknown_total",
	    offsetof(struct tally_rule, unknown),
	    "Events for which a limit of a regular expression was reached.");
	write_by_rule(service, out, "integrityd_events_late_total",
	    offsetof(struct tally_rule, drops) +
		offsetof(struct correlate_drops, late),
	    "Hits too late to be counted in the rule's windows.");
	write_alerts(service, out);
	write_suppressed(service, out);
}

static void
write_state(const struct service *service, struct exposition *out)
{
	struct engine_counters counters;

	engine_get_counters(service->engine, &counters);
	one(out, "integrityd_state_groups", EXPOSITION_GAUGE, counters.groups,
	    "Windows that are kept, one for each rule and group.");
	one(out, "integrityd_state_hits", EXPOSITION_GAUGE, counters.hits_held,
	    "Hits that are kept in windows.");
	one(out, "integrityd_state_bytes", EXPOSITION_GAUGE,
	    counters.state_bytes, "Memory of windows and their evidence.");
}

/* ---- Kafka ---- */

static void
write_lag(void *context, const struct kafka_feed *feed)
{
	struct exposition *out = context;
	char partition[16];

	if (feed->lag < 0)
		return;
	(void)snprintf(partition, sizeof(partition), "%d", feed->partition);
	exposition_begin(out, "");
	exposition_label(out, "topic", feed->topic);
	exposition_label(out, "partition", span_of(partition));
	exposition_int(out, feed->lag);
}

static void
write_kafka(const struct service *service, struct exposition *out)
{
	struct service_lag lag = service_status_lag(service, clock_now_us());
	struct kafka_counters counters;

	kafka_counters(service->kafka, &counters);
	one(out, "integrityd_partitions_assigned", EXPOSITION_GAUGE,
	    lag.partitions, "Partitions of inputs that are ours.");
	exposition_family(out, "integrityd_consumer_lag_records",
	    EXPOSITION_GAUGE,
	    "Records of a partition that are not committed yet; of "
	    "partitions that are ours.");
	kafka_each_feed(service->kafka, write_lag, out);
	exposition_family(out, "integrityd_transactions_total",
	    EXPOSITION_COUNTER, "Transactions, one for each batch.");
	exposition_one(out, "outcome", SPAN("committed"),
	    counters.transactions);
	exposition_one(out, "outcome", SPAN("aborted"), counters.aborts);
	exposition_family(out, "integrityd_transaction_duration_seconds",
	    EXPOSITION_HISTOGRAM,
	    "From the end of a batch's work to its commit.");
	exposition_seconds(out, kafka_commit_bounds_us, KAFKA_COMMIT_BOUNDS,
	    counters.commit_counts, counters.commit_sum_us);
	one(out, "integrityd_producers_total", EXPOSITION_COUNTER,
	    counters.producers,
	    "Producers made: the first, and one after each doubt.");
	one(out, "integrityd_hanging_partitions", EXPOSITION_GAUGE,
	    counters.hanging,
	    "Partitions whose readers wait behind a transaction that has been "
	    "open for over 40 s.");
	one(out, "integrityd_credential_renewals_total", EXPOSITION_COUNTER,
	    counters.renewals,
	    "Kafka clients made anew because a credential file changed.");
	one(out, "integrityd_offset_markers_total", EXPOSITION_COUNTER,
	    counters.markers,
	    "Offsets of inputs that were skipped one at a "
	    "time, as markers of transactions.");
}

/* ---- Destinations ---- */

enum destination_value {
	VALUE_CONNECTED,
	VALUE_ACTIVE,
	VALUE_SEQUENCE,
	VALUE_FRAMES,
	VALUE_REPEATED,
	VALUE_TOO_LARGE,
	VALUE_QUEUE_FRAMES,
	VALUE_QUEUE_BYTES
};

static uint64_t
value_of(const struct route *route, enum destination_value value)
{
	struct destination_stats stats;

	route_get_stats(route, &stats);
	switch (value) {
	case VALUE_CONNECTED:
		return stats.is_connected;
	case VALUE_ACTIVE:
		return stats.is_active;
	case VALUE_SEQUENCE:
		return stats.sequence;
	case VALUE_FRAMES:
		return stats.frames;
	case VALUE_REPEATED:
		return stats.repeated;
	case VALUE_TOO_LARGE:
		return route_too_large(route);
	case VALUE_QUEUE_FRAMES:
		return stats.queue_frames;
	case VALUE_QUEUE_BYTES:
		return stats.queue_bytes;
	}
	return 0;
}

static void
write_destinations(const struct service *service, struct exposition *out)
{
	static const struct {
		const char *name;
		enum exposition_type type;
		enum destination_value value;
		const char *help;
	} families[] = {
		{ "integrityd_destination_connected", EXPOSITION_GAUGE,
		    VALUE_CONNECTED, "Whether the receiver can be reached." },
		{ "integrityd_destination_active", EXPOSITION_GAUGE,
		    VALUE_ACTIVE,
		    "Whether this instance is the one that sends." },
		{ "integrityd_destination_sequence", EXPOSITION_GAUGE,
		    VALUE_SEQUENCE,
		    "Number of the last alert record read for it." },
		{ "integrityd_destination_frames_total", EXPOSITION_COUNTER,
		    VALUE_FRAMES, "Frames sent, repeated ones too." },
		{ "integrityd_destination_repeated_total", EXPOSITION_COUNTER,
		    VALUE_REPEATED,
		    "Frames sent again after a connection was "
		    "lost." },
		{ "integrityd_destination_too_large_total", EXPOSITION_COUNTER,
		    VALUE_TOO_LARGE,
		    "Frames that no datagram could hold: not sent." },
		{ "integrityd_destination_queue_frames", EXPOSITION_GAUGE,
		    VALUE_QUEUE_FRAMES,
		    "Frames kept until the receiver surely has them." },
		{ "integrityd_destination_queue_bytes", EXPOSITION_GAUGE,
		    VALUE_QUEUE_BYTES, "Bytes of those frames." },
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		exposition_family(out, families[i].name, families[i].type,
		    families[i].help);
		for (size_t j = 0; j < service->route_count; j++)
			exposition_one(out, "destination",
			    span_of(route_name(service->routes[j])),
			    value_of(service->routes[j], families[i].value));
	}
}

void
service_metrics_write(const struct service *service, struct buffer *out)
{
	struct exposition exposition;
	struct buffer unready = BUFFER_INIT;

	exposition_init(&exposition, out);
	write_process(service, &exposition);
	service_status_unready(service, &unready);
	one(&exposition, "integrityd_ready", EXPOSITION_GAUGE, unready.len == 0,
	    "Whether partitions are assigned and destinations connected.");
	buffer_done(&unready);
	write_rule_set(service, &exposition);
	write_inputs(service, &exposition);
	write_rules(service, &exposition);
	write_state(service, &exposition);
	write_kafka(service, &exposition);
	write_destinations(service, &exposition);
}
