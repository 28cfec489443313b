/* SPDX-License-Identifier: Apache-2.0 */
/* A decoded record: values in the slots of a field set. */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "model/field.h"
#include "model/record.h"

enum value_kind {
	VALUE_MISSING, /* zero: an event's slots start so */
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_INT, /* exact, in `integer` */
	VALUE_BIG, /* a whole number beyond int64_t; digits in `text` */
	VALUE_REAL,
	VALUE_STRING,
	VALUE_LIST,  /* an array; members may be of any kind but LIST */
	VALUE_OBJECT /* a nested object: present, matches no text */
};

/*
 * `text` is what strings, wildcards and regexes see: a string itself, a
 * number's shortest decimal form (1.0 and 1 equal), "true" or "false"; empty
 * for NULL, LIST, OBJECT.  Spans are borrowed from the record or the batch's
 * arena, valid UTF-8.
 */
struct value {
	enum value_kind kind;
	uint32_t count; /* LIST */
	union {
		bool boolean;
		int64_t integer;
		double real;
		const struct value *items; /* LIST */
	};
	struct span text;
};

/* Things an alert must say about the data it rests on. */
enum event_flag {
	EVENT_TIME_CLAMPED = 1u << 0, /* future: the broker's time instead */
	EVENT_TIME_ASSUMED = 1u << 1, /* had none: the previous or broker's */
	EVENT_REPAIRED = 1u << 2,     /* bad UTF-8 or numbers, see SIGMA 2.1 */
	EVENT_LATE = 1u << 3
};

struct event {
	const struct record *record;
	int64_t time_us;
	uint32_t flags;
	uint32_t input;
	struct value *values; /* [field_set_count()] */
	const struct value
	    *keywords; /* every scalar in the record, if wanted */
	uint32_t keyword_count;
};

static inline const struct value *
event_value(const struct event *event, uint32_t slot)
{
	return &event->values[slot];
}

/* The number of a value; numeric strings count.  False if it is none.  The
 * result's kind is INT, BIG or REAL; infinite where no double is so large. */
bool value_number(const struct value *value, struct value *ret_number);

/* Numbers compared exactly, int against double too: <0, 0, >0.  Both must
 * come from value_number() and not be NaN. */
int value_compare_numbers(const struct value *a, const struct value *b);

/*
 * Members to go over: the items of a LIST, else the value itself; none if
 * MISSING.  A NULL is one member.
 */
const struct value *value_members(const struct value *value,
    uint32_t *ret_count);

/* Makes values; texts of numbers go into `arena`. */
struct arena;
struct value value_string(struct span text);
struct value value_int(struct arena *arena, int64_t integer);
struct value value_real(struct arena *arena, double real);
struct value value_bool(bool boolean);
struct value value_null(void);
/* Decimal digits of a whole number of any size, sign allowed: INT or BIG. */
struct value value_whole(struct arena *arena, struct span digits);

#endif
