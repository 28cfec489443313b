/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include <event2/event.h>

#include "alert/frame.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "deliver/transport.h"

#include "engine/route.h"

#define ROUTE_MAGIC 0x40073e00u
#define TRAIL_US (60 * CLOCK_US_PER_S)
#define TRAIL_BYTES (4 * 1024 * 1024)
#define TRANSPORT_BUFFER_BYTES (1024 * 1024)
#define ALERT_JSON_DEPTH 64
#define HOST_NAME_BYTES 256
#define COUNTS_MAX 16

struct route {
	uint32_t magic;
	const char *name;
	struct destination *destination;
	struct transport *transport;
	struct port_alerts alerts; /* both borrowed by the destination */
	struct port_frame frames;
	struct event *due;
	struct json_reader *reader;
	struct frame_options frame;
	int64_t heartbeat_us;
	route_describe *describe; /* NULL: nothing is known */
	void *context;
	char host_name[HOST_NAME_BYTES];
	char process_id[16];
};

static struct route *
route_of(void *context)
{
	return CHECK_CAST(route, ROUTE_MAGIC, context);
}

static void
emit_frame(void *context, struct span frame)
{
	destination_frame(context, frame);
}

/* A record that is no alert of ours: number and chain count it all the same. */
static void
render(void *context, struct destination *destination, struct span record,
    const struct destination_place *place)
{
	struct route *route = route_of(context);
	struct frame_place where = {
		.sequence = place->sequence,
		.now_us = clock_now_us(),
	};
	struct error err = ERROR_NONE;
	struct alert_view view;

	memcpy(where.chain, place->chain, sizeof(where.chain));
	if (!alert_read(route->reader, record, &view, &err)) {
		log_error("destination %s: record %llu of integrity.alerts is "
			  "no alert: %s",
		    route->name, (unsigned long long)place->sequence, err.text);
		return;
	}
	frame_render(&route->frame, &view, &where, emit_frame, destination);
}

/* What this destination has repeated or could not deliver. */
static void
add_own_counts(const struct route *route, struct frame_heartbeat *heartbeat,
    struct frame_heartbeat_count counts[COUNTS_MAX])
{
	struct destination_stats destination;
	struct transport_stats transport;
	size_t count = heartbeat->count_count;

	CHECK(count + 2 <= COUNTS_MAX);
	destination_get_stats(route->destination, &destination);
	transport_get_stats(route->transport, &transport);
	for (size_t i = 0; i < count; i++)
		counts[i] = heartbeat->counts[i];
	counts[count++] = (struct frame_heartbeat_count){ "repeated",
		destination.repeated };
	counts[count++] = (struct frame_heartbeat_count){ "too_large",
		transport.too_large };
	heartbeat->counts = counts;
	heartbeat->count_count = count;
}

static void
beat(void *context, const struct destination_place *place, struct buffer *frame)
{
	struct route *route = route_of(context);
	struct frame_heartbeat_count counts[COUNTS_MAX];
	struct frame_heartbeat heartbeat = { .refused = 0 };
	struct frame_place where = {
		.sequence = place->sequence,
		.now_us = clock_now_us(),
	};

	memcpy(where.chain, place->chain, sizeof(where.chain));
	if (route->describe != NULL)
		route->describe(route->context, &heartbeat);
	add_own_counts(route, &heartbeat, counts);
	heartbeat.interval_us = route->heartbeat_us;
	frame_heartbeat_render(&route->frame, &heartbeat, &where, frame);
}

void
route_set_describe(struct route *route, route_describe *describe, void *context)
{
	route->describe = describe;
	route->context = context;
}

/* Soon, but never from inside an up-call. */
static void
run_soon(struct route *route)
{
	event_active(route->due, EV_TIMEOUT, 0);
}

static void
on_connected(void *context)
{
	struct route *route = route_of(context);

	log_info("destination %s: connected", route->name);
	destination_frame_events.connected(route->destination);
	run_soon(route);
}

static void
on_disconnected(void *context, const struct error *err)
{
	struct route *route = route_of(context);

	log_warning("destination %s: %s", route->name, err->text);
	destination_frame_events.disconnected(route->destination, err);
	run_soon(route);
}

static void
on_bad_frame(void *context, const struct error *err)
{
	log_error("destination %s: %s", route_of(context)->name, err->text);
}

static void
on_acknowledged(void *context, uint64_t number)
{
	struct route *route = route_of(context);

	destination_frame_events.acknowledged(route->destination, number);
	run_soon(route);
}

static const struct port_frame_events frame_events = {
	.connected = on_connected,
	.disconnected = on_disconnected,
	.acknowledged = on_acknowledged,
};

static void
on_due(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	route_run(route_of(context));
}

