/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical event's fields: what mappings map to and sentences may name
 * without a test of them in the rule.
 */
#include "rule/rule_internal.h"

const char *const canonical_names[] = {
	"@timestamp",
	"event.id",
	"event.action",
	"event.outcome",
	"event.dataset",
	"event.sequence",
	"event.count",
	"event.bytes",
	"event.local_date",
	"event.local_hour",
	"event.local_weekday",
	"user.id",
	"user.name",
	"user.roles",
	"user.on_behalf_of",
	"user.type",
	"system.name",
	"system.class",
	"record.id",
	"record.type",
	"record.restriction",
	"subject.id",
	"subject.surname",
	"subject.address",
	"subject.household",
	"subject.sex",
	"subject.age_band",
	"subject.flags",
	"subject.link_group",
	"subject.status",
	"query.text",
	"query.prefix",
	"query.fields",
	"query.hits",
	"query.scope",
	"query.lookback_days",
	"mail.to",
	"url",
	"reason.code",
	"reason.text",
	"case.id",
	"terminal.id",
	"terminal.site",
	"client.ip",
	"session.id",
	"actor.person_id",
	"actor.surname",
	"actor.address",
	"actor.household",
	"actor.unit",
	"actor.grade",
	"actor.roles",
	"actor.status",
	"actor.supervisor",
	"actor.on_duty",
	"actor.minutes_off_duty",
	"actor.watch",
	"case.assigned",
	"case.status",
	"case.closed_days",
	"relation.kind",
};

/* Joined from tables: null means unknown. */
static const char *const canonical_joined[] = { "actor.person_id",
	"actor.surname", "actor.address", "actor.household", "actor.unit",
	"actor.grade", "actor.roles", "actor.status", "actor.supervisor",
	"actor.on_duty", "actor.minutes_off_duty", "actor.watch",
	"case.assigned", "case.status", "case.closed_days", "relation.kind" };

static bool
canonical_among(struct span name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is(name, names[i]))
			return true;
	}
	return false;
}

size_t
canonical_count(void)
{
	return sizeof(canonical_names) / sizeof(canonical_names[0]);
}

bool
canonical_has(struct span name)
{
	return canonical_among(name, canonical_names, canonical_count());
}

bool
canonical_is_joined(struct span name)
{
	return canonical_among(name, canonical_joined,
	    sizeof(canonical_joined) / sizeof(canonical_joined[0]));
}
