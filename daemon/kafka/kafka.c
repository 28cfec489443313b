/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/credential.h"
#include "kafka/kafka_internal.h"
#include "kafka/stable.h"
#include "kafka/worker.h"

#define DEFAULT_SHARDS 32
#define DEFAULT_ALERT_BYTES (256 * 1024)
#define TICK_US CLOCK_US_PER_S
#define SCRAM_VERSION 0x020601ff

const char *const kafka_topic_names[PORT_TOPIC_COUNT] = {
	[PORT_TOPIC_ALERTS] = "integrity.alerts",
	[PORT_TOPIC_REJECTED] = "integrity.rejected",
};

const char *const kafka_shard_topic_names[2] = {
	[KAFKA_NAME_HITS] = "integrity.hits",
	[KAFKA_NAME_STATE] = "integrity.state",
};

static void
copy_secrets(const struct kafka_options *options, struct kafka_options *copy)
{
	struct kafka_secret *secrets = mem_array(options->secret_count + 1,
	    sizeof(*secrets));

	for (size_t i = 0; i < options->secret_count; i++) {
		secrets[i].key = mem_strdup(options->secrets[i].key);
		secrets[i].path = mem_strdup(options->secrets[i].path);
	}
	copy->secrets = secrets;
	if (options->oauth_token_file != NULL)
		copy->oauth_token_file = mem_strdup(options->oauth_token_file);
}

static void
options_copy(const struct kafka_options *options, struct kafka_options *copy)
{
	struct kafka_setting *settings = mem_array(options->setting_count + 1,
	    sizeof(*settings));

	*copy = *options;
	copy->bootstrap = mem_strdup(options->bootstrap);
	copy->group = mem_strdup(options->group);
	copy->instance = mem_strdup(options->instance);
	for (size_t i = 0; i < options->setting_count; i++) {
		settings[i].key = mem_strdup(options->settings[i].key);
		settings[i].value = mem_strdup(options->settings[i].value);
	}
	copy->settings = settings;
	copy_secrets(options, copy);
	if (copy->shards == 0)
		copy->shards = DEFAULT_SHARDS;
	if (copy->alert_bytes == 0)
		copy->alert_bytes = DEFAULT_ALERT_BYTES;
}

static void
options_done(struct kafka_options *options)
{
	for (size_t i = 0; i < options->setting_count; i++) {
		mem_free((void *)(uintptr_t)options->settings[i].key);
		mem_free((void *)(uintptr_t)options->settings[i].value);
	}
	for (size_t i = 0; i < options->secret_count; i++) {
		mem_free((void *)(uintptr_t)options->secrets[i].key);
		mem_free((void *)(uintptr_t)options->secrets[i].path);
	}
	mem_free((void *)(uintptr_t)options->settings);
	mem_free((void *)(uintptr_t)options->secrets);
	mem_free((void *)(uintptr_t)options->oauth_token_file);
	mem_free((void *)(uintptr_t)options->bootstrap);
	mem_free((void *)(uintptr_t)options->group);
	mem_free((void *)(uintptr_t)options->instance);
}

