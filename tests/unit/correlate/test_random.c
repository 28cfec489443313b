/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated hits, in any order within the lateness, against the definitions.
 *
 * INTEGRITY_RANDOM_CASES is how many sequences (default 10000), and
 * INTEGRITY_RANDOM_SEED the first one's seed (default 1); a failure names the
 * seed of its sequence.
 */
#include <stdlib.h>

#include "support/episodes.h"
#include "unit/correlate/world.h"

#define HITS_MAX 320
#define GROUPS 2
#define FEEDS_MAX 4
#define JUDGED 1 /* index of the rule that is compared */

static uint64_t state;

/* SplitMix64 (Steele, Lea, Flood, 2014). */
static uint64_t
next_random(void)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t
below(uint32_t limit)
{
	return (uint32_t)(next_random() % limit);
}

struct sequence {
	struct episodes_rule rule;
	struct episodes_hit hits[HITS_MAX];
	size_t count;
	int64_t lateness_us;
	uint32_t feeds;
	uint32_t samples;
	uint32_t peak_values;
	bool is_lagging;
	/* the order of arrival */
	uint32_t order[HITS_MAX];
	uint32_t feed_of[HITS_MAX];
	bool ends_batch[HITS_MAX];
};

static void
make_condition(struct episodes_rule *rule)
{
	static const enum compare_op ops[] = { COMPARE_GTE, COMPARE_GTE,
		COMPARE_GT, COMPARE_LT, COMPARE_LTE, COMPARE_EQ, COMPARE_NEQ };
	uint32_t limit = below(8);

	rule->bound_count = 1;
	rule->bounds[0] = (struct correlation_bound){
		ops[below(sizeof(ops) / sizeof(*ops))], limit
	};
	if (below(4) == 0) {
		rule->bounds[0].op = below(2) ? COMPARE_GTE : COMPARE_GT;
		rule->bounds[1].op = below(2) ? COMPARE_LT : COMPARE_LTE;
		rule->bounds[1].limit = limit + 1 + below(6);
		rule->bound_count = 2;
	}
	if (below(8) == 0)
		rule->bounds[0].limit += 0.5;
}

/* Bursts and gaps, with many steps of exactly 0, 1, the span and span + 1. */
static int64_t
make_step(int64_t span_us, uint32_t style)
{
	switch (below(style == 0 ? 4 : style == 1 ? 12 : 40)) {
	case 0:
		return span_us;
	case 1:
		return span_us + 1;
	case 2:
		return (int64_t)below((uint32_t)span_us * 2 + 2);
	case 3:
	case 4:
	case 5:
		return 0;
	default:
		return style == 2 ? below(2) : (int64_t)below(4);
	}
}

static void
make_hits(struct sequence *sequence)
{
	uint32_t style = below(3), groups = 1 + below(GROUPS);
	uint32_t values = 1 + below(12), skew = below(3);
	int64_t at_us = 0;

	sequence->count = 1 + below(below(4) == 0 ? HITS_MAX : 40);
	for (size_t i = 0; i < sequence->count; i++) {
		struct episodes_hit *hit = &sequence->hits[i];

		at_us += make_step(sequence->rule.span_us, style);
		*hit = (struct episodes_hit){ .group = below(groups),
			.at_us = at_us,
			.value_count = 1 + (below(6) == 0 ? below(4) : 0) };
		for (uint32_t k = 0; k < hit->value_count; k++)
			hit->values[k] = skew > 0 && below(3) > 0 ?
			    below(2) :
			    below(values);
	}
}

/* Keeps the order within each feed, but one may lag behind another at will:
 * the watermark has to wait for it. */
static void
merge_feeds(struct sequence *sequence)
{
	uint32_t order[HITS_MAX], next[FEEDS_MAX] = { 0 };
	uint32_t favourite = below(sequence->feeds);

	memcpy(order, sequence->order, sizeof(order));
	for (uint32_t k = 0; k < sequence->count;) {
		uint32_t feed = below(3) == 0 ? below(sequence->feeds) :
						favourite;
		uint32_t i = next[feed];

		while (i < sequence->count &&
		    sequence->feed_of[order[i]] != feed)
			i++;
		next[feed] = i + 1;
		if (i < sequence->count)
			sequence->order[k++] = order[i];
		else
			favourite = below(sequence->feeds);
	}
}

