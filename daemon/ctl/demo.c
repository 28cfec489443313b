/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"
#include "engine/service.h"
#include "kafka/kafka.h"

#include "ctl/demo.h"

#define DEMO_MAGIC 0xde3000deu
#define STAFF 200
#define DAYS 14
#define DAY_US (86400 * CLOCK_US_PER_S)
#define HOUR_US (3600 * CLOCK_US_PER_S)
#define TICK_US 10000
#define BURST 2000 /* records sent in one tick */
#define AHEAD_MAX                                                              \
	6000 /* sent and not yet committed: the embedded cluster
			    * keeps 5 MiB per partition */
#define WARM_UP_US (10 * CLOCK_US_PER_S)
#define STALL_US (20 * CLOCK_US_PER_S)
#define FLUSH_MS 5000
#define ALERT_JSON_DEPTH 64
#define INTERRUPTED (128 + SIGINT)

enum phase { WARMING, FEEDING, SETTLING, ENDING };

struct demo {
	uint32_t magic;
	const struct demo_options *options;
	struct demo_print print;
	struct event_base *base;
	struct arena *arena;
	struct config config;
	struct force *force;
	struct receiver *receiver;
	struct service *service;
	struct kafka_feeder *feeder;
	struct demo_sent *sent;
	struct demo_account *account;
	struct json_reader *reader;
	enum phase phase;
	int64_t started_us, last_us, progress_us; /* monotonic */
	int64_t feed_us;	    /* event time up to which records are due */
	struct force_record record; /* the next one */
	struct event *events[3];
	bool has_record, has_failed, is_interrupted;
	uint64_t taken; /* records in committed transactions */
	uint64_t heartbeats;
};

static struct demo *
demo_of(void *context)
{
	return CHECK_CAST(demo, DEMO_MAGIC, context);
}

static void
fail(struct demo *demo, const char *why)
{
	fprintf(stderr, "integrityctl demo: %s\n", why);
	demo->has_failed = true;
	(void)event_base_loopbreak(demo->base);
}

/* ---- What comes out ---- */

static void
on_message(void *context, const struct receiver_message *message)
{
	struct demo *demo = demo_of(context);
	struct error err = ERROR_NONE;
	struct demo_alert alert;

	if (span_is(message->message_id, "heartbeat")) {
		demo->heartbeats++;
		return;
	}
	if (!demo_alert_read(demo->reader, message, demo->sent, demo->force,
		clock_monotonic_us(), &alert, &err)) {
		fail(demo, err.text);
		return;
	}
	demo->progress_us = clock_monotonic_us();
	demo_print_alert(&demo->print, &alert);
	demo_account_add(demo->account, &alert);
}

static void
on_committed(void *context, size_t records, size_t outputs)
{
	struct demo *demo = demo_of(context);

	(void)outputs;
	demo->taken += records;
	if (records > 0)
		demo->progress_us = clock_monotonic_us();
}

static void
on_ended(void *context, int status)
{
	struct demo *demo = demo_of(context);

	if (status != 0)
		fail(demo, "the service ended early");
	(void)event_base_loopbreak(demo->base);
}

/* ---- What goes in ---- */

/* False: the feeder's queue is full, the same one again later. */
static bool
send_one(struct demo *demo, int64_t now_us)
{
	if (!kafka_feeder_send(demo->feeder, demo->record.actor,
		demo->record.json, demo->record.time_us))
		return false;
	demo_sent_add(demo->sent, demo->record.json, now_us);
	demo->has_record = force_next(demo->force, &demo->record);
	return true;
}

static void
feed(struct demo *demo, int64_t now_us)
{
	uint64_t rate = demo->options->hours_per_second;
	int64_t elapsed_us = now_us - demo->last_us;

	/* Event time does not run on while nobody takes the records. */
	if (demo_sent_count(demo->sent) >= demo->taken + AHEAD_MAX)
		return;
	if (elapsed_us > CLOCK_US_PER_S / 10)
		elapsed_us = CLOCK_US_PER_S / 10;
	demo->feed_us += rate == 0 ?
	    DAY_US :
	    elapsed_us * (int64_t)rate * (HOUR_US / CLOCK_US_PER_S);
	for (int i = 0; i < BURST && demo->has_record &&
	    demo->record.time_us <= demo->feed_us;
	    i++) {
		if (!send_one(demo, now_us))
			return;
	}
	if (demo->has_record)
		return;
	if (!kafka_feeder_flush(demo->feeder, FLUSH_MS))
		fail(demo, "the embedded cluster does not take the records");
	demo->phase = SETTLING;
}

static bool
has_all(const struct demo *demo)
{
	struct service_status status;

	service_get_status(demo->service, &status);
	return demo->taken >= demo_sent_count(demo->sent) &&
	    demo_account_received(demo->account) >= status.counters.alerts;
}

static void
stop(struct demo *demo)
{
	if (demo->phase == ENDING) {
		(void)event_base_loopbreak(demo->base);
		return;
	}
	demo->phase = ENDING;
	service_stop(demo->service);
}

/* `integrityctl demo | head` */
static bool
has_reader(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) <= 0 || (out.revents & POLLERR) == 0;
}

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct demo *demo = demo_of(context);
	int64_t now_us = clock_monotonic_us();

	(void)fd;
	(void)what;
	/* The first record brings the first message with it, which says that
	 * the whole path is there. */
	if (demo->phase == WARMING &&
	    (demo_account_received(demo->account) > 0 ||
		now_us - demo->started_us > WARM_UP_US))
		demo->phase = FEEDING;
	if (demo->phase == FEEDING)
		feed(demo, now_us);
	else if (demo->phase == SETTLING && has_all(demo))
		stop(demo);
	demo->last_us = now_us;
	if (demo->phase != ENDING && !has_reader()) {
		demo->is_interrupted = true;
		stop(demo);
	}
	if (now_us - demo->progress_us > STALL_US) {
		fprintf(stderr, "integrityctl demo: nothing moves any more\n");
		demo->progress_us = now_us;
		stop(demo);
	}
}

