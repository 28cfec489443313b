/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl backtest: history through the rules. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/replay.h"
#include "rule/rule_load.h"

#include "ctl/ctl.h"
#include "ctl/ctl_input.h"
#include "ctl/ctl_rules.h"

#define OUTPUT_FLUSH_BYTES 65536
#define REJECTED_SHOWN 5
#define REJECTED_SHOWN_BYTES 300

struct backtest_options {
	struct ctl_strings files, rules, lists;
	const char *mapping, *time_field, *logsource, *encoding, *hash_key_file;
	int64_t lateness_us;
	bool no_close, keep_going, is_strict;
	int format, color;
};

static const char *const formats[] = { "ndjson", "json", NULL };
enum { FORMAT_NDJSON, FORMAT_JSON };

#define AT(member) offsetof(struct backtest_options, member)

static const struct ctl_option options[] = {
	{ "--file", 'f', CTL_STRINGS, AT(files), "FILE", NULL,
	    "NDJSON or CSV, also .gz or .zst; - is standard input; may be "
	    "repeated" },
	{ "--rules", 'r', CTL_STRINGS, AT(rules), "PATH", NULL,
	    "folder or file of rules; may be repeated" },
	{ "--lists", 0, CTL_STRINGS, AT(lists), "DIR", NULL,
	    "folder of lists for %name%; may be repeated" },
	{ "--mapping", 'm', CTL_STRING, AT(mapping), "FILE", NULL,
	    "how the source's fields become canonical ones" },
	{ "--time-field", 0, CTL_STRING, AT(time_field), "NAME", NULL,
	    "where the event time stands (default @timestamp)" },
	{ "--encoding", 0, CTL_STRING, AT(encoding), "NAME", NULL,
	    "of files without a byte order mark (default the mapping's)" },
	{ "--hash-key-file", 0, CTL_STRING, AT(hash_key_file), "FILE", NULL,
	    "the key of hashes, if the mapping names none" },
	{ "--logsource", 0, CTL_STRING, AT(logsource), "KEY=VALUE,..", NULL,
	    "what the source is: product, category, service" },
	{ "--lateness", 0, CTL_DURATION, AT(lateness_us), "DURATION", NULL,
	    "how late a record may come (default 15m)" },
	{ "--no-close", 0, CTL_FLAG, AT(no_close), NULL, NULL,
	    "leave out what only the end of the file closed" },
	{ "--keep-going", 0, CTL_FLAG, AT(keep_going), NULL, NULL,
	    "run the good rules although others do not load" },
	{ "--strict", 0, CTL_FLAG, AT(is_strict), NULL, NULL,
	    "warnings that change nothing are errors" },
	{ "--output", 'o', CTL_CHOICE, AT(format), "FORMAT", formats,
	    "ndjson (default) or json" },
	{ "--color", 0, CTL_CHOICE, AT(color), "WHEN", ctl_color_words,
	    "auto (default), always or never" },
};

struct backtest {
	const struct backtest_options *options;
	struct buffer out;
	uint64_t alerts, rejected;
	int failure; /* errno of the first write that failed; 0: none */
};

static void
print(struct backtest *backtest)
{
	if (backtest->failure != 0)
		buffer_reset(&backtest->out);
	else if (!ctl_print(&backtest->out, STDOUT_FILENO))
		backtest->failure = errno;
}

static void
emit(void *context, const struct port_output *output)
{
	struct backtest *backtest = context;

	if (output->topic == PORT_TOPIC_REJECTED) {
		if (backtest->rejected++ < REJECTED_SHOWN)
			fprintf(stderr, "rejected: %.*s\n",
			    output->value.len < REJECTED_SHOWN_BYTES ?
				(int)output->value.len :
				REJECTED_SHOWN_BYTES,
			    output->value.ptr);
		return;
	}
	if (backtest->options->format == FORMAT_JSON)
		buffer_add_string(&backtest->out,
		    backtest->alerts == 0 ? "[\n" : ",\n");
	buffer_add_span(&backtest->out, output->value);
	if (backtest->options->format == FORMAT_NDJSON)
		buffer_add_char(&backtest->out, '\n');
	backtest->alerts++;
	if (backtest->out.len >= OUTPUT_FLUSH_BYTES)
		print(backtest);
}

