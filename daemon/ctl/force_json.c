/* SPDX-License-Identifier: Apache-2.0 */
/* A look as its source would log it, in canonical fields. */
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"

#include "ctl/force_internal.h"

static const struct {
	const char *name, *class, *prefix;
} systems[FORCE_SYSTEM_COUNT] = {
	[FORCE_RMS] = { "niche-rms", "rms", "OCC" },
	[FORCE_INTEL] = { "intel-hub", "intel", "INT" },
	[FORCE_CUSTODY] = { "custody", "custody", "CUS" },
	[FORCE_ANPR] = { "anpr", "anpr", "VRM" },
	[FORCE_LICENCES] = { "licences", "dl", "LIC" },
};

static const char *const actions[FORCE_ACTION_COUNT] = {
	[FORCE_VIEW] = "view",
	[FORCE_SEARCH] = "search",
	[FORCE_UPDATE] = "update",
	[FORCE_PRINT] = "print",
	[FORCE_EXPORT] = "export",
	[FORCE_OVERRIDE] = "override",
};

static void
member(struct json *json, const char *key, const char *value)
{
	if (value == NULL)
		return;
	json_key(json, key);
	json_string(json, value);
}

static void __attribute__((format(printf, 3, 4)))
member_printf(struct json *json, const char *key, const char *format, ...)
{
	char text[96];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	member(json, key, text);
}

static void
member_list(struct json *json, const char *key, const char *const *values)
{
	json_key(json, key);
	json_array(json);
	for (; *values != NULL; values++)
		json_string(json, *values);
	json_end(json);
}

static void
add_event(struct force *force, const struct force_look *look, struct json *json)
{
	json_key(json, "@timestamp");
	json_time(json, look->time_us);
	member_printf(json, "event.id", "%s-%llu", systems[look->system].name,
	    (unsigned long long)force->told);
	member(json, "event.action", actions[look->action]);
	member(json, "event.outcome", "success");
	member_printf(json, "event.dataset", "%s.audit",
	    systems[look->system].class);
	member(json, "system.name", systems[look->system].name);
	member(json, "system.class", systems[look->system].class);
}

static void
add_actor(const struct force *force, const struct force_look *look,
    struct json *json)
{
	const struct force_unit *unit = force_unit_of(look->actor);
	struct force_person person;

	force_person_get(force, look->actor, &person);
	member(json, "user.id", force->actor);
	member_printf(json, "user.name", "%s.%s", person.given_name,
	    person.surname);
	member(json, "actor.person_id", person.id);
	member(json, "actor.surname", person.surname);
	member(json, "actor.address", person.address);
	member(json, "actor.unit", unit->name);
	member(json, "terminal.site", unit->site);
	member_printf(json, "terminal.id", "%.3s-%02u", unit->site,
	    look->actor % 23);
}

static void
add_subject(const struct force *force, const struct force_look *look,
    struct json *json)
{
	struct force_person person;

	if (look->subject == FORCE_NOBODY)
		return;
	force_person_get(force, look->subject, &person);
	member_printf(json, "record.id", "%s/%s", systems[look->system].prefix,
	    person.id + 3);
	member(json, "record.type", "person");
	member(json, "record.restriction", person.restriction);
	member(json, "subject.id", person.id);
	member(json, "subject.surname", person.surname);
	member(json, "subject.address", person.address);
	member(json, "subject.sex", person.sex);
	member(json, "subject.age_band", person.age_band);
	member(json, "subject.status", person.status);
	if (person.flag != NULL)
		member_list(json, "subject.flags",
		    (const char *const[]){ person.flag, NULL });
}

static void
add_query(const struct force *force, const struct force_look *look,
    struct json *json)
{
	static const char *const by_person[] = { "surname", "given_name", "dob",
		NULL };
	static const char *const by_plate[] = { "plate", NULL };
	static const char *const by_description[] = { "given_name", "sex",
		"age_range", NULL };
	struct force_person person;

	if (look->query == FORCE_QUERY_PLATE) {
		member_printf(json, "query.text", "K%03uXY",
		    look->subject % 1000);
		member_list(json, "query.fields", by_plate);
	} else if (look->query == FORCE_QUERY_DESCRIPTION) {
		member(json, "query.text", "Kim 18-25");
		member_list(json, "query.fields", by_description);
	} else if (look->query == FORCE_QUERY_PERSON &&
	    look->subject != FORCE_NOBODY) {
		force_person_get(force, look->subject, &person);
		member_printf(json, "query.text", "%s %s", person.surname,
		    person.given_name);
		member_list(json, "query.fields", by_person);
	}
}

void
force_json(struct force *force, const struct force_look *look)
{
	struct json json;

	buffer_reset(&force->json);
	json_init(&json, &force->json);
	json_object(&json);
	add_event(force, look, &json);
	add_actor(force, look, &json);
	add_subject(force, look, &json);
	add_query(force, look, &json);
	member(&json, "reason.text", look->reason);
	if (look->case_number != 0)
		member_printf(&json, "case.id", "26-%06u", look->case_number);
	json_end(&json);
}
