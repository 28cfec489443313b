/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "correlate/watermark.h"

static const struct correlate_input inputs[] = {
	{ 10, { SPAN("db"), SPAN("niche"), SPAN_NONE } },
	{ 1000, { SPAN_NONE, SPAN("PNC"), SPAN_NONE } },
	{ 20, { SPAN_NONE, SPAN_NONE, SPAN_NONE } },
};

#define INPUTS 3

static const struct {
	const char *name;
	struct logsource rule;
	bool want[INPUTS];
} reach_cases[] = {
	{ "names nothing: all", { SPAN_NONE, SPAN_NONE, SPAN_NONE },
	    { true, true, true } },
	{ "an input that declares another value is out",
	    { SPAN_NONE, SPAN("pnc"), SPAN_NONE }, { false, true, true } },
	{ "one that declares nothing is open to all",
	    { SPAN("web"), SPAN_NONE, SPAN_NONE }, { false, true, true } },
	{ "every attribute must agree", { SPAN("db"), SPAN("pnc"), SPAN_NONE },
	    { false, true, true } },
	{ "an attribute only the rule names excludes nothing",
	    { SPAN("db"), SPAN("niche"), SPAN("audit") },
	    { true, false, true } },
};

static void
test_reach(void **unused)
{
	struct watermark *watermark = watermark_new(inputs, INPUTS);

	(void)unused;
	for (size_t i = 0; i < sizeof(reach_cases) / sizeof(*reach_cases);
	    i++) {
		bool reached[INPUTS] = { false };

		watermark_reach(watermark, &reach_cases[i].rule, reached);
		for (size_t k = 0; k < INPUTS; k++) {
			if (reached[k] != reach_cases[i].want[k])
				testing_fail(reach_cases[i].name,
				    "input %zu: got %d, want %d", k, reached[k],
				    reach_cases[i].want[k]);
		}
	}
	watermark_free(watermark);
}

enum action { SEEN, IDLE, FORGET };

/* Clock 0 has inputs 0 and 2 (lateness 20), clock 1 input 1 (1000). */
static const struct {
	const char *name;
	enum action action;
	uint32_t feed, input;
	int64_t time_us;
	int64_t want[2]; /* settled, after this step */
} steps[] = {
	{ "nothing seen", IDLE, 9, 0, 0, { INT64_MIN, INT64_MIN } },
	{ "one feed", SEEN, 0, 0, 5000, { 4980, INT64_MIN } },
	{ "a feed announced holds nothing back that has passed", SEEN, 1, 2,
	    INT64_MIN, { 4980, INT64_MIN } },
	{ "but all from then on", SEEN, 0, 0, 6000, { 4980, INT64_MIN } },
	{ "the least of two", SEEN, 1, 2, 5500, { 5480, INT64_MIN } },
	{ "another rule's input does not matter", SEEN, 2, 1, 9000,
	    { 5480, 8000 } },
	{ "an older time changes nothing", SEEN, 1, 2, 10, { 5480, 8000 } },
	{ "an idle feed is left out", IDLE, 1, 2, 0, { 5980, 8000 } },
	{ "awake again, it holds back but nothing goes back", SEEN, 1, 2, 5600,
	    { 5980, 8000 } },
	{ "until it has caught up", SEEN, 1, 2, 6500, { 5980, 8000 } },
	{ "both move", SEEN, 0, 0, 7000, { 6480, 8000 } },
	{ "idle the slower", IDLE, 1, 2, 0, { 6980, 8000 } },
	{ "all idle: the greatest time seen", IDLE, 0, 0, 0, { 6980, 8000 } },
	{ "a slow one alone awake", SEEN, 1, 2, 6600, { 6980, 8000 } },
	{ "forgotten, it counts no more", FORGET, 1, 2, 0, { 6980, 8000 } },
	{ "the other goes on alone", SEEN, 0, 0, 9000, { 8980, 8000 } },
	{ "no feed at all: it stays", FORGET, 0, 0, 0, { 8980, 8000 } },
	{ "a new owner starts anew", SEEN, 0, 0, 1, { 8980, 8000 } },
};

static void
test_settling(void **unused)
{
	struct watermark *watermark = watermark_new(inputs, INPUTS);
	static const bool first[] = { true, false, true };
	static const bool second[] = { false, true, false };
	uint32_t clocks[2];

	(void)unused;
	clocks[0] = watermark_clock(watermark, first);
	clocks[1] = watermark_clock(watermark, second);
	assert_int_equal(watermark_clock(watermark, first), clocks[0]);
	assert_int_equal(watermark_lateness(watermark, clocks[0]), 20);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		switch (steps[i].action) {
		case SEEN:
			watermark_seen(watermark, steps[i].feed, steps[i].input,
			    steps[i].time_us);
			break;
		case IDLE:
			watermark_idle(watermark, steps[i].feed);
			break;
		case FORGET:
			watermark_forget(watermark, steps[i].feed);
			break;
		}
		watermark_advance(watermark);
		for (size_t k = 0; k < 2; k++) {
			int64_t got = watermark_settled(watermark, clocks[k]);

			if (got != steps[i].want[k])
				testing_fail(steps[i].name,
				    "clock %zu: got %lld, want %lld", k,
				    (long long)got,
				    (long long)steps[i].want[k]);
		}
	}
	watermark_free(watermark);
}

static void
test_feed_time(void **unused)
{
	struct watermark *watermark = watermark_new(inputs, INPUTS);

	(void)unused;
	assert_int_equal(watermark_feed_time(watermark, 3), INT64_MIN);
	watermark_seen(watermark, 3, 0, 70);
	watermark_seen(watermark, 3, 0, 60);
	assert_int_equal(watermark_feed_time(watermark, 3), 70);
	assert_int_equal(watermark_feed_time(watermark, 2), INT64_MIN);
	watermark_forget(watermark, 3);
	assert_int_equal(watermark_feed_time(watermark, 3), INT64_MIN);
	watermark_free(watermark);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_settling),
		cmocka_unit_test(test_feed_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
