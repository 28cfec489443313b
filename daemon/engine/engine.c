/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"

#include "engine/engine_internal.h"

#define NOTICE_INTERVAL_US (3600 * CLOCK_US_PER_S)

const struct engine_options engine_options_default = {
	.correlate = { .groups_per_rule = 1000000 },
	.alert_bytes = 256 * 1024,
};

/* An attribute that the configuration declares wins over the mapping's. */
static struct span
declared(struct span by_input, struct span by_mapping)
{
	return by_input.len > 0 ? by_input : by_mapping;
}

static struct logsource
declared_logsource(const struct engine_input *input)
{
	struct logsource mapping = mapping_logsource(input->mapping);

	return (struct logsource){
		.category = declared(input->logsource.category,
		    mapping.category),
		.product = declared(input->logsource.product, mapping.product),
		.service = declared(input->logsource.service, mapping.service),
	};
}

static void
copy_inputs(struct engine *engine, const struct engine_options *options)
{
	size_t count = options->input_count;

	engine->options = *options;
	engine->inputs = mem_array(count, sizeof(*engine->inputs));
	engine->match_inputs = mem_array(count, sizeof(*engine->match_inputs));
	engine->correlate_inputs = mem_array(count,
	    sizeof(*engine->correlate_inputs));
	engine->stages = mem_array(count, sizeof(*engine->stages));
	for (size_t i = 0; i < count; i++) {
		engine->inputs[i] = options->inputs[i];
		engine->match_inputs[i]
		    .logsource = declared_logsource(&options->inputs[i]);
		engine->correlate_inputs[i] = (struct correlate_input){
			.lateness_us = options->inputs[i].lateness_us,
			.logsource = engine->match_inputs[i].logsource,
		};
	}
	engine->options.inputs = engine->inputs;
}

/* Everything that depends on the rule set's slots. */
static void
open_stages(struct engine *engine)
{
	const struct field_set *fields = engine->rules->fields;

	for (size_t i = 0; i < engine->options.input_count; i++) {
		const struct mapping *mapping = engine->inputs[i].mapping;

		engine->stages[i].decoder = decoder_new(mapping, fields,
		    &engine->options.decode);
		engine->stages[i].derive = derive_new(fields,
		    mapping_local_zone(mapping));
	}
	engine->matcher = matcher_new(engine->rules, engine->match_inputs,
	    engine->options.input_count);
}

static void
close_stages(struct engine *engine)
{
	for (size_t i = 0; i < engine->options.input_count; i++) {
		decoder_free(engine->stages[i].decoder);
		derive_free(engine->stages[i].derive);
	}
	matcher_free(engine->matcher);
}

static void
open_windows(struct engine *engine)
{
	engine->correlate = correlate_new(engine->rules,
	    engine->correlate_inputs, engine->options.input_count,
	    &engine->options.correlate);
}

struct engine *
engine_new(struct rule_set *rules, const struct engine_options *options)
{
	struct engine *engine = mem_zalloc(sizeof(*engine));

	engine->rules = rules;
	copy_inputs(engine, options);
	engine->throttle = throttle_new(NOTICE_INTERVAL_US);
	engine->tally = tally_new(options->input_count);
	tally_set_rules(engine->tally, rules);
	open_stages(engine);
	open_windows(engine);
	return engine;
}

void
engine_reset(struct engine *engine)
{
	correlate_free(engine->correlate);
	open_windows(engine);
	engine->feed_count = 0;
}

void
engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	close_stages(engine);
	correlate_free(engine->correlate);
	throttle_free(engine->throttle);
	tally_free(engine->tally);
	rule_set_free(engine->rules);
	mem_free(engine->inputs);
	mem_free(engine->match_inputs);
	mem_free(engine->correlate_inputs);
	mem_free(engine->stages);
	mem_free(engine->feeds);
	mem_free(engine);
}

const struct rule_set *
engine_rules(const struct engine *engine)
{
	return engine->rules;
}

void
engine_set_rules(struct engine *engine, struct rule_set *rules,
    void (*reset)(void *context, struct span rule_label), void *context)
{
	struct rule_set *old = engine->rules;

	close_stages(engine);
	engine->rules = rules;
	open_stages(engine);
	correlate_set_rules(engine->correlate, rules, reset, context);
	tally_set_rules(engine->tally, rules);
	rule_set_free(old);
}

void
engine_set_observer(struct engine *engine, engine_observe *observe,
    void *context)
{
	engine->observe = observe;
	engine->observe_context = context;
}

void
engine_fills(const struct engine *engine, const struct rule *rule,
    correlate_see_fill *see, void *context)
{
	correlate_fills(engine->correlate, rule, see, context);
}

struct engine_feed *
engine_feed_get(struct engine *engine, uint32_t feed)
{
	if (feed >= engine->feed_count) {
		engine->feeds = mem_grow(engine->feeds, &engine->feed_cap,
		    (size_t)feed + 1, sizeof(*engine->feeds));
		for (; engine->feed_count <= feed; engine->feed_count++)
			engine->feeds[engine->feed_count] =
			    (struct engine_feed){ .next_offset = INT64_MIN };
	}
	return &engine->feeds[feed];
}

void
engine_feed_restore(struct engine *engine, uint32_t feed, uint32_t input,
    int64_t next_offset, int64_t time_us)
{
	struct engine_feed *state = engine_feed_get(engine, feed);

	state->input = input;
	state->is_known = true;
	if (next_offset > state->next_offset)
		state->next_offset = next_offset;
	if (time_us != RECORD_NO_TIME)
		state->last_us = time_us;
	/* One that has shown nothing yet holds every watermark back: its
	 * records may be the oldest of all. */
	correlate_seen(engine->correlate, feed, input, time_us);
}

void
engine_feed_skip(struct engine *engine, uint32_t feed, int64_t next_offset)
{
	struct engine_feed *state = engine_feed_get(engine, feed);

	if (next_offset > state->next_offset)
		state->next_offset = next_offset;
}

void
engine_feed_idle(struct engine *engine, uint32_t feed)
{
	correlate_idle(engine->correlate, feed);
}

void
engine_feed_forget(struct engine *engine, uint32_t feed)
{
	correlate_forget(engine->correlate, feed);
}

int64_t
engine_feed_next(const struct engine *engine, uint32_t feed)
{
	return feed < engine->feed_count ? engine->feeds[feed].next_offset :
					   INT64_MIN;
}

int64_t
engine_feed_time(const struct engine *engine, uint32_t feed)
{
	return correlate_feed_time(engine->correlate, feed);
}

void
engine_get_counters(const struct engine *engine,
    struct engine_counters *ret_counters)
{
	struct correlate_stats stats;

	correlate_get_stats(engine->correlate, &stats);
	*ret_counters = engine->counters;
	ret_counters->groups = stats.groups;
	ret_counters->hits_held = stats.hits_held;
	ret_counters->state_bytes = stats.bytes;
}

const struct tally *
engine_tally(const struct engine *engine)
{
	return engine->tally;
}
