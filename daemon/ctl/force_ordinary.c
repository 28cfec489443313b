/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shift of ordinary work: a few tasks, each a search and some looks at one
 * or two people, most with a case reference.
 */
#include "ctl/force_internal.h"

#define TASKS_MIN 4
#define TASKS_MAX 8
#define SHIFT_US (8 * FORCE_HOUR_US)
#define TASK_US (20 * FORCE_MINUTE_US)
#define CASE_NUMBERS 900000
/* What is looked at more than once belongs to a block of so many days: below
 * the days on which a rule would take it for fixation. */
#define CASE_DAYS 3
#define CASES_OPEN 2
#define PRINTS_MAX 2

/* Lazy but honest words among them, as half of the real ones are. */
static const char *const reasons[] = { "investigation", "enquiry",
	"traffic stop", "missing person enquiry", "domestic incident",
	"victim contact", "statement to be taken", "bail check",
	"intelligence check before visit", "warrant check", "burglary enquiry",
	"RTC, keeper to be told", "inv", "request by control room",
	"neighbour dispute", "lost property, owner to be found" };
#define REASON_COUNT (sizeof(reasons) / sizeof(reasons[0]))

struct task {
	struct force_random *random;
	struct force_look look;
	uint32_t *prints;
};

static uint32_t
some_person(const struct force *force, struct force_random *random)
{
	return force->options.staff +
	    force_random_below(random,
		force->options.staff * FORCE_PUBLIC_FACTOR);
}

/* A case that the officer is working on these days, or a new one. */
static void
choose_case(const struct force *force, uint32_t day, struct task *task)
{
	struct force_look *look = &task->look;
	struct force_random open;

	if (force_random_below(task->random, 10) < 3) {
		open = force_random_at(force->options.seed,
		    UINT64_C(0xca5e00000000) + look->actor, day / CASE_DAYS,
		    force_random_below(task->random, CASES_OPEN));
		look->subject = some_person(force, &open);
		look->case_number = 1 + force_random_below(&open, CASE_NUMBERS);
		return;
	}
	look->subject = some_person(force, task->random);
	look->case_number = force_random_below(task->random, 10) < 7 ?
	    1 + force_random_below(task->random, CASE_NUMBERS) :
	    0;
}

static void
choose_system(struct task *task)
{
	static const enum force_system systems[] = { FORCE_RMS, FORCE_RMS,
		FORCE_RMS, FORCE_RMS, FORCE_INTEL, FORCE_CUSTODY, FORCE_ANPR,
		FORCE_LICENCES };

	task->look.system = systems[force_random_below(task->random,
	    sizeof(systems) / sizeof(systems[0]))];
	task->look.query = task->look.system == FORCE_ANPR ? FORCE_QUERY_PLATE :
							     FORCE_QUERY_PERSON;
}

static void
look_on(const struct force *force, struct task *task)
{
	struct force_look *look = &task->look;
	uint32_t what = force_random_below(task->random, 20);

	look->query = FORCE_QUERY_NONE;
	look->action = FORCE_VIEW;
	if (what < 4)
		look->subject = some_person(force, task->random);
	else if (what < 7 && look->system == FORCE_RMS)
		look->action = FORCE_UPDATE;
	else if (what == 7 && look->case_number != 0 &&
	    *task->prints < PRINTS_MAX) {
		look->action = FORCE_PRINT;
		(*task->prints)++;
	}
}

static void
do_task(struct force *force, uint32_t day, struct task *task)
{
	uint32_t looks = 1 + force_random_below(task->random, 5);

	choose_case(force, day, task);
	choose_system(task);
	task->look
	    .reason = reasons[force_random_below(task->random, REASON_COUNT)];
	task->look.action = FORCE_SEARCH;
	force_plan(force, &task->look);
	for (uint32_t i = 0; i < looks; i++) {
		task->look.time_us += (15 +
					  force_random_below(task->random,
					      120)) *
			CLOCK_US_PER_S +
		    force_random_below(task->random, 1000) * 1000;
		look_on(force, task);
		force_plan(force, &task->look);
	}
}

void
force_ordinary(struct force *force, uint32_t actor, uint32_t day)
{
	struct force_random random = force_random_at(force->options.seed,
	    0x5417, actor, day);
	uint32_t prints = 0, tasks;
	int64_t start_us;

	if (!force_shift(force, actor, day, &start_us))
		return;
	tasks = TASKS_MIN +
	    force_random_below(&random, TASKS_MAX - TASKS_MIN + 1);
	for (uint32_t i = 0; i < tasks; i++) {
		struct task task = { .random = &random, .prints = &prints };
		uint32_t minutes = force_random_below(&random,
		    (uint32_t)((SHIFT_US - TASK_US) / FORCE_MINUTE_US));

		task.look.actor = actor;
		task.look.time_us = start_us + minutes * FORCE_MINUTE_US +
		    force_random_below(&random, 60000) * 1000;
		do_task(force, day, &task);
	}
}
