/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>

#include "alert/build.h"
#include "alert/explain.h"

#include "alert/alert.h"

/*
 * From everything to the least that still is an alert: samples lose their
 * values, then go, then texts are cut.
 */
static const struct build_limits reductions[] = {
	{ UINT32_MAX, 1024, SIZE_MAX, UINT32_MAX },
	{ UINT32_MAX, 128, SIZE_MAX, UINT32_MAX },
	{ UINT32_MAX, 0, SIZE_MAX, UINT32_MAX },
	{ 256, 0, SIZE_MAX, UINT32_MAX },
	{ 64, 0, SIZE_MAX, UINT32_MAX },
	{ 16, 0, SIZE_MAX, UINT32_MAX },
	{ 4, 0, SIZE_MAX, UINT32_MAX },
	{ 1, 0, 4096, 16 },
	{ 0, 0, 1024, 8 },
	{ 0, 0, 256, 4 },
	{ 0, 0, 48, 2 },
};
#define REDUCTION_COUNT (sizeof(reductions) / sizeof(reductions[0]))

static void
add_id(struct build *build, const char *key, struct alert_id id)
{
	char text[20];

	alert_id_format(id, text);
	json_key(&build->json, key);
	json_string(&build->json, text);
}

static void
add_rule(struct build *build, const struct rule *rule)
{
	json_key(&build->json, "rule");
	json_object(&build->json);
	json_key(&build->json, "id");
	build_text(build, rule->id, build->limits.text_bytes);
	json_key(&build->json, "name");
	build_text(build, rule->name, build->limits.text_bytes);
	json_key(&build->json, "title");
	build_text(build, rule->title, build->limits.text_bytes);
	json_key(&build->json, "level");
	json_string(&build->json, rule_level_names[rule->level]);
	json_key(&build->json, "type");
	json_string(&build->json, rule_type_name(rule));
	build_digest(build, "version", rule->version);
	json_end(&build->json);
}

static void
add_group(struct build *build, const struct detection *detection)
{
	const struct correlation *correlation = detection->rule->correlation;

	json_key(&build->json, "group");
	json_object(&build->json);
	for (uint32_t i = 0; correlation != NULL && detection->group != NULL &&
	    i < correlation->group_count;
	    i++) {
		json_key_span(&build->json, correlation->group_names[i]);
		build_text(build, detection->group[i],
		    build->limits.text_bytes);
	}
	json_end(&build->json);
}

static void
add_condition(struct build *build, const struct rule *rule)
{
	const struct correlation *correlation = rule->correlation;

	if (rule->type != RULE_CORRELATION)
		return;
	json_key(&build->json, "condition");
	json_object(&build->json);
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		json_key(&build->json,
		    explain_op_names[correlation->bounds[i].op]);
		json_real(&build->json, correlation->bounds[i].limit);
	}
	if (correlation->value_count == 1) {
		json_key(&build->json, "field");
		json_span(&build->json, correlation->value_names[0]);
	} else {
		build_list(build, "field", correlation->value_names,
		    correlation->value_count);
	}
	json_end(&build->json);
	json_key(&build->json, "timespan_ms");
	json_int(&build->json, correlation->span_us / 1000);
}

static void
add_sentence(struct build *build, const struct kept *kept)
{
	struct buffer text = BUFFER_INIT;

	explain_sentence(kept, &text);
	json_key(&build->json, "sentence");
	build_text(build, buffer_span(&text), build->limits.text_bytes);
	buffer_done(&text);
}

static void
add_counter_evidence(struct build *build, const struct kept *kept)
{
	const struct rule_extension *extension = &kept->detection->rule
						      ->extension;
	const uint32_t *hits = build->options->counter_hits;
	struct buffer text = BUFFER_INIT;
	bool is_open = false;

	for (uint32_t i = 0; hits != NULL && i < extension->counter_count;
	    i++) {
		if (hits[i] == 0)
			continue;
		if (!is_open) {
			json_key(&build->json, "counter_evidence");
			json_array(&build->json);
			is_open = true;
		}
		buffer_reset(&text);
		explain_counter(kept, &extension->counters[i], hits[i], &text);
		build_text(build, buffer_span(&text), build->limits.text_bytes);
	}
	if (is_open)
		json_end(&build->json);
	buffer_done(&text);
}

