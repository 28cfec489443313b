/* SPDX-License-Identifier: Apache-2.0 */
/* What the stories promise is in the records, counted without the rules. */
#include <stdlib.h>

#include <jansson.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/mem.h"
#include "ctl/force_internal.h"

#define START_US (INT64_C(1772323200) * 1000000) /* 2026-03-01T00:00:00Z */
#define STAFF 200
#define DAYS 14
#define NAME_BYTES 32

/* The outputs of splitmix64 from 1234567, as published with the algorithm:
 * 6457827717110365317, 3203168211198807973, 9817491932198370423,
 * 4593380528125082431, 16408922859458223821, each times 1000 over 2^64. */
static void
chance_is_splitmix64(void **state)
{
	static const uint32_t want[] = { 350, 173, 532, 249, 889 };
	struct force_random random = { 1234567 };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(force_random_below(&random, 1000), want[i]);
}

/* ---- A feed read back by another JSON reader ---- */

struct row {
	int64_t time_us;
	char user[NAME_BYTES], subject[NAME_BYTES], action[NAME_BYTES];
	char reason[64];
	bool has_case, is_own, is_bait, is_described;
};

struct feed {
	struct row *rows;
	size_t count, cap;
	struct force *force;
};

static void
copy(char *into, size_t size, json_t *root, const char *key)
{
	const char *text = json_string_value(json_object_get(root, key));

	(void)snprintf(into, size, "%s", text != NULL ? text : "");
}

static void
read_row(struct row *row, const struct force_record *record)
{
	json_error_t error;
	json_t *root = json_loadb(record->json.ptr, record->json.len,
	    JSON_REJECT_DUPLICATES, &error);
	json_t *fields;
	const char *own;

	if (root == NULL)
		testing_fail("json", "%s: " SPAN_FMT, error.text,
		    SPAN_ARG(record->json));
	*row = (struct row){ .time_us = record->time_us };
	copy(row->user, sizeof(row->user), root, "user.id");
	copy(row->subject, sizeof(row->subject), root, "subject.id");
	copy(row->action, sizeof(row->action), root, "event.action");
	copy(row->reason, sizeof(row->reason), root, "reason.text");
	own = json_string_value(json_object_get(root, "actor.person_id"));
	row->is_own = strcmp(own, row->subject) == 0;
	row->has_case = json_object_get(root, "case.id") != NULL;
	row->is_bait = json_object_get(root, "subject.flags") != NULL &&
	    strcmp(json_string_value(json_array_get(json_object_get(root,
							"subject.flags"),
		       0)),
		"honeytoken") == 0;
	fields = json_object_get(root, "query.fields");
	row->is_described = json_array_size(fields) == 3 &&
	    strcmp(json_string_value(json_array_get(fields, 2)), "age_range") ==
		0;
	assert_span_equal(record->actor, span_of(row->user));
	json_decref(root);
}

static void
read_feed(struct feed *feed, uint64_t seed)
{
	struct force_options options = { seed, STAFF, DAYS, START_US };
	struct force_record record;
	int64_t last_us = START_US;

	*feed = (struct feed){ .force = force_new(&options) };
	while (force_next(feed->force, &record)) {
		feed->rows = mem_grow(feed->rows, &feed->cap, feed->count + 1,
		    sizeof(*feed->rows));
		read_row(&feed->rows[feed->count++], &record);
		assert_true(record.time_us >= last_us);
		assert_true(record.time_us < START_US + DAYS * FORCE_DAY_US);
		last_us = record.time_us;
	}
}

static void
feed_done(struct feed *feed)
{
	mem_free(feed->rows);
	force_free(feed->force);
}

static const struct force_case *
find_case(const struct feed *feed, const char *title)
{
	size_t count;
	const struct force_case *cases = force_cases(feed->force, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(cases[i].title, title) == 0)
			return &cases[i];
	}
	testing_fail(title, "no such case");
	return NULL;
}

static int64_t
day_of(const struct row *row)
{
	return (row->time_us - START_US) / FORCE_DAY_US;
}

