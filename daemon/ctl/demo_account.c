/* SPDX-License-Identifier: Apache-2.0 */
/* Who was planted and what found them; who was innocent and reported. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/table.h"

#include "ctl/demo.h"

#define RULE_BYTES 64
#define ID_BYTES 24
#define COUNTER_BYTES 160
#define INDENT 12

struct opened { /* an alert that was opened */
	char rule[RULE_BYTES], id[ID_BYTES], counter[COUNTER_BYTES];
	const struct force_case *which; /* NULL: somebody else's */
};

struct demo_account {
	const struct force *force;
	struct opened *opened;
	size_t opened_count, opened_cap;
	int64_t *delays_us;
	size_t delay_count, delay_cap;
	struct table *seen; /* "SEQUENCE/PART" */
	uint64_t records, last_sequence, repeated;
	uint64_t self, updated, closed, cited, proven;
};

struct demo_account *
demo_account_new(const struct force *force)
{
	struct demo_account *account = mem_zalloc(sizeof(*account));

	account->force = force;
	account->seen = table_new();
	return account;
}

void
demo_account_free(struct demo_account *account)
{
	if (account == NULL)
		return;
	table_free(account->seen);
	mem_free(account->opened);
	mem_free(account->delays_us);
	mem_free(account);
}

static bool
is_repeated(struct demo_account *account, const struct demo_alert *alert)
{
	uint64_t key[2] = { alert->sequence, alert->part };
	struct span span = span_make(key, sizeof(key));

	if (table_find(account->seen, span) != NULL)
		return true;
	table_set(account->seen, span, account);
	return false;
}

static void
add_opened(struct demo_account *account, const struct demo_alert *alert)
{
	struct opened *opened;

	account->opened = mem_grow(account->opened, &account->opened_cap,
	    account->opened_count + 1, sizeof(*account->opened));
	opened = &account->opened[account->opened_count++];
	opened->which = alert->which;
	(void)snprintf(opened->rule, sizeof(opened->rule), SPAN_FMT,
	    SPAN_ARG(alert->rule));
	(void)snprintf(opened->id, sizeof(opened->id), SPAN_FMT,
	    SPAN_ARG(alert->id));
	(void)snprintf(opened->counter, sizeof(opened->counter), SPAN_FMT,
	    SPAN_ARG(alert->counter));
	if (alert->delay_us < 0)
		return;
	account->delays_us = mem_grow(account->delays_us, &account->delay_cap,
	    account->delay_count + 1, sizeof(*account->delays_us));
	account->delays_us[account->delay_count++] = alert->delay_us;
}

void
demo_account_add(struct demo_account *account, const struct demo_alert *alert)
{
	if (is_repeated(account, alert)) {
		account->repeated++;
		return;
	}
	account->cited += alert->cited;
	account->proven += alert->proven;
	if (alert->part > 1)
		return;
	account->records++;
	if (alert->sequence > account->last_sequence)
		account->last_sequence = alert->sequence;
	if (span_is(alert->type, "self"))
		account->self++;
	else if (span_is(alert->kind, "open"))
		add_opened(account, alert);
	else if (span_is(alert->kind, "update"))
		account->updated++;
	else
		account->closed++;
}

uint64_t
demo_account_received(const struct demo_account *account)
{
	return account->records;
}

/* ---- Verdicts ---- */

static const struct opened *
find_opened(const struct demo_account *account, const struct force_case *which,
    const char *rule)
{
	for (size_t i = 0; i < account->opened_count; i++) {
		const struct opened *opened = &account->opened[i];

		if (opened->which == which &&
		    (rule == NULL || strcmp(opened->rule, rule) == 0))
			return opened;
	}
	return NULL;
}

static bool
is_expected(const struct force_case *which, const char *rule)
{
	for (const char *const *at = which->rules; *at != NULL; at++) {
		if (strcmp(*at, rule) == 0)
			return true;
	}
	return false;
}

static bool
is_missed(const struct demo_account *account, const struct force_case *which)
{
	for (const char *const *at = which->rules; *at != NULL; at++) {
		if (find_opened(account, which, *at) == NULL)
			return true;
	}
	return false;
}

/* Every rule of a case once, in the order of its first alert. */
static void
add_rules(const struct demo_account *account, const struct force_case *which,
    struct buffer *out)
{
	const char *between = "";

	for (size_t i = 0; i < account->opened_count; i++) {
		const struct opened *opened = &account->opened[i];

		if (opened->which != which ||
		    find_opened(account, which, opened->rule) != opened)
			continue;
		buffer_printf(out, "%s%s (%s)", between, opened->rule,
		    opened->id);
		if (which->part == FORCE_DECOY && opened->counter[0] != '\0')
			buffer_printf(out, ", for them: %s", opened->counter);
		between = "; ";
	}
}

