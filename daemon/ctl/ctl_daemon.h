/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a running integrityd through its control socket. */
#ifndef CTL_CTL_DAEMON_H
#define CTL_CTL_DAEMON_H

#include <stddef.h>

#include "base/json.h"
#include "config/config.h"
#include "text/json_read.h"

#include "ctl/ctl.h"

/* First member of the options of every verb that asks. */
struct ctl_daemon_options {
	const char *socket; /* NULL: the default of the configuration */
	int format;	    /* enum ctl_format: human or json */
};

extern const char *const ctl_daemon_formats[];

/* The two options as rows of a verb's table. */
#define CTL_DAEMON_OPTIONS                                                     \
	{ "--socket", 0, CTL_STRING,                                           \
		offsetof(struct ctl_daemon_options, socket), "PATH", NULL,     \
		"control socket (default " CONFIG_CONTROL_SOCKET ")" },        \
	    { "--output", 'o', CTL_CHOICE,                                     \
		    offsetof(struct ctl_daemon_options, format), "FORMAT",     \
		    ctl_daemon_formats, "human (default) or json" }

struct ctl_daemon_answer {
	struct json_reader *reader;
	struct buffer line; /* the answer as it came */
	struct json_value root;
	bool ok;
};

/*
 * Sends one request, a line, and waits for the answer.  False: nobody answered; the
 * message has been printed, exit CTL_BROKEN.
 */
bool ctl_daemon_ask(const struct ctl_daemon_options *options,
    const char *request, struct ctl_daemon_answer *ret_answer);
void ctl_daemon_done(struct ctl_daemon_answer *answer);

/* Prints the answer as JSON and returns true if that is what was asked for. */
bool ctl_daemon_print_json(const struct ctl_daemon_options *options,
    struct ctl_daemon_answer *answer);

/* "message" of the answer: what was done on stdout, what was not on stderr. */
void ctl_daemon_print_message(const struct ctl_daemon_answer *answer);

/* Members; SPAN_NONE, 0, false where there is none. */
struct span ctl_daemon_text(struct json_value object, const char *key);
double ctl_daemon_number(struct json_value object, const char *key);
bool ctl_daemon_bool(struct json_value object, const char *key);
bool ctl_daemon_is_null(struct json_value object, const char *key);
struct json_iterator ctl_daemon_list(struct json_value object, const char *key);

#endif
