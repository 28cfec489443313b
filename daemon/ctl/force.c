/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"

#include "ctl/force_internal.h"

static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct force_random
force_random_at(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t state = seed;

	state = next(&state) ^ a;
	state = next(&state) ^ b;
	state = next(&state) ^ c;
	return (struct force_random){ next(&state) };
}

uint32_t
force_random_below(struct force_random *random, uint32_t limit)
{
	return (uint32_t)(((next(&random->state) >> 32) * limit) >> 32);
}

/* Fisher and Yates: whom the cases take, and who looks along in a swarm. */
static void
shuffle(struct force *force)
{
	struct force_random random = force_random_at(force->options.seed,
	    0x0de7, 0, 0);
	uint32_t count = force->options.staff;

	force->order = mem_array(count, sizeof(*force->order));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = force_random_below(&random, i + 1);

		force->order[i] = force->order[at];
		force->order[at] = i;
	}
}

struct force *
force_new(const struct force_options *options)
{
	struct force *force = mem_zalloc(sizeof(*force));

	CHECK(options->staff >= FORCE_STAFF_MIN &&
	    options->staff <= FORCE_STAFF_MAX);
	force->options = *options;
	shuffle(force);
	force_cases_init(force);
	return force;
}

void
force_free(struct force *force)
{
	if (force == NULL)
		return;
	mem_free(force->order);
	mem_free(force->looks);
	buffer_done(&force->json);
	mem_free(force);
}

void
force_plan(struct force *force, const struct force_look *look)
{
	struct force_look *into;

	force->looks = mem_grow(force->looks, &force->look_cap,
	    force->look_count + 1, sizeof(*force->looks));
	into = &force->looks[force->look_count++];
	*into = *look;
	into->order = force->planned++;
	/* Kafka's times and those in the records are in milliseconds. */
	into->time_us -= into->time_us % 1000;
}

static int
compare(const void *a, const void *b)
{
	const struct force_look *left = a, *right = b;

	if (left->time_us != right->time_us)
		return left->time_us < right->time_us ? -1 : 1;
	return left->order < right->order ? -1 : 1;
}

/* Adds the next day to what a night shift has left over. */
static void
plan_day(struct force *force)
{
	size_t left = force->look_count - force->look_next;

	if (left > 0)
		memmove(force->looks, force->looks + force->look_next,
		    left * sizeof(*force->looks));
	force->look_count = left;
	force->look_next = 0;
	for (uint32_t i = 0; i < force->options.staff; i++)
		force_ordinary(force, i, force->day);
	force_cases_plan(force, force->day);
	if (force->look_count > 1)
		qsort(force->looks, force->look_count, sizeof(*force->looks),
		    compare);
	force->day++;
}

/* Up to here nothing more can be planned. */
static bool
is_ready(const struct force *force)
{
	int64_t end_us = force->options.start_us +
	    (int64_t)force->day * FORCE_DAY_US;

	return force->look_next < force->look_count &&
	    force->looks[force->look_next].time_us < end_us;
}

bool
force_next(struct force *force, struct force_record *ret_record)
{
	const struct force_look *look;

	while (!is_ready(force)) {
		if (force->day >= force->options.days)
			return false;
		plan_day(force);
	}
	look = &force->looks[force->look_next++];
	force_user_id(look->actor, force->actor);
	force->told++;
	force_json(force, look);
	*ret_record = (struct force_record){
		.time_us = look->time_us,
		.actor = span_of(force->actor),
		.json = buffer_span(&force->json),
	};
	return true;
}

const struct force_case *
force_cases(const struct force *force, size_t *ret_count)
{
	*ret_count = FORCE_CASE_COUNT;
	return force->cases;
}

const struct force_list *
force_lists(const struct force *force, size_t *ret_count)
{
	*ret_count = sizeof(force->lists) / sizeof(force->lists[0]);
	return force->lists;
}
