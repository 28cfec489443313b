/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine has counted, by input and by rule.  A rule's counts go on
 * over a reload under the same label; a label that no rule has any more stays
 * until the end, for a counter that vanishes looks like a restart.
 */
#ifndef ENGINE_TALLY_H
#define ENGINE_TALLY_H

#include "correlate/correlate.h"

#define TALLY_KINDS 4 /* of enum detection_kind */

struct tally_input {
	uint64_t records, rejected;
};

struct tally_rule {
	char *label;
	bool is_loaded;
	uint64_t hits;	  /* events that its selection matched */
	uint64_t unknown; /* events that it could not decide */
	uint64_t alerts[TALLY_KINDS];
	struct correlate_drops drops;
};

#define TALLY_NOTICES (NOTICE_FEED + 1) /* of enum notice_kind */

struct tally;

struct tally *tally_new(size_t input_count);
void tally_free(struct tally *tally); /* accepts NULL */

/* The rules of these indices from now on. */
void tally_set_rules(struct tally *tally, const struct rule_set *rules);

struct tally_input *tally_input(const struct tally *tally, uint32_t input);
struct tally_rule *tally_rule(struct tally *tally, const struct rule *rule);

/* The program's own alerts, by kind. */
void tally_notice(struct tally *tally, enum notice_kind kind);
uint64_t tally_notices(const struct tally *tally, enum notice_kind kind);

/* All that ever was, sorted by label. */
const struct tally_rule *const *tally_rules(const struct tally *tally,
    size_t *ret_count);

#endif
