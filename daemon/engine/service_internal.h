/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the service share; service.c opens and closes it. */
#ifndef ENGINE_SERVICE_INTERNAL_H
#define ENGINE_SERVICE_INTERNAL_H

#include "base/json.h"
#include "kafka/kafka.h"

#include "engine/control.h"
#include "engine/inputs.h"
#include "engine/pipeline.h"
#include "engine/pulse.h"
#include "engine/route.h"
#include "engine/rules.h"
#include "engine/service.h"
#include "engine/web.h"

#define SERVICE_MAGIC 0x5e741ce0u

struct service {
	uint32_t magic;
	struct service_options options;
	struct inputs inputs;
	struct engine *engine;
	struct pipeline *pipeline;
	struct kafka_embedded *embedded;
	struct kafka *kafka;
	struct pulse pulse;
	struct route **routes;
	size_t route_count;
	struct event *wakeup, *tick;
	struct event *later; /* a reload that was asked for without waiting */
	bool is_later_forced;
	uint32_t later_user_id;
	struct web *web;	 /* NULL: none */
	struct control *control; /* NULL: none */
	uint32_t refused;	 /* rules that do not load */
	int64_t started_us;
	/* The last load of the rules, which may have been refused, and the
	 * last one that was not. */
	bool is_load_ok;
	int64_t load_us, load_ok_us;
	bool is_stopping, has_ended;
};

/* ---- service_rules.c ---- */

/* Who wants it: in the alert about it. */
#define SERVICE_BY_BYTES 64

struct service_reload {
	bool is_forced;
	const char *by; /* "user id 1000"; "signal" */
	/* What came of it; text and lists for the control socket. */
	bool is_too_few; /* refused for that alone */
	uint32_t before, after;
	char message[400];
	struct buffer findings; /* JSON, one object a line */
	struct buffer text;	/* the same for people, and failed tests */
	struct buffer reset;	/* labels, one a line */
};

bool service_rules_reload(struct service *service,
    struct service_reload *reload);
void service_rules_reload_done(struct service_reload *reload);

/* Tells of the rule set in the log and in integrity.alerts. */
void service_rules_tell(struct service *service,
    const struct rule_load_result *result, enum rule_level level,
    const char *how);

/* 0 left, or more than a tenth lost: only with --force. */
bool service_rules_are_too_few(uint32_t before, uint32_t after);

/* At start: against what judged the committed records. */
bool service_rules_check_start(struct service *service, int *ret_status,
    struct error *err);

/* ---- service_start.c ---- */

/* False, and why, where positions were lost and --start-from is not given. */
bool service_start_check(struct service *service, int *ret_status,
    struct error *err);
/* Passes what was committed with the offsets of all inputs. */
bool service_start_notes(struct service *service,
    void (*take)(void *context, struct span note), void *context,
    struct error *err);
bool service_start_is_latest(const struct service *service,
    const struct config_input *input);

/* ---- service_status.c ---- */

/* The reasons why it is not ready, one a line; none: it is. */
void service_status_unready(const struct service *service, struct buffer *out);
/* Members of an object. */
void service_status_json(const struct service *service, struct json *json);
/* One line, for STATUS=. */
void service_status_line(const struct service *service, struct buffer *out);

/* Records not committed yet, and how old the newest event is, by the slowest
 * input; -1: not known. */
struct service_lag {
	size_t partitions;
	int64_t records, event_us;
};
struct service_lag service_status_lag(const struct service *service,
    int64_t now_us);

/* Of one input; -1: not known. */
int64_t service_status_event_lag(const struct service *service, uint32_t input,
    int64_t now_us);

/* ---- service_metrics.c ---- */

void service_metrics_write(const struct service *service, struct buffer *out);

/* ---- service_watch.c: opens metrics and control ---- */

/* What fails is logged and left out: the monitor watches without. */
void service_watch_open(struct service *service, struct event_base *base);
void service_watch_close(struct service *service);

#endif
