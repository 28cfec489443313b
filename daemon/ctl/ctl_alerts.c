/* SPDX-License-Identifier: Apache-2.0 */
/* integrityctl alerts verify: that no alert was lost, changed or made up on
 * the way to a receiver. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "config/config.h"
#include "kafka/reader.h"

#include "ctl/ctl.h"
#include "ctl/verify.h"

struct alerts_options {
	const char *log, *dump, *bootstrap, *config, *group;
	struct ctl_strings destinations;
	bool from_topic;
	int format;
};

static const char *const formats[] = { "human", "json", NULL };

#define AT(member) offsetof(struct alerts_options, member)

static const struct ctl_option options[] = {
	{ "--log", 0, CTL_STRING, AT(log), "FILE", NULL,
	    "a receiver's log: RFC 5424 messages or JSON lines" },
	{ "--topic-dump", 0, CTL_STRING, AT(dump), "FILE", NULL,
	    "all of integrity.alerts, one value a line" },
	{ "--from-topic", 0, CTL_FLAG, AT(from_topic), NULL, NULL,
	    "read integrity.alerts, and check the committed positions" },
	{ "--bootstrap", 0, CTL_STRING, AT(bootstrap), "HOST:PORT", NULL,
	    "of Kafka; else as --config says" },
	{ "--config", 0, CTL_STRING, AT(config), "FILE", NULL,
	    "for bootstrap, group, credentials and destinations" },
	{ "--group", 0, CTL_STRING, AT(group), "NAME", NULL,
	    "kafka.group (integrityd); else as --config says" },
	{ "--destination", 0, CTL_STRINGS, AT(destinations), "NAME", NULL,
	    "whose position is checked; may be repeated" },
	{ "--output", 'o', CTL_CHOICE, AT(format), "FORMAT", formats,
	    "human (default) or json" },
};

/* A destination's committed position, as it was found. */
struct position {
	const char *destination;
	int64_t next_offset; /* -1: none */
	bool is_right;
};

struct alerts {
	const struct alerts_options *given;
	struct arena *arena;
	struct verify *verify;
	struct kafka_options kafka;
	struct kafka_setting *settings;
	struct position *positions;
	size_t position_count;
	const struct verify_result *result;
};

/* ---- What is read ---- */

