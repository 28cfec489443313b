/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

#include "bench/measure.h"

static double
seconds(clockid_t clock)
{
	struct timespec now;

	CHECK(clock_gettime(clock, &now) == 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void
measure_run(struct measure *measure)
{
	CHECK(measure->runs < MEASURE_RUNS_MAX);
	measure->cpu_s[measure->runs] = 0;
	measure->wall_s[measure->runs] = 0;
	measure->runs++;
}

void
measure_begin(struct measure *measure)
{
	measure->start_wall_s = seconds(CLOCK_MONOTONIC);
	measure->start_cpu_s = seconds(CLOCK_THREAD_CPUTIME_ID);
}

void
measure_lap(struct measure *measure)
{
	measure->cpu_s[measure->runs - 1] += seconds(CLOCK_THREAD_CPUTIME_ID) -
	    measure->start_cpu_s;
	measure->wall_s[measure->runs - 1] += seconds(CLOCK_MONOTONIC) -
	    measure->start_wall_s;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(const double *values, unsigned count, double *ret_spread)
{
	double sorted[MEASURE_RUNS_MAX], middle;

	CHECK(count > 0);
	for (unsigned i = 0; i < count; i++)
		sorted[i] = values[i];
	qsort(sorted, count, sizeof(*sorted), compare);
	middle = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
	*ret_spread = (sorted[count - 1] - sorted[0]) / middle * 100;
	return middle;
}

void
measure_print(const struct measure *measure, const char *more)
{
	double cpu_spread, wall_spread;
	double cpu_s = median(measure->cpu_s, measure->runs, &cpu_spread);
	double wall_s = median(measure->wall_s, measure->runs, &wall_spread);

	printf("{\"bench\": \"%s\", \"stage\": \"%s\", \"events\": %zu, "
	       "\"runs\": %u, \"events_per_cpu_s\": %.0f, "
	       "\"events_per_s\": %.0f, \"spread_percent\": %.1f, "
	       "\"cpu_ns_per_event\": %.1f, \"mb_per_s\": %.0f%s}\n",
	    measure->bench, measure->stage, measure->events, measure->runs,
	    (double)measure->events / cpu_s, (double)measure->events / wall_s,
	    cpu_spread, cpu_s / (double)measure->events * 1e9,
	    (double)measure->bytes / 1e6 / cpu_s, more);
	(void)fflush(stdout);
}

size_t
measure_resident(void)
{
	size_t total, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%zu %zu", &total, &resident) != 2)
		resident = 0;
	(void)fclose(file);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}
