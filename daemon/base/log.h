/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's log, on standard error; under systemd with the priority
 * prefixes of sd-daemon(3).  Never carries a person or a record.
 * A message is one line: control characters in it become blanks.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Default: LOG_LEVEL_INFO, prefixes when $JOURNAL_STREAM is set. */
void log_set_level(enum log_level level);
bool log_level_of(const char *name, enum log_level *ret_level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * What was logged as an error or a warning, whatever the level: how often, and
 * the last of them (cut to `size`); false if there was none.
 */
uint64_t log_count(enum log_level level);
bool log_last_problem(char *ret_text, size_t size, int64_t *ret_at_us);

/* The machine failed us: logs and exits with `status` (sysexits.h). */
_Noreturn void log_fatal(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
