/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/build.h"
#include "alert/kept.h"

/* Distinct values listed under one name; the count tells of the others. */
#define LISTED_MAX 32

/* One key of the alert: whom or what the kept hits name. */
static const struct {
	const char *key;
	const char *fields[3]; /* the first one is counted */
} named[] = {
	{ "actor", { "user.id", "user.name" } },
	{ "subject", { "subject.id" } },
	{ "systems", { "system.name", "system.class" } },
	{ "case", { "case.id" } },
	{ "records", { "record.id" } },
	{ "actions", { "event.action" } },
};

/* Returns how many distinct ones there are. */
static uint32_t
add_distinct(struct build *build, const struct kept *kept, const char *field,
    bool *is_open, const char *key)
{
	struct span texts[LISTED_MAX];
	uint32_t listed, total;

	listed = kept_distinct(kept, span_of(field), LISTED_MAX, texts, &total);
	if (total == 0)
		return 0;
	if (!*is_open) {
		json_key(&build->json, key);
		json_object(&build->json);
		*is_open = true;
	}
	build_list(build, field, texts, listed);
	return total;
}

static void
add_named(struct build *build, const struct kept *kept, size_t which)
{
	uint32_t count = 0, total;
	bool is_open = false;

	for (size_t i = 0; i < 3 && named[which].fields[i] != NULL; i++) {
		total = add_distinct(build, kept, named[which].fields[i],
		    &is_open, named[which].key);
		if (count == 0)
			count = total;
	}
	if (!is_open)
		return;
	json_key(&build->json, "count");
	json_uint(&build->json, count);
	json_end(&build->json);
}

void
build_kept_names(struct build *build, const struct detection *detection)
{
	struct kept kept = { build->options->rules, detection };
	struct span day;
	uint32_t days;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		add_named(build, &kept, i);
	(void)kept_distinct(&kept, SPAN("event.local_date"), 1, &day, &days);
	if (days > 0) {
		json_key(&build->json, "distinct_days");
		json_uint(&build->json, days);
	}
}

/* ---- Samples ---- */

static void
add_value(struct build *build, const struct value *value)
{
	uint32_t count = value->count;

	if (value->kind != VALUE_LIST) {
		build_text(build, value->text, build->limits.value_bytes);
		return;
	}
	if (count > build->limits.list_items) {
		count = build->limits.list_items;
		build->is_cut = true;
	}
	json_array(&build->json);
	for (uint32_t i = 0; i < count; i++)
		build_text(build, value->items[i].text,
		    build->limits.value_bytes);
	json_end(&build->json);
}

static void
add_values(struct build *build, const struct rule *rule,
    const struct evidence *evidence)
{
	const struct rule_set *rules = build->options->rules;
	const struct value *value;

	json_key(&build->json, "values");
	json_object(&build->json);
	for (uint32_t i = 0; i < rule->kept_count; i++) {
		value = &evidence->values[i];
		if (value->kind == VALUE_MISSING || value->kind == VALUE_NULL)
			continue;
		json_key_span(&build->json,
		    field_set_name(rules->fields, rule->kept_slots[i]));
		add_value(build, value);
	}
	json_end(&build->json);
}

static void
add_sample(struct build *build, const struct rule *rule,
    const struct evidence *evidence)
{
	json_object(&build->json);
	json_key(&build->json, "topic");
	json_span(&build->json, evidence->position.topic);
	json_key(&build->json, "partition");
	json_int(&build->json, evidence->position.partition);
	json_key(&build->json, "offset");
	json_int(&build->json, evidence->position.offset);
	json_key(&build->json, "time");
	json_time(&build->json, evidence->time_us);
	json_key(&build->json, "sha256");
	json_hex(&build->json, evidence->sha256, HASH_SHA256_LEN);
	if (evidence->values != NULL && rule->kept_count > 0) {
		if (build->limits.value_bytes > 0)
			add_values(build, rule, evidence);
		else
			build->is_cut = true;
	}
	json_end(&build->json);
}

void
build_kept_samples(struct build *build, const struct detection *detection)
{
	uint32_t count = detection->evidence_count;

	if (count > build->limits.evidence) {
		json_key(&build->json, "evidence_left_out");
		json_uint(&build->json, count - build->limits.evidence);
		count = build->limits.evidence;
		build->is_cut = true;
	}
	json_key(&build->json, "evidence");
	json_array(&build->json);
	for (uint32_t i = 0; i < count; i++)
		add_sample(build, detection->rule, &detection->evidence[i]);
	json_end(&build->json);
}
