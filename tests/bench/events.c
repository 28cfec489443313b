/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"

#include "bench/events.h"

#define SEED UINT64_C(20261124)
#define START_S INT64_C(1772431200) /* 2026-03-02T06:00:00Z */
#define STEP_US 50000
#define PADDING 64
#define RECORD_BYTES_MAX 2048

struct maker {
	uint64_t state;
	struct buffer *out;
	uint64_t user;
};

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t
next(struct maker *maker)
{
	uint64_t z = maker->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t
below(struct maker *maker, uint64_t limit)
{
	return (next(maker) >> 32) * limit >> 32;
}

/* The smaller, the more often: half of all are in the first sixteenth. */
static uint64_t
skewed(struct maker *maker, uint64_t limit)
{
	uint64_t a = below(maker, limit);

	a = a * below(maker, limit) / limit;
	return a * below(maker, limit) / limit;
}

/* True so many times in 10,000. */
static bool
chance(struct maker *maker, unsigned of_10000)
{
	return below(maker, 10000) < of_10000;
}

#define PICK(maker, list) (list)[below(maker, sizeof(list) / sizeof(*(list)))]

static void
text(struct maker *maker, const char *key, const char *value)
{
	buffer_printf(maker->out, "\"%s\":\"%s\",", key, value);
}

static const char *
action(struct maker *maker)
{
	static const struct {
		const char *name;
		unsigned of_10000;
	} actions[] = {
		{ "search", 2200 },
		{ "update", 600 },
		{ "logon", 500 },
		{ "link", 400 },
		{ "print", 300 },
		{ "export", 100 },
		{ "override", 10 },
	};
	uint64_t at = below(maker, 10000);

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (at < actions[i].of_10000)
			return actions[i].name;
		at -= actions[i].of_10000;
	}
	return "view";
}

static void
add_user(struct maker *maker)
{
	static const char *const ranks[] = { "constable", "sergeant",
		"inspector", "PCSO", "staff", "DC" };
	uint64_t user = maker->user;

	buffer_printf(maker->out,
	    "\"user.id\":\"P%04" PRIu64 "\",\"user.unit\":\"%c-%02" PRIu64
	    "\",\"user.rank\":\"%s\",\"user.postcode\":\"LS%" PRIu64 " %" PRIu64
	    "AB\",\"supervisor.id\":\"P%04" PRIu64 "\",",
	    user, (char)('A' + user % 26), user % 40, ranks[user % 6],
	    user % 28, user % 9, user / 12);
	buffer_printf(maker->out,
	    "\"host.name\":\"W%05" PRIu64 "%s\",\"source.ip\":\"10.%u.%" PRIu64
	    ".%" PRIu64 "\",\"session.id\":\"%06" PRIx64 "\",",
	    user * 7 % 20000, chance(maker, 20) ? "-PUBLIC" : "",
	    chance(maker, 30) ? 99u : 4u, user % 64, user % 251,
	    next(maker) >> 40);
}

static void
add_subject(struct maker *maker)
{
	static const char *const kinds[] = { "crime", "custody", "intelligence",
		"stop", "vehicle", "missing" };
	uint64_t subject = 16 * skewed(maker, 12500) + below(maker, 16);
	uint64_t home = chance(maker, 20) ? maker->user : subject;

	text(maker, "record.kind",
	    chance(maker, 20) ? "sealed" : PICK(maker, kinds));
	buffer_printf(maker->out,
	    "\"record.id\":\"OCC/%02" PRIu64 "/%06" PRIu64
	    "\",\"subject.id\":\"pn:%06" PRIx64
	    "\",\"subject.postcode\":\"LS%" PRIu64 " %" PRIu64
	    "%s\",\"subject.flags\":[%s],",
	    20 + below(maker, 7), below(maker, 900000), subject, home % 28,
	    home % 9, home == maker->user ? "AB" : "CD",
	    chance(maker, 2)	   ? "\"vip\",\"honeytoken\"" :
		chance(maker, 100) ? "\"vip\"" :
				     "");
}