/* The subject that the officer looked at on most days; days told. */
static unsigned
most_days(const struct feed *feed, const char *user, bool with_case)
{
	unsigned most = 0;

	for (size_t i = 0; i < feed->count; i++) {
		const struct row *row = &feed->rows[i];
		unsigned days = 0;

		if (strcmp(row->user, user) != 0 || row->subject[0] == '\0' ||
		    row->has_case != with_case)
			continue;
		for (size_t j = 0; j < feed->count; j++) {
			const struct row *other = &feed->rows[j];

			if (strcmp(other->user, user) == 0 &&
			    strcmp(other->subject, row->subject) == 0)
				days |= 1u << day_of(other);
		}
		days = (unsigned)__builtin_popcount(days);
		most = days > most ? days : most;
	}
	return most;
}

/* Different officers who looked at the person. */
static unsigned
officers(const struct feed *feed, const char *subject, bool *ret_all_cases)
{
	const char *users[64];
	unsigned count = 0;

	*ret_all_cases = true;
	for (size_t i = 0; i < feed->count; i++) {
		const struct row *row = &feed->rows[i];
		unsigned at = 0;

		if (strcmp(row->subject, subject) != 0)
			continue;
		*ret_all_cases = *ret_all_cases && row->has_case;
		while (at < count && strcmp(users[at], row->user) != 0)
			at++;
		if (at == count && count < 64)
			users[count++] = row->user;
	}
	return count;
}

typedef bool row_test(const struct row *row);

static unsigned
count_rows(const struct feed *feed, const char *user, row_test *test)
{
	unsigned count = 0;

	for (size_t i = 0; i < feed->count; i++)
		count += strcmp(feed->rows[i].user, user) == 0 &&
		    test(&feed->rows[i]);
	return count;
}

static bool
is_own(const struct row *row)
{
	return row->is_own;
}

static bool
is_bait(const struct row *row)
{
	return row->is_bait;
}

static bool
is_export(const struct row *row)
{
	return strcmp(row->action, "export") == 0;
}

static bool
is_described(const struct row *row)
{
	return row->is_described;
}

static bool
is_override(const struct row *row)
{
	return strcmp(row->action, "override") == 0;
}

static bool
is_clerks(const struct row *row)
{
	return strstr(row->reason, "data quality") != NULL;
}

static bool
is_for_court(const struct row *row)
{
	return strcmp(row->action, "print") == 0 &&
	    strstr(row->reason, "prosecutor") != NULL;
}

/* From the table of stories: days, officers, looks. */
static const struct {
	const char *title;
	row_test *test;
	unsigned want;
} counted[] = {
	{ "the harvester", is_export, 16 }, /* 8 on 2 nights */
	{ "the worried one", is_own, 4 },
	{ "the worried one", is_bait, 1 },
	{ "keeper of the baits", is_bait, 1 },
	{ "trainer", is_own, 1 },
	{ "name twin", is_own, 0 },
	{ "data-quality clerk", is_clerks, 1000 }, /* 100 on 10 days */
	{ "builder of a court file", is_for_court, 15 },
	{ "emergency", is_override, 1 },
	{ "searches for an unknown victim", is_described, 2 },
};

static void
stories_are_told(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct feed feed;
		bool all;

		read_feed(&feed, seed);
		assert_in_range(feed.count, 20000, 60000);
		for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]);
		    i++) {
			unsigned got = count_rows(&feed,
			    find_case(&feed, counted[i].title)->key,
			    counted[i].test);

			if (got != counted[i].want)
				testing_fail(counted[i].title,
				    "seed %d: got %u, want %u", (int)seed, got,
				    counted[i].want);
		}
		assert_int_equal(most_days(&feed,
				     find_case(&feed, "the stalker")->key,
				     false),
		    8);
		assert_int_equal(
		    most_days(&feed,
			find_case(&feed, "officer in a long case")->key, true),
		    8);
		assert_int_equal(officers(&feed,
				     find_case(&feed, "the curious")->key,
				     &all),
		    16);
		assert_false(all);
		assert_int_equal(officers(&feed,
				     find_case(&feed, "missing child")->key,
				     &all),
		    15);
		assert_true(all);
		assert_int_equal(
		    officers(&feed,
			find_case(&feed, "wanted man at the briefing")->key,
			&all),
		    9);
		feed_done(&feed);
	}
}

