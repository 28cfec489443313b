/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule tests, `<name>.test.yml` beside a rule, on a virtual clock:
 *
 *	tests:
 *	  - name: ten colleagues in a night
 *	    start: 2026-03-02T21:00:00Z
 *	    lists: {vip: [pn:91ab]}
 *	    events:
 *	      - {at: +0s, repeat: 10, every: 5m, event: {user.id: "P{n}"}}
 *	    expect: [{rule: subject_swarm, group: {...}, count: 10}]
 *
 * {n} counts the repetitions from 1.  `expect` names every alert that the rule
 * file may give; [] means that nothing may fire.  Group and count are compared
 * where they stand.
 */
#ifndef ENGINE_RULE_TEST_H
#define ENGINE_RULE_TEST_H

#include "text/diag.h"

struct rule_set;

struct rule_test_options {
	/* Where rules are found that the tested file refers to. */
	const char *const *rule_paths;
	size_t rule_path_count;
	const char *const *list_folders;
	size_t list_folder_count;
};

struct rule_test_counts {
	size_t passed, failed;
	size_t positive, negative; /* tests that expect something, nothing */
	size_t untested;	   /* rule files without tests */
};

/* Runs the tests beside every rule file of a set. */
void rule_test_all(const struct rule_test_options *options,
    const struct rule_set *rules, struct diag *diag, struct buffer *out,
    struct rule_test_counts *counts);

/*
 * Runs the tests in `path`; failures are described in `out`, findings about
 * the file itself go to diag (and count as failed).
 */
void rule_test_run(const struct rule_test_options *options, const char *path,
    struct diag *diag, struct buffer *out, struct rule_test_counts *counts);

/* "rules/x.yml" -> "rules/x.test.yml", or x.test.yaml if only that is there;
 * the caller frees. */
char *rule_test_path(const char *rule_path);

#endif
