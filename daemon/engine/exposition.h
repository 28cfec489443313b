/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes metrics in the Prometheus text format, version 0.0.4:
 *
 *	# HELP integrityd_alerts_total Alert records, by rule and kind.
 *	# TYPE integrityd_alerts_total counter
 *	integrityd_alerts_total{rule="bait",kind="open"} 3
 *
 * A family is begun once and all its samples follow.  In label values
 * backslash, double quote and line feed are escaped; other control characters
 * and what is no UTF-8 become U+FFFD, for the format is UTF-8.
 */
#ifndef ENGINE_EXPOSITION_H
#define ENGINE_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

#define EXPOSITION_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum exposition_type {
	EXPOSITION_COUNTER,
	EXPOSITION_GAUGE,
	EXPOSITION_HISTOGRAM
};

struct exposition {
	struct buffer *out;
	const char *family; /* borrowed until the next one */
	bool has_label;
};

void exposition_init(struct exposition *exposition, struct buffer *out);

/* `help` is one plain line. */
void exposition_family(struct exposition *exposition, const char *name,
    enum exposition_type type, const char *help);

/* A sample: begin, labels, value.  `suffix` is "" but in histograms. */
void exposition_begin(struct exposition *exposition, const char *suffix);
void exposition_label(struct exposition *exposition, const char *name,
    struct span value);
void exposition_uint(struct exposition *exposition, uint64_t value);
void exposition_int(struct exposition *exposition, int64_t value);
void exposition_real(struct exposition *exposition, double value);

/* A sample with one label, or none (`label` NULL). */
void exposition_one(struct exposition *exposition, const char *label,
    struct span label_value, uint64_t value);

/*
 * A histogram of times without further labels: counts[i] are those of at most
 * bounds_us[i], counts[bound_count] all above; not cumulative.
 */
void exposition_seconds(struct exposition *exposition, const int64_t *bounds_us,
    size_t bound_count, const uint64_t *counts, int64_t sum_us);

#endif
