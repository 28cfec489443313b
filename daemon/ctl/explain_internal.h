/* SPDX-License-Identifier: Apache-2.0 */
/* What explain_run.c gathers and the others tell. */
#ifndef CTL_EXPLAIN_INTERNAL_H
#define CTL_EXPLAIN_INTERNAL_H

#include "base/json.h"
#include "engine/engine.h"
#include "enrich/derive.h"

#include "ctl/explain_run.h"
#include "ctl/explain_write.h"

/* An event rule that is looked at: the rule itself, or one that feeds it. */
struct explain_base {
	const struct rule *rule;
	const struct correlation *correlation; /* NULL: it feeds none */
	const struct correlation_source *source;
};

/* A copy of what correlate_fills() shows. */
struct explain_fill {
	const struct span *group;
	int64_t oldest_us, newest_us;
	uint64_t measure;
	bool is_full;
	bool is_last; /* the group of the last event */
};

struct explain_run {
	const struct explain_options *options;
	const struct rule_set *rules;
	const struct rule *rule;
	struct logsource declared;
	struct explain_base *bases;
	size_t base_count, base_cap;
	struct engine *engine;
	struct decoder *decoder;
	struct derive *derive;
	struct arena *kept;    /* as long as the run */
	struct buffer body;    /* of every event; JSON: of the list */
	struct buffer last;    /* of the last event, where it alone is told */
	struct buffer reason;  /* why the last event hit or did not */
	struct buffer matched; /* identifiers of it that hold */
	struct buffer group;   /* the key of its group; empty: it has none */
	struct explain_fill *fills;
	size_t fill_count, fill_cap;
	uint64_t records, rejected, hits;
	uint64_t detections;
	int64_t last_us, now_us; /* event time: last, greatest */
};

/* One decoded event, or one that was rejected. */
void explain_report_event(struct explain_run *run, const struct event *event,
    struct arena *arena);
void explain_report_rejected(struct explain_run *run, const struct error *err);

/* All of it, once the events are through: explain_sum.c. */
void explain_sum(struct explain_run *run, bool fires, struct buffer *out);

#endif
