/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/zone.h"
#include "model/rule.h"

#include "ctl/demo.h"

#define WIDTH 78
#define INDENT 4
#define LABELLED (INDENT + 10)

const char *
demo_print_paint(const struct demo_print *print, const char *code)
{
	static char text[2][16];
	static unsigned next;
	char *into = text[next++ % 2];

	if (!print->has_color)
		return "";
	(void)snprintf(into, sizeof(text[0]), "\033[%sm", code);
	return into;
}

/* Terminal columns: code points, which is right for what the force holds. */
static size_t
columns(struct span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

/* Records come from outside: nothing in them may steer a terminal. */
static void
add_clean(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool is_c1 = c == 0xc2 && i + 1 < text.len &&
		    (unsigned char)text.ptr[i + 1] < 0xa0;

		buffer_add_char(out,
		    c < 0x20 || c == 0x7f || is_c1 ? '?' : (char)c);
		i += is_c1;
	}
}

void
demo_print_wrapped(struct buffer *out, struct span text, unsigned indent)
{
	size_t column = indent;
	struct span word;

	while (span_split(&text, ' ', &word)) {
		size_t width = columns(word);

		if (column > indent && column + 1 + width > WIDTH) {
			buffer_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			buffer_add_char(out, ' ');
			column++;
		}
		add_clean(out, word);
		column += width;
	}
	buffer_add_char(out, '\n');
}

static void
add_labelled(struct buffer *out, const char *label, struct span text)
{
	buffer_printf(out, "%*s%-*s", INDENT, "", LABELLED - INDENT, label);
	demo_print_wrapped(out, text, LABELLED);
}

static const char *
color_of(struct span level)
{
	static const char *const colors[] = { "2", "36", "33", "31", "1;31" };

	for (int i = LEVEL_INFORMATIONAL; i <= LEVEL_CRITICAL; i++) {
		if (span_is(level, rule_level_names[i]))
			return colors[i];
	}
	return "0";
}

/* Strings of an array in `integrity`, each on its own. */
static void
add_strings(struct buffer *out, const struct demo_alert *alert, const char *key,
    const char *label, size_t limit)
{
	struct json_value array, value;
	struct json_iterator items;
	struct span none;

	if (!json_member(alert->integrity, span_of(key), &array) ||
	    json_value_kind(array) != JSON_KIND_ARRAY)
		return;
	items = json_iterate(array);
	while (limit-- > 0 && json_next(&items, &none, &value)) {
		if (json_value_kind(value) != JSON_KIND_STRING)
			continue;
		add_labelled(out, label, json_value_string(value));
		label = "";
	}
}

static int64_t
int_of(struct json_value object, const char *key)
{
	struct json_value value;

	if (!json_member(object, span_of(key), &value) ||
	    json_value_kind(value) != JSON_KIND_INT)
		return -1;
	return json_value_int(value);
}

/* The last one kept: it is the one that decided. */
static void
add_evidence(struct buffer *out, const struct demo_alert *alert)
{
	struct buffer text = BUFFER_INIT;
	struct json_value array, item, last;
	struct json_iterator items;
	struct span none;
	bool found = false;

	if (!json_member(alert->integrity, SPAN("evidence"), &array) ||
	    json_value_kind(array) != JSON_KIND_ARRAY)
		return;
	items = json_iterate(array);
	while (json_next(&items, &none, &item)) {
		last = item;
		found = true;
	}
	if (!found)
		return;
	buffer_printf(&text, "%s partition %lld offset %lld", DEMO_TOPIC,
	    (long long)int_of(last, "partition"),
	    (long long)int_of(last, "offset"));
	if (alert->cited > 1)
		buffer_printf(&text, " and %llu before it",
		    (unsigned long long)alert->cited - 1);
	buffer_add_string(&text,
	    alert->proven == alert->cited ? ", SHA-256 as sent" :
					    ", SHA-256 NOT as sent");
	add_labelled(out, "evidence", buffer_span(&text));
	buffer_done(&text);
}