/*
 * Shuffled so that no hit comes after one that is more than the lateness
 * younger: a hit's place is that of its time plus some delay up to that.
 */
static void
make_order(struct sequence *sequence)
{
	int64_t keys[HITS_MAX];
	bool in_order = below(4) == 0;
	uint32_t batch = 1 + below(below(2) == 0 ? 3 : 60);

	for (uint32_t i = 0; i < sequence->count; i++) {
		int64_t delay_us = in_order ?
		    0 :
		    (int64_t)below((uint32_t)sequence->lateness_us + 1);
		uint32_t k = i;

		for (;
		    k > 0 && keys[k - 1] > sequence->hits[i].at_us + delay_us;
		    k--) {
			keys[k] = keys[k - 1];
			sequence->order[k] = sequence->order[k - 1];
		}
		keys[k] = sequence->hits[i].at_us + delay_us;
		sequence->order[k] = i;
		sequence->feed_of[i] = below(sequence->feeds);
	}
	for (uint32_t i = 0; i < sequence->count; i++)
		sequence->ends_batch[i] = below(batch) == 0;
	if (sequence->is_lagging)
		merge_feeds(sequence);
}

static void
make_sequence(struct sequence *sequence, uint64_t seed)
{
	state = seed;
	*sequence = (struct sequence){
		.rule.kind = below(2) ? CORRELATION_VALUE_COUNT :
					CORRELATION_EVENT_COUNT,
		.rule.span_us = 1 + below(below(2) ? 12 : 100),
	};
	make_condition(&sequence->rule);
	make_hits(sequence);
	sequence->lateness_us = below(3) == 0 ? 0 : below(200);
	sequence->feeds = 1 + below(FEEDS_MAX);
	sequence->samples = below(4) == 0 ? 10 : below(4);
	sequence->is_lagging = below(3) == 0;
	sequence->peak_values = below(3) == 0 ? 0 : 1;
	make_order(sequence);
}

static void
play(struct world *world, const struct sequence *sequence)
{
	for (size_t i = 0; i < sequence->count; i++) {
		const struct episodes_hit
		    *hit = &sequence->hits[sequence->order[i]];
		char group[16], values[64];
		size_t len = 0;

		(void)snprintf(group, sizeof(group), "%u", hit->group);
		for (uint32_t k = 0; k < hit->value_count; k++)
			len += (size_t)snprintf(values + len,
			    sizeof(values) - len, "%s%u", k ? "," : "",
			    hit->values[k]);
		world_hit(world, 0, sequence->feed_of[sequence->order[i]],
		    hit->at_us, group, values);
		if (!sequence->ends_batch[i])
			continue;
		world_batch(world);
		/* A reload to the same rules changes nothing. */
		if (below(8) == 0)
			correlate_set_rules(world->correlate, &world->set, NULL,
			    NULL);
	}
	world_batch(world);
	world_end(world);
}

static void
start(struct world *world, const struct sequence *sequence)
{
	struct world_rule *made;

	world_init(world);
	world->limits.peak_values = sequence->peak_values;
	world->inputs[0].lateness_us = sequence->lateness_us;
	world_rule(world, "base");
	made = world_correlation(world, "many", 0, sequence->rule.kind,
	    sequence->rule.span_us, COMPARE_GTE, 1);
	made->rule.extension.samples = sequence->samples;
	made->correlation.bounds[0] = sequence->rule.bounds[0];
	made->correlation.bounds[1] = sequence->rule.bounds[1];
	made->correlation.bound_count = sequence->rule.bound_count;
	/* Another rule's windows stand in the same groups. */
	world_correlation(world, "other", 0, CORRELATION_VALUE_COUNT,
	    2 * sequence->rule.span_us, COMPARE_GTE, 2);
	world_start(world);
	for (uint32_t i = 0; i < sequence->feeds; i++)
		correlate_seen(world->correlate, i, 0, INT64_MIN);
}

