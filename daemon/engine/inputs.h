/* SPDX-License-Identifier: Apache-2.0 */
/* The configured inputs, with their mappings opened. */
#ifndef ENGINE_INPUTS_H
#define ENGINE_INPUTS_H

#include "config/config.h"
#include "engine/engine.h"

struct inputs {
	struct engine_input *items;
	struct mapping **mappings;
	size_t count;
};

/* Findings go to diag. */
bool inputs_open(const struct config *config, struct diag *diag,
    struct inputs *ret_inputs);
void inputs_close(struct inputs *inputs);

#endif