static void
add_caveat(struct build *build, const struct detection *detection,
    uint32_t flag)
{
	struct buffer text = BUFFER_INIT;
	uint32_t count = 0;

	for (uint32_t i = 0; i < detection->evidence_count; i++)
		count += (detection->evidence[i].flags & flag) != 0;
	buffer_add_string(&text, explain_flag(flag));
	if (count > 0)
		buffer_printf(&text, " (%u of the %u kept)", count,
		    detection->evidence_count);
	json_span(&build->json, buffer_span(&text));
	buffer_done(&text);
}

static void
add_caveats(struct build *build, const struct detection *detection)
{
	uint32_t flags = detection->flags;
	bool is_open = false;

	for (uint32_t i = 0; i < detection->evidence_count; i++)
		flags |= detection->evidence[i].flags;
	for (uint32_t flag = 1; flag != 0; flag <<= 1) {
		if ((flags & flag) == 0 || explain_flag(flag) == NULL)
			continue;
		if (!is_open) {
			json_key(&build->json, "caveats");
			json_array(&build->json);
			is_open = true;
		}
		add_caveat(build, detection, flag);
	}
	if (is_open)
		json_end(&build->json);
}

static void
add_numbers(struct build *build, const struct detection *detection)
{
	json_key(&build->json, "first");
	json_time(&build->json, detection->first_us);
	json_key(&build->json, "last");
	json_time(&build->json, detection->last_us);
	json_key(&build->json, "count");
	json_uint(&build->json, detection->count);
	json_key(&build->json, "peak");
	json_real(&build->json, detection->peak);
	add_condition(build, detection->rule);
	build_delay(build, detection->event_us, detection->broker_us);
}

static void
add_advice(struct build *build, const struct rule *rule)
{
	const struct rule_extension *extension = &rule->extension;

	build_list(build, "triage", extension->triage, extension->triage_count);
	build_list(build, "false_positives", rule->false_positives,
	    rule->false_positive_count);
	build_member(build, "category", extension->category);
	build_member(build, "purpose", extension->purpose);
	build_list(build, "tags", rule->tags, rule->tag_count);
	build_member(build, "description", rule->description);
}

static void
add_mark(struct build *build)
{
	if (!build->is_cut)
		return;
	json_key(&build->json, "truncated");
	json_bool(&build->json, true);
}

static void
write_detection(struct build *build, const struct detection *detection)
{
	struct kept kept = { build->options->rules, detection };

	json_object(&build->json);
	add_id(build, "alert", detection->id);
	json_key(&build->json, "kind");
	json_string(&build->json, detection_kind_names[detection->kind]);
	if (detection->kind == DETECTION_MERGED)
		add_id(build, "into", detection->into);
	json_key(&build->json, "revision");
	json_uint(&build->json, detection->revision);
	add_rule(build, detection->rule);
	add_group(build, detection);
	add_numbers(build, detection);
	if (detection->closed_by_end) {
		json_key(&build->json, "closed_by_end");
		json_bool(&build->json, true);
	}
	add_sentence(build, &kept);
	add_counter_evidence(build, &kept);
	add_caveats(build, detection);
	build_kept_names(build, detection);
	add_advice(build, detection->rule);
	build_ruleset(build);
	build_kept_samples(build, detection);
	add_mark(build);
	json_end(&build->json);
}

static void
build_start(struct build *build, const struct alert_options *options,
    size_t reduction, struct buffer *out)
{
	build->options = options;
	build->limits = reductions[reduction];
	build->is_cut = false;
	json_init(&build->json, out);
}