/* The ids, with what was last told of each. */
struct alert {
	uint64_t id;
	struct world_told last;
	uint32_t opened;
};

static const char *
note_told(const struct world_told *told, struct alert *alerts, size_t *count)
{
	size_t i = 0;

	while (i < *count && alerts[i].id != told->id)
		i++;
	if (i == *count) {
		if (told->kind != DETECTION_OPEN || told->revision != 1)
			return "told before it was opened";
		(*count)++;
		alerts[i] = (struct alert){ .id = told->id };
	} else if (told->kind == DETECTION_OPEN) {
		return "an id opened twice";
	} else if (told->revision != alerts[i].last.revision + 1) {
		return "a revision left out";
	} else if (alerts[i].last.kind == DETECTION_CLOSE ||
	    alerts[i].last.kind == DETECTION_MERGED) {
		return "told after its end";
	}
	if (told->kind == DETECTION_CLOSE || told->kind == DETECTION_UPDATE) {
		if (told->count < alerts[i].last.count)
			return "a count fell";
	}
	alerts[i].last = *told;
	return NULL;
}

static bool
is_episode(const struct world_told *told,
    const struct episodes_episode *episode)
{
	return (uint32_t)atoi(told->group) == episode->group &&
	    told->first_us == episode->first_us &&
	    told->last_us == episode->last_us && told->count == episode->count;
}

static const char *
compare_alerts(const struct alert *alerts, size_t alert_count,
    const struct episodes_episode *episodes, size_t count)
{
	size_t left = count;

	for (size_t i = 0; i < alert_count; i++) {
		const struct world_told *told = &alerts[i].last;
		size_t k = 0;

		if (told->kind == DETECTION_MERGED)
			continue;
		if (told->kind != DETECTION_CLOSE)
			return "never closed";
		while (k < count && !is_episode(told, &episodes[k]))
			k++;
		if (k == count)
			return "an episode that is none";
		left--;
	}
	return left > 0 ? "an episode is missing" : NULL;
}

/* At most `samples`, and right for an episode that is not longer than that:
 * the generated offsets number the hits in the order of arrival. */
static const char *
check_evidence(const struct sequence *sequence, const struct world_told *told)
{
	uint32_t want = told->count < sequence->samples ?
	    (uint32_t)told->count :
	    sequence->samples;
	uint32_t half = sequence->samples - sequence->samples / 2;
	int64_t times[HITS_MAX];
	uint32_t count = 0;

	if (told->evidence_count != want)
		return "wrong number of evidence";
	for (size_t i = 0; i < sequence->count; i++) {
		const struct episodes_hit *hit = &sequence->hits[i];

		if (hit->group == (uint32_t)atoi(told->group) &&
		    hit->at_us >= told->first_us && hit->at_us <= told->last_us)
			times[count++] = hit->at_us;
	}
	/* The hits were made in the order of time. */
	for (uint32_t i = 0; i < want; i++) {
		uint32_t arrival = sequence->order[told->evidence[i]];
		uint32_t at = i < half ? i : count - (want - i);

		if (sequence->hits[arrival].at_us != times[at])
			return "wrong evidence";
	}
	return NULL;
}

/* A peak is told as "at least": it must have been there, and is exact where
 * so many values are told apart. */
static const char *
check_peak(const struct sequence *sequence, const struct world_told *told)
{
	uint64_t greatest = 0;

	for (size_t i = 0; i < sequence->count; i++) {
		const struct episodes_hit *hit = &sequence->hits[i];
		uint64_t measure;

		if (hit->group != (uint32_t)atoi(told->group) ||
		    hit->at_us < told->first_us || hit->at_us > told->last_us)
			continue;
		measure = episodes_measure(&sequence->rule, sequence->hits,
		    sequence->count, i);
		if (!episodes_is_satisfied(&sequence->rule, measure))
			continue;
		greatest = measure > greatest ? measure : greatest;
	}
	if (told->peak > (double)greatest || told->peak < 1)
		return "a peak that never was";
	if (sequence->rule.kind == CORRELATION_VALUE_COUNT &&
	    sequence->peak_values == 0 && told->peak != (double)greatest)
		return "a peak missed";
	return NULL;
}

