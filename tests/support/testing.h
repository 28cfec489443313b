/* SPDX-License-Identifier: Apache-2.0 */
/* What unit tests share beside cmocka; includes what cmocka needs first. */
#ifndef SUPPORT_TESTING_H
#define SUPPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

/*
 * Fails the test and prints both, escaped as in C, unless they are equal.
 * The second form names the case of a table.
 */
#define assert_span_equal(got, want)                                           \
	testing_span_equal(NULL, (got), (want), __FILE__, __LINE__)
#define assert_span_equal_in(name, got, want)                                  \
	testing_span_equal((name), (got), (want), __FILE__, __LINE__)
void testing_span_equal(const char *name, struct span got, struct span want,
    const char *file, int line);

/*
 * Fails the test of a case of a table with what was got and wanted, printed
 * as by printf: testing_fail(case->name, "got %d, want %d", got, want).
 */
#define testing_fail(name, ...)                                                \
	testing_fail_at((name), __FILE__, __LINE__, __VA_ARGS__)
void testing_fail_at(const char *name, const char *file, int line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The whole file below tests/data, NUL-terminated; the caller frees. */
char *testing_read_data(const char *path, size_t *ret_len);

#endif
