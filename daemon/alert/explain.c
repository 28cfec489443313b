/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/zone.h"
#include "text/timespan.h"

#include "alert/explain.h"

/* Members of an array that are told in a sentence. */
#define MEMBERS_TOLD 5

const char *const explain_op_names[] = {
	[COMPARE_GT] = "gt",
	[COMPARE_GTE] = "gte",
	[COMPARE_LT] = "lt",
	[COMPARE_LTE] = "lte",
	[COMPARE_EQ] = "eq",
	[COMPARE_NEQ] = "neq",
};

static const char *const op_words[] = {
	[COMPARE_GT] = "more than ",
	[COMPARE_GTE] = "at least ",
	[COMPARE_LT] = "less than ",
	[COMPARE_LTE] = "at most ",
	[COMPARE_EQ] = "exactly ",
	[COMPARE_NEQ] = "other than ",
};

const char *
explain_flag(uint32_t flag)
{
	switch (flag) {
	case EVENT_TIME_CLAMPED:
		return "the event's time lay in the future and was replaced "
		       "by the broker's";
	case EVENT_TIME_ASSUMED:
		return "the record told no time, so its predecessor's or the "
		       "broker's was taken";
	case EVENT_REPAIRED:
		return "the record held bytes or numbers that had to be "
		       "repaired before it could be read";
	case EVENT_LATE:
		return "the record came later than its input's lateness "
		       "allows";
	default:
		return NULL;
	}
}

/* ---- Values in words ---- */

static void
add_number(struct buffer *out, double number)
{
	struct json json;

	json_init(&json, out);
	json_real(&json, number);
}

static void
add_time(struct buffer *out, int64_t time_us)
{
	char text[32];

	zone_format_utc_ms(time_us, text);
	buffer_add_string(out, text);
}

static void
add_value(struct buffer *out, const struct value *value)
{
	const struct value *members;
	uint32_t count;

	members = value_members(value, &count);
	for (uint32_t i = 0; i < count && i < MEMBERS_TOLD; i++) {
		buffer_add_string(out, i > 0 ? ", " : "");
		if (members[i].text.len > 0)
			buffer_add_span(out, members[i].text);
		else
			buffer_add_string(out, "(empty)");
	}
	if (count > MEMBERS_TOLD)
		buffer_printf(out, " and %u more", count - MEMBERS_TOLD);
}

void
explain_limit(const struct correlation *correlation, struct buffer *out)
{
	const struct correlation_bound *bounds = correlation->bounds;

	if (correlation->bound_count == 1) {
		add_number(out, bounds[0].limit);
		return;
	}
	for (uint32_t i = 0; i < correlation->bound_count; i++) {
		buffer_add_string(out, i > 0 ? " and " : "");
		buffer_add_string(out, op_words[bounds[i].op]);
		add_number(out, bounds[i].limit);
	}
}

/* ---- Names in sentences ---- */

static bool
add_group_value(const struct detection *detection, struct span name,
    struct buffer *out)
{
	const struct correlation *correlation = detection->rule->correlation;

	if (correlation == NULL || detection->group == NULL)
		return false;
	for (uint32_t i = 0; i < correlation->group_count; i++) {
		if (!span_equal(correlation->group_names[i], name))
			continue;
		if (detection->group[i].len > 0)
			buffer_add_span(out, detection->group[i]);
		else
			buffer_add_string(out, "(empty)");
		return true;
	}
	return false;
}

static void
add_field(const struct kept *kept, struct span name, struct buffer *out)
{
	const struct value *value;

	if (add_group_value(kept->detection, name, out))
		return;
	switch (kept_agree(kept, name, &value)) {
	case KEPT_MISSING:
		buffer_add_string(out, "unknown");
		return;
	case KEPT_SEVERAL:
		buffer_add_string(out, "several");
		return;
	case KEPT_AGREED:
		add_value(out, value);
		return;
	}
}

