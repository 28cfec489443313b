/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ports of kafka/ under a core that can do nothing else, for tests on a
 * real broker.  Tells what comes up on standard output, a line each.
 *
 *	kafka_probe BOOTSTRAP INSTANCE topics create|check
 *	kafka_probe BOOTSTRAP INSTANCE notes
 *		what was committed with the offsets
 *	kafka_probe BOOTSTRAP INSTANCE run [BATCH [earliest|latest]]
 *		one alert for each record of the topic "audit"
 *	kafka_probe BOOTSTRAP INSTANCE deliver COUNT
 *		prints alerts, COUNT at a time, and commits behind each lot
 *	kafka_probe BOOTSTRAP INSTANCE hang OFFSET
 *		a stranger's open transaction over the offset of audit [0],
 *		aborted when standard input ends
 *	kafka_probe BOOTSTRAP INSTANCE bench RECORDS BATCH
 *		reads so many records, then commits one more batch 50 times;
 *		its group is the instance
 *
 * Environment: PROBE_SETTINGS and PROBE_SECRETS, KEY=VALUE or KEY=PATH parted
 * by blanks, PROBE_TOKEN, a path, and PROBE_PATIENCE, the seconds that a call
 * may take, and PROBE_GROUP.  SIGTERM ends in order.
 */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kafka/kafka_internal.h"
#include "kafka/worker.h"

#define TOPIC "audit"
#define MAX_FEEDS 256
#define MAX_SETTINGS 32
#define BENCH_COMMITS 50
#define BENCH_MIDDLE 25

static const char *const outcomes[] = {
	[PORT_OK] = "ok",
	[PORT_ABORTED] = "aborted",
	[PORT_FENCED] = "fenced",
	[PORT_UNKNOWN] = "unknown",
};

struct probe {
	struct kafka *kafka;
	struct port_source source;
	struct port_output_calls output;
	struct port_batch *held;
	struct port_feed feeds[MAX_FEEDS];
	int64_t next[MAX_FEEDS];
	bool is_owned[MAX_FEEDS];
	uint64_t number;
	bool is_in_flight;
	uint64_t records;
	bool is_bench;
	int64_t submitted_us, answered_us;
	/* A destination. */
	struct port_alerts alerts;
	size_t lot, left;
	uint64_t sequence;
	bool is_deliver;
	int status;
};

static const char *
group_name(void)
{
	const char *name = getenv("PROBE_GROUP");

	return name != NULL ? name : "probe";
}

static volatile sig_atomic_t is_over;

static void
end(int signal)
{
	(void)signal;
	is_over = 1;
}

static int
refuse(int status, const struct error *err)
{
	fprintf(stderr, "kafka_probe: %s\n", err->text);
	return status;
}

/* ---- the source ---- */

static void
on_assigned(void *opaque, const struct port_feed *feeds, size_t count)
{
	struct probe *probe = opaque;

	for (size_t i = 0; i < count; i++) {
		uint32_t feed = feeds[i].feed;

		probe->feeds[feed] = feeds[i];
		probe->is_owned[feed] = true;
		probe->next[feed] = feeds[i].committed;
		printf("assigned %d %" PRId64 " " SPAN_FMT "\n",
		    (int)feeds[i].partition, feeds[i].committed,
		    SPAN_ARG(feeds[i].metadata));
	}
	probe->source.want(probe->source.port);
}

static void
on_revoked(void *opaque, const uint32_t *feeds, size_t count)
{
	struct probe *probe = opaque;

	for (size_t i = 0; i < count; i++)
		probe->is_owned[feeds[i]] = false;
	printf("revoked %zu\n", count);
	probe->source.revoke_done(probe->source.port);
}

/* The value of an alert is the place and the text of its record. */
static struct port_output *
alerts_of(const struct port_batch *batch)
{
	struct port_output *outputs = mem_array(batch->count + 1,
	    sizeof(*outputs));

	for (size_t i = 0; i < batch->count; i++) {
		const struct record *record = &batch->records[i];
		char *text = mem_alloc(record->bytes.len + 64);
		int len = snprintf(text, record->bytes.len + 64,
		    "%d/%" PRId64 " " SPAN_FMT, (int)record->position.partition,
		    record->position.offset, SPAN_ARG(record->bytes));

		outputs[i].topic = PORT_TOPIC_ALERTS;
		outputs[i].value = span_make(text, (size_t)len);
	}
	return outputs;
}

