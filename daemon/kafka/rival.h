/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is another process of our name alive?  A broker calls a static member
 * fenced also when it was we ourselves who joined again and a late request of
 * ours still bore the old member's id (as when a broker restarts).  Only
 * another process is a reason not to start again; its producer fences ours
 * before it joins any group, so ours can tell.
 */
#ifndef KAFKA_RIVAL_H
#define KAFKA_RIVAL_H

#include "kafka/kafka_internal.h"

/* Fails: with 78 and the instance's name if another process has it, with 75
 * otherwise.  Does nothing when called again. */
void kafka_rival_report(struct kafka *kafka, const char *group);

#endif
