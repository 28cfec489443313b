/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl status: how a running integrityd does. */
#include <stdio.h>
#include <unistd.h>

#include "ctl/ctl_daemon.h"

static const struct ctl_option options[] = { CTL_DAEMON_OPTIONS };

static void
print_age(double seconds)
{
	if (seconds < 120)
		printf("%.1f s", seconds);
	else if (seconds < 7200)
		printf("%.0f min", seconds / 60);
	else
		printf("%.1f h", seconds / 3600);
}

static void
print_rules(struct json_value root)
{
	struct json_value rules;
	struct span hash;

	if (!json_member(root, SPAN("rules"), &rules))
		return;
	hash = ctl_daemon_text(rules, "hash");
	printf("rules         %.0f loaded, %.0f refused, set %.*s, last load "
	       "%s " SPAN_FMT "\n",
	    ctl_daemon_number(rules, "loaded"),
	    ctl_daemon_number(rules, "refused"),
	    hash.len > 12 ? 12 : (int)hash.len, hash.len > 0 ? hash.ptr : "",
	    ctl_daemon_bool(rules, "last_load_ok") ? "ok" : "REFUSED",
	    SPAN_ARG(ctl_daemon_text(rules, "last_load")));
}

static void
print_lag(struct json_value root)
{
	struct json_iterator partitions = ctl_daemon_list(root, "partitions");
	struct json_value partition;
	struct span key;
	unsigned count = 0, behind = 0;

	while (json_next(&partitions, &key, &partition)) {
		count++;
		behind += ctl_daemon_number(partition, "lag") > 0;
	}
	printf("inputs        %u partitions", count);
	if (!ctl_daemon_is_null(root, "lag"))
		printf(", lag %.0f records in %u of them",
		    ctl_daemon_number(root, "lag"), behind);
	if (!ctl_daemon_is_null(root, "event_lag_s")) {
		printf(", newest event ");
		print_age(ctl_daemon_number(root, "event_lag_s"));
		printf(" old");
	}
	printf("\n");
	partitions = ctl_daemon_list(root, "partitions");
	while (json_next(&partitions, &key, &partition)) {
		if (ctl_daemon_number(partition, "lag") > 0)
			printf("              " SPAN_FMT " [%.0f] lag %.0f\n",
			    SPAN_ARG(ctl_daemon_text(partition, "topic")),
			    ctl_daemon_number(partition, "partition"),
			    ctl_daemon_number(partition, "lag"));
	}
}

static void
print_counts(struct json_value root)
{
	struct json_value counts;

	if (!json_member(root, SPAN("counts"), &counts))
		return;
	printf("events        %.0f, %.0f rejected, %.0f hits, %.0f late, "
	       "%.0f undecided\n",
	    ctl_daemon_number(counts, "events"),
	    ctl_daemon_number(counts, "rejected"),
	    ctl_daemon_number(counts, "hits"),
	    ctl_daemon_number(counts, "late"),
	    ctl_daemon_number(counts, "unknown"));
	printf("windows       %.0f groups, %.1f MiB\n",
	    ctl_daemon_number(counts, "groups"),
	    ctl_daemon_number(counts, "state_bytes") / (1024 * 1024));
	printf("transactions  %.0f committed, %.0f aborted, "
	       "%.0f alert records\n",
	    ctl_daemon_number(counts, "transactions_committed"),
	    ctl_daemon_number(counts, "transactions_aborted"),
	    ctl_daemon_number(counts, "alert_records"));
}

static void
print_destinations(struct json_value root)
{
	struct json_iterator list = ctl_daemon_list(root, "destinations");
	struct json_value destination;
	struct span key, error;

	while (json_next(&list, &key, &destination)) {
		error = ctl_daemon_text(destination, "last_error");
		printf("destination   " SPAN_FMT ": %s%s, sequence %.0f, "
		       "%.0f frames kept",
		    SPAN_ARG(ctl_daemon_text(destination, "name")),
		    ctl_daemon_bool(destination, "connected") ? "connected" :
								"NOT CONNECTED",
		    ctl_daemon_bool(destination, "active") ?
			"" :
			", another instance sends",
		    ctl_daemon_number(destination, "sequence"),
		    ctl_daemon_number(destination, "queue_frames"));
		if (error.len > 0)
			printf("; last error: " SPAN_FMT, SPAN_ARG(error));
		printf("\n");
	}
}

static void
print_human(struct json_value root)
{
	struct json_value problem;

	printf("integrityd    " SPAN_FMT ", instance " SPAN_FMT " of " SPAN_FMT
	       ", since " SPAN_FMT ", %s\n",
	    SPAN_ARG(ctl_daemon_text(root, "version")),
	    SPAN_ARG(ctl_daemon_text(root, "instance")),
	    SPAN_ARG(ctl_daemon_text(root, "group")),
	    SPAN_ARG(ctl_daemon_text(root, "started")),
	    ctl_daemon_bool(root, "ready") ? "ready" : "NOT READY");
	print_rules(root);
	print_lag(root);
	print_counts(root);
	print_destinations(root);
	if (json_member(root, SPAN("last_problem"), &problem) &&
	    json_value_kind(problem) == JSON_KIND_OBJECT)
		printf("last problem  " SPAN_FMT " " SPAN_FMT "\n",
		    SPAN_ARG(ctl_daemon_text(problem, "at")),
		    SPAN_ARG(ctl_daemon_text(problem, "text")));
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct ctl_daemon_options given = { 0 };
	struct ctl_daemon_answer answer;
	int status;

	if (!ctl_parse(verb, argc, argv, &given, NULL))
		return CTL_USAGE;
	if (!ctl_daemon_ask(&given, "{\"request\":\"status\"}\n", &answer))
		return CTL_BROKEN;
	if (!ctl_daemon_print_json(&given, &answer)) {
		if (answer.ok)
			print_human(answer.root);
		else
			ctl_daemon_print_message(&answer);
	}
	status = answer.ok ? CTL_OK : CTL_BROKEN;
	ctl_daemon_done(&answer);
	return status;
}

const struct ctl_verb ctl_status = {
	.name = "status",
	.arguments = "[OPTION..]",
	.summary = "how a running integrityd does: rules, lag, destinations",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