static void
submit(struct probe *probe, const struct port_batch *batch, size_t count)
{
	struct port_output *outputs = alerts_of(batch);
	struct port_offset *offsets = mem_array(MAX_FEEDS, sizeof(*offsets));
	size_t offset_count = 0;

	for (uint32_t i = 0; i < MAX_FEEDS; i++) {
		struct port_offset *offset = &offsets[offset_count];

		if (!probe->is_owned[i] || probe->next[i] < 0)
			continue;
		offset->feed = i;
		offset->next_offset = probe->next[i];
		snprintf(offset->metadata, sizeof(offset->metadata),
		    "next=%" PRId64, probe->next[i]);
		offset_count++;
	}
	probe->is_in_flight = true;
	probe->submitted_us = clock_monotonic_us();
	probe->output.submit(probe->output.port,
	    &(struct port_submission){ .number = ++probe->number,
		.outputs = outputs,
		.output_count = count,
		.offsets = offsets,
		.offset_count = offset_count,
		.fence = batch->fence });
	for (size_t i = 0; i < batch->count; i++)
		mem_free((void *)(uintptr_t)outputs[i].value.ptr);
	mem_free(outputs);
	mem_free(offsets);
}

static void
on_batch(void *opaque, struct port_batch *batch)
{
	struct probe *probe = opaque;

	for (size_t i = 0; i < batch->count; i++) {
		const struct record *record = &batch->records[i];

		probe->next[record->feed] = record->position.offset + 1;
	}
	probe->records += batch->count;
	if (probe->is_bench) {
		probe->source.want(probe->source.port);
		if (probe->held != NULL)
			probe->source.release(probe->source.port, probe->held);
		probe->held = batch;
		return;
	}
	printf("batch %zu\n", batch->count);
	submit(probe, batch, batch->count);
	probe->source.release(probe->source.port, batch);
}

static void
on_idle(void *opaque, uint32_t feed, bool is_idle)
{
	struct probe *probe = opaque;

	printf("idle %d %d\n", (int)probe->feeds[feed].partition, is_idle);
}

static void
on_gap(void *opaque, uint32_t feed, enum port_gap_kind kind, int64_t from,
    int64_t to)
{
	struct probe *probe = opaque;

	printf("gap %d %s %" PRId64 " %" PRId64 "\n",
	    (int)probe->feeds[feed].partition,
	    kind == PORT_GAP_RETENTION ? "retention" : "offsets", from, to);
}

static void
on_failed(void *opaque, int status, const struct error *err)
{
	struct probe *probe = opaque;

	probe->status = refuse(status, err);
	is_over = 1;
}

static void
on_submitted(void *opaque, uint64_t number, enum port_outcome outcome,
    const struct error *err)
{
	struct probe *probe = opaque;
	struct kafka_counters counters;

	probe->is_in_flight = false;
	probe->answered_us = clock_monotonic_us();
	if (probe->is_bench)
		return;
	printf("submitted %" PRIu64 " %s %s\n", number, outcomes[outcome],
	    err->text);
	kafka_counters(probe->kafka, &counters);
	printf("took %" PRId64 " ms\n",
	    (probe->answered_us - probe->submitted_us) / 1000);
	printf("producers %" PRIu64 "\n", counters.producers);
	if (outcome == PORT_OK)
		probe->source.want(probe->source.port);
	else if (outcome == PORT_FENCED)
		on_failed(probe, 78, err);
	else
		probe->source.rewind(probe->source.port);
}

static void
on_refused(void *opaque, size_t output, size_t limit_bytes)
{
	(void)opaque;
	printf("refused %zu %zu\n", output, limit_bytes);
}

static const struct port_source_events source_events = { on_assigned,
	on_revoked, on_batch, on_idle, on_gap, on_failed };
static const struct port_output_events output_events = { on_submitted,
	on_refused };

/* ---- a destination ---- */

static void
on_started(void *opaque, int64_t next_offset, struct span metadata)
{
	struct probe *probe = opaque;

	printf("started %" PRId64 " " SPAN_FMT "\n", next_offset,
	    SPAN_ARG(metadata));
	probe->left = probe->lot;
	probe->alerts.want(probe->alerts.port, probe->lot);
}

static void
on_alert(void *opaque, const struct port_alert *alert)
{
	struct probe *probe = opaque;
	char metadata[64];
	int len;

	printf("alert %" PRId64 " " SPAN_FMT "\n", alert->offset,
	    SPAN_ARG(alert->value));
	probe->sequence++;
	if (--probe->left > 0)
		return;
	len = snprintf(metadata, sizeof(metadata), "sequence=%" PRIu64,
	    probe->sequence);
	probe->alerts.commit(probe->alerts.port, alert->offset + 1,
	    span_make(metadata, (size_t)len));
	probe->left = probe->lot;
	probe->alerts.want(probe->alerts.port, probe->lot);
}

