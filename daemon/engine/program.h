/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process around the service: reads the configuration, runs the loop,
 * turns signals into calls.  SIGHUP loads the rules anew, SIGTERM and SIGINT
 * commit what is computed and end.
 */
#ifndef ENGINE_PROGRAM_H
#define ENGINE_PROGRAM_H

#include "engine/service.h"

struct program_options {
	const char *config_path;
	const char
	    *instance;	 /* NULL: the configuration's, or the host's name */
	bool only_check; /* configuration and rules, then end */
	enum service_start start_from;
	bool is_forced; /* start with far fewer rules than before */
};

/* Findings go to standard error.  Returns the exit status (sysexits.h). */
int program_run(const struct program_options *options);

#endif
