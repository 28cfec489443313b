/* SPDX-License-Identifier: Apache-2.0 */
/* Adds to what an event's matching led to. */
#ifndef MATCH_RESULT_H
#define MATCH_RESULT_H

#include "match/match.h"

void result_add_hit(struct match_result *result, const struct rule *rule,
    const struct event *event);
void result_add_unknown(struct match_result *result, const struct rule *rule,
    const struct event *event);

#endif
