/* SPDX-License-Identifier: Apache-2.0 */
/* A rule test as read from its file: what happens, what must fire. */
#ifndef ENGINE_SCENARIO_H
#define ENGINE_SCENARIO_H

#include "model/value_list.h"
#include "text/yaml.h"

struct scenario_event {
	int64_t time_us;
	uint64_t order; /* of equal times: as written */
	struct span json;
};

struct scenario_expect {
	struct span rule;
	const struct yaml_node *group; /* NULL: any */
	int64_t count;		       /* -1: any */
	struct diag_place place;
	bool is_met;
};

struct scenario {
	struct span name;
	struct diag_place place;
	struct scenario_event *events;
	size_t event_count;
	struct scenario_expect *expects;
	size_t expect_count;
	struct value_list **lists; /* freed by scenario_done() */
	size_t list_count;
};

/* All tests of a file, in the arena; false if the file is wrong. */
bool scenario_read(struct arena *arena, struct diag *diag, const char *path,
    struct scenario **ret_tests, size_t *ret_count);
void scenario_done(struct scenario *test);

#endif
