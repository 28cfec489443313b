/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "correlate/watermark.h"

struct feed {
	bool is_ours;
	bool is_idle;
	uint32_t input;
	int64_t time_us; /* greatest seen; INT64_MIN: nothing yet */
};

struct clock {
	bool *reached; /* [input_count] */
	int64_t lateness_us;
	int64_t settled_us;
};

struct watermark {
	struct correlate_input *inputs;
	size_t input_count;
	struct feed *feeds;
	size_t feed_count, feed_cap;
	struct clock *clocks;
	size_t clock_count, clock_cap;
};

struct watermark *
watermark_new(const struct correlate_input *inputs, size_t count)
{
	struct watermark *watermark = mem_zalloc(sizeof(*watermark));

	watermark->inputs = mem_array(count, sizeof(*inputs));
	for (size_t i = 0; i < count; i++)
		watermark->inputs[i] = inputs[i];
	watermark->input_count = count;
	return watermark;
}

void
watermark_free(struct watermark *watermark)
{
	for (size_t i = 0; i < watermark->clock_count; i++)
		mem_free(watermark->clocks[i].reached);
	mem_free(watermark->clocks);
	mem_free(watermark->feeds);
	mem_free(watermark->inputs);
	mem_free(watermark);
}

size_t
watermark_input_count(const struct watermark *watermark)
{
	return watermark->input_count;
}

void
watermark_seen(struct watermark *watermark, uint32_t feed, uint32_t input,
    int64_t time_us)
{
	struct feed *state;

	CHECK(input < watermark->input_count);
	if (feed >= watermark->feed_count) {
		watermark->feeds = mem_grow(watermark->feeds,
		    &watermark->feed_cap, (size_t)feed + 1, sizeof(*state));
		while (watermark->feed_count <= feed)
			watermark->feeds[watermark->feed_count++] =
			    (struct feed){ .time_us = INT64_MIN };
	}
	state = &watermark->feeds[feed];
	if (!state->is_ours)
		state->time_us = INT64_MIN;
	state->is_ours = true;
	state->is_idle = false;
	state->input = input;
	if (time_us > state->time_us)
		state->time_us = time_us;
}

void
watermark_idle(struct watermark *watermark, uint32_t feed)
{
	if (feed < watermark->feed_count)
		watermark->feeds[feed].is_idle = true;
}

void
watermark_forget(struct watermark *watermark, uint32_t feed)
{
	if (feed < watermark->feed_count)
		watermark->feeds[feed].is_ours = false;
}

int64_t
watermark_feed_time(const struct watermark *watermark, uint32_t feed)
{
	if (feed >= watermark->feed_count || !watermark->feeds[feed].is_ours)
		return INT64_MIN;
	return watermark->feeds[feed].time_us;
}

static bool
attribute_excludes(struct span rule, struct span input)
{
	return rule.len > 0 && input.len > 0 && !span_equal_nocase(rule, input);
}

void
watermark_reach(const struct watermark *watermark, const struct logsource *rule,
    bool *reached)
{
	for (size_t i = 0; i < watermark->input_count; i++) {
		const struct logsource *input = &watermark->inputs[i].logsource;

		if (!attribute_excludes(rule->category, input->category) &&
		    !attribute_excludes(rule->product, input->product) &&
		    !attribute_excludes(rule->service, input->service))
			reached[i] = true;
	}
}

uint32_t
watermark_clock(struct watermark *watermark, const bool *reached)
{
	size_t size = watermark->input_count * sizeof(*reached);
	struct clock clock = { .settled_us = INT64_MIN };

	for (size_t i = 0; i < watermark->clock_count; i++) {
		if (!memcmp(watermark->clocks[i].reached, reached, size))
			return (uint32_t)i;
	}
	for (size_t i = 0; i < watermark->input_count; i++) {
		if (reached[i] &&
		    watermark->inputs[i].lateness_us > clock.lateness_us)
			clock.lateness_us = watermark->inputs[i].lateness_us;
	}
	clock.reached = mem_alloc(size + 1);
	memcpy(clock.reached, reached, size);
	watermark->clocks = mem_grow(watermark->clocks, &watermark->clock_cap,
	    watermark->clock_count + 1, sizeof(clock));
	watermark->clocks[watermark->clock_count] = clock;
	return (uint32_t)watermark->clock_count++;
}

static int64_t
least_time(const struct watermark *watermark, const struct clock *clock)
{
	int64_t least_us = INT64_MAX, greatest_us = INT64_MIN;
	bool any_awake = false;

	for (size_t i = 0; i < watermark->feed_count; i++) {
		const struct feed *feed = &watermark->feeds[i];

		if (!feed->is_ours || !clock->reached[feed->input])
			continue;
		if (feed->time_us > greatest_us)
			greatest_us = feed->time_us;
		if (feed->is_idle)
			continue;
		any_awake = true;
		if (feed->time_us < least_us)
			least_us = feed->time_us;
	}
	return any_awake ? least_us : greatest_us;
}

void
watermark_advance(struct watermark *watermark)
{
	for (size_t i = 0; i < watermark->clock_count; i++) {
		struct clock *clock = &watermark->clocks[i];
		int64_t time_us = least_time(watermark, clock), settled_us;

		if (!__builtin_sub_overflow(time_us, clock->lateness_us,
			&settled_us) &&
		    settled_us > clock->settled_us)
			clock->settled_us = settled_us;
	}
}

int64_t
watermark_settled(const struct watermark *watermark, uint32_t clock)
{
	return watermark->clocks[clock].settled_us;
}

int64_t
watermark_lateness(const struct watermark *watermark, uint32_t clock)
{
	return watermark->clocks[clock].lateness_us;
}
