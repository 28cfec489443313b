/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a running service: loading them anew, and what guards it. */
#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "engine/commit_note.h"
#include "engine/notify.h"
#include "engine/service_internal.h"

#define SENTENCE_MAX 900

bool
service_rules_are_too_few(uint32_t before, uint32_t after)
{
	return before > 0 &&
	    (after == 0 || (uint64_t)after * 10 < (uint64_t)before * 9);
}

void
service_rules_tell(struct service *service,
    const struct rule_load_result *result, enum rule_level level,
    const char *how)
{
	char sentence[SENTENCE_MAX], about[80];

	(void)snprintf(about, sizeof(about), "%02x%02x%02x%02x",
	    result->rules->hash[0], result->rules->hash[1],
	    result->rules->hash[2], result->rules->hash[3]);
	(void)snprintf(sentence, sizeof(sentence),
	    "%s with %u rules of %u files, %zu refused (rule set %s...)", how,
	    result->rules->count, result->rules->file_count,
	    result->refused_count, about);
	log_info("%s", sentence);
	pipeline_notice(service->pipeline, NOTICE_RULESET, level, about,
	    sentence);
	for (size_t i = 0; i < result->refused_count; i++) {
		const struct rule_refused *refused = &result->refused[i];

		(void)snprintf(sentence, sizeof(sentence),
		    "Rule " SPAN_FMT " (%s:%u) does not load: it watches "
		    "nothing until it is mended",
		    SPAN_ARG(refused->label), refused->path, refused->line);
		pipeline_notice(service->pipeline, NOTICE_RULE_REFUSED,
		    LEVEL_HIGH, refused->path, sentence);
	}
}

/* ---- Reload ---- */

static void
note_reset(void *context, struct span rule_label)
{
	struct service_reload *reload = context;

	log_info("reload: the windows of " SPAN_FMT " start anew",
	    SPAN_ARG(rule_label));
	buffer_add_span(&reload->reset, rule_label);
	buffer_add_char(&reload->reset, '\n');
}

static void
refuse_too_few(struct service *service, struct service_reload *reload)
{
	char sentence[SENTENCE_MAX];

	reload->is_too_few = true;
	(void)snprintf(reload->message, sizeof(reload->message),
	    "%u rules would be left of %u: the old rules stay, unless it is "
	    "forced (integrityctl reload --force)",
	    reload->after, reload->before);
	(void)snprintf(sentence, sizeof(sentence),
	    "New rules asked for by %s were refused: %u would be left of %u",
	    reload->by, reload->after, reload->before);
	pipeline_notice(service->pipeline, NOTICE_RULESET, LEVEL_HIGH,
	    "too few", sentence);
}

static void
swap_rules(struct service *service, struct service_reload *reload,
    const struct rule_load_result *result)
{
	bool is_less = service_rules_are_too_few(reload->before, reload->after);
	char how[160];

	if (is_less)
		(void)snprintf(how, sizeof(how),
		    "The rules, which were %u, were loaded anew by force, "
		    "asked for by %s,",
		    reload->before, reload->by);
	else
		(void)snprintf(how, sizeof(how),
		    "The rules, asked for by %s, were loaded anew", reload->by);
	service_rules_tell(service, result,
	    is_less ? LEVEL_HIGH : LEVEL_INFORMATIONAL, how);
	service->refused = 0;
	engine_set_rules(service->engine, result->rules, note_reset, reload);
	(void)snprintf(reload->message, sizeof(reload->message),
	    "%u rules, %u before", reload->after, reload->before);
}

/* False if the old rules stay. */
static bool
load_and_swap(struct service *service, struct service_reload *reload,
    struct diag *diag)
{
	struct rule_load_result result;

	if (!rules_load(service->options.config, false, diag, &reload->text,
		&result)) {
		(void)snprintf(reload->message, sizeof(reload->message),
		    "%zu error(s) in the rules, or tests that fail: the old "
		    "rules stay",
		    diag_errors(diag));
		return false;
	}
	reload->after = result.rules->count;
	if (!reload->is_forced &&
	    service_rules_are_too_few(reload->before, reload->after)) {
		refuse_too_few(service, reload);
		rule_set_free(result.rules);
		return false;
	}
	swap_rules(service, reload, &result);
	return true;
}

bool
service_rules_reload(struct service *service, struct service_reload *reload)
{
	struct diag *diag = diag_new();
	bool ok;

	notify_send("RELOADING=1");
	reload->before = engine_rules(service->engine)->count;
	ok = load_and_swap(service, reload, diag);
	rules_log(diag);
	diag_render_ndjson(diag, &reload->findings);
	diag_render_summary(diag, false, &reload->text);
	diag_free(diag);
	if (!ok)
		log_error("reload refused: %s", reload->message);
	service->is_load_ok = ok;
	service->load_us = clock_now_us();
	if (ok)
		service->load_ok_us = service->load_us;
	notify_send("READY=1");
	return ok;
}

void
service_rules_reload_done(struct service_reload *reload)
{
	buffer_done(&reload->findings);
	buffer_done(&reload->text);
	buffer_done(&reload->reset);
}

/* ---- Start ---- */

/* Instances may have run different sets: the greatest counts. */
static void
note_rules(void *context, struct span note)
{
	uint32_t *most = context, count = commit_note_rules(note);

	if (count > *most)
		*most = count;
}

bool
service_rules_check_start(struct service *service, int *ret_status,
    struct error *err)
{
	uint32_t before = 0, after = engine_rules(service->engine)->count;

	if (service->embedded != NULL || service->options.is_forced)
		return true;
	if (!service_start_notes(service, note_rules, &before, err))
		return false;
	if (!service_rules_are_too_few(before, after))
		return true;
	*ret_status = EX_CONFIG;
	return error_set(err, NULL,
	    "%u rules load, where %u have judged the records so far: mend or "
	    "restore the others, or start once with --force",
	    after, before);
}
