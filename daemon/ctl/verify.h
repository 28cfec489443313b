/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what a receiver holds is what integrity.alerts holds: sequences
 * without a gap, every frame of each, one alert and one chain under a number,
 * and, where the alerts themselves are given, the chain recomputed over them
 * (deliver/destination_place.h).  Records go in first, then frames in the
 * order of the log, then one verify_end().
 */
#ifndef CTL_VERIFY_H
#define CTL_VERIFY_H

#include "base/buffer.h"
#include "base/hash.h"

#define VERIFY_ALERT_BYTES 24 /* of an id, for messages and comparison */
#define VERIFY_TEXT_BYTES 72
#define VERIFY_BREAKS_MAX 16 /* told; more are only counted */

/* What the structured data of a frame says. */
struct verify_frame {
	size_t line; /* from 1 */
	uint64_t sequence;
	uint8_t chain[HASH_SHA256_LEN];
	char alert[VERIFY_ALERT_BYTES]; /* "": a heartbeat */
	uint32_t part, parts;		/* 1 of 1 without follow-up frames */
};

enum verify_kind {
	VERIFY_MISSING,	 /* no frame of this sequence */
	VERIFY_PART,	 /* a follow-up frame is missing */
	VERIFY_ALERT,	 /* another alert under this number */
	VERIFY_CHAIN,	 /* another chain */
	VERIFY_UNKNOWN,	 /* the topic has no such record */
	VERIFY_POSITION, /* a committed position that is not the topic's */
	VERIFY_FORM	 /* a frame of ours that cannot be read */
};
extern const char *const verify_kind_names[];

struct verify_break {
	enum verify_kind kind;
	size_t line; /* 0: not of a line */
	uint64_t sequence;
	char expected[VERIFY_TEXT_BYTES], found[VERIFY_TEXT_BYTES];
};

struct verify_result {
	uint64_t records;	      /* of the topic */
	uint64_t frames, repeated;    /* without heartbeats; more than once */
	uint64_t alerts;	      /* different numbers among them */
	uint64_t heartbeats, foreign; /* foreign: lines of others */
	uint64_t first, last;	      /* sequences */
	uint64_t break_count;
	struct verify_break breaks[VERIFY_BREAKS_MAX];
};

struct verify;

struct verify *verify_new(void);
void verify_free(struct verify *verify); /* accepts NULL */

/* The next record of integrity.alerts, from the first on; `offset` grows. */
void verify_record(struct verify *verify, int64_t offset, struct span record);

/* The committed offset of a destination and its metadata; false: a break. */
bool verify_position(struct verify *verify, int64_t next_offset,
    struct span metadata);

void verify_frame(struct verify *verify, const struct verify_frame *frame);
void verify_foreign(struct verify *verify); /* a line that is not ours */
void verify_bad_form(struct verify *verify, size_t line, const char *why);

/* Judges the frames; the result is borrowed until free. */
const struct verify_result *verify_end(struct verify *verify);

/*
 * A receiver's log: RFC 5424 messages, one a line or octet-counted, or JSON
 * lines with the structured data as a text (rsyslog) or an object (syslog-ng)
 * or the message as it came.  Calls the above for each.
 */
void verify_log(struct verify *verify, struct span text);

#endif
