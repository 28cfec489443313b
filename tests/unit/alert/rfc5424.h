/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of syslog messages written from the ABNF of RFC 5424, section 6,
 * and from nothing of ours: it refuses what the grammar does not allow.
 */
#ifndef UNIT_ALERT_RFC5424_H
#define UNIT_ALERT_RFC5424_H

#include <stdbool.h>
#include <string.h>

#include "base/span.h"

#define RFC5424_PARAMS 32

struct rfc5424_param {
	struct span name;
	char value[1024]; /* unescaped */
	size_t len;
};

struct rfc5424 {
	unsigned facility, severity;
	struct span timestamp, hostname, app_name, procid, msgid, sd_id, msg;
	struct rfc5424_param params[RFC5424_PARAMS];
	size_t param_count;
};

struct rfc5424_reader {
	const char *at, *end;
};

static inline bool
rfc5424_char(struct rfc5424_reader *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static inline bool
rfc5424_digits(struct rfc5424_reader *in, unsigned least, unsigned most,
    unsigned *ret_number)
{
	unsigned count = 0;

	*ret_number = 0;
	while (in->at < in->end && *in->at >= '0' && *in->at <= '9' &&
	    count < most) {
		*ret_number = *ret_number * 10 + (unsigned)(*in->at++ - '0');
		count++;
	}
	return count >= least;
}

/* 1*most PRINTUSASCII; "-" is NILVALUE and reads as such. */
static inline bool
rfc5424_word(struct rfc5424_reader *in, size_t most, const char *but,
    struct span *ret_word)
{
	const char *start = in->at;

	while (in->at < in->end && *in->at >= 33 && *in->at <= 126 &&
	    strchr(but, *in->at) == NULL)
		in->at++;
	*ret_word = span_make(start, (size_t)(in->at - start));
	return ret_word->len >= 1 && ret_word->len <= most;
}

/* FULL-DATE "T" FULL-TIME in UTC, up to 6 digits of a second. */
static inline bool
rfc5424_timestamp(struct rfc5424_reader *in, struct span *ret_timestamp)
{
	const char *start = in->at;
	unsigned year, month, day, hour, minute, second, fraction;

	if (rfc5424_char(in, '-')) {
		*ret_timestamp = span_make(start, 1);
		return true;
	}
	if (!rfc5424_digits(in, 4, 4, &year) || !rfc5424_char(in, '-') ||
	    !rfc5424_digits(in, 2, 2, &month) || !rfc5424_char(in, '-') ||
	    !rfc5424_digits(in, 2, 2, &day) || !rfc5424_char(in, 'T') ||
	    !rfc5424_digits(in, 2, 2, &hour) || !rfc5424_char(in, ':') ||
	    !rfc5424_digits(in, 2, 2, &minute) || !rfc5424_char(in, ':') ||
	    !rfc5424_digits(in, 2, 2, &second))
		return false;
	if (rfc5424_char(in, '.') && !rfc5424_digits(in, 1, 6, &fraction))
		return false;
	*ret_timestamp = span_make(start, (size_t)(in->at - start) + 1);
	return rfc5424_char(in, 'Z') && month >= 1 && month <= 12 && day >= 1 &&
	    day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
}

static inline bool
rfc5424_param_value(struct rfc5424_reader *in, struct rfc5424_param *param)
{
	param->len = 0;
	for (; in->at < in->end && *in->at != '"'; in->at++) {
		if (*in->at == ']')
			return false;
		if (*in->at == '\\' && in->at + 1 < in->end &&
		    strchr("\"\\]", in->at[1]) != NULL)
			in->at++;
		if (param->len == sizeof(param->value))
			return false;
		param->value[param->len++] = *in->at;
	}
	return rfc5424_char(in, '"');
}

static inline bool
rfc5424_sd(struct rfc5424_reader *in, struct rfc5424 *message)
{
	message->param_count = 0;
	if (rfc5424_char(in, '-'))
		return true;
	if (!rfc5424_char(in, '[') ||
	    !rfc5424_word(in, 32, "= ]\"", &message->sd_id))
		return false;
	while (rfc5424_char(in, ' ')) {
		struct rfc5424_param
		    *param = &message->params[message->param_count];

		if (message->param_count++ == RFC5424_PARAMS ||
		    !rfc5424_word(in, 32, "= ]\"", &param->name) ||
		    !rfc5424_char(in, '=') || !rfc5424_char(in, '"') ||
		    !rfc5424_param_value(in, param))
			return false;
	}
	return rfc5424_char(in, ']');
}

static inline bool
rfc5424_read(struct span text, struct rfc5424 *message)
{
	struct rfc5424_reader in = { text.ptr, text.ptr + text.len };
	unsigned pri, version;

	memset(message, 0, sizeof(*message));
	if (!rfc5424_char(&in, '<') || !rfc5424_digits(&in, 1, 3, &pri) ||
	    !rfc5424_char(&in, '>') || pri > 191 ||
	    !rfc5424_digits(&in, 1, 3, &version) || version != 1 ||
	    !rfc5424_char(&in, ' ') ||
	    !rfc5424_timestamp(&in, &message->timestamp) ||
	    !rfc5424_char(&in, ' ') ||
	    !rfc5424_word(&in, 255, "", &message->hostname) ||
	    !rfc5424_char(&in, ' ') ||
	    !rfc5424_word(&in, 48, "", &message->app_name) ||
	    !rfc5424_char(&in, ' ') ||
	    !rfc5424_word(&in, 128, "", &message->procid) ||
	    !rfc5424_char(&in, ' ') ||
	    !rfc5424_word(&in, 32, "", &message->msgid) ||
	    !rfc5424_char(&in, ' ') || !rfc5424_sd(&in, message))
		return false;
	message->facility = pri / 8;
	message->severity = pri % 8;
	if (in.at == in.end)
		return true;
	if (!rfc5424_char(&in, ' '))
		return false;
	message->msg = span_make(in.at, (size_t)(in.end - in.at));
	return true;
}

/* Length 0 if there is no such parameter. */
static inline struct span
rfc5424_param(const struct rfc5424 *message, const char *name)
{
	for (size_t i = 0; i < message->param_count; i++)
		if (span_is(message->params[i].name, name))
			return span_make(message->params[i].value,
			    message->params[i].len);
	return SPAN_NONE;
}

#endif
