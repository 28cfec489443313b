/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files through the engine at its full speed: what backtest runs.  Several
 * files are merged record by record on time.
 */
#ifndef ENGINE_REPLAY_H
#define ENGINE_REPLAY_H

#include "engine/engine.h"

struct replay_options {
	const char *const *files; /* "-" is standard input */
	size_t file_count;
	struct mapping *mapping;
	struct logsource logsource;
	int64_t lateness_us;
	bool close_episodes; /* tell what only the end of the files closed */
	uint64_t record_bytes;
};

/* An output: an alert, or a rejected record. */
typedef void replay_emit(void *context, const struct port_output *output);

/*
 * Takes the rule set.  False if a file cannot be opened or read on; what was
 * read before that has been run and emitted.
 */
bool replay_run(struct rule_set *rules, const struct replay_options *options,
    replay_emit *emit, void *context, struct engine_counters *ret_counts,
    struct error *err);

#endif
