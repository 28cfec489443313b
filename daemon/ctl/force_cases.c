/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The planted cases and the decoys, one row each.  A case takes the officer
 * of its row in the shuffled staff; those who look along come after.
 */
#include <stdio.h>

#include "ctl/force_internal.h"

#define ROW_RULES 4
#define ALONG_AFTER 20 /* the officers before are those of the cases */
#define SWARM_OFFICERS 16
#define SEARCH_OFFICERS 15
#define BRIEFED_OFFICERS 9

struct day_plan {
	struct force *force;
	struct force_random random;
	uint32_t officer;
	int64_t midnight_us;
};

/* Days are counted within two weeks, so that a longer feed repeats them. */
typedef void plan_day(struct day_plan *plan, uint32_t day);

static struct force_look
look_at(const struct day_plan *plan, uint32_t subject, int64_t minutes)
{
	return (struct force_look){
		.time_us = plan->midnight_us + minutes * FORCE_MINUTE_US,
		.actor = plan->officer,
		.subject = subject,
		.reason = "enquiry",
	};
}

static uint32_t
special(const struct day_plan *plan, enum force_special which)
{
	return force_special(plan->force, which);
}

static uint32_t
stranger(struct day_plan *plan)
{
	uint32_t staff = plan->force->options.staff;

	return staff +
	    force_random_below(&plan->random, staff * FORCE_PUBLIC_FACTOR);
}

static int64_t
between(struct day_plan *plan, uint32_t from, uint32_t to)
{
	return from + force_random_below(&plan->random, to - from);
}

static bool
is_on(uint32_t day, const uint32_t *days, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (days[i] == day)
			return true;
	}
	return false;
}
#define IS_ON(day, ...)                                                        \
	is_on((day), (const uint32_t[]){ __VA_ARGS__ },                        \
	    sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

/* ---- Planted ---- */

static void
plan_partner(struct day_plan *plan, uint32_t day)
{
	static const enum force_system systems[] = { FORCE_RMS, FORCE_ANPR,
		FORCE_LICENCES };
	int64_t at = between(plan, 20 * 60, 23 * 60);
	int64_t count = between(plan, 1, 4);
	struct force_look look;

	if (!IS_ON(day, 1, 2, 4, 6, 8, 9, 11, 13))
		return;
	for (int64_t i = 0; i < count; i++) {
		look = look_at(plan, special(plan, FORCE_PARTNER), at + 4 * i);
		look.system = systems[force_random_below(&plan->random, 3)];
		force_plan(plan->force, &look);
	}
}

/* At night, a street's worth of people, then out with them. */
static void
plan_harvest(struct day_plan *plan, uint32_t day)
{
	uint32_t count = 45 + force_random_below(&plan->random, 10);
	int64_t at = between(plan, 60, 120);
	struct force_look look;

	if (!IS_ON(day, 3, 10))
		return;
	for (uint32_t i = 0; i < count; i++) {
		look = look_at(plan, stranger(plan), at + i);
		look.system = FORCE_INTEL;
		force_plan(plan->force, &look);
	}
	for (uint32_t i = 0; i < 8; i++) {
		look = look_at(plan, stranger(plan), at + count + 2 * i);
		look.system = FORCE_INTEL;
		look.action = FORCE_EXPORT;
		look.reason = i == 0 ? "asdf" : "enquiry";
		force_plan(plan->force, &look);
	}
}

static void
plan_own_record(struct day_plan *plan, uint32_t day)
{
	struct force_look look;

	if (IS_ON(day, 1, 5, 9, 12)) {
		look = look_at(plan, plan->officer,
		    between(plan, 12 * 60, 14 * 60));
		look.system = FORCE_INTEL;
		force_plan(plan->force, &look);
	}
	if (day == 7) {
		look = look_at(plan, special(plan, FORCE_BAIT),
		    between(plan, 21 * 60, 22 * 60));
		look.system = FORCE_INTEL;
		force_plan(plan->force, &look);
	}
}

static void
look_along(struct day_plan *plan, uint32_t first, uint32_t count,
    const struct force_look *look, uint32_t minutes)
{
	struct force_look one = *look;

	for (uint32_t i = 0; i < count; i++) {
		one.actor = plan->force->order[ALONG_AFTER + first + i];
		one.time_us = look->time_us +
		    between(plan, 0, minutes) * FORCE_MINUTE_US;
		force_plan(plan->force, &one);
	}
}

static void
plan_swarm(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_SINGER),
	    19 * 60);

	if (day == 6)
		look_along(plan, 0, SWARM_OFFICERS, &look, 240);
}

/* ---- Decoys ---- */

