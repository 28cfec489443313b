/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo: the service with an embedded cluster, fed by the synthetic force,
 * and a receiver that knows nothing but what arrives over syslog.
 *
 *	force -> Kafka -> engine -> Kafka -> syslog over TCP -> receiver
 */
#ifndef CTL_DEMO_H
#define CTL_DEMO_H

#include "ctl/ctl.h"
#include "ctl/force.h"
#include "ctl/receiver.h"
#include "text/json_read.h"

#define DEMO_TOPIC "records.audit"

struct demo_options {
	uint64_t seed;
	uint64_t hours_per_second; /* of event time; 0: as fast as it goes */
	struct ctl_strings rules;  /* empty: the shipped ones */
	int format;		   /* CTL_HUMAN or CTL_NDJSON */
	int color;
};

/* Exit status. */
int demo_run(const struct demo_options *options);

/* ---- The configuration, built in code ---- */

struct config;
struct arena;

/*
 * `lists` is a folder with the force's lists.  Everything is owned by the
 * arena.  False with err if no rules are found.
 */
bool demo_config_make(const struct demo_options *options, const char *lists,
    uint16_t port, struct arena *arena, struct config *ret_config,
    struct error *err);

/* Writes the force's lists into a new folder below $TMPDIR; the caller removes
 * it by demo_config_remove_lists() as soon as the rules are loaded. */
bool demo_config_write_lists(const struct force *force, char ret_folder[128],
    struct error *err);
void demo_config_remove_lists(const struct force *force, const char *folder);

/* ---- What was sent: evidence must lead back to it ---- */

struct demo_sent;
struct demo_sent *demo_sent_new(void);
void demo_sent_free(struct demo_sent *sent); /* accepts NULL */
void demo_sent_add(struct demo_sent *sent, struct span record, int64_t at_us);
uint64_t demo_sent_count(const struct demo_sent *sent);
/* `hex`: SHA-256 in hexadecimal; false if no such record was sent. */
bool demo_sent_find(const struct demo_sent *sent, struct span hex,
    int64_t *ret_at_us);

/* ---- A message as received ---- */

struct demo_alert {
	struct span id, kind, rule, type, level, sentence, body;
	struct span counter; /* what speaks for them, the first of it */
	uint64_t sequence, part, parts;
	int64_t end_us;		/* of the episode, in event time */
	int64_t delay_us;	/* from produce to receipt; -1: no evidence */
	uint64_t cited, proven; /* evidence told; bytes known as sent */
	struct json_value integrity;
	const struct force_case *which; /* NULL: nobody's */
};

/* Spans are valid until the reader's next parse. */
bool demo_alert_read(struct json_reader *reader,
    const struct receiver_message *message, const struct demo_sent *sent,
    const struct force *force, int64_t now_us, struct demo_alert *ret_alert,
    struct error *err);

/* ---- Printing ---- */

struct demo_print {
	int format;
	bool has_color;
};

void demo_print_start(const struct demo_print *print,
    const struct demo_options *options, uint32_t staff, uint32_t days,
    uint32_t rules);
void demo_print_alert(const struct demo_print *print,
    const struct demo_alert *alert);

/* Appends words, broken at 78 columns, each line after `indent` blanks; the
 * first one goes on where the line is. */
void demo_print_wrapped(struct buffer *out, struct span text, unsigned indent);
const char *demo_print_paint(const struct demo_print *print,
    const char *code); /* "1;31"; "" without colour */

/* ---- The account ---- */

struct demo_account;
struct demo_account *demo_account_new(const struct force *force);
void demo_account_free(struct demo_account *account); /* accepts NULL */
void demo_account_add(struct demo_account *account,
    const struct demo_alert *alert);
uint64_t demo_account_received(const struct demo_account *account);

struct demo_totals {
	uint32_t days;
	uint64_t sent, rejected, late, alert_records, heartbeats;
	double seconds;
	bool is_interrupted;
};

/* Prints it; false if something planted was missed, or an alert was lost. */
bool demo_account_print(struct demo_account *account,
    const struct demo_print *print, const struct demo_totals *totals,
    const struct receiver_counts *counts);

#endif
