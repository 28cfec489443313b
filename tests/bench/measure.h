/* SPDX-License-Identifier: Apache-2.0 */
/* Times of several runs of the same thing, told as a line of JSON. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>

#define MEASURE_RUNS_MAX 100

struct measure {
	const char *bench;
	const char *stage;
	size_t events;
	size_t bytes;
	unsigned runs;
	double cpu_s[MEASURE_RUNS_MAX];
	double wall_s[MEASURE_RUNS_MAX];
	double start_cpu_s, start_wall_s;
};

/* Of this thread; laps between begin and lap add up within one run. */
void measure_run(struct measure *measure); /* a further run */
void measure_begin(struct measure *measure);
void measure_lap(struct measure *measure);

/*
 * Prints {"bench", "stage", "events", "runs", ...}: events per second of CPU
 * time and of wall time (median), the spread of the former (greatest less
 * least, in per cent of the median), nanoseconds of CPU time per event, MB/s.
 * `more` is appended as it is: "" or ", \"key\": value".
 */
void measure_print(const struct measure *measure, const char *more);

/* Resident memory of this process now, in bytes. */
size_t measure_resident(void);

#endif
