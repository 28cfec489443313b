/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A broken invariant is our bug: CHECK() stays in release, prints what was in
 * hand and aborts, so that systemd restarts and the state is restored.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <stdint.h>

#define CHECK(condition)                                                       \
	((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

/*
 * What is being worked on, printed by a failed CHECK.  The strings are
 * borrowed until the next call; NULL means none.
 */
void check_in_hand(const char *topic, int32_t partition, int64_t offset);
void check_rule_in_hand(const char *rule);

_Noreturn void check_failed(const char *condition, const char *file, int line);

/*
 * Casts a `void *` that came back from a library, after checking that it is
 * what we gave: the type's first member is `uint32_t magic`.  [Varnish]
 */
#define CHECK_CAST(type, want_magic, pointer)                                  \
	((struct type *)check_magic((pointer), (want_magic), #type))

void *check_magic(void *pointer, uint32_t want_magic, const char *type);

#endif