static void
add_name(void *context, const struct template_part *part, struct buffer *out)
{
	const struct kept *kept = context;
	const struct detection *detection = kept->detection;
	const struct correlation *correlation = detection->rule->correlation;

	switch (part->tag) {
	case SENTENCE_COUNT:
		buffer_add_u64(out, detection->count);
		return;
	case SENTENCE_PEAK:
		add_number(out, detection->peak);
		return;
	case SENTENCE_FIRST:
		add_time(out, detection->first_us);
		return;
	case SENTENCE_LAST:
		add_time(out, detection->last_us);
		return;
	case SENTENCE_LIMIT:
		if (correlation != NULL)
			explain_limit(correlation, out);
		else
			buffer_add_string(out, "1");
		return;
	case SENTENCE_TIMESPAN:
		if (correlation != NULL)
			timespan_format(correlation->span_us, out);
		else
			buffer_add_string(out, "unknown");
		return;
	default:
		add_field(kept, part->text, out);
	}
}

/* ---- Sentences ---- */

/* Fields worth naming where the rule has no sentence of its own. */
static const char *const told_fields[] = { "user.id", "user.name",
	"event.action", "subject.id", "record.id", "system.name", "case.id" };

static void
add_default_event(const struct kept *kept, struct buffer *out)
{
	const char *between = ": ";
	const struct value *value;

	for (size_t i = 0; i < sizeof(told_fields) / sizeof(told_fields[0]);
	    i++) {
		if (kept_agree(kept, span_of(told_fields[i]), &value) !=
		    KEPT_AGREED)
			continue;
		buffer_printf(out, "%s%s=", between, told_fields[i]);
		add_value(out, value);
		between = ", ";
	}
}

static void
add_default_group(const struct detection *detection, struct buffer *out)
{
	const struct correlation *correlation = detection->rule->correlation;

	for (uint32_t i = 0; i < correlation->group_count; i++) {
		buffer_add_string(out, i == 0 ? " by " : ", ");
		buffer_add_span(out, correlation->group_names[i]);
		buffer_add_char(out, '=');
		(void)add_group_value(detection, correlation->group_names[i],
		    out);
	}
}

static void
add_default_correlation(const struct detection *detection, struct buffer *out)
{
	const struct correlation *correlation = detection->rule->correlation;

	buffer_printf(out, ": %llu event%s",
	    (unsigned long long)detection->count,
	    detection->count == 1 ? "" : "s");
	add_default_group(detection, out);
	if (correlation->is_suppression)
		return;
	buffer_add_string(out, ", at least ");
	add_number(out, detection->peak);
	for (uint32_t i = 0; i < correlation->value_count; i++) {
		buffer_add_string(out, i == 0 ? " different " : " + ");
		buffer_add_span(out, correlation->value_names[i]);
	}
	buffer_add_string(out, " within ");
	timespan_format(correlation->span_us, out);
	buffer_add_string(out, " (limit ");
	explain_limit(correlation, out);
	buffer_add_char(out, ')');
}

void
explain_sentence(const struct kept *kept, struct buffer *out)
{
	const struct rule *rule = kept->detection->rule;
	struct template_part part = { .is_name = false };
	struct template one = { &part, 1 };
	struct buffer text = BUFFER_INIT;

	if (rule->extension.sentence.count > 0) {
		template_fill(&rule->extension.sentence, add_name, (void *)kept,
		    out);
		return;
	}
	buffer_add_span(&text, rule->title);
	if (rule->correlation != NULL)
		add_default_correlation(kept->detection, &text);
	else
		add_default_event(kept, &text);

	/* The template's way out cleans and cuts. */
	part.text = buffer_span(&text);
	template_fill(&one, NULL, NULL, out);
	buffer_done(&text);
}

void
explain_counter(const struct kept *kept, const struct rule_counter *counter,
    uint32_t hits, struct buffer *out)
{
	template_fill(&counter->say, add_name, (void *)kept, out);
	buffer_printf(out, " on %u of the %u kept", hits,
	    kept->detection->evidence_count);
}