static int
by_user_subject_day(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = strcmp(left->user, right->user);

	if (order == 0)
		order = strcmp(left->subject, right->subject);
	if (order == 0)
		order = (left->time_us > right->time_us) -
		    (left->time_us < right->time_us);
	return order;
}

static bool
is_case(const struct feed *feed, const char *key)
{
	size_t count;
	const struct force_case *cases = force_cases(feed->force, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(cases[i].key, key) == 0)
			return true;
	}
	return false;
}

/*
 * Ordinary work stays below every limit: nobody else looks at one person on 5
 * days, at more than 30 people a day, takes out 5 records a day, writes junk.
 */
static void
ordinary_work_is_ordinary(void **state)
{
	struct feed feed;

	(void)state;
	read_feed(&feed, 7);
	qsort(feed.rows, feed.count, sizeof(*feed.rows), by_user_subject_day);
	for (size_t i = 0; i < feed.count;) {
		unsigned people[DAYS] = { 0 }, out[DAYS] = { 0 };
		const char *user = feed.rows[i].user;
		bool ignored = is_case(&feed, user);

		while (i < feed.count && strcmp(feed.rows[i].user, user) == 0) {
			const char *subject = feed.rows[i].subject;
			unsigned days = 0;

			for (; i < feed.count &&
			    strcmp(feed.rows[i].user, user) == 0 &&
			    strcmp(feed.rows[i].subject, subject) == 0;
			    i++) {
				const struct row *row = &feed.rows[i];
				int64_t day = day_of(row);

				if ((days & 1u << day) == 0)
					people[day]++;
				days |= 1u << day;
				out[day] += strcmp(row->action, "print") == 0;
				if (!ignored &&
				    (is_export(row) || row->is_own ||
					row->is_bait || is_described(row) ||
					is_override(row) ||
					strcmp(row->reason, "asdf") == 0))
					testing_fail(user, "does %s (%s)",
					    row->action, row->reason);
			}
			if (!ignored && __builtin_popcount(days) >= 5)
				testing_fail(user, "%d days at %s",
				    __builtin_popcount(days), subject);
		}
		for (int day = 0; !ignored && day < DAYS; day++) {
			if (people[day] > 30 || out[day] >= 5)
				testing_fail(user, "%u people, %u prints",
				    people[day], out[day]);
		}
	}
	feed_done(&feed);
}

/* ---- The same again ---- */

static struct buffer
whole(uint64_t seed, uint32_t days)
{
	struct force_options options = { seed, FORCE_STAFF_MIN, days,
		START_US };
	struct force *force = force_new(&options);
	struct buffer out = BUFFER_INIT;
	struct force_record record;

	while (force_next(force, &record)) {
		buffer_add_span(&out, record.json);
		buffer_add_char(&out, '\n');
	}
	force_free(force);
	return out;
}

static void
same_seed_same_bytes(void **state)
{
	struct buffer one = whole(3, 5), same = whole(3, 5);
	struct buffer longer = whole(3, 6), other = whole(4, 5);

	(void)state;
	assert_true(span_equal(buffer_span(&one), buffer_span(&same)));
	assert_true(longer.len > one.len);
	assert_true(span_starts_with(buffer_span(&longer), buffer_span(&one)));
	assert_false(span_equal(buffer_span(&one), buffer_span(&other)));
	buffer_done(&one);
	buffer_done(&same);
	buffer_done(&longer);
	buffer_done(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chance_is_splitmix64),
		cmocka_unit_test(stories_are_told),
		cmocka_unit_test(ordinary_work_is_ordinary),
		cmocka_unit_test(same_seed_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