static void
finish(struct backtest *backtest, const struct engine_counters *counters)
{
	if (backtest->options->format == FORMAT_JSON)
		buffer_add_string(&backtest->out,
		    backtest->alerts == 0 ? "[]\n" : "\n]\n");
	print(backtest);
	buffer_done(&backtest->out);
	fprintf(stderr,
	    "%llu records, %llu rejected, %llu late, %llu alert records\n",
	    (unsigned long long)counters->records,
	    (unsigned long long)counters->rejected,
	    (unsigned long long)counters->late,
	    (unsigned long long)counters->alerts);
}

static int
broken(const struct error *err)
{
	fprintf(stderr, "integrityctl backtest: %s\n", err->text);
	return CTL_BROKEN;
}

static int
replay(const struct backtest_options *given, const struct logsource *logsource,
    struct rule_set *rules)
{
	const struct ctl_input input = {
		.mapping = given->mapping,
		.time_field = given->time_field,
		.encoding = given->encoding,
		.hash_key_file = given->hash_key_file,
		.color = given->color,
	};
	struct backtest backtest = { .options = given };
	struct engine_counters counters = { 0 };
	struct error err = ERROR_NONE;
	struct replay_options replay = {
		.files = given->files.items,
		.file_count = given->files.count,
		.logsource = *logsource,
		.lateness_us = given->lateness_us,
		.close_episodes = !given->no_close,
		.record_bytes = decode_limits_default.record_bytes,
	};
	bool ok;

	if (!ctl_input_mapping(&input, &replay.mapping, &err)) {
		rule_set_free(rules);
		return broken(&err);
	}
	ok = replay_run(rules, &replay, emit, &backtest, &counters, &err);
	finish(&backtest, &counters);
	if (ok && backtest.failure != 0)
		ok = error_set(&err, NULL, "standard output: %s",
		    strerror(backtest.failure));
	mapping_free(replay.mapping);
	return ok ? CTL_OK : broken(&err);
}

static int
run_parsed(const struct backtest_options *given)
{
	struct ctl_rules_options load = {
		.paths = &given->rules,
		.lists = &given->lists,
		.keep_going = given->keep_going,
		.is_strict = given->is_strict,
		.color = given->color,
	};
	struct logsource logsource = { 0 };
	struct error err = ERROR_NONE;
	struct rule_set *rules;

	if (given->files.count == 0 || given->rules.count == 0) {
		fprintf(stderr,
		    "integrityctl backtest: %s is needed\n"
		    "Try `integrityctl backtest --help`.\n",
		    given->files.count == 0 ? "-f FILE" : "--rules PATH");
		return CTL_USAGE;
	}
	if (given->logsource != NULL &&
	    !ctl_input_logsource(given->logsource, &logsource, &err)) {
		(void)broken(&err);
		return CTL_USAGE;
	}
	if (!ctl_rules_load(&load, &rules))
		return CTL_RULES;
	return replay(given, &logsource, rules);
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct backtest_options given = {
		.lateness_us = 15 * 60 * CLOCK_US_PER_S,
	};
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, &given, NULL))
		status = run_parsed(&given);
	ctl_strings_done(&given.files);
	ctl_strings_done(&given.rules);
	ctl_strings_done(&given.lists);
	return status;
}

const struct ctl_verb ctl_backtest = {
	.name = "backtest",
	.arguments = "-f FILE.. --rules PATH.. [OPTION..]",
	.summary = "history through the rules: every alert as a JSON line",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.run = run,
};