static void
on_stopped(void *opaque)
{
	(void)opaque;
	printf("stopped\n");
}

static const struct port_alerts_events alerts_events = { on_started, on_alert,
	on_stopped };

/* ---- the verbs ---- */

static void
turn(struct probe *probe)
{
	struct pollfd fd = { .fd = kafka_fd(probe->kafka), .events = POLLIN };

	poll(&fd, 1, 2000);
	kafka_dispatch(probe->kafka);
	fflush(stdout);
}

static bool
open_ports(struct probe *probe, size_t batch, bool start_latest,
    struct error *err)
{
	const struct kafka_input input = { .topic = TOPIC,
		.start_latest = start_latest,
		.idle_us = CLOCK_US_PER_S };
	const struct kafka_source_options options = { .inputs = &input,
		.input_count = 1,
		.batch_records = batch,
		.batch_interval_us = 20000 };

	return kafka_output_open(probe->kafka, &output_events, probe,
		   &probe->output, err) &&
	    kafka_source_open(probe->kafka, &options, &source_events, probe,
		&probe->source, err);
}

static int
verb_topics(struct probe *probe, int argc, char **argv)
{
	struct error err = ERROR_NONE;
	bool is_producer_time;

	if (!kafka_input_check(probe->kafka, TOPIC, &is_producer_time, &err) ||
	    !kafka_topics_ensure(probe->kafka,
		argc > 0 && strcmp(argv[0], "create") == 0, &err))
		return refuse(78, &err);
	printf("%s\n", is_producer_time ? "CreateTime" : "LogAppendTime");
	return 0;
}

static void
print_note(void *context, struct span note)
{
	(void)context;
	printf("note " SPAN_FMT "\n", SPAN_ARG(note));
}

static int
verb_notes(struct probe *probe, int argc, char **argv)
{
	const char *const topics[] = { TOPIC };
	struct error err = ERROR_NONE;

	(void)argc;
	(void)argv;
	return kafka_notes_read(probe->kafka, topics, 1, print_note, NULL,
		   &err) ?
	    0 :
	    refuse(75, &err);
}

static int
verb_run(struct probe *probe, int argc, char **argv)
{
	struct error err = ERROR_NONE;
	size_t batch = argc > 0 ? strtoul(argv[0], NULL, 10) : 100;

	if (!open_ports(probe, batch, argc > 1 && argv[1][0] == 'l', &err))
		return refuse(75, &err);
	while (!is_over)
		turn(probe);
	for (int64_t until = clock_monotonic_us() + 10 * CLOCK_US_PER_S;
	    probe->is_in_flight && clock_monotonic_us() < until;)
		turn(probe);
	kafka_source_close(probe->kafka);
	return probe->status;
}

static int
verb_deliver(struct probe *probe, int argc, char **argv)
{
	struct error err = ERROR_NONE;

	probe->lot = argc > 0 ? strtoul(argv[0], NULL, 10) : 1;
	if (!kafka_alerts_open(probe->kafka, "siem", &alerts_events, probe,
		&probe->alerts, &err))
		return refuse(75, &err);
	while (!is_over)
		turn(probe);
	return probe->status;
}

static rd_kafka_t *
stranger_new(const char *bootstrap)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char reason[256];

	rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, reason,
	    sizeof(reason));
	rd_kafka_conf_set(conf, "transactional.id", "stranger", reason,
	    sizeof(reason));
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
}

