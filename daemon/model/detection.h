/* SPDX-License-Identifier: Apache-2.0 */
/* A single-event rule matched, or a correlation's episode changed. */
#ifndef MODEL_DETECTION_H
#define MODEL_DETECTION_H

#include "model/rule.h"

enum detection_kind {
	DETECTION_OPEN,
	DETECTION_UPDATE,
	DETECTION_CLOSE,
	DETECTION_MERGED
};

extern const char *const detection_kind_names[]; /* "open", "update", ... */

/* 64 bits, printed as "ir-" and 16 hex digits. */
struct alert_id {
	uint64_t bits;
};

/* One hit kept as evidence. */
struct evidence {
	struct record_position position;
	int64_t time_us;
	uint8_t sha256[HASH_SHA256_LEN]; /* of the record's bytes */
	uint32_t flags;			 /* enum event_flag */
	uint32_t rule;			 /* index of the event rule that hit */
	const struct value *values;	 /* [rule->kept_count] */
};

/*
 * Everything borrowed until the batch's arena is reset.  Times in event time.
 */
struct detection {
	enum detection_kind kind;
	const struct rule *rule;
	struct alert_id id;
	struct alert_id into; /* MERGED: the id it lives on under */
	uint32_t revision;    /* 1 for OPEN, then counting */
	/* [rule->correlation->group_count]; NULL: none, as for single events */
	const struct span *group;
	int64_t first_us, last_us;
	uint64_t count;
	double peak;
	int64_t event_us;  /* of the hit that decided */
	int64_t broker_us; /* its broker time; RECORD_NO_TIME in files */
	uint32_t flags;	   /* or of the evidence's event flags */
	const struct evidence *evidence; /* by time */
	uint32_t evidence_count;
	bool closed_by_end; /* only the end of the file closed it */
};

/* SHA-256 over (rule id or label, group values, position), first 8 bytes. */
struct alert_id alert_id_make(const struct rule *rule, const struct span *group,
    const struct record_position *position);
void alert_id_format(struct alert_id id, char ret_text[20]);

#endif
