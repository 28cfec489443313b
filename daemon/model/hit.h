/* SPDX-License-Identifier: Apache-2.0 */
/* A rule's selection matched an event. */
#ifndef MODEL_HIT_H
#define MODEL_HIT_H

#include "model/rule.h"

struct hit {
	const struct rule *rule;   /* the event rule that matched */
	const struct event *event; /* until the batch is released */
};

/* A condition that could not be decided (a regex limit). */
struct unknown_hit {
	const struct rule *rule;
	const struct event *event;
};

#endif