static int
verb_hang(const char *bootstrap, const char *offset)
{
	rd_kafka_t *client = stranger_new(bootstrap);
	rd_kafka_topic_partition_list_t
	    *offsets = rd_kafka_topic_partition_list_new(1);
	rd_kafka_consumer_group_metadata_t
	    *group = rd_kafka_consumer_group_metadata_new(group_name());
	rd_kafka_error_t *error;
	char byte;

	rd_kafka_topic_partition_list_add(offsets, TOPIC, 0)
	    ->offset = strtoll(offset, NULL, 10);
	error = rd_kafka_init_transactions(client, 20000);
	if (error == NULL)
		error = rd_kafka_begin_transaction(client);
	if (error == NULL)
		error = rd_kafka_send_offsets_to_transaction(client, offsets,
		    group, 20000);
	printf("%s\n", error ? rd_kafka_error_string(error) : "hanging");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	error = rd_kafka_abort_transaction(client, 20000);
	printf("%s\n", error ? rd_kafka_error_string(error) : "aborted");
	rd_kafka_error_destroy(error);
	rd_kafka_consumer_group_metadata_destroy(group);
	rd_kafka_topic_partition_list_destroy(offsets);
	rd_kafka_destroy(client);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int
verb_bench(struct probe *probe, int argc, char **argv)
{
	struct error err = ERROR_NONE;
	uint64_t records = argc > 1 ? strtoull(argv[0], NULL, 10) : 0;
	int64_t first_us = 0, taken_us, latencies[BENCH_COMMITS] = { 0 };
	uint64_t first = 0;

	probe->is_bench = true;
	if (argc < 2 ||
	    !open_ports(probe, strtoul(argv[1], NULL, 10), false, &err))
		return refuse(75, &err);
	while (probe->records < records && !is_over) {
		turn(probe);
		if (first == 0 && probe->records > 0) {
			first = probe->records;
			first_us = clock_monotonic_us();
		}
	}
	taken_us = clock_monotonic_us() - first_us;
	printf("read %.0f records/s\n",
	    (double)(probe->records - first) * 1e6 / (double)taken_us);
	for (int i = 0; i < BENCH_COMMITS && !is_over; i++) {
		submit(probe, probe->held, i % 2 ? 10 : 0);
		while (probe->is_in_flight)
			turn(probe);
		latencies[i] = probe->answered_us - probe->submitted_us;
	}
	printf("first commit %.1f ms\n", (double)latencies[0] / 1e3);
	qsort(latencies + 1, BENCH_COMMITS - 1, sizeof(*latencies), compare);
	printf("commit p50 %.1f ms, p98 %.1f ms\n",
	    (double)latencies[BENCH_MIDDLE] / 1e3,
	    (double)latencies[BENCH_COMMITS - 1] / 1e3);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct probe *probe, int argc, char **argv);
} verbs[] = {
	{ "topics", verb_topics },
	{ "notes", verb_notes },
	{ "run", verb_run },
	{ "deliver", verb_deliver },
	{ "bench", verb_bench },
};

/* KEY=VALUE words of a variable; *settings keeps what is in it. */
static void
add_settings(const char *variable, struct kafka_setting *settings,
    size_t *count)
{
	char *text = getenv(variable), *rest = NULL, *word;

	text = mem_strdup(text != NULL ? text : "");
	for (word = strtok_r(text, " ", &rest);
	    word != NULL && *count < MAX_SETTINGS;
	    word = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(word, '=');

		if (value == NULL)
			continue;
		*value = '\0';
		settings[(*count)++] = (struct kafka_setting){ mem_strdup(word),
			mem_strdup(value + 1) };
	}
	mem_free(text);
}

static bool
open_kafka(char **argv, struct probe *probe, struct error *err)
{
	static struct kafka_setting settings[MAX_SETTINGS] = {
		{ "session.timeout.ms", "6000" },
	};
	static struct kafka_setting files[MAX_SETTINGS];
	static struct kafka_secret secrets[MAX_SETTINGS];
	size_t setting_count = 1, secret_count = 0;

	add_settings("PROBE_SETTINGS", settings, &setting_count);
	add_settings("PROBE_SECRETS", files, &secret_count);
	for (size_t i = 0; i < secret_count; i++)
		secrets[i] = (struct kafka_secret){ files[i].key,
			files[i].value };
	return kafka_new(&(struct kafka_options){ .bootstrap = argv[1],
			     .group = strcmp(argv[3], "bench") ? group_name() :
								 argv[2],
			     .instance = argv[2],
			     .settings = settings,
			     .setting_count = setting_count,
			     .secrets = secrets,
			     .secret_count = secret_count,
			     .oauth_token_file = getenv("PROBE_TOKEN"),
			     .shards = 4 },
	    &probe->kafka, err);
}

int
main(int argc, char **argv)
{
	static struct probe probe;
	struct error err = ERROR_NONE;
	int status = 64;

	signal(SIGTERM, end);
	if (argc < 4)
		return status;
	if (strcmp(argv[3], "hang") == 0 && argc > 4)
		return verb_hang(argv[1], argv[4]);
	if (!open_kafka(argv, &probe, &err))
		return refuse(75, &err);
	if (getenv("PROBE_PATIENCE") != NULL)
		kafka_worker_set_patience(probe.kafka->worker,
		    atoi(getenv("PROBE_PATIENCE")) * CLOCK_US_PER_S);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(argv[3], verbs[i].name) == 0)
			status = verbs[i].run(&probe, argc - 4, argv + 4);
	}
	kafka_free(probe.kafka);
	return status;
}
