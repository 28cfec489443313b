/* SPDX-License-Identifier: Apache-2.0 */
/* The `integrityd:` key: what the domain needs beyond Sigma. */
#include <math.h>

#include "rule/rule_internal.h"
#include "text/timespan.h"

#define SAMPLES_DEFAULT 10
#define SAMPLES_MAX 100
#define RENEW_DEFAULT_US (INT64_C(7) * 86400 * 1000000)

static const char *const extension_categories[] = { "infiltration",
	"disclosure-of-information", "perverting-the-course-of-justice",
	"sexual-misconduct", "controlled-drug-use-and-supply",
	"theft-and-fraud", "misusing-force-systems", "abuse-of-authority",
	"inappropriate-association", "vulnerability", "commit-incite-aid-crime",
	"other" };

static const char *const extension_purposes[] = { "lawfulness",
	"self-monitoring", "integrity-of-data", "criminal-proceedings" };

static const char *const extension_alerts[] = { "alone", "score" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
extension_word(struct rule_loader *loader, const struct yaml_pair *pair,
    const char *const *words, size_t count, struct span *ret_word)
{
	struct span text = pair->value->text;
	struct buffer list = BUFFER_INIT;

	for (size_t i = 0; yaml_is_scalar(pair->value) && i < count; i++) {
		if (span_is(text, words[i])) {
			*ret_word = text;
			return true;
		}
	}
	finding_error(loader, pair->value->place, "IR0115",
	    "`" SPAN_FMT "` is no %s", SPAN_ARG(text),
	    span_is(pair->key->text, "alert")	     ? "way to alert" :
		span_is(pair->key->text, "regex")    ? "kind of regex" :
		span_is(pair->key->text, "category") ? "category" :
						       "purpose");
	finding_suggest(loader, text, words, count);
	for (size_t i = 0; i < count; i++)
		buffer_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	diag_help(loader->diag, "one of: %s", buffer_string(&list));
	buffer_done(&list);
	return false;
}

static void
extension_sentence(struct rule_loader *loader, const struct yaml_pair *pair)
{
	struct rule_draft *draft = loader->draft;

	sentence_read(loader, pair->value, "sentence",
	    &draft->rule->extension.sentence, &draft->kept);
}

static void
extension_counter(struct rule_loader *loader, const struct yaml_pair *pair)
{
	counter_read(loader, pair->value);
}

static void
extension_triage(struct rule_loader *loader, const struct yaml_pair *pair)
{
	struct rule_extension *extension = &loader->draft->rule->extension;

	metadata_strings(loader, pair->value, "triage", &extension->triage,
	    &extension->triage_count);
}

static void
extension_category(struct rule_loader *loader, const struct yaml_pair *pair)
{
	extension_word(loader, pair, extension_categories,
	    COUNT(extension_categories),
	    &loader->draft->rule->extension.category);
}

static void
extension_purpose(struct rule_loader *loader, const struct yaml_pair *pair)
{
	extension_word(loader, pair, extension_purposes,
	    COUNT(extension_purposes), &loader->draft->rule->extension.purpose);
}

static void
extension_alert(struct rule_loader *loader, const struct yaml_pair *pair)
{
	struct rule *rule = loader->draft->rule;
	struct span word = SPAN_NONE;

	extension_word(loader, pair, extension_alerts, COUNT(extension_alerts),
	    &word);
	rule->extension.is_score = span_is(word, "score");
	if (rule->extension.is_score)
		rule->alerts = false;
}

static void
extension_budget(struct rule_loader *loader, const struct yaml_pair *pair)
{
	const struct yaml_node *node = pair->value;
	double budget = node->kind == YAML_INT ? (double)node->integer :
						 node->real;

	if (node->kind != YAML_INT && node->kind != YAML_REAL)
		finding_kind(loader, node, "budget_per_day", "a number");
	else if (!(budget > 0) || isinf(budget))
		finding_error(loader, node->place, "IR0114",
		    "`budget_per_day` must be more than 0");
	else
		loader->draft->rule->extension.budget_per_day = budget;
}

static void
extension_samples(struct rule_loader *loader, const struct yaml_pair *pair)
{
	const struct yaml_node *node = pair->value;

	if (node->kind != YAML_INT)
		finding_kind(loader, node, "samples", "a whole number");
	else if (node->is_big || node->integer < 1 ||
	    node->integer > SAMPLES_MAX)
		finding_error(loader, node->place, "IR0114",
		    "`samples` must be from 1 to %d", SAMPLES_MAX);
	else
		loader->draft->rule->extension.samples = (uint32_t)
							     node->integer;
}

static void
extension_renew(struct rule_loader *loader, const struct yaml_pair *pair)
{
	struct error err = ERROR_NONE;

	if (!yaml_is_scalar(pair->value))
		finding_kind(loader, pair->value, "renew", "a duration");
	else if (!timespan_parse(pair->value->text,
		     &loader->draft->rule->extension.renew_us, &err))
		finding_error(loader, pair->value->place, "IR0116", "%s",
		    err.text);
}

/* Regular expressions have looked at it already. */
static void
extension_regex(struct rule_loader *loader, const struct yaml_pair *pair)
{
	static const char *const words[] = { "full" };
	struct span word;

	extension_word(loader, pair, words, 1, &word);
}

/* Both are read together, afterwards. */
static void
extension_later(struct rule_loader *loader, const struct yaml_pair *pair)
{
	(void)loader;
	(void)pair;
}

static void
extension_reserved(struct rule_loader *loader, const struct yaml_pair *pair)
{
	finding_error(loader, pair->key->place, "IR0701",
	    "`" SPAN_FMT "` is not available yet", SPAN_ARG(pair->key->text));
}

static const struct extension_key {
	const char *name;
	void (*read)(struct rule_loader *loader, const struct yaml_pair *pair);
} extension_keys[] = {
	{ "sentence", extension_sentence },
	{ "counter", extension_counter },
	{ "triage", extension_triage },
	{ "category", extension_category },
	{ "purpose", extension_purpose },
	{ "alert", extension_alert },
	{ "budget_per_day", extension_budget },
	{ "group", extension_later },
	{ "suppress", extension_later },
	{ "samples", extension_samples },
	{ "renew", extension_renew },
	{ "regex", extension_regex },
	{ "window", extension_reserved },
	{ "gap", extension_reserved },
	{ "first_seen", extension_reserved },
	{ "ratio", extension_reserved },
	{ "absence", extension_reserved },
	{ "baseline", extension_reserved },
	{ "score", extension_reserved },
	{ "composite", extension_reserved },
};

#define KEYS COUNT(extension_keys)

static void
extension_pair(struct rule_loader *loader, const struct yaml_pair *pair)
{
	const char *words[KEYS];
	size_t count = 0;

	for (size_t i = 0; i < KEYS; i++) {
		if (span_is(pair->key->text, extension_keys[i].name)) {
			extension_keys[i].read(loader, pair);
			return;
		}
		if (extension_keys[i].read != extension_reserved)
			words[count++] = extension_keys[i].name;
	}
	finding_unknown_key(loader, pair->key, words, count);
}

/* What every alert tells of its actor, subject, systems and case. */
static void
extension_keep(struct rule_loader *loader)
{
	static const char *const names[] = { "user.id", "user.name",
		"subject.id", "system.name", "system.class", "case.id",
		"record.id", "event.action" };
	struct rule_draft *draft = loader->draft;
	const struct correlation *correlation = draft->correlation;
	uint32_t *kept;

	for (size_t i = 0; i < COUNT(names); i++)
		slots_add(&draft->kept,
		    slots_field(loader, draft->node->place, span_of(names[i])));
	for (uint32_t i = 0;
	    correlation != NULL && i < correlation->source_count; i++) {
		for (uint32_t j = 0; j < correlation->group_count; j++)
			slots_add(&draft->kept,
			    draft->sources[i].group_slots[j]);
	}
	if (draft->kept.count == 0)
		return;
	kept = arena_array(loader->arena, draft->kept.count, sizeof(*kept));
	memcpy(kept, draft->kept.slots, draft->kept.count * sizeof(*kept));
	draft->rule->kept_count = (uint32_t)draft->kept.count;
	draft->rule->kept_slots = kept;
}

static void
extension_read_map(struct rule_loader *loader, const struct yaml_node *map)
{
	struct rule_extension *extension = &loader->draft->rule->extension;

	extension->is_present = true;
	for (size_t i = 0; i < map->count; i++)
		extension_pair(loader, &map->pairs[i]);
	if (extension->triage_count == 0 && loader->draft->rule->alerts)
		finding_warning(loader, map->place, "IW0707",
		    "no `triage`: what should be asked first?");
}

void
extension_read(struct rule_loader *loader)
{
	struct rule_draft *draft = loader->draft;
	const struct yaml_node *map = draft->extension;

	draft->rule->extension.samples = SAMPLES_DEFAULT;
	draft->rule->extension.renew_us = RENEW_DEFAULT_US;
	if (map != NULL && map->kind != YAML_MAP) {
		finding_kind(loader, map, "integrityd", "a map");
	} else if (map != NULL) {
		/* First, for sentences may name the group's fields. */
		suppress_read(loader, yaml_find(map, "group"),
		    yaml_find(map, "suppress"));
		extension_read_map(loader, map);
	}
	extension_keep(loader);
}
