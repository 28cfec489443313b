/* SPDX-License-Identifier: Apache-2.0 */
/* What the demo concludes from messages; the messages are written here. */
#include <stdio.h>
#include <unistd.h>

#include <jansson.h>

#include "support/testing.h"

#include "base/clock.h"
#include "ctl/demo.h"

static const struct force_options options = { 1, FORCE_STAFF_MIN, 14, 0 };

/* FIPS 180-4's own example: SHA-256 of "abc". */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
evidence_leads_back(void **state)
{
	struct demo_sent *sent = demo_sent_new();
	int64_t at_us = -1;

	(void)state;
	demo_sent_add(sent, SPAN("x"), 5);
	demo_sent_add(sent, SPAN("abc"), 7);
	assert_true(demo_sent_find(sent, SPAN(ABC), &at_us));
	assert_int_equal(at_us, 7);
	assert_false(demo_sent_find(sent, SPAN("ba7816bf"), &at_us));
	assert_false(demo_sent_find(sent, SPAN_NONE, &at_us));
	demo_sent_free(sent);
}

/* ---- Messages ---- */

struct story {				 /* one message */
	const char *rule, *kind, *group; /* group: JSON */
	unsigned sequence;
};

static struct span
write_message(struct buffer *out, const struct story *story,
    const char *rule_in_header)
{
	buffer_reset(out);
	buffer_printf(out,
	    "<107>1 2026-11-24T07:00:00.000Z h integrityd 1 %s [integrity@32473"
	    " alert=\"ir-%u\" rule=\"%s\" level=\"low\" sequence=\"%u\"] "
	    "{\"message\":\"s\",\"event\":{\"id\":\"ir-%u\",\"action\":\"%s\","
	    "\"end\":\"2026-11-23T10:00:00.000Z\"},\"rule\":{\"name\":\"%s\"},"
	    "\"labels\":{\"level\":\"low\"},\"integrity\":{\"type\":"
	    "\"event_count\",\"group\":%s,\"counter_evidence\":[\"c\",\"d\"],"
	    "\"evidence\":[{\"sha256\":\"" ABC "\"},{\"sha256\":\"00\"}]}}",
	    story->kind, story->sequence, rule_in_header, story->sequence,
	    story->sequence, story->kind, story->rule, story->group);
	return buffer_span(out);
}

static bool
read_message(struct json_reader *reader, struct force *force, struct span frame,
    struct demo_alert *ret_alert, struct error *err)
{
	struct demo_sent *sent = demo_sent_new();
	struct receiver_message message;
	bool ok;

	demo_sent_add(sent, SPAN("abc"), 40);
	assert_true(receiver_parse(frame, &message, err));
	ok = demo_alert_read(reader, &message, sent, force, 100, ret_alert,
	    err);
	demo_sent_free(sent);
	return ok;
}

static void
message_becomes_alert(void **state)
{
	struct story story = { "r", "open", "{\"x\":\"P9\"}", 12 };
	struct json_reader *reader = json_reader_new(RECEIVER_FRAME_MAX, 64);
	struct force *force = force_new(&options);
	struct buffer frame = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct demo_alert alert;

	(void)state;
	assert_true(read_message(reader, force,
	    write_message(&frame, &story, "r"), &alert, &err));
	assert_span_equal(alert.id, SPAN("ir-12"));
	assert_span_equal(alert.rule, SPAN("r"));
	assert_span_equal(alert.kind, SPAN("open"));
	assert_span_equal(alert.counter, SPAN("c"));
	assert_int_equal(alert.sequence, 12);
	assert_int_equal(alert.end_us,
	    INT64_C(1795428000) * CLOCK_US_PER_S); /* date -d ... +%s */
	assert_int_equal(alert.cited, 2);
	assert_int_equal(alert.proven, 1);
	assert_int_equal(alert.delay_us, 60);
	assert_null(alert.which);

	assert_false(read_message(reader, force,
	    write_message(&frame, &story, "another"), &alert, &err));
	assert_span_equal(span_of(err.text),
	    SPAN("structured data and body disagree on rule: `another` and "
		 "`r`"));
	buffer_done(&frame);
	force_free(force);
	json_reader_free(reader);
}

/* ---- The account ---- */

struct ledger {
	struct force *force;
	struct json_reader *reader;
	struct demo_account *account;
	unsigned sequence;
};

static void
tell(struct ledger *ledger, const char *rule, const char *kind, const char *key,
    unsigned sequence)
{
	struct buffer group = BUFFER_INIT, frame = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct demo_alert alert;
	struct story story;

	buffer_printf(&group, "{\"user.id\":\"%s\"}", key);
	story = (struct story){ rule, kind, buffer_string(&group), sequence };
	if (!read_message(ledger->reader, ledger->force,
		write_message(&frame, &story, rule), &alert, &err))
		testing_fail(rule, "%s", err.text);
	alert.proven = alert.cited;
	demo_account_add(ledger->account, &alert);
	buffer_done(&group);
	buffer_done(&frame);
}

