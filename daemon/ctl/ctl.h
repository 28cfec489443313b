/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl: what the verbs share. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include "base/buffer.h"
#include "base/error.h"
#include "text/diag.h"

enum ctl_status {
	CTL_OK = 0,
	CTL_FINDINGS = 1, /* failed tests, lint, missed expectations */
	CTL_RULES = 2,	  /* rules do not load */
	CTL_BROKEN = 3,	  /* configuration, I/O or daemon */
	CTL_USAGE = 64	  /* EX_USAGE */
};

enum ctl_format { CTL_HUMAN, CTL_JSON, CTL_NDJSON };

enum ctl_option_type {
	CTL_FLAG,     /* bool */
	CTL_STRING,   /* const char * */
	CTL_STRINGS,  /* struct ctl_strings, may be given several times */
	CTL_DURATION, /* int64_t microseconds */
	CTL_UINT,     /* uint64_t */
	CTL_CHOICE    /* int: index into words */
};

struct ctl_strings {
	const char **items;
	size_t count, cap;
};

struct ctl_option {
	const char *name; /* "--rules" */
	char letter;	  /* 'r', or 0 */
	enum ctl_option_type type;
	size_t offset;
	const char *argument;	  /* "PATH" in the help; NULL for flags */
	const char *const *words; /* CHOICE, NULL-ended */
	const char *doc;
};

struct ctl_verb {
	const char *name;
	const char *arguments; /* "[PATH..]" */
	const char *summary;
	const struct ctl_option *options;
	size_t option_count;
	int (*run)(int argc, char **argv, const struct ctl_verb *verb);
};

/*
 * Fills the struct at `into` (with its defaults set) from argv; what is no
 * option goes to `rest`.  False: the message has been printed, exit
 * CTL_USAGE.
 */
bool ctl_parse(const struct ctl_verb *verb, int argc, char **argv, void *into,
    struct ctl_strings *rest);

/* Frees lists; accepts empty ones. */
void ctl_strings_add(struct ctl_strings *strings, const char *item);
void ctl_strings_done(struct ctl_strings *strings);

void ctl_help(const struct ctl_verb *verb);

extern const char *const ctl_color_words[]; /* auto, always, never */
enum ctl_color { CTL_COLOR_AUTO, CTL_COLOR_ALWAYS, CTL_COLOR_NEVER };

/* Honours NO_COLOR; `fd` is where it will be printed. */
bool ctl_use_color(int color, int fd);

/* Findings to stderr, or as JSON lines to stdout. */
void ctl_print_diag(const struct diag *diag, enum ctl_format format, int color);
/* Writes all of it and empties the buffer; false (errno) if that fails: a full
 * disk must not look like no findings. */
bool ctl_print(struct buffer *buffer, int fd);

extern const struct ctl_verb ctl_alerts;
extern const struct ctl_verb ctl_backtest;
extern const struct ctl_verb ctl_check;
extern const struct ctl_verb ctl_demo;
extern const struct ctl_verb ctl_explain;
extern const struct ctl_verb ctl_explain_code;
extern const struct ctl_verb ctl_config;
extern const struct ctl_verb ctl_health;
extern const struct ctl_verb ctl_log_level;
extern const struct ctl_verb ctl_reload;
extern const struct ctl_verb ctl_status;

#endif