static void
add_missing(const struct demo_account *account, const struct force_case *which,
    struct buffer *out)
{
	for (const char *const *at = which->rules; *at != NULL; at++) {
		if (find_opened(account, which, *at) == NULL)
			buffer_printf(out, "%s%s did not fire",
			    out->len > 0 ? "; " : "", *at);
	}
}

static void
add_case(const struct demo_account *account, const struct demo_print *print,
    const struct force_case *which, struct buffer *out)
{
	bool is_planted = which->part == FORCE_PLANTED;
	const char *word = "quiet", *color = "2";
	struct buffer text = BUFFER_INIT;

	if (is_planted) {
		word = is_missed(account, which) ? "MISSED" : "found";
		color = is_missed(account, which) ? "1;31" : "32";
	} else if (find_opened(account, which, NULL) != NULL) {
		word = "reported";
		color = "33";
	}
	buffer_printf(out, "  %s%-*s%s", demo_print_paint(print, color),
	    INDENT - 2, word, demo_print_paint(print, "0"));
	buffer_printf(&text, "%s, %s: %s", which->key, which->title,
	    which->story);
	demo_print_wrapped(out, buffer_span(&text), INDENT);
	buffer_reset(&text);
	add_rules(account, which, &text);
	if (is_planted)
		add_missing(account, which, &text);
	if (text.len > 0) {
		buffer_printf(out, "%*s", INDENT, "");
		demo_print_wrapped(out, buffer_span(&text), INDENT);
	}
	buffer_done(&text);
}

static size_t
count_cases(const struct demo_account *account, enum force_part part,
    bool is_reported, size_t *ret_all)
{
	size_t count, found = 0;
	const struct force_case *cases = force_cases(account->force, &count);

	*ret_all = 0;
	for (size_t i = 0; i < count; i++) {
		if (cases[i].part != part)
			continue;
		(*ret_all)++;
		found += is_reported ?
		    find_opened(account, &cases[i], NULL) != NULL :
		    !is_missed(account, &cases[i]);
	}
	return found;
}

static void
add_cases(const struct demo_account *account, const struct demo_print *print,
    enum force_part part, struct buffer *out)
{
	size_t count;
	const struct force_case *cases = force_cases(account->force, &count);

	for (size_t i = 0; i < count; i++) {
		if (cases[i].part == part)
			add_case(account, print, &cases[i], out);
	}
}

/* ---- Numbers ---- */

