/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the synthetic force. */
#ifndef CTL_FORCE_INTERNAL_H
#define CTL_FORCE_INTERNAL_H

#include "base/buffer.h"
#include "base/clock.h"

#include "ctl/force.h"

#define FORCE_MINUTE_US (60 * CLOCK_US_PER_S)
#define FORCE_HOUR_US (60 * FORCE_MINUTE_US)
#define FORCE_DAY_US (24 * FORCE_HOUR_US)

/* Members of the public for each member of staff. */
#define FORCE_PUBLIC_FACTOR 100
#define FORCE_NOBODY UINT32_MAX
#define FORCE_CASE_COUNT 17
#define FORCE_ID_BYTES 16

/* ---- Chance, from a seed (splitmix64, Steele, Lea and Flood, 2014) ---- */

struct force_random {
	uint64_t state;
};

struct force_random force_random_at(uint64_t seed, uint64_t a, uint64_t b,
    uint64_t c);
uint32_t force_random_below(struct force_random *random, uint32_t limit);

/* ---- Who and what there is ---- */

enum force_system {
	FORCE_RMS,
	FORCE_INTEL,
	FORCE_CUSTODY,
	FORCE_ANPR,
	FORCE_LICENCES,
	FORCE_SYSTEM_COUNT
};
enum force_action {
	FORCE_VIEW,
	FORCE_SEARCH,
	FORCE_UPDATE,
	FORCE_PRINT,
	FORCE_EXPORT,
	FORCE_OVERRIDE,
	FORCE_ACTION_COUNT
};
enum force_query {
	FORCE_QUERY_NONE,
	FORCE_QUERY_PERSON,
	FORCE_QUERY_PLATE,
	FORCE_QUERY_DESCRIPTION
};

/* People who exist for one case only, after the public. */
enum force_special {
	FORCE_PARTNER,
	FORCE_SINGER,
	FORCE_BAIT,
	FORCE_VICTIM,
	FORCE_TWIN,
	FORCE_MISSING,
	FORCE_HOUSEMATE,
	FORCE_DEAD,
	FORCE_SEALED,
	FORCE_WANTED,
	FORCE_SPECIAL_COUNT
};

struct force_person {
	char id[FORCE_ID_BYTES];      /* "pn:4f01c2" */
	char address[FORCE_ID_BYTES]; /* "ad:0b77e1" */
	const char *given_name, *surname, *sex, *age_band;
	const char *flag, *status, *restriction; /* NULL: none */
};

struct force_unit {
	const char *name, *site;
	bool is_rotating; /* early, late, night; else office hours */
};

struct force_look { /* one planned record */
	int64_t time_us;
	uint64_t order;		 /* of equal times: as planned */
	uint32_t actor, subject; /* person numbers; staff come first */
	uint32_t case_number;	 /* 0: none given */
	enum force_system system;
	enum force_action action;
	enum force_query query;
	const char *reason;
};

struct force {
	struct force_options options;
	uint32_t *order; /* staff in the order in which cases take them */
	struct force_look *looks;
	size_t look_count, look_cap, look_next;
	uint32_t day; /* the next one to be planned */
	uint64_t planned, told;
	struct force_case cases[FORCE_CASE_COUNT];
	char keys[FORCE_CASE_COUNT][FORCE_ID_BYTES];
	struct force_list lists[3];
	char values[3][FORCE_ID_BYTES];
	struct buffer json;
	char actor[FORCE_ID_BYTES];
};

uint32_t force_special(const struct force *force, enum force_special which);

void force_person_get(const struct force *force, uint32_t person,
    struct force_person *ret_person);
void force_user_id(uint32_t actor, char ret_id[FORCE_ID_BYTES]);
const struct force_unit *force_unit_of(uint32_t actor);

/* Start of the actor's shift on that day; false: off. */
bool force_shift(const struct force *force, uint32_t actor, uint32_t day,
    int64_t *ret_start_us);

/* ---- Planning a day ---- */

/* Time, actor, subject, ... of `look`; the order is set here. */
void force_plan(struct force *force, const struct force_look *look);
void force_ordinary(struct force *force, uint32_t actor, uint32_t day);
void force_cases_init(struct force *force);
void force_cases_plan(struct force *force, uint32_t day);

/* The officer of the n-th case. */
uint32_t force_case_officer(const struct force *force, uint32_t number);
enum {
	FORCE_CASE_CLERK = 5,
	FORCE_CASE_TWIN = 6,
	FORCE_CASE_KEEPER = 8,
	FORCE_CASE_HOUSE = 11
};

void force_json(struct force *force, const struct force_look *look);

#endif
