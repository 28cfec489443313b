/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LINE_BYTES 4096
#define PROBLEM_BYTES 512

static const struct {
	const char *name;
	const char *prefix; /* sd-daemon(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", "<3>" },
	[LOG_LEVEL_WARNING] = { "warning", "<4>" },
	[LOG_LEVEL_INFO] = { "info", "<6>" },
	[LOG_LEVEL_DEBUG] = { "debug", "<7>" },
};

static enum log_level limit = LOG_LEVEL_INFO;

/* librdkafka's threads log too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t counts[LOG_LEVEL_DEBUG + 1];
static char problem[PROBLEM_BYTES];
static int64_t problem_us;

void
log_set_level(enum log_level level)
{
	limit = level;
}

bool
log_level_of(const char *name, enum log_level *ret_level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(name, levels[i].name) == 0) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* Text from outside must not be able to start a line of its own. */
static void
blank_controls(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = ' ';
	}
}

static size_t
format_line(char line[LINE_BYTES], enum log_level level, const char *format,
    va_list args)
{
	const char *prefix = getenv("JOURNAL_STREAM") != NULL ?
	    levels[level].prefix :
	    "";
	size_t start = strlen(prefix), room = LINE_BYTES - 1 - start, len;
	int want;

	memcpy(line, prefix, start);
	want = vsnprintf(line + start, room, format, args);
	len = strlen(line + start);
	if (want >= (int)room)
		memcpy(line + start + len - 3, "...", 3);
	while (len > 0 && line[start + len - 1] == '\n')
		len--;
	blank_controls(line + start, len);
	line[start + len] = '\n';
	return start + len + 1;
}

static void
note_problem(enum log_level level, const char *format, va_list args)
{
	char text[PROBLEM_BYTES];

	(void)vsnprintf(text, sizeof(text), format, args);
	blank_controls(text, strlen(text));
	(void)pthread_mutex_lock(&lock);
	counts[level]++;
	problem_us = clock_now_us();
	memcpy(problem, text, sizeof(problem));
	(void)pthread_mutex_unlock(&lock);
}

uint64_t
log_count(enum log_level level)
{
	uint64_t count;

	(void)pthread_mutex_lock(&lock);
	count = counts[level];
	(void)pthread_mutex_unlock(&lock);
	return count;
}

bool
log_last_problem(char *ret_text, size_t size, int64_t *ret_at_us)
{
	bool is_any;

	(void)pthread_mutex_lock(&lock);
	is_any = problem_us != 0;
	if (is_any) {
		(void)snprintf(ret_text, size, "%s", problem);
		*ret_at_us = problem_us;
	}
	(void)pthread_mutex_unlock(&lock);
	return is_any;
}

/* One write a line, so that lines of several threads do not mix. */
static void
log_line(enum log_level level, const char *format, va_list args)
{
	char line[LINE_BYTES];
	size_t len, done = 0;
	ssize_t n;
	int saved_errno = errno;
	va_list again;

	if (level <= LOG_LEVEL_WARNING) {
		va_copy(again, args);
		note_problem(level, format, again);
		va_end(again);
	}
	if (level > limit) {
		errno = saved_errno;
		return;
	}
	len = format_line(line, level, format, args);
	while (done < len) {
		n = write(STDERR_FILENO, line + done, len - done);
		if (n <= 0 && errno != EINTR)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	errno = saved_errno;
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void
log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}

_Noreturn void
log_fatal(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_LEVEL_ERROR, format, args);
	va_end(args);

	/* Not exit(): its handlers would run under threads that still work. */
	(void)fflush(NULL);
	_exit(status);
}
