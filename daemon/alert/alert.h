/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What leaves the engine: one JSON object per alert or update, the value in
 * integrity.alerts and the line of `backtest -o ndjson`.  Its keys are a
 * contract that others script against.
 */
#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include "base/buffer.h"
#include "model/detection.h"
#include "model/notice.h"
#include "text/json_read.h"

struct alert_options {
	const struct rule_set *rules;
	/* When it was decided, by the clock; RECORD_NO_TIME in files: then
	 * delay_ms is 0 and no decided time is told. */
	int64_t decided_us;
	/* Beyond, samples lose their values, then go, then texts and lists are
	 * cut, and `"truncated": true` says so; 256 KiB, at least 16 KiB. */
	size_t limit_bytes;
	/* On how many of the kept hits each counter's `when` holds;
	 * [rule->extension.counter_count], NULL: none. */
	const uint32_t *counter_hits;
};

/* Appends the JSON object, without newline. */
void alert_build(const struct alert_options *options,
    const struct detection *detection, struct buffer *out);
void alert_build_notice(const struct alert_options *options,
    const struct notice *notice, struct buffer *out);

/* The id of a notice's alert, from kind, about and time. */
struct alert_id alert_notice_id(const struct notice *notice);

/*
 * An alert record read back, as far as frames and lists need it.  Spans are
 * valid until the reader's next parse.
 */
struct alert_view {
	struct span alert, kind, into;
	int64_t revision;
	struct span rule_id, rule_name, rule_title, rule_type;
	enum rule_level level;
	struct span sentence;
	int64_t first_us, last_us;
	int64_t decided_us; /* RECORD_NO_TIME if not told */
	struct json_value root;
	struct span record; /* the whole JSON text */
};

bool alert_read(struct json_reader *reader, struct span record,
    struct alert_view *ret_view, struct error *err);

#endif
