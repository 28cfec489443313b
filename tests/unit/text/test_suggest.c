/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "text/suggest.h"

/* Counted by hand, as optimal string alignment. */
static const struct {
	const char *a, *b;
	unsigned want;
} distances[] = {
	{ "", "", 0 },
	{ "", "abc", 3 },
	{ "abc", "", 3 },
	{ "abc", "abc", 0 },
	{ "kitten", "sitting", 3 },
	{ "saturday", "sunday", 3 },
	{ "treshold", "threshold", 1 },
	{ "tpoic", "topic", 1 },
	{ "ab", "ba", 1 },
	{ "ca", "abc", 3 }, /* 2 if a swapped pair could be parted again */
	{ "abcd", "badc", 2 },
	{ "Topic", "topic", 1 },
};

static void
test_distance(void **state)
{
	size_t i;
	unsigned got;

	(void)state;
	for (i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
		got = suggest_distance(span_of(distances[i].a),
		    span_of(distances[i].b));
		if (got != distances[i].want)
			testing_fail(distances[i].a, "to %s: got %u, want %u",
			    distances[i].b, got, distances[i].want);
	}
}

static const char *const keys[] = { "topic", "mapping", "logsource",
	"time_field", "time_zone", "gt", "gte", "start" };

static const struct {
	const char *word;
	const char *want;
} nearest[] = {
	{ "topics", "topic" },
	{ "TOPIC", "topic" },
	{ "maping", "mapping" },
	{ "time-zone", "time_zone" },
	{ "timezone", "time_zone" },
	{ "timefeild", "time_field" },
	{ "strat", "start" },
	{ "get", "gt" }, /* as near as gte, and first */
	{ "log", "logsource" },
	{ "lo", NULL },
	{ "map", "mapping" },
	{ "x", NULL },
	{ "", NULL },
	{ "condition", NULL },
	{ "a-word-that-is-longer-than-any-name-that-somebody-might-misspell-"
	  "in-earnest",
	    NULL },
};

static void
test_nearest(void **state)
{
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nearest) / sizeof(nearest[0]); i++) {
		got = suggest_nearest(span_of(nearest[i].word), keys,
		    sizeof(keys) / sizeof(keys[0]));
		if ((got == NULL) != (nearest[i].want == NULL) ||
		    (got != NULL && strcmp(got, nearest[i].want) != 0))
			testing_fail(nearest[i].word, "got %s, want %s",
			    got ? got : "nothing",
			    nearest[i].want ? nearest[i].want : "nothing");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests_name("text.suggest", tests, NULL, NULL);
}