static const char *
check(const struct world *world, const struct sequence *sequence,
    const struct episodes_episode *episodes, size_t episode_count)
{
	static struct alert alerts[HITS_MAX];
	struct correlate_stats stats;
	size_t alert_count = 0;
	const char *fault = NULL;

	for (size_t i = 0; i < world->told_count && fault == NULL; i++) {
		if (world->told[i].rule != JUDGED)
			continue;
		fault = note_told(&world->told[i], alerts, &alert_count);
		if (fault == NULL && world->told[i].kind == DETECTION_CLOSE)
			fault = check_evidence(sequence, &world->told[i]);
		if (fault == NULL && world->told[i].kind == DETECTION_CLOSE)
			fault = check_peak(sequence, &world->told[i]);
	}
	if (fault != NULL)
		return fault;
	correlate_get_stats(world->correlate, &stats);
	if (stats.groups != 0 || stats.hits_held != 0 || stats.bytes != 0)
		return "something is held after the end";
	if (stats.late != 0)
		return "something was late";
	return compare_alerts(alerts, alert_count, episodes, episode_count);
}

static void
print_sequence(const struct sequence *sequence, const struct world *world,
    const struct episodes_episode *episodes, size_t episode_count)
{
	print_message("%s, span %lld, lateness %lld, feeds %u, bounds",
	    sequence->rule.kind == CORRELATION_EVENT_COUNT ? "event_count" :
							     "value_count",
	    (long long)sequence->rule.span_us, (long long)sequence->lateness_us,
	    sequence->feeds);
	for (uint32_t i = 0; i < sequence->rule.bound_count; i++)
		print_message(" op %d %g", (int)sequence->rule.bounds[i].op,
		    sequence->rule.bounds[i].limit);
	print_message("\narrival:");
	for (size_t i = 0; i < sequence->count; i++) {
		const struct episodes_hit
		    *hit = &sequence->hits[sequence->order[i]];

		print_message(" %u@%lld(", hit->group, (long long)hit->at_us);
		for (uint32_t k = 0; k < hit->value_count; k++)
			print_message("%s%u", k ? "," : "", hit->values[k]);
		print_message(")%s", sequence->ends_batch[i] ? " |" : "");
	}
	print_message("\n");
	for (size_t i = 0; i < episode_count; i++)
		print_message("want group %u [%lld, %lld] count %llu\n",
		    episodes[i].group, (long long)episodes[i].first_us,
		    (long long)episodes[i].last_us,
		    (unsigned long long)episodes[i].count);
	for (size_t i = 0; i < world->told_count; i++) {
		const struct world_told *told = &world->told[i];

		if (told->rule != JUDGED)
			continue;
		print_message("told %s %s r%u %016llx [%lld, %lld] %llu\n",
		    told->group, detection_kind_names[told->kind],
		    told->revision, (unsigned long long)told->id,
		    (long long)told->first_us, (long long)told->last_us,
		    (unsigned long long)told->count);
	}
}

static void
run_sequence(uint64_t seed)
{
	static struct sequence sequence;
	static struct episodes_episode episodes[HITS_MAX];
	struct world world;
	size_t episode_count;
	const char *fault;

	make_sequence(&sequence, seed);
	episode_count = episodes_find(&sequence.rule, sequence.hits,
	    sequence.count, episodes);
	start(&world, &sequence);
	play(&world, &sequence);
	fault = check(&world, &sequence, episodes, episode_count);
	if (fault != NULL) {
		print_sequence(&sequence, &world, episodes, episode_count);
		fail_msg("seed %llu: %s", (unsigned long long)seed, fault);
	}
	world_done(&world);
}

static uint64_t
from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void
test_any_order_finds_the_same_episodes(void **unused)
{
	uint64_t cases = from_environment("INTEGRITY_RANDOM_CASES", 10000);
	uint64_t seed = from_environment("INTEGRITY_RANDOM_SEED", 1);

	(void)unused;
	for (uint64_t i = 0; i < cases; i++)
		run_sequence(seed + i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order_finds_the_same_episodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
