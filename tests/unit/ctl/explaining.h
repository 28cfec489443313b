/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and events as text, explained. */
#ifndef UNIT_CTL_EXPLAINING_H
#define UNIT_CTL_EXPLAINING_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rule/rule_load.h"
#include "support/testing.h"

#include "ctl/explain_run.h"

struct explaining {
	const char *name;
	const char *rule;    /* label */
	const char *rules;   /* YAML */
	const char *events;  /* as a file holds them */
	const char *mapping; /* YAML; NULL: none */
	const char *product; /* what the source declares; NULL: nothing */
	bool is_all, is_json;
	bool want_fires;
	const char *want;
};

static inline void
explaining_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline struct rule_set *
explaining_load(const struct explaining *given, const char *path)
{
	struct rule_load_options load = { .paths = &path, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct diag *diag = diag_new();
	struct buffer said = BUFFER_INIT;

	if (!rule_load(&load, diag, &result)) {
		diag_render_human(diag, false, &said);
		testing_fail(given->name, "%s", buffer_string(&said));
	}
	diag_free(diag);
	return result.rules;
}

static inline struct mapping *
explaining_map(const struct explaining *given)
{
	const char path[] = "mapping.yml";
	struct mapping *mapping = NULL;
	struct diag *diag = diag_new();

	if (given->mapping == NULL) {
		mapping = mapping_identity();
	} else {
		explaining_write(path, given->mapping);
		assert_true(mapping_read(path, diag, &mapping));
	}
	diag_free(diag);
	return mapping;
}

/* In an empty folder that is the current one. */
static inline bool
explaining_run(const struct explaining *given, struct buffer *out)
{
	struct explain_options options = {
		.path = "events.ndjson",
		.mapping = explaining_map(given),
		.lateness_us = INT64_C(900000000),
		.is_all = given->is_all,
		.is_json = given->is_json,
	};
	struct error err = ERROR_NONE;
	struct rule_set *rules;
	const struct rule *rule;
	bool fires = false;

	if (given->product != NULL)
		options.logsource.product = span_of(given->product);
	explaining_write("rules.yml", given->rules);
	explaining_write(options.path, given->events);
	rules = explaining_load(given, "rules.yml");
	rule = rule_set_find(rules, span_of(given->rule));
	assert_non_null(rule);
	if (!explain_run(rules, rule, &options, out, &fires, &err))
		testing_fail(given->name, "%s", err.text);
	mapping_free(options.mapping);
	return fires;
}

static inline void
explaining_check(const struct explaining *given)
{
	struct buffer got = BUFFER_INIT;
	bool fires = explaining_run(given, &got);

	assert_span_equal_in(given->name, buffer_span(&got),
	    span_of(given->want));
	if (fires != given->want_fires)
		testing_fail(given->name, "fires: got %d, want %d", fires,
		    given->want_fires);
	buffer_done(&got);
}

static inline int
explaining_setup(void **state)
{
	static char folder[] = "/tmp/test_explain.XXXXXX";

	*state = folder;
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static inline int
explaining_teardown(void **state)
{
	(void)unlink("rules.yml");
	(void)unlink("events.ndjson");
	(void)unlink("mapping.yml");
	return chdir("/") != 0 || rmdir(*state) != 0;
}

#endif
