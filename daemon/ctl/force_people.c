/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "ctl/force_internal.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define FIRST_USER 1001

static const char *const women[] = { "Amelia", "Aoife", "Chloe", "Ella",
	"Fatima", "Grace", "Hannah", "Isla", "Jade", "Leah", "Maria", "Nadia",
	"Olivia", "Priya", "Rosa", "Sarah", "Tess", "Zo\xc3\xab" };
static const char *const men[] = { "Adam", "Ben", "Callum", "David", "Ewan",
	"Femi", "George", "Hassan", "Ivan", "James", "Kofi", "Liam", "Marek",
	"Nathan", "Owen", "Paul", "Ravi", "Tom" };
static const char *const surnames[] = { "Adeyemi", "Ahmed", "Baker", "Bell",
	"Carter", "Clarke", "Cooper", "Davies", "Evans", "Fox", "Garc\303\255a",
	"Green", "Hall", "Hughes", "Iqbal", "Jones", "Kaur", "Kelly", "Khan",
	"Lewis", "Martin", "Mills", "Morgan", "M\xc3\xbcller", "Nowak",
	"O'Brien", "Okafor", "Patel", "Price", "Quinn", "Reid", "Roberts",
	"Scott", "Shah", "Silva", "Smith", "Stone", "Taylor", "Turner", "Walsh",
	"Ward", "Webb", "Wilson", "Wood", "Wright", "Young" };
static const char *const ages[] = { "0-17", "18-25", "26-35", "36-45", "46-60",
	"61+" };

static const struct force_unit units[] = {
	{ "Response A", "Northgate", true },
	{ "Response B", "Northgate", true },
	{ "Response C", "Harbour", true },
	{ "Response D", "Harbour", true },
	{ "Neighbourhood East", "Eastfield", true },
	{ "Neighbourhood West", "Westway", true },
	{ "Investigation", "Headquarters", false },
	{ "Safeguarding", "Headquarters", false },
	{ "Custody", "Harbour", true },
	{ "Records", "Headquarters", false },
};

uint32_t
force_special(const struct force *force, enum force_special which)
{
	return force->options.staff * (1 + FORCE_PUBLIC_FACTOR) +
	    (uint32_t)which;
}

/* One to one on 24 bits, so that ids look like the keyed hashes they stand
 * for and are still all different. */
static uint32_t
scramble(uint32_t number, uint64_t seed, uint32_t factor)
{
	struct force_random random = force_random_at(seed, factor, 0, 0);

	return (number * factor + force_random_below(&random, 1u << 24)) &
	    0xffffffu;
}

static void
set_names(struct force_person *person, uint64_t seed, uint32_t number)
{
	struct force_random random = force_random_at(seed, 0x9e09, number, 0);
	bool is_woman = force_random_below(&random, 2) == 0;

	person->sex = is_woman ? "female" : "male";
	person->given_name = is_woman ?
	    women[force_random_below(&random, COUNT(women))] :
	    men[force_random_below(&random, COUNT(men))];
	person
	    ->surname = surnames[force_random_below(&random, COUNT(surnames))];
	person->age_band = ages[force_random_below(&random, COUNT(ages))];
}

static void
set_special(const struct force *force, enum force_special which,
    struct force_person *person)
{
	struct force_person other;

	if (which == FORCE_BAIT)
		person->flag = "honeytoken";
	else if (which == FORCE_DEAD)
		person->status = "deceased";
	else if (which == FORCE_SEALED)
		person->restriction = "RESTRICTED-2";
	else if (which == FORCE_PARTNER || which == FORCE_VICTIM)
		person->flag = "vulnerable";
	else if (which == FORCE_SINGER)
		person->flag = "vip";
	if (which == FORCE_TWIN) {
		force_person_get(force,
		    force_case_officer(force, FORCE_CASE_TWIN), &other);
		person->given_name = other.given_name;
		person->surname = other.surname;
	} else if (which == FORCE_HOUSEMATE) {
		force_person_get(force,
		    force_case_officer(force, FORCE_CASE_HOUSE), &other);
		memcpy(person->address, other.address, sizeof(person->address));
	}
}

void
force_person_get(const struct force *force, uint32_t number,
    struct force_person *ret_person)
{
	uint64_t seed = force->options.seed;
	uint32_t first_special = force_special(force, 0);
	/* Two of the public share a home; staff live by themselves. */
	uint32_t home = number < force->options.staff ||
		number >= first_special ?
	    number :
	    number | 1;

	*ret_person = (struct force_person){ 0 };
	set_names(ret_person, seed, number);
	(void)snprintf(ret_person->id, sizeof(ret_person->id), "pn:%06x",
	    scramble(number, seed, 0x5bd1e9));
	(void)snprintf(ret_person->address, sizeof(ret_person->address),
	    "ad:%06x", scramble(home, seed, 0xc2b2ad));
	if (number >= first_special)
		set_special(force, number - first_special, ret_person);
}

void
force_user_id(uint32_t actor, char ret_id[FORCE_ID_BYTES])
{
	(void)snprintf(ret_id, FORCE_ID_BYTES, "P%05u", FIRST_USER + actor);
}

const struct force_unit *
force_unit_of(uint32_t actor)
{
	return &units[actor % COUNT(units)];
}

/* Two early, two late, two night, four off; or Monday to Friday by count. */
bool
force_shift(const struct force *force, uint32_t actor, uint32_t day,
    int64_t *ret_start_us)
{
	static const int64_t starts[] = { 6, 6, 14, 14, 22, 22 };
	int64_t midnight_us = force->options.start_us +
	    (int64_t)day * FORCE_DAY_US;
	uint32_t at;

	if (force_unit_of(actor)->is_rotating) {
		at = (day + 3 * (actor % 7)) % 10;
		if (at >= COUNT(starts))
			return false;
		*ret_start_us = midnight_us + starts[at] * FORCE_HOUR_US;
		return true;
	}
	*ret_start_us = midnight_us + 8 * FORCE_HOUR_US;
	return day % 7 < 5;
}