static void
on_signal(evutil_socket_t number, short what, void *context)
{
	struct demo *demo = demo_of(context);

	(void)number;
	(void)what;
	demo->is_interrupted = true;
	stop(demo);
}

/* ---- Start, run, end ---- */

static bool
open_service(struct demo *demo, const char *lists, int *ret_status,
    struct error *err)
{
	struct service_options service = {
		.config = &demo->config,
		.instance = "demo",
		.ended = on_ended,
		.committed = on_committed,
		.context = demo,
	};

	return demo_config_make(demo->options, lists,
		   receiver_port(demo->receiver), demo->arena, &demo->config,
		   err) &&
	    service_open(demo->base, &service, &demo->service, ret_status, err);
}

/* The lists live no longer than it takes to load the rules. */
static bool
open_all(struct demo *demo, int *ret_status, struct error *err)
{
	char lists[128];
	bool ok;

	if (!receiver_open(demo->base, on_message, demo, &demo->receiver,
		err) ||
	    !demo_config_write_lists(demo->force, lists, err))
		return false;
	ok = open_service(demo, lists, ret_status, err);
	demo_config_remove_lists(demo->force, lists);
	return ok &&
	    kafka_feeder_open(service_bootstrap(demo->service), DEMO_TOPIC,
		&demo->feeder, err);
}

static void
run_loop(struct demo *demo)
{
	struct timeval tick = { .tv_usec = TICK_US };

	(void)event_add(demo->events[2], &tick);
	demo->last_us = demo->progress_us = clock_monotonic_us();
	(void)send_one(demo, demo->last_us);
	(void)event_base_dispatch(demo->base);
}

static int
account(struct demo *demo)
{
	struct demo_totals totals = {
		.days = DAYS,
		.sent = demo_sent_count(demo->sent),
		.heartbeats = demo->heartbeats,
		.seconds = (double)(clock_monotonic_us() - demo->started_us) /
		    1e6,
		.is_interrupted = demo->is_interrupted,
	};
	struct receiver_counts counts;
	struct service_status status;
	bool ok;

	service_get_status(demo->service, &status);
	receiver_get_counts(demo->receiver, &counts);
	totals.rejected = status.counters.rejected;
	totals.late = status.counters.late;
	totals.alert_records = status.counters.alerts;
	ok = demo_account_print(demo->account, &demo->print, &totals, &counts);
	if (demo->has_failed)
		return CTL_BROKEN;
	if (demo->is_interrupted)
		return INTERRUPTED;
	return ok ? CTL_OK : CTL_FINDINGS;
}

static void
start(struct demo *demo)
{
	struct force_options force = {
		.seed = demo->options->seed,
		.staff = STAFF,
		.days = DAYS,
	};
	int64_t now_us = clock_now_us();

	/* Whole days that are over, so that no record is of the future. */
	force.start_us = now_us - now_us % DAY_US - DAYS * DAY_US;
	demo->force = force_new(&force);
	demo->feed_us = force.start_us;
	demo->has_record = force_next(demo->force, &demo->record);
	demo->arena = arena_new(65536);
	demo->base = event_base_new();
	/* From now on they end the demo and not the process: it leaves nothing
	 * behind. */
	demo->events[0] = evsignal_new(demo->base, SIGINT, on_signal, demo);
	demo->events[1] = evsignal_new(demo->base, SIGTERM, on_signal, demo);
	demo->events[2] = event_new(demo->base, -1, EV_PERSIST, on_tick, demo);
	(void)event_add(demo->events[0], NULL);
	(void)event_add(demo->events[1], NULL);
	demo->sent = demo_sent_new();
	demo->account = demo_account_new(demo->force);
	demo->reader = json_reader_new(RECEIVER_FRAME_MAX, ALERT_JSON_DEPTH);
	demo->started_us = clock_monotonic_us();
}

static void
done(struct demo *demo)
{
	kafka_feeder_close(demo->feeder);
	service_free(demo->service);
	receiver_close(demo->receiver);
	json_reader_free(demo->reader);
	demo_account_free(demo->account);
	demo_sent_free(demo->sent);
	force_free(demo->force);
	for (size_t i = 0; i < 3; i++)
		event_free(demo->events[i]);
	event_base_free(demo->base);
	arena_free(demo->arena);
}

int
demo_run(const struct demo_options *options)
{
	struct demo demo = {
		.magic = DEMO_MAGIC,
		.options = options,
		.print = { options->format,
		    ctl_use_color(options->color, STDOUT_FILENO) },
	};
	struct service_status status;
	struct error err = ERROR_NONE;
	int result = CTL_BROKEN, failure = EX_UNAVAILABLE;

	(void)signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_LEVEL_ERROR);
	start(&demo);
	if (open_all(&demo, &failure, &err)) {
		service_get_status(demo.service, &status);
		demo_print_start(&demo.print, options, STAFF, DAYS,
		    status.rules);
		run_loop(&demo);
		result = account(&demo);
	} else {
		fprintf(stderr, "integrityctl demo: %s\n", err.text);
		/* Nothing else in this configuration can be wrong. */
		if (failure == EX_CONFIG)
			result = CTL_RULES;
	}
	done(&demo);
	return result;
}