static bool
watch(struct kafka *kafka, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(kafka->poll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/*
 * Before 2.6.1 librdkafka repeated its nonce in the last message, which
 * RFC 5802 forbids and brokers refuse since CVE-2024-56128: they only speak of
 * invalid credentials.
 */
static void
warn_of_scram(const struct kafka_options *options)
{
	for (size_t i = 0; i < options->setting_count; i++) {
		if (span_starts_with(span_of(options->settings[i].value),
			SPAN("SCRAM-")) &&
		    rd_kafka_version() < SCRAM_VERSION)
			log_warning("Kafka: librdkafka %s knows SCRAM in a "
				    "form that Kafka 4 refuses as invalid "
				    "credentials: use PLAIN, OAUTHBEARER or a "
				    "certificate, or librdkafka 2.6.1",
			    rd_kafka_version_str());
	}
}

bool
kafka_new(const struct kafka_options *options, struct kafka **ret_kafka,
    struct error *err)
{
	struct kafka *kafka = mem_zalloc(sizeof(*kafka));
	rd_kafka_conf_t *conf;

	kafka->magic = KAFKA_MAGIC;
	options_copy(options, &kafka->options);
	kafka->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	kafka->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	kafka->timer_fd = timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK);
	if (!watch(kafka, kafka->wake_fd) || !watch(kafka, kafka->timer_fd)) {
		error_set(err, NULL, "no descriptors left: %s",
		    strerror(errno));
		kafka_free(kafka);
		return false;
	}
	if (!kafka_client_conf(&kafka->options, &conf, err)) {
		kafka_free(kafka);
		return false;
	}
	rd_kafka_conf_destroy(conf);
	warn_of_scram(&kafka->options);
	kafka->credentials = kafka_credentials_new(&kafka->options);
	kafka->stable = kafka_stable_new(kafka);
	kafka->worker = kafka_worker_new(kafka);
	kafka_wake(kafka);
	*ret_kafka = kafka;
	return true;
}

/* What a call that does not return still uses, until the process ends. */
static struct kafka *abandoned;

/* The worker first: its calls use the others' handles. */
void
kafka_free(struct kafka *kafka)
{
	if (kafka == NULL)
		return;
	if (!kafka_worker_free(kafka->worker)) {
		abandoned = kafka;
		return;
	}
	kafka_alerts_free(kafka->alerts);
	kafka_source_free(kafka->source);
	kafka_output_free(kafka->output);
	if (kafka->timer_fd >= 0)
		close(kafka->timer_fd);
	if (kafka->wake_fd >= 0)
		close(kafka->wake_fd);
	if (kafka->poll_fd >= 0)
		close(kafka->poll_fd);
	kafka_stable_free(kafka->stable);
	kafka_credentials_free(kafka->credentials);
	options_done(&kafka->options);
	mem_free(kafka);
}

int
kafka_fd(const struct kafka *kafka)
{
	return kafka->poll_fd;
}

void
kafka_wake(struct kafka *kafka)
{
	const uint64_t one = 1;

	/* It can only fail when it is readable already. */
	if (write(kafka->wake_fd, &one, sizeof(one)) < 0)
		CHECK(errno == EAGAIN || errno == EINTR);
}

void
kafka_wake_on(struct kafka *kafka, rd_kafka_queue_t *queue)
{
	const uint64_t one = 1;

	rd_kafka_queue_io_event_enable(queue, kafka->wake_fd, &one,
	    sizeof(one));
}

void
kafka_fail(struct kafka *kafka, int status, const struct error *err)
{
	if (kafka->source != NULL)
		kafka_source_failed(kafka->source, status, err);
	else
		log_fatal(status, "%s", err->text);
}

static void
drain(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) > 0)
		continue;
}

/* A timer even without deadline: an idle consumer must poll too. */
static void
arm(struct kafka *kafka)
{
	int64_t us = TICK_US;
	struct itimerspec when = { 0 };

	if (kafka->source != NULL)
		us = kafka_source_due_us(kafka->source, TICK_US);
	if (us < 1)
		us = 1;
	when.it_value.tv_sec = us / CLOCK_US_PER_S;
	when.it_value.tv_nsec = us % CLOCK_US_PER_S * 1000;
	timerfd_settime(kafka->timer_fd, 0, &when, NULL);
}

/* Each client sees that its generation is over, and when it can be made
 * anew. */
static void
look_at_credentials(struct kafka *kafka)
{
	if (!kafka_credentials_changed(kafka->credentials,
		clock_monotonic_us()))
		return;
	log_info("Kafka: new credentials: all clients are made anew");
	kafka->counters.renewals++;
	atomic_fetch_add(&kafka->generation, 1);
}

void
kafka_dispatch(struct kafka *kafka)
{
	drain(kafka->wake_fd);
	drain(kafka->timer_fd);
	look_at_credentials(kafka);
	kafka_worker_dispatch(kafka->worker);
	if (kafka->source != NULL)
		kafka_source_dispatch(kafka->source);
	if (kafka->alerts != NULL)
		kafka_alerts_dispatch(kafka->alerts);
	kafka_stable_ask(kafka->stable, clock_monotonic_us());
	arm(kafka);
}

const struct kafka_options *
kafka_get_options(const struct kafka *kafka)
{
	return &kafka->options;
}

void
kafka_counters(const struct kafka *kafka, struct kafka_counters *ret_counters)
{
	*ret_counters = kafka->counters;
}
