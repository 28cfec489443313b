/* SPDX-License-Identifier: Apache-2.0 */
/* One rule against one event, both written as YAML. */
#ifndef CONFORMANCE_MATCHING_H
#define CONFORMANCE_MATCHING_H

#include "match/match.h"
#include "rule/rule_load.h"
#include "support/testing.h"

/*
 * `rule` is the whole text of a file, `event` a flow map: {a: x, b: [1, 2]};
 * a map in it is a nested object.  Fails the test if the rule does not load
 * or if the matcher and match_expr() disagree.
 */
enum verdict matching_run(const char *name, const char *rule,
    const char *event);

/* The same for a detection's inside, such as "sel: {a: x}, condition: sel". */
enum verdict matching_detection(const char *name, const char *detection,
    const char *event);

/* Everything below a folder of its own, which matching_done() removes. */
const char *matching_folder(void);
void matching_write(const char *path, const char *text);
void matching_done(void);

const char *matching_verdict_name(enum verdict verdict);

#endif
