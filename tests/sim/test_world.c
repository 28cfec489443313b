/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds from seeds.  $SIM_SEEDS: how many, $SIM_FIRST: from which on;
 * $SIM_SEED: this one alone, with its whole trace.  Every fiftieth runs twice.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "support/testing.h"

#include "sim/sim.h"

#define SEEDS 500
#define TWICE_EVERY 50

static uint64_t
number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static bool
run_seed(uint64_t seed, bool is_verbose)
{
	uint64_t trace, again;

	if (!world_simulate(seed, is_verbose, &trace))
		return false;
	if (seed % TWICE_EVERY != 0)
		return true;
	if (!world_simulate(seed, false, &again))
		return false;
	if (trace != again)
		(void)fprintf(stderr,
		    "SIM_SEED=%" PRIu64 ": the second run differs\n", seed);
	return trace == again;
}

static void
test_seeds(void **state)
{
	uint64_t first = number_of("SIM_FIRST", 1), failed = 0;
	uint64_t count = number_of("SIM_SEEDS", SEEDS);

	(void)state;
	if (getenv("SIM_SEED") != NULL) {
		assert_true(run_seed(number_of("SIM_SEED", 0), true));
		return;
	}
	for (uint64_t seed = first; seed < first + count; seed++)
		failed += !run_seed(seed, false);
	if (failed > 0)
		testing_fail("seeds", "%" PRIu64 " of %" PRIu64 " failed",
		    failed, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("sim.world", tests, NULL, NULL);
}
