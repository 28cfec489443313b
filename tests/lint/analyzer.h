/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read by clang-tidy before each file.  Its analyzer sees one file at a time
 * and cannot know that these always return false, so that a result is only
 * used where it was set.
 */
#ifndef LINT_ANALYZER_H
#define LINT_ANALYZER_H

#include "base/error.h"

#define error_set(...)                                                         \
	({                                                                     \
		error_set(__VA_ARGS__);                                        \
		false;                                                         \
	})
#define error_prefix(...)                                                      \
	({                                                                     \
		error_prefix(__VA_ARGS__);                                     \
		false;                                                         \
	})

#endif