static void
print_open(const struct demo_print *print, const struct demo_alert *alert,
    const char *time, struct buffer *out)
{
	buffer_printf(out, "\n%.10s %.5s  %s", time, time + 11,
	    demo_print_paint(print, color_of(alert->level)));
	buffer_printf(out, "%-13.*s", SPAN_ARG(alert->level));
	buffer_printf(out, "%s  %s", demo_print_paint(print, "0"),
	    demo_print_paint(print, "1"));
	add_clean(out, alert->rule);
	buffer_printf(out, "%s  ", demo_print_paint(print, "0"));
	add_clean(out, alert->id);
	if (alert->delay_us >= 0)
		buffer_printf(out, "  after %lld ms",
		    (long long)(alert->delay_us / 1000));
	buffer_printf(out, "\n%*s", INDENT, "");
	demo_print_wrapped(out, alert->sentence, INDENT);
	add_evidence(out, alert);
	add_strings(out, alert, "counter_evidence", "for them", 4);
	add_strings(out, alert, "caveats", "caution", 2);
	add_strings(out, alert, "triage", "ask", 1);
}

static void
print_human(const struct demo_print *print, const struct demo_alert *alert,
    struct buffer *out)
{
	char time[32];

	zone_format_utc_ms(alert->end_us, time);
	if (span_is(alert->type, "self")) {
		buffer_printf(out, "\n%s", demo_print_paint(print, "2"));
		demo_print_wrapped(out, alert->sentence, 0);
		buffer_add_string(out, demo_print_paint(print, "0"));
	} else if (span_is(alert->kind, "open")) {
		print_open(print, alert, time, out);
	} else if (span_is(alert->kind, "update")) {
		buffer_printf(out, "\n%.10s %.5s  %sgoes on       ", time,
		    time + 11, demo_print_paint(print, "2"));
		buffer_printf(out,
		    "  " SPAN_FMT "  " SPAN_FMT "  %lld by "
		    "now%s\n",
		    SPAN_ARG(alert->rule), SPAN_ARG(alert->id),
		    (long long)int_of(alert->integrity, "count"),
		    demo_print_paint(print, "0"));
	}
}

static void
print_ndjson(const struct demo_alert *alert, struct buffer *out)
{
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_key(&json, "type");
	json_string(&json, "alert");
	json_key(&json, "sequence");
	json_uint(&json, alert->sequence);
	if (alert->delay_us >= 0) {
		json_key(&json, "delay_ms");
		json_int(&json, alert->delay_us / 1000);
	}
	if (alert->which != NULL) {
		json_key(&json,
		    alert->which->part == FORCE_PLANTED ? "planted" : "decoy");
		json_string(&json, alert->which->title);
	}
	json_key(&json, "message");
	json_raw(&json, alert->body);
	json_end(&json);
	buffer_add_char(out, '\n');
}

void
demo_print_alert(const struct demo_print *print, const struct demo_alert *alert)
{
	struct buffer out = BUFFER_INIT;

	if (print->format == CTL_NDJSON)
		print_ndjson(alert, &out);
	else if (alert->part <= 1)
		print_human(print, alert, &out);
	ctl_print(&out, STDOUT_FILENO);
}

void
demo_print_start(const struct demo_print *print,
    const struct demo_options *options, uint32_t staff, uint32_t days,
    uint32_t rules)
{
	struct buffer out = BUFFER_INIT;

	buffer_printf(&out,
	    "A force of %u staff over %u days (seed %llu), %u rules.  Some of "
	    "them abuse their\naccess, more only look like it.  Records go "
	    "into Kafka, alerts come out over\nsyslog (RFC 5424, TCP) and are "
	    "printed as the receiver gets them.\n",
	    staff, days, (unsigned long long)options->seed, rules);
	if (options->hours_per_second > 0)
		buffer_printf(&out, "An hour of theirs is %.2f s here.\n",
		    1.0 / (double)options->hours_per_second);
	ctl_print(&out,
	    print->format == CTL_NDJSON ? STDERR_FILENO : STDOUT_FILENO);
}