void
route_run(struct route *route)
{
	int64_t now_us = clock_monotonic_us();
	int64_t next_us = destination_run(route->destination, now_us);
	int64_t wait_us = next_us > now_us ? next_us - now_us : 0;
	struct timeval wait;

	if (wait_us > CLOCK_US_PER_S)
		wait_us = CLOCK_US_PER_S;
	if (wait_us < 1000)
		wait_us = 1000;
	wait.tv_sec = wait_us / CLOCK_US_PER_S;
	wait.tv_usec = wait_us % CLOCK_US_PER_S;
	(void)event_add(route->due, &wait);
}

static void
set_frame_options(struct route *route, const struct config_destination *config)
{
	if (gethostname(route->host_name, sizeof(route->host_name) - 1) != 0)
		route->host_name[0] = '\0';
	(void)snprintf(route->process_id, sizeof(route->process_id), "%d",
	    (int)getpid());
	route->frame = (struct frame_options){
		.format = config->format == CONFIG_PLAIN ? FRAME_PLAIN :
							   FRAME_ECS,
		.audience = config->audience == CONFIG_REFERENCE ?
		    FRAME_REFERENCE :
		    FRAME_INVESTIGATORS,
		.facility = (unsigned)config->facility,
		.host_name = route->host_name,
		.app_name = config->app_name,
		.process_id = route->process_id,
		.enterprise_id = (uint32_t)config->enterprise_id,
		.max_message_size = config->max_message_size,
	};
}

static const enum transport_kind kind_of[] = {
	[CONFIG_UNIX] = TRANSPORT_UNIX,
	[CONFIG_UNIX_STREAM] = TRANSPORT_UNIX_STREAM,
	[CONFIG_UDP] = TRANSPORT_UDP,
	[CONFIG_TCP] = TRANSPORT_TCP,
	[CONFIG_TLS] = TRANSPORT_TLS,
};

static bool
open_ports(struct route *route, struct event_base *base, struct kafka *kafka,
    const struct config_destination *config, struct error *err)
{
	struct transport_tls_options tls = {
		.ca_file = config->tls.ca_file,
		.certificate_file = config->tls.certificate_file,
		.key_file = config->tls.key_file,
		.server_name = config->tls.server_name,
		.fingerprints = config->tls.fingerprints.items,
		.fingerprint_count = config->tls.fingerprints.count,
	};
	struct transport_options transport = {
		.kind = kind_of[config->transport],
		.name = config->name,
		.address = config->address,
		.tls = &tls,
		.buffer_bytes = TRANSPORT_BUFFER_BYTES,
		.tell = on_bad_frame,
		.context = route,
	};

	if (!transport_open(base, &transport, &frame_events, route,
		&route->transport, err))
		return error_prefix(err, "destination %s", config->name);
	if (!kafka_alerts_open(kafka, config->name, &destination_alerts_events,
		route->destination, &route->alerts, err))
		return error_prefix(err, "destination %s", config->name);
	route->frames = transport_port(route->transport);
	destination_connect(route->destination, &route->alerts, &route->frames);
	return true;
}

bool
route_open(struct event_base *base, struct kafka *kafka,
    const struct config_destination *config, struct route **ret_route,
    struct error *err)
{
	struct route *route = mem_zalloc(sizeof(*route));
	struct destination_options options = {
		.name = config->name,
		.render = render,
		.beat = beat,
		.beat_every_us = config->heartbeat_us,
		.context = route,
		.trail_us = TRAIL_US,
		.trail_bytes = TRAIL_BYTES,
	};

	route->magic = ROUTE_MAGIC;
	route->name = config->name;
	route->heartbeat_us = config->heartbeat_us;
	route->reader = json_reader_new(SIZE_MAX / 4, ALERT_JSON_DEPTH);
	set_frame_options(route, config);
	route->due = evtimer_new(base, on_due, route);
	route->destination = destination_new(&options);
	if (!open_ports(route, base, kafka, config, err)) {
		route_close(route);
		return false;
	}
	route_run(route);
	*ret_route = route;
	return true;
}

void
route_close(struct route *route)
{
	if (route == NULL)
		return;
	transport_close(route->transport);
	destination_free(route->destination);
	json_reader_free(route->reader);
	if (route->due != NULL)
		event_free(route->due);
	mem_free(route);
}

void
route_get_stats(const struct route *route, struct destination_stats *ret_stats)
{
	destination_get_stats(route->destination, ret_stats);
}

const char *
route_name(const struct route *route)
{
	return route->name;
}

uint64_t
route_too_large(const struct route *route)
{
	struct transport_stats stats;

	transport_get_stats(route->transport, &stats);
	return stats.too_large;
}