static int
compare_delays(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

struct figures {
	double median_ms, max_ms;
	uint64_t lost, unexpected, others;
};

static void
get_figures(struct demo_account *account, const struct demo_totals *totals,
    struct figures *figures)
{
	size_t count = account->delay_count, middle = count / 2;
	uint64_t want = account->last_sequence > totals->alert_records ?
	    account->last_sequence :
	    totals->alert_records;

	*figures = (struct figures){ 0 };
	if (count > 0) {
		qsort(account->delays_us, count, sizeof(*account->delays_us),
		    compare_delays);
		figures->median_ms = (double)account->delays_us[middle] / 1000;
		figures->max_ms = (double)account->delays_us[count - 1] / 1000;
	}
	figures->lost = want > account->records ? want - account->records : 0;
	for (size_t i = 0; i < account->opened_count; i++) {
		const struct opened *opened = &account->opened[i];

		if (opened->which == NULL)
			figures->others++;
		else if (opened->which->part == FORCE_DECOY &&
		    !is_expected(opened->which, opened->rule))
			figures->unexpected++;
	}
}

static void
add_others(const struct demo_account *account, const struct figures *figures,
    struct buffer *out)
{
	if (figures->others == 0) {
		buffer_add_string(out, "\nNobody else was reported.\n");
		return;
	}
	buffer_printf(out, "\nOf everybody else %llu alerts:\n",
	    (unsigned long long)figures->others);
	for (size_t i = 0; i < account->opened_count; i++) {
		if (account->opened[i].which == NULL)
			buffer_printf(out, "  %s (%s)\n",
			    account->opened[i].rule, account->opened[i].id);
	}
}

static void
add_numbers(const struct demo_account *account,
    const struct demo_totals *totals, const struct figures *figures,
    const struct receiver_counts *counts, struct buffer *out)
{
	buffer_printf(out,
	    "\n%llu records of %u days in %.1f s, %llu of them rejected, %llu "
	    "late\n",
	    (unsigned long long)totals->sent, totals->days, totals->seconds,
	    (unsigned long long)totals->rejected,
	    (unsigned long long)totals->late);
	buffer_printf(out,
	    "%zu alerts (and %llu updates, %llu closed, %llu of the "
	    "program's own), %llu lost, %llu twice\n",
	    account->opened_count, (unsigned long long)account->updated,
	    (unsigned long long)account->closed,
	    (unsigned long long)account->self,
	    (unsigned long long)figures->lost,
	    (unsigned long long)account->repeated);
	buffer_printf(out,
	    "from produce to receipt %.0f ms (median), %.0f ms "
	    "(longest)\n",
	    figures->median_ms, figures->max_ms);
	buffer_printf(out,
	    "%llu heartbeats in between, so that silence would be seen\n",
	    (unsigned long long)totals->heartbeats);
	buffer_printf(out,
	    "%llu records cited as evidence, %llu of them byte "
	    "for byte what was sent\n",
	    (unsigned long long)account->cited,
	    (unsigned long long)account->proven);
	if (counts->bad > 0)
		buffer_printf(out, "%llu frames were bad: %s\n",
		    (unsigned long long)counts->bad, counts->last_error);
}

static void
print_human(struct demo_account *account, const struct demo_print *print,
    const struct demo_totals *totals, const struct figures *figures,
    const struct receiver_counts *counts)
{
	struct buffer out = BUFFER_INIT;
	size_t all, count;

	if (totals->is_interrupted) {
		buffer_add_string(&out, "\nInterrupted.\n");
	} else {
		count = count_cases(account, FORCE_PLANTED, false, &all);
		buffer_printf(&out, "\n%sPlanted: %zu of %zu found%s\n",
		    demo_print_paint(print, "1"), count, all,
		    demo_print_paint(print, "0"));
		add_cases(account, print, FORCE_PLANTED, &out);
		count = count_cases(account, FORCE_DECOY, true, &all);
		buffer_printf(&out,
		    "\n%sInnocent look-alikes: %zu of %zu "
		    "reported%s\n",
		    demo_print_paint(print, "1"), count, all,
		    demo_print_paint(print, "0"));
		add_cases(account, print, FORCE_DECOY, &out);
		if (count > 0)
			demo_print_wrapped(&out,
			    SPAN("These rules do not know "
				 "who is assigned to which case; what speaks "
				 "for "
				 "the officers stands in their alerts, so that "
				 "they "
				 "are cleared in a minute."),
			    0);
		add_others(account, figures, &out);
	}
	add_numbers(account, totals, figures, counts, &out);
	ctl_print(&out, STDOUT_FILENO);
}

static void
add_json_cases(const struct demo_account *account, struct json *json)
{
	size_t count;
	const struct force_case *cases = force_cases(account->force, &count);

	json_key(json, "cases");
	json_array(json);
	for (size_t i = 0; i < count; i++) {
		bool is_planted = cases[i].part == FORCE_PLANTED;

		json_object(json);
		json_key(json, is_planted ? "planted" : "decoy");
		json_string(json, cases[i].title);
		json_key(json, "who");
		json_string(json, cases[i].key);
		json_key(json, is_planted ? "found" : "reported");
		json_bool(json,
		    is_planted ? !is_missed(account, &cases[i]) :
				 find_opened(account, &cases[i], NULL) != NULL);
		json_end(json);
	}
	json_end(json);
}

static void
print_ndjson(const struct demo_account *account,
    const struct demo_totals *totals, const struct figures *figures,
    const struct receiver_counts *counts)
{
	const struct {
		const char *key;
		uint64_t number;
	} numbers[] = {
		{ "records", totals->sent },
		{ "rejected", totals->rejected },
		{ "late", totals->late },
		{ "heartbeats", totals->heartbeats },
		{ "alerts", account->opened_count },
		{ "others", figures->others },
		{ "unexpected", figures->unexpected },
		{ "lost", figures->lost },
		{ "repeated", account->repeated },
		{ "bad_frames", counts->bad },
		{ "cited", account->cited },
		{ "proven", account->proven },
		{ "delay_median_ms", (uint64_t)figures->median_ms },
		{ "delay_max_ms", (uint64_t)figures->max_ms },
	};
	struct buffer out = BUFFER_INIT;
	struct json json;

	json_init(&json, &out);
	json_object(&json);
	json_key(&json, "type");
	json_string(&json, "account");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		json_key(&json, numbers[i].key);
		json_uint(&json, numbers[i].number);
	}
	add_json_cases(account, &json);
	json_end(&json);
	buffer_add_char(&out, '\n');
	ctl_print(&out, STDOUT_FILENO);
}

bool
demo_account_print(struct demo_account *account, const struct demo_print *print,
    const struct demo_totals *totals, const struct receiver_counts *counts)
{
	struct figures figures;
	size_t all, found;

	get_figures(account, totals, &figures);
	if (print->format == CTL_NDJSON)
		print_ndjson(account, totals, &figures, counts);
	else
		print_human(account, print, totals, &figures, counts);
	found = count_cases(account, FORCE_PLANTED, false, &all);
	/* Each partition is written in order: nothing of it can be late. */
	return found == all && totals->late == 0 && figures.lost == 0 &&
	    account->repeated == 0 && counts->bad == 0 &&
	    account->proven == account->cited;
}