static void
plan_caseworker(struct day_plan *plan, uint32_t day)
{
	int64_t count = between(plan, 2, 6);
	struct force_look look;

	if (!IS_ON(day, 0, 1, 3, 4, 7, 8, 10, 11))
		return;
	for (int64_t i = 0; i < count; i++) {
		look = look_at(plan, special(plan, FORCE_VICTIM),
		    between(plan, 9 * 60, 16 * 60));
		look.case_number = 138337;
		look.reason = "officer in the case, victim contact";
		look.action = i % 2 == 0 ? FORCE_VIEW : FORCE_UPDATE;
		force_plan(plan->force, &look);
	}
}

static void
plan_clerk(struct day_plan *plan, uint32_t day)
{
	struct force_look look;

	if (day % 7 >= 5)
		return;
	for (uint32_t i = 0; i < 100; i++) {
		look = look_at(plan, stranger(plan), 9 * 60 + i);
		look.reason = "data quality, duplicate records";
		force_plan(plan->force, &look);
	}
}

static void
plan_twin(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_TWIN),
	    between(plan, 9 * 60, 16 * 60));

	if (!IS_ON(day, 2, 3, 5))
		return;
	look.case_number = 140211;
	look.query = FORCE_QUERY_PERSON;
	look.action = FORCE_SEARCH;
	force_plan(plan->force, &look);
}

static void
plan_trainer(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, plan->officer, 10 * 60 + 30);

	look.reason = "induction course, own record as example";
	if (day == 5)
		force_plan(plan->force, &look);
}

static void
plan_keeper(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_BAIT),
	    11 * 60);

	look.reason = "quarterly check of the baits";
	look.system = FORCE_INTEL;
	if (day == 4)
		force_plan(plan->force, &look);
}

static void
plan_custody(struct day_plan *plan, uint32_t day)
{
	struct force_look look;

	if (!IS_ON(day, 0, 4, 8, 12))
		return;
	for (uint32_t i = 0; i < 12; i++) {
		look = look_at(plan, stranger(plan), 13 * 60 + 55 + 2 * i);
		look.system = FORCE_CUSTODY;
		look.reason = "hand-over of detained persons";
		force_plan(plan->force, &look);
	}
}

static void
plan_court_file(struct day_plan *plan, uint32_t day)
{
	struct force_look look;

	if (day != 9)
		return;
	for (uint32_t i = 0; i < 15; i++) {
		look = look_at(plan, special(plan, FORCE_VICTIM),
		    12 * 60 + 16 * i);
		look.case_number = 138337;
		look.reason = "file for the prosecutor";
		look.action = FORCE_PRINT;
		force_plan(plan->force, &look);
	}
}

static void
plan_missing(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_MISSING),
	    15 * 60);

	look.case_number = 140870;
	look.reason = "missing child, search of the area";
	if (day == 8)
		look_along(plan, SWARM_OFFICERS, SEARCH_OFFICERS, &look, 300);
}

static void
plan_house(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_HOUSEMATE),
	    between(plan, 9 * 60, 16 * 60));

	look.case_number = 140012;
	look.reason = "theft of a bicycle, statement";
	if (IS_ON(day, 6, 7))
		force_plan(plan->force, &look);
}

static void
plan_coroner(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_DEAD),
	    between(plan, 9 * 60, 16 * 60));

	look.case_number = 139004;
	look.reason = "file for the coroner";
	if (IS_ON(day, 1, 2, 4))
		force_plan(plan->force, &look);
}

static void
plan_emergency(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_SEALED),
	    2 * 60 + 13);

	look.case_number = 141002;
	look.reason = "threat to life, address needed at once";
	look.action = FORCE_OVERRIDE;
	look.system = FORCE_INTEL;
	if (day == 11)
		force_plan(plan->force, &look);
}

static void
plan_briefing(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, special(plan, FORCE_WANTED),
	    6 * 60);

	look.reason = "wanted, shown at the briefing";
	if (day == 12)
		look_along(plan, SWARM_OFFICERS + SEARCH_OFFICERS,
		    BRIEFED_OFFICERS, &look, 45);
}

static void
plan_unknown_victim(struct day_plan *plan, uint32_t day)
{
	struct force_look look = look_at(plan, FORCE_NOBODY,
	    between(plan, 9 * 60, 16 * 60));

	look.case_number = 141117;
	look.reason = "victim known by given name only";
	look.action = FORCE_SEARCH;
	look.query = FORCE_QUERY_DESCRIPTION;
	if (IS_ON(day, 7, 8))
		force_plan(plan->force, &look);
}

/* ---- The rows ---- */

