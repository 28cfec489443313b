/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl explain: why a rule fires on an event, or does not. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/suggest.h"

#include "ctl/ctl.h"
#include "ctl/ctl_input.h"
#include "ctl/ctl_rules.h"
#include "ctl/explain_run.h"

struct given {
	struct ctl_strings rules, lists;
	const char *event, *mapping, *time_field, *encoding, *hash_key_file;
	const char *logsource;
	int64_t lateness_us;
	bool is_all, keep_going;
	int format, color;
};

static const char *const formats[] = { "human", "json", NULL };

#define AT(member) offsetof(struct given, member)

static const struct ctl_option options[] = {
	{ "--event", 'e', CTL_STRING, AT(event), "FILE", NULL,
	    "an event as JSON, or several, one a line; - is standard input" },
	{ "--rules", 'r', CTL_STRINGS, AT(rules), "PATH", NULL,
	    "folder or file of rules (default .); may be repeated" },
	{ "--lists", 0, CTL_STRINGS, AT(lists), "DIR", NULL,
	    "folder of lists for %name%; may be repeated" },
	{ "--mapping", 'm', CTL_STRING, AT(mapping), "FILE", NULL,
	    "how the source's fields become canonical ones" },
	{ "--time-field", 0, CTL_STRING, AT(time_field), "NAME", NULL,
	    "where the event time stands (default @timestamp)" },
	{ "--encoding", 0, CTL_STRING, AT(encoding), "NAME", NULL,
	    "of files without a byte order mark (default the mapping's)" },
	{ "--hash-key-file", 0, CTL_STRING, AT(hash_key_file), "FILE", NULL,
	    "the key of hashes, if the mapping names none" },
	{ "--logsource", 0, CTL_STRING, AT(logsource), "KEY=VALUE,..", NULL,
	    "what the source is: product, category, service" },
	{ "--lateness", 0, CTL_DURATION, AT(lateness_us), "DURATION", NULL,
	    "how late a record may come (default 15m)" },
	{ "--all", 0, CTL_FLAG, AT(is_all), NULL, NULL,
	    "of a correlation: every event, not the last alone" },
	{ "--keep-going", 0, CTL_FLAG, AT(keep_going), NULL, NULL,
	    "although other rules do not load" },
	{ "--output", 'o', CTL_CHOICE, AT(format), "FORMAT", formats,
	    "human (default) or json" },
	{ "--color", 0, CTL_CHOICE, AT(color), "WHEN", ctl_color_words,
	    "auto (default), always or never" },
};

static int
complain(int status, const char *what)
{
	fprintf(stderr, "integrityctl explain: %s\n", what);
	if (status == CTL_USAGE)
		fprintf(stderr, "Try `integrityctl explain --help`.\n");
	return status;
}

/* ---- Which rule ---- */

static const struct rule *
find_title(const struct rule_set *rules, const char *title)
{
	for (uint32_t i = 0; i < rules->count; i++) {
		if (span_is(rules->rules[i]->title, title))
			return rules->rules[i];
	}
	return NULL;
}

static void
unknown_rule(const struct rule_set *rules, const char *word)
{
	char **names = mem_array((size_t)rules->count * 3 + 1, sizeof(*names));
	const char *nearest;
	size_t count = 0;

	for (uint32_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->rules[i];

		names[count++] = span_strdup(rule->name);
		names[count++] = span_strdup(rule->id);
		names[count++] = span_strdup(rule->title);
	}
	nearest = suggest_nearest(span_of(word), (const char *const *)names,
	    count);
	fprintf(stderr, "integrityctl explain: no rule `%s` among %u", word,
	    rules->count);
	if (nearest != NULL)
		fprintf(stderr, ", did you mean `%s`?", nearest);
	fprintf(stderr, "\n");
	while (count > 0)
		mem_free(names[--count]);
	mem_free(names);
}

/* NULL: said so. */
static const struct rule *
find_rule(const struct rule_set *rules, const char *word)
{
	const struct rule *rule = rule_set_find(rules, span_of(word));

	if (rule == NULL)
		rule = find_title(rules, word);
	if (rule == NULL)
		unknown_rule(rules, word);
	return rule;
}

/* ---- The run ---- */

/* Takes the rule set. */
static int
explain(const struct explain_options *explain, struct rule_set *rules,
    const struct rule *rule)
{
	struct buffer out = BUFFER_INIT;
	struct error err = ERROR_NONE;
	bool fires = false;

	if (!explain_run(rules, rule, explain, &out, &fires, &err)) {
		buffer_done(&out);
		return complain(CTL_BROKEN, err.text);
	}
	if (!ctl_print(&out, STDOUT_FILENO)) {
		error_set(&err, NULL, "standard output: %s", strerror(errno));
		return complain(CTL_BROKEN, err.text);
	}
	return fires ? CTL_OK : CTL_FINDINGS;
}

static int
run_parsed(const struct given *given, const char *name)
{
	const struct ctl_rules_options load = {
		.paths = &given->rules,
		.lists = &given->lists,
		.keep_going = given->keep_going,
		.color = given->color,
	};
	const struct ctl_input input = {
		.mapping = given->mapping,
		.time_field = given->time_field,
		.encoding = given->encoding,
		.hash_key_file = given->hash_key_file,
		.color = given->color,
	};
	struct explain_options explain_options = {
		.path = given->event,
		.lateness_us = given->lateness_us,
		.is_all = given->is_all,
		.is_json = given->format != CTL_HUMAN,
		.is_colored = ctl_use_color(given->color, STDOUT_FILENO),
	};
	struct error err = ERROR_NONE;
	const struct rule *rule;
	struct rule_set *rules;
	int status;

	if (given->logsource != NULL &&
	    !ctl_input_logsource(given->logsource, &explain_options.logsource,
		&err))
		return complain(CTL_USAGE, err.text);
	if (!ctl_rules_load(&load, &rules)) {
		rule_set_free(rules);
		return CTL_RULES;
	}
	rule = find_rule(rules, name);
	if (rule == NULL) {
		rule_set_free(rules);
		return CTL_USAGE;
	}
	if (!ctl_input_mapping(&input, &explain_options.mapping, &err)) {
		rule_set_free(rules);
		return complain(CTL_BROKEN, err.text);
	}
	status = explain(&explain_options, rules, rule);
	mapping_free(explain_options.mapping);
	return status;
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct given given = { .lateness_us = 15 * 60 * CLOCK_US_PER_S };
	struct ctl_strings names = { 0 };
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, &given, &names)) {
		if (given.rules.count == 0)
			ctl_strings_add(&given.rules, ".");
		if (names.count != 1)
			status = complain(CTL_USAGE,
			    names.count == 0 ? "which rule?" :
					       "one rule at a time");
		else if (given.event == NULL)
			status = complain(CTL_USAGE, "-e EVENT.json is needed");
		else
			status = run_parsed(&given, names.items[0]);
	}
	ctl_strings_done(&names);
	ctl_strings_done(&given.rules);
	ctl_strings_done(&given.lists);
	return status;
}

const struct ctl_verb ctl_explain = {
	.name = "explain",
	.arguments = "RULE -e EVENT.json [OPTION..]",
	.summary = "why a rule fires on an event, or does not",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