void
alert_build(const struct alert_options *options,
    const struct detection *detection, struct buffer *out)
{
	size_t start = out->len;
	struct build build;

	for (size_t i = 0; i < REDUCTION_COUNT; i++) {
		out->len = start;
		build_start(&build, options, i, out);
		write_detection(&build, detection);
		if (out->len - start <= options->limit_bytes)
			return;
	}
}

/* ---- The program's own alerts ---- */

static const char *const notice_titles[] = {
	[NOTICE_GAP] = "Records of an input are missing",
	[NOTICE_LATE] = "Records came too late to be counted",
	[NOTICE_TORN] = "State and positions disagree",
	[NOTICE_LIMIT] = "A limit was reached",
	[NOTICE_UNKNOWN] = "Conditions could not be decided",
	[NOTICE_REJECTED] = "Records could not be read",
	[NOTICE_RULESET] = "The rule set changed",
	[NOTICE_RULE_REFUSED] = "A rule was refused",
	[NOTICE_RESTART] = "The monitor was started",
	[NOTICE_TABLE_STALE] = "A reference table is out of date",
	[NOTICE_CANARY] = "The test record was not caught",
	[NOTICE_FEED] = "A feed is not as it should be",
};

struct alert_id
alert_notice_id(const struct notice *notice)
{
	struct hash_sha256_state *state = hash_sha256_new();
	uint64_t time = htobe64((uint64_t)notice->at_us), bits;
	uint8_t digest[HASH_SHA256_LEN];

	hash_sha256_add(state, SPAN("integrityd."));
	hash_sha256_add(state, span_of(notice_kind_names[notice->kind]));
	hash_sha256_add(state, notice->about);
	hash_sha256_add(state, span_make(&time, sizeof(time)));
	hash_sha256_finish(state, digest);
	memcpy(&bits, digest, sizeof(bits));
	return (struct alert_id){ be64toh(bits) };
}

static void
add_self_rule(struct build *build, const struct notice *notice)
{
	char name[64] = "integrityd.";

	strncat(name, notice_kind_names[notice->kind], sizeof(name) - 16);
	json_key(&build->json, "rule");
	json_object(&build->json);
	json_key(&build->json, "name");
	json_string(&build->json, name);
	json_key(&build->json, "title");
	json_string(&build->json, notice_titles[notice->kind]);
	json_key(&build->json, "level");
	json_string(&build->json, rule_level_names[notice->level]);
	json_key(&build->json, "type");
	json_string(&build->json, "self");
	json_end(&build->json);
}

static void
write_notice(struct build *build, const struct notice *notice)
{
	int64_t at_us = notice->at_us;

	if (at_us == RECORD_NO_TIME)
		at_us = build->options->decided_us;
	json_object(&build->json);
	add_id(build, "alert", alert_notice_id(notice));
	json_key(&build->json, "kind");
	json_string(&build->json, detection_kind_names[DETECTION_OPEN]);
	json_key(&build->json, "revision");
	json_uint(&build->json, 1);
	add_self_rule(build, notice);
	json_key(&build->json, "group");
	json_object(&build->json);
	json_end(&build->json);
	json_key(&build->json, "first");
	json_time(&build->json, at_us);
	json_key(&build->json, "last");
	json_time(&build->json, at_us);
	json_key(&build->json, "count");
	json_uint(&build->json, notice->count);
	build_delay(build, at_us, RECORD_NO_TIME);
	json_key(&build->json, "sentence");
	build_text(build, notice->sentence, build->limits.text_bytes);
	build_member(build, "about", notice->about);
	build_ruleset(build);
	json_key(&build->json, "evidence");
	json_array(&build->json);
	json_end(&build->json);
	add_mark(build);
	json_end(&build->json);
}

void
alert_build_notice(const struct alert_options *options,
    const struct notice *notice, struct buffer *out)
{
	size_t start = out->len;
	struct build build;

	for (size_t i = 0; i < REDUCTION_COUNT; i++) {
		out->len = start;
		build_start(&build, options, i, out);
		write_notice(&build, notice);
		if (out->len - start <= options->limit_bytes)
			return;
	}
}