static void
add_reason(struct maker *maker)
{
	static const char *const codes[] = { "R01", "R02", "R03", "R07" };
	static const char *const starts[] = { "Burglary in", "Call from",
		"Court file,", "Visit at", "Assault near" };
	static const char *const places[] = { "Allerton", "Headingley",
		"Kirkstall Road", "the bus station", "Roundhay", "Harehills" };
	static const char *const ends[] = { "for the officer in the case",
		"as agreed at the briefing", "to confirm a birth date",
		"before the interview" };
	static const char *const odd[] = { "asdf", "test", "asked me to look",
		"a favour for a friend", "curious" };

	text(maker, "reason.code", PICK(maker, codes));
	if (chance(maker, 40))
		text(maker, "reason.text", PICK(maker, odd));
	else
		buffer_printf(maker->out, "\"reason.text\":\"%s %s, %s\",",
		    PICK(maker, starts), PICK(maker, places),
		    PICK(maker, ends));
	if (chance(maker, 2500))
		text(maker, "case.id", "");
	else
		buffer_printf(maker->out, "\"case.id\":\"%s/%04" PRIu64 "\",",
		    chance(maker, 10) ? "TEST" : "CRN", below(maker, 9000));
}

static void
add_query(struct maker *maker)
{
	static const char *const names[] = { "smith john", "O'Brien", "khan",
		"TAYLOR S", "nowak piotr", "williams" };

	if (chance(maker, 15))
		text(maker, "query.text", "fem* 16-21 blonde");
	else
		buffer_printf(maker->out, "\"query.text\":\"%s %" PRIu64 "\",",
		    PICK(maker, names), 1950 + below(maker, 58));
	buffer_printf(maker->out,
	    "\"query.results\":%" PRIu64 ",\"duration.ms\":%" PRIu64 ".%" PRIu64
	    ",\"remote\":%s",
	    chance(maker, 30) ? 600 : skewed(maker, 100), below(maker, 900),
	    1 + below(maker, 9), chance(maker, 800) ? "true" : "false");
}

static void
add_record(struct maker *maker, size_t number)
{
	static const char *const systems[] = { "niche", "pnc", "anpr", "hr" };
	int64_t at_us = (int64_t)number * STEP_US +
	    (int64_t)below(maker, 2000000);
	time_t at_s = (time_t)(START_S + at_us / 1000000);
	struct tm civil;
	char iso[32];

	maker->user = skewed(maker, 5000);
	(void)strftime(iso, sizeof(iso), "%Y-%m-%dT%H:%M:%S",
	    gmtime_r(&at_s, &civil));
	buffer_printf(maker->out,
	    "{\"@timestamp\":\"%s.%03dZ\",\"event.id\":\"%05" PRIx64 "\",", iso,
	    (int)(at_us / 1000 % 1000), next(maker) >> 44);
	text(maker, "event.action", action(maker));
	text(maker, "event.outcome", chance(maker, 50) ? "denied" : "success");
	text(maker, "system.name", PICK(maker, systems));
	add_user(maker);
	add_subject(maker);
	add_reason(maker);
	add_query(maker);
	buffer_add_string(maker->out, "}\n");
}

void
events_make(struct events *events, size_t count, uint32_t feeds)
{
	struct maker maker = { .state = SEED, .out = &events->text };
	size_t *ends = mem_array(count + 1, sizeof(*ends));

	*events = (struct events){ .count = count };
	for (size_t i = 0; i < count; i++) {
		(void)buffer_reserve(&events->text, RECORD_BYTES_MAX);
		add_record(&maker, i);
		ends[i + 1] = events->text.len;
	}
	memset(buffer_reserve(&events->text, PADDING), ' ', PADDING);
	events->records = mem_array(count, sizeof(*events->records));
	for (size_t i = 0; i < count; i++)
		events->records[i] = (struct record){
			.position = { .topic = SPAN("bench"),
			    .partition = (int32_t)(i % feeds),
			    .offset = (int64_t)(i / feeds) },
			.bytes = span_make(events->text.ptr + ends[i],
			    ends[i + 1] - ends[i] - 1),
			.broker_us = RECORD_NO_TIME,
			.feed = (uint32_t)(i % feeds),
		};
	mem_free(ends);
}

void
events_done(struct events *events)
{
	buffer_done(&events->text);
	mem_free(events->records);
}