/* An alert of every rule that each planted case waits for, but one. */
static void
tell_planted(struct ledger *ledger, const char *but)
{
	size_t count;
	const struct force_case *cases = force_cases(ledger->force, &count);

	for (size_t i = 0; i < count; i++) {
		if (cases[i].part != FORCE_PLANTED)
			continue;
		for (const char *const *rule = cases[i].rules; *rule != NULL;
		    rule++) {
			if (but == NULL || strcmp(*rule, but) != 0)
				tell(ledger, *rule, "open", cases[i].key,
				    ++ledger->sequence);
		}
	}
}

/* Prints into a file and reads it back. */
static bool
settle(struct ledger *ledger, uint64_t alert_records, json_t **ret_root)
{
	struct demo_print print = { .format = CTL_NDJSON };
	struct demo_totals totals = { .alert_records = alert_records };
	struct receiver_counts counts = { 0 };
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	bool ok;

	(void)fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	ok = demo_account_print(ledger->account, &print, &totals, &counts);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	(void)close(saved);
	rewind(file);
	*ret_root = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(*ret_root);
	(void)fclose(file);
	return ok;
}

static const struct {
	const char *name, *missing; /* a rule that does not fire */
	const char *again;	    /* a message of this kind in addition ... */
	unsigned sequence;	    /* ... with this number; 0: the next one */
	uint64_t in_queue;	    /* beyond what was received */
	bool want;
	int64_t alerts, lost, repeated, others;
} accounts[] = {
	/* The planted cases wait for 6 rules. */
	{ "all found", NULL, NULL, 0, 0, true, 6, 0, 0, 0 },
	{ "one rule missed", "honeytoken", NULL, 0, 0, false, 5, 0, 0, 0 },
	{ "an alert of nobody", NULL, "open", 0, 0, true, 7, 0, 0, 1 },
	{ "an update is no alert", NULL, "update", 0, 0, true, 6, 0, 0, 0 },
	{ "the same twice", NULL, "open", 3, 0, false, 6, 0, 1, 0 },
	{ "a number left out", NULL, "close", 9, 0, false, 6, 2, 0, 0 },
	{ "one never came", NULL, NULL, 0, 1, false, 6, 1, 0, 0 },
};

static int64_t
number_of(json_t *root, const char *key)
{
	return json_integer_value(json_object_get(root, key));
}

static void
account_tells(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		struct ledger ledger = { .force = force_new(&options),
			.reader = json_reader_new(RECEIVER_FRAME_MAX, 64) };
		json_t *root;
		bool ok;

		ledger.account = demo_account_new(ledger.force);
		tell_planted(&ledger, accounts[i].missing);
		if (accounts[i].again != NULL)
			tell(&ledger, "r", accounts[i].again, "nobody",
			    accounts[i].sequence > 0 ? accounts[i].sequence :
						       ledger.sequence + 1);
		ok = settle(&ledger,
		    demo_account_received(ledger.account) +
			accounts[i].in_queue,
		    &root);
		if (ok != accounts[i].want ||
		    number_of(root, "alerts") != accounts[i].alerts ||
		    number_of(root, "lost") != accounts[i].lost ||
		    number_of(root, "repeated") != accounts[i].repeated ||
		    number_of(root, "others") != accounts[i].others)
			testing_fail(accounts[i].name, "got %d, %s", ok,
			    json_dumps(root, 0));
		json_decref(root);
		demo_account_free(ledger.account);
		json_reader_free(ledger.reader);
		force_free(ledger.force);
	}
}

/* ---- Lines ---- */

static void
lines_are_broken(void **state)
{
	struct buffer out = BUFFER_INIT;

	(void)state;
	/* 74 and 3 more with a blank are 78 after an indent of 0. */
	demo_print_wrapped(&out,
	    SPAN("aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
		 "eeeeeeeeeeffffffffffgggggggggghhhh iii jj"),
	    0);
	assert_span_equal(buffer_span(&out),
	    SPAN("aaaaaaaaaabbbbbbbbbb"
		 "ccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhh "
		 "iii\njj\n"));
	buffer_reset(&out);
	/* What could steer a terminal, in 7 bits and as C1, does not. */
	demo_print_wrapped(&out,
	    SPAN("a\x1b[2J \xc2\x9b"
		 "2J \xc3\xbc"),
	    4);
	assert_span_equal(buffer_span(&out), SPAN("a?[2J ?2J \xc3\xbc\n"));
	buffer_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_leads_back),
		cmocka_unit_test(message_becomes_alert),
		cmocka_unit_test(account_tells),
		cmocka_unit_test(lines_are_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
