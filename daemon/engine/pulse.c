/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "engine/tally.h"

#include "engine/pulse.h"

void
pulse_done(struct pulse *pulse)
{
	mem_free(pulse->feeds);
	pulse->feeds = NULL;
	pulse->feed_count = pulse->feed_cap = 0;
}

static void
take_feed(void *context, const struct kafka_feed *feed)
{
	struct pulse *pulse = context;

	pulse->feeds = mem_grow(pulse->feeds, &pulse->feed_cap,
	    pulse->feed_count + 1, sizeof(*pulse->feeds));
	pulse->feeds[pulse->feed_count++] = (struct frame_heartbeat_feed){
		.topic = feed->topic,
		.partition = feed->partition,
		.offset = feed->committed,
		.lag = feed->lag,
	};
}

static struct correlate_drops
all_drops(const struct engine *engine)
{
	struct correlate_drops sum = { 0 };
	size_t count;
	const struct tally_rule *const *rules = tally_rules(
	    engine_tally(engine), &count);

	for (size_t i = 0; i < count; i++) {
		sum.late += rules[i]->drops.late;
		sum.no_group += rules[i]->drops.no_group;
		sum.limited += rules[i]->drops.limited;
		sum.suppressed += rules[i]->drops.suppressed;
	}
	return sum;
}

static void
take_counts(struct pulse *pulse, const struct engine_counters *counters,
    const struct correlate_drops *drops)
{
	const struct frame_heartbeat_count counts[PULSE_COUNTS] = {
		{ "records", counters->records },
		{ "alerts", counters->alerts },
		{ "rejected", counters->rejected },
		{ "late", counters->late },
		{ "unknown", counters->unknown },
		{ "no_group", drops->no_group },
		{ "limited", drops->limited },
		{ "suppressed", drops->suppressed },
	};

	memcpy(pulse->counts, counts, sizeof(counts));
}

void
pulse_take(struct pulse *pulse, const struct engine *engine,
    const struct kafka *kafka, struct frame_heartbeat *heartbeat)
{
	const struct rule_set *rules = engine_rules(engine);
	struct correlate_drops drops = all_drops(engine);
	struct engine_counters counters;

	engine_get_counters(engine, &counters);
	take_counts(pulse, &counters, &drops);
	pulse->feed_count = 0;
	kafka_each_feed(kafka, take_feed, pulse);
	memcpy(heartbeat->ruleset, rules->hash, sizeof(heartbeat->ruleset));
	heartbeat->rules = rules->count;
	heartbeat->count_count = PULSE_COUNTS;
	heartbeat->counts = pulse->counts;
	heartbeat->feeds = pulse->feeds;
	heartbeat->feed_count = pulse->feed_count;
}