static const struct row {
	enum force_part part;
	const char *title, *story;
	const char *rules[ROW_RULES + 1];
	plan_day *plan;
	/* Many look at one: the key is this person; else the officer. */
	bool is_about;
	enum force_special about;
} rows[FORCE_CASE_COUNT] = {
	{ FORCE_PLANTED, "the stalker",
	    "looks at his former partner on 8 evenings, no case reference",
	    { "repeated_viewing" }, plan_partner, false, 0 },
	{ FORCE_PLANTED, "the harvester",
	    "reads some 50 people within an hour at night, exports 8 at once",
	    { "bulk_trawl_hour", "export_burst" }, plan_harvest, false, 0 },
	{ FORCE_PLANTED, "the worried one",
	    "looks himself up in intelligence on 4 days, opens a bait record",
	    { "self_lookup_repeated", "honeytoken" }, plan_own_record, false,
	    0 },
	{ FORCE_PLANTED, "the curious",
	    "16 officers look at a singer's record "
	    "in the night of her arrest",
	    { "subject_swarm" }, plan_swarm, true, FORCE_SINGER },
	{ FORCE_DECOY, "officer in a long case",
	    "looks at the victim on 8 days, each time with the case reference",
	    { "repeated_viewing" }, plan_caseworker, false, 0 },
	{ FORCE_DECOY, "data-quality clerk",
	    "reads 60 people an hour, is named in the list bulk_readers",
	    { NULL }, plan_clerk, false, 0 },
	{ FORCE_DECOY, "name twin", "looks at somebody of his own name",
	    { NULL }, plan_twin, false, 0 },
	{ FORCE_DECOY, "trainer", "shows her own record in a course, once",
	    { "self_lookup" }, plan_trainer, false, 0 },
	{ FORCE_DECOY, "keeper of the baits",
	    "checks a bait, is named in the list honeytoken_keepers",
	    { "honeytoken_keeper" }, plan_keeper, false, 0 },
	{ FORCE_DECOY, "custody sergeant",
	    "goes through 12 detained people in 25 minutes", { NULL },
	    plan_custody, false, 0 },
	{ FORCE_DECOY, "builder of a court file",
	    "prints 15 pages of one case, at a calm pace", { NULL },
	    plan_court_file, false, 0 },
	{ FORCE_DECOY, "lives in the section house",
	    "deals with somebody there; address in the list shared_addresses",
	    { NULL }, plan_house, false, 0 },
	{ FORCE_DECOY, "coroner's officer",
	    "looks at a dead man on 3 days, with the case reference",
	    { "deceased_or_sealed" }, plan_coroner, false, 0 },
	{ FORCE_DECOY, "emergency",
	    "overrides a restriction at night, with reason and case",
	    { "restriction_override" }, plan_emergency, false, 0 },
	{ FORCE_DECOY, "missing child",
	    "15 officers look at one record, all with the case reference",
	    { "subject_swarm" }, plan_missing, true, FORCE_MISSING },
	{ FORCE_DECOY, "wanted man at the briefing",
	    "9 officers look, one short of a swarm", { NULL }, plan_briefing,
	    true, FORCE_WANTED },
	{ FORCE_DECOY, "searches for an unknown victim",
	    "2 searches by given name and age, one short of a habit", { NULL },
	    plan_unknown_victim, false, 0 },
};

uint32_t
force_case_officer(const struct force *force, uint32_t number)
{
	return force->order[number];
}

static void
set_list(struct force *force, size_t at, const char *name, const char *value)
{
	(void)snprintf(force->values[at], sizeof(force->values[at]), "%s",
	    value);
	force->lists[at] = (struct force_list){ name, force->values[at] };
}

static void
set_key(struct force *force, uint32_t number)
{
	struct force_person person;

	if (!rows[number].is_about) {
		force_user_id(force->order[number], force->keys[number]);
		return;
	}
	force_person_get(force, force_special(force, rows[number].about),
	    &person);
	memcpy(force->keys[number], person.id, sizeof(person.id));
}

void
force_cases_init(struct force *force)
{
	struct force_person person;

	for (uint32_t i = 0; i < FORCE_CASE_COUNT; i++) {
		set_key(force, i);
		force->cases[i] = (struct force_case){
			.part = rows[i].part,
			.key = force->keys[i],
			.title = rows[i].title,
			.story = rows[i].story,
			.rules = rows[i].rules,
		};
	}
	set_list(force, 0, "bulk_readers", force->keys[FORCE_CASE_CLERK]);
	set_list(force, 1, "honeytoken_keepers",
	    force->keys[FORCE_CASE_KEEPER]);
	force_person_get(force, force->order[FORCE_CASE_HOUSE], &person);
	set_list(force, 2, "shared_addresses", person.address);
}

void
force_cases_plan(struct force *force, uint32_t day)
{
	for (uint32_t i = 0; i < FORCE_CASE_COUNT; i++) {
		struct day_plan plan = {
			.force = force,
			.random = force_random_at(force->options.seed, 0xca5e,
			    i, day),
			.officer = force->order[i],
			.midnight_us = force->options.start_us +
			    (int64_t)day * FORCE_DAY_US,
		};

		rows[i].plan(&plan, day % 14);
	}
}