/* Calls `take` on the whole file. */
static bool
with_file(const char *path, void (*take)(struct verify *, struct span),
    struct verify *verify, struct error *err)
{
	struct stat about;
	size_t len = 0;
	void *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &about) == 0) {
		len = (size_t)about.st_size;
		text = len == 0 ?
		    NULL :
		    mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (fd < 0 || text == MAP_FAILED) {
		error_set(err, NULL, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	take(verify, span_make(text, len));
	if (text != NULL)
		munmap(text, len);
	close(fd);
	return true;
}

static void
take_dump(struct verify *verify, struct span text)
{
	struct span line;

	for (int64_t offset = 0; text.len > 0; offset++) {
		const char *end = memchr(text.ptr, '\n', text.len);

		line = text;
		if (end != NULL)
			line.len = (size_t)(end - text.ptr);
		verify_record(verify, offset, line);
		text.ptr += line.len + (end != NULL);
		text.len -= line.len + (end != NULL);
	}
}

static void
take_record(void *context, int64_t offset, struct span record)
{
	struct alerts *alerts = context;

	verify_record(alerts->verify, offset, record);
}

/* ---- Kafka, as the options and the configuration say ---- */

static void
use_config(struct alerts *alerts, const struct config *config)
{
	const struct config_destination *all = config->destinations.items;
	size_t count = config->kafka.librdkafka.count;

	alerts->settings = mem_array(count, sizeof(*alerts->settings));
	for (size_t i = 0; i < count; i++)
		alerts->settings[i] = (struct kafka_setting){
			config->kafka.librdkafka.keys[i],
			config->kafka.librdkafka.values[i]
		};
	alerts->kafka.bootstrap = config->kafka.bootstrap;
	alerts->kafka.group = config->kafka.group;
	alerts->kafka.settings = alerts->settings;
	alerts->kafka.setting_count = count;
	alerts->kafka.oauth_token_file = config->kafka.oauth_token_file;
	alerts->positions = mem_array(config->destinations.count,
	    sizeof(*alerts->positions));
	for (size_t i = 0; i < config->destinations.count; i++)
		alerts->positions[alerts->position_count++]
		    .destination = all[i].name;
}

static bool
read_config(struct alerts *alerts)
{
	const struct alerts_options *given = alerts->given;
	struct diag *diag = diag_new();
	struct config config;
	bool ok = given->config == NULL ||
	    config_read(given->config, alerts->arena, diag, &config);

	if (!ok)
		ctl_print_diag(diag, CTL_HUMAN, CTL_COLOR_AUTO);
	diag_free(diag);
	if (!ok)
		return false;
	alerts->kafka.instance = "integrityctl";
	alerts->kafka.group = "integrityd";
	if (given->config != NULL)
		use_config(alerts, &config);
	if (given->bootstrap != NULL)
		alerts->kafka.bootstrap = given->bootstrap;
	if (given->group != NULL)
		alerts->kafka.group = given->group;
	if (given->destinations.count == 0)
		return true;
	mem_free(alerts->positions);
	alerts->positions = mem_array(given->destinations.count,
	    sizeof(*alerts->positions));
	alerts->position_count = given->destinations.count;
	for (size_t i = 0; i < alerts->position_count; i++)
		alerts->positions[i].destination = given->destinations.items[i];
	return true;
}

/* Positions first: what they speak of is then surely read. */
static bool
read_topic(struct alerts *alerts, struct error *err)
{
	struct buffer *metadata = mem_array(alerts->position_count,
	    sizeof(*metadata));
	bool ok = true;

	for (size_t i = 0; ok && i < alerts->position_count; i++)
		ok = kafka_reader_position(&alerts->kafka,
		    alerts->positions[i].destination,
		    &alerts->positions[i].next_offset, &metadata[i], err);
	ok = ok &&
	    kafka_reader_alerts(&alerts->kafka, take_record, alerts, err);
	for (size_t i = 0; i < alerts->position_count; i++) {
		struct position *position = &alerts->positions[i];

		if (ok && position->next_offset >= 0)
			position->is_right = verify_position(alerts->verify,
			    position->next_offset, buffer_span(&metadata[i]));
		buffer_done(&metadata[i]);
	}
	mem_free(metadata);
	return ok;
}

/* ---- What is told ---- */

static void
tell_break(const struct verify_break *found, struct buffer *out)
{
	buffer_printf(out, "  %s", verify_kind_names[found->kind]);
	if (found->line > 0)
		buffer_printf(out, ", line %zu", found->line);
	buffer_printf(out, ", sequence %llu: expected %s, found %s\n",
	    (unsigned long long)found->sequence, found->expected, found->found);
}

static void
tell_positions(const struct alerts *alerts, struct buffer *out)
{
	for (size_t i = 0; i < alerts->position_count; i++) {
		const struct position *position = &alerts->positions[i];

		if (position->next_offset < 0)
			buffer_printf(out, "%s: nothing committed yet\n",
			    position->destination);
		else
			buffer_printf(out,
			    "%s: offset %lld, sequence and chain %s\n",
			    position->destination,
			    (long long)position->next_offset,
			    position->is_right ? "agree" : "do not agree");
	}
}

static void
tell_human(const struct alerts *alerts, struct buffer *out)
{
	const struct verify_result *result = alerts->result;

	if (alerts->given->from_topic || alerts->given->dump != NULL)
		buffer_printf(out, "integrity.alerts: %llu records\n",
		    (unsigned long long)result->records);
	if (alerts->given->from_topic)
		tell_positions(alerts, out);
	if (alerts->given->log != NULL)
		buffer_printf(out,
		    "%s: %llu frames of %llu alerts, sequence %llu to %llu, "
		    "%llu repeated; %llu heartbeats; %llu other lines\n",
		    alerts->given->log, (unsigned long long)result->frames,
		    (unsigned long long)result->alerts,
		    (unsigned long long)result->first,
		    (unsigned long long)result->last,
		    (unsigned long long)result->repeated,
		    (unsigned long long)result->heartbeats,
		    (unsigned long long)result->foreign);
	if (result->break_count == 0) {
		buffer_add_string(out, "no break\n");
		return;
	}
	if (result->break_count == 1)
		buffer_add_string(out, "1 break:\n");
	else
		buffer_printf(out, "%llu breaks, the first:\n",
		    (unsigned long long)result->break_count);
	for (size_t i = 0; i < VERIFY_BREAKS_MAX && i < result->break_count;
	    i++)
		tell_break(&result->breaks[i], out);
}

static void
json_breaks(const struct verify_result *result, struct json *json)
{
	json_key(json, "breaks");
	json_array(json);
	for (size_t i = 0; i < VERIFY_BREAKS_MAX && i < result->break_count;
	    i++) {
		const struct verify_break *found = &result->breaks[i];

		json_object(json);
		json_key(json, "kind");
		json_string(json, verify_kind_names[found->kind]);
		if (found->line > 0) {
			json_key(json, "line");
			json_uint(json, found->line);
		}
		json_key(json, "sequence");
		json_uint(json, found->sequence);
		json_key(json, "expected");
		json_string(json, found->expected);
		json_key(json, "found");
		json_string(json, found->found);
		json_end(json);
	}
	json_end(json);
}

static void
json_positions(const struct alerts *alerts, struct json *json)
{
	json_key(json, "destinations");
	json_array(json);
	for (size_t i = 0; i < alerts->position_count; i++) {
		const struct position *position = &alerts->positions[i];

		json_object(json);
		json_key(json, "name");
		json_string(json, position->destination);
		if (position->next_offset >= 0) {
			json_key(json, "offset");
			json_int(json, position->next_offset);
			json_key(json, "ok");
			json_bool(json, position->is_right);
		}
		json_end(json);
	}
	json_end(json);
}

static void
tell_json(const struct alerts *alerts, struct buffer *out)
{
	const struct verify_result *result = alerts->result;
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = { { "records", result->records },
		{ "frames", result->frames }, { "alerts", result->alerts },
		{ "repeated", result->repeated },
		{ "heartbeats", result->heartbeats },
		{ "foreign", result->foreign }, { "first", result->first },
		{ "last", result->last },
		{ "break_count", result->break_count } };
	struct json json;

	json_init(&json, out);
	json_object(&json);
	json_key(&json, "ok");
	json_bool(&json, result->break_count == 0);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		json_key(&json, counts[i].key);
		json_uint(&json, counts[i].value);
	}
	json_positions(alerts, &json);
	json_breaks(result, &json);
	json_end(&json);
	buffer_add_char(out, '\n');
}

/* ---- The verb ---- */

static bool
read_all(struct alerts *alerts, struct error *err)
{
	const struct alerts_options *given = alerts->given;

	if (given->dump != NULL &&
	    !with_file(given->dump, take_dump, alerts->verify, err))
		return false;
	if (given->from_topic && !read_topic(alerts, err))
		return false;
	if (given->log != NULL &&
	    !with_file(given->log, verify_log, alerts->verify, err))
		return false;
	alerts->result = verify_end(alerts->verify);
	return given->log == NULL ||
	    alerts->result->frames + alerts->result->heartbeats +
		alerts->result->break_count >
	    0 ||
	    error_set(err, NULL, "%s: no frame of integrityd in it",
		given->log);
}

static int
verify(struct alerts *alerts)
{
	struct error err = ERROR_NONE;
	struct buffer out = BUFFER_INIT;

	if (!read_config(alerts))
		return CTL_BROKEN;
	if (alerts->given->from_topic && alerts->kafka.bootstrap == NULL) {
		fprintf(stderr,
		    "integrityctl alerts verify: --from-topic "
		    "needs --bootstrap or --config\n");
		return CTL_USAGE;
	}
	if (alerts->given->log == NULL && alerts->position_count == 0) {
		fprintf(stderr,
		    "integrityctl alerts verify: nothing to hold "
		    "against the topic: --destination, --config "
		    "or --log\n");
		return CTL_USAGE;
	}
	if (!read_all(alerts, &err)) {
		fprintf(stderr, "integrityctl: %s\n", err.text);
		return CTL_BROKEN;
	}
	if (alerts->given->format == CTL_JSON)
		tell_json(alerts, &out);
	else
		tell_human(alerts, &out);
	ctl_print(&out, STDOUT_FILENO);
	return alerts->result->break_count > 0 ? CTL_FINDINGS : CTL_OK;
}

static int
run_word(const struct alerts_options *given, const struct ctl_strings *words)
{
	struct alerts alerts = { .given = given };
	int status;

	if (words->count != 1 || strcmp(words->items[0], "verify") != 0 ||
	    (given->log == NULL && !given->from_topic) ||
	    (given->dump != NULL && given->from_topic)) {
		fprintf(stderr,
		    "Usage: integrityctl alerts verify --from-topic "
		    "[--bootstrap HOST:PORT | --config FILE]\n"
		    "       integrityctl alerts verify --log FILE "
		    "[--topic-dump FILE | --from-topic ..]\n");
		return CTL_USAGE;
	}
	alerts.arena = arena_new(64 * 1024);
	alerts.verify = verify_new();
	status = verify(&alerts);
	verify_free(alerts.verify);
	arena_free(alerts.arena);
	mem_free(alerts.settings);
	mem_free(alerts.positions);
	return status;
}

static int
run(int argc, char **argv, const struct ctl_verb *verb)
{
	struct alerts_options given = { .format = CTL_HUMAN };
	struct ctl_strings words = { 0 };
	int status = CTL_USAGE;

	if (ctl_parse(verb, argc, argv, &given, &words))
		status = run_word(&given, &words);
	ctl_strings_done(&words);
	ctl_strings_done(&given.destinations);
	return status;
}

const struct ctl_verb ctl_alerts = {
	.name = "alerts",
	.arguments = "verify [OPTION..]",
	.summary = "prove that a receiver has every alert, unchanged",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.run = run,
};
