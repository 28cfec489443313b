/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/testing.h"

#include "base/mem.h"

#include "config/config.h"

/* A folder that each test fills, and what was read from it. */
struct fixture {
	char folder[64];
	struct arena *arena;
	struct diag *diag;
	struct config config;
	bool ok;
};

static int
setup(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f));

	(void)snprintf(f->folder, sizeof(f->folder), "%s",
	    "/tmp/integrityd-config-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	f->arena = arena_new(16 * 1024);
	f->diag = diag_new();
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -r '%s'", f->folder);
	assert_int_equal(system(command), 0);
	diag_free(f->diag);
	arena_free(f->arena);
	mem_free(f);
	return 0;
}

static void
write_file(const struct fixture *f, const char *name, const char *text)
{
	char path[256];
	char *slash;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	for (slash = strchr(path + strlen(f->folder) + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
read_back(struct fixture *f, const char *name)
{
	struct buffer findings = BUFFER_INIT;
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	f->ok = config_read(path, f->arena, f->diag, &f->config);
	diag_render_human(f->diag, false, &findings);
	if (!f->ok)
		testing_fail(name, "%s", buffer_string(&findings));
	buffer_done(&findings);
}

static const char least[] =
    "kafka: {bootstrap: 'k1:9092,k2:9092'}\n"
    "inputs: [{topic: niche.audit}]\n"
    "rules: /etc/integrityd/rules.d\n"
    "destinations: [{name: acu, transport: unix, address: /dev/log}]\n";

static void
check_input_defaults(const struct config_input *input)
{
	assert_string_equal(input->topic, "niche.audit");
	assert_null(input->mapping);
	assert_null(input->logsource.product);
	assert_null(input->time_field);
	assert_null(input->time_zone);
	assert_null(input->time_format);
	assert_int_equal(input->lateness_us, INT64_C(900000000));
	assert_int_equal(input->start, CONFIG_START_EARLIEST);
	assert_null(input->dedupe);
	assert_false(input->is_transactional);
	assert_null(input->encoding);
	assert_int_equal(input->wire, CONFIG_WIRE_PLAIN);
}

static void
check_destination_defaults(const struct config_destination *destination)
{
	assert_string_equal(destination->name, "acu");
	assert_int_equal(destination->transport, CONFIG_UNIX);
	assert_int_equal(destination->audience, CONFIG_REFERENCE);
	assert_int_equal(destination->format, CONFIG_ECS);
	assert_int_equal(destination->facility, 13);
	assert_string_equal(destination->app_name, "integrityd");
	assert_int_equal(destination->enterprise_id, 32473);
	assert_int_equal(destination->max_message_size, 8192);
	assert_int_equal(destination->heartbeat_us, INT64_C(60000000));
}

static void
check_limit_defaults(const struct config_limits *limits)
{
	assert_int_equal(limits->record_bytes, 1048576);
	assert_int_equal(limits->json_depth, 64);
	assert_int_equal(limits->field_bytes, 32768);
	assert_int_equal(limits->groups_per_rule, 1000000);
	assert_int_equal(limits->alert_bytes, 262144);
	assert_int_equal(limits->regex_match, 100000);
	assert_int_equal(limits->regex_depth, 10000);
	assert_int_equal(limits->regex_heap_bytes, 20971520);
	assert_int_equal(limits->batch_records, 10000);
	assert_int_equal(limits->batch_interval_us, 50000);
}

static void
check_defaults(const struct config *config)
{
	assert_string_equal(config->kafka.bootstrap, "k1:9092,k2:9092");
	assert_string_equal(config->kafka.group, "integrityd");
	assert_null(config->kafka.instance);
	assert_int_equal(config->kafka.shards, 32);
	assert_int_equal(config->kafka.replication, 0);
	assert_int_equal(config->kafka.librdkafka.count, 0);
	assert_int_equal(config->inputs.count, 1);
	check_input_defaults(config->inputs.items);
	assert_int_equal(config->rules.count, 1);
	assert_string_equal(config->rules.items[0], "/etc/integrityd/rules.d");
	assert_int_equal(config->lists.count, 0);
	assert_int_equal(config->mappings.count, 2);
	assert_string_equal(config->mappings.items[1],
	    "/usr/share/integrityd/mappings");
	assert_int_equal(config->destinations.count, 1);
	check_destination_defaults(config->destinations.items);
	check_limit_defaults(&config->limits);
	assert_int_equal(config->time.max_future_us, INT64_C(300000000));
	assert_int_equal(config->time.idle_us, INT64_C(60000000));
	assert_int_equal(config->log.level, LOG_LEVEL_INFO);
}

static void
test_defaults(void **state)
{
	struct fixture *f = *state;

	write_file(f, "i.yaml", least);
	read_back(f, "i.yaml");
	check_defaults(&f->config);
	assert_int_equal(diag_warnings(f->diag), 0);
}

static void
test_values(void **state)
{
	struct fixture *f = *state;
	const struct config_destination *destinations;
	const struct config_input *inputs;

	write_file(f, "m/niche.yml", "name: niche\n");
	write_file(f, "own.yaml", "name: own\n");
	write_file(f, "i.yaml",
	    "kafka: {bootstrap: k:9092, group: g.1, instance: 2, shards: 8,\n"
	    "  librdkafka: {security.protocol: SSL, socket.timeout.ms: 100}}\n"
	    "mappings: m\n"
	    "inputs:\n"
	    "  - {topic: a, mapping: niche, start: latest, lateness: 36h,\n"
	    "     logsource: {product: records, category: x, service: y},\n"
	    "     transactional: true, encoding: Latin1, wire: registry}\n"
	    "  - {topic: b, mapping: ./own.yaml, time_field: when,\n"
	    "     time_zone: Europe/London, time_format: '%Y-%m-%d %H:%M'}\n"
	    "rules: [rules, /abs]\n"
	    "destinations:\n"
	    "  - {name: t, transport: tcp, address: '[::1]:514',\n"
	    "     audience: investigators, format: plain, facility: local7,\n"
	    "     enterprise_id: 9, app_name: x, max_message_size: 64KiB}\n"
	    "  - {name: u, transport: unix, address: /dev/log, facility: 4,\n"
	    "     heartbeat: 5m}\n"
	    "log: {level: debug}\n"
	    "time: {max_future: 1h, idle: 30s}\n");
	read_back(f, "i.yaml");
	inputs = f->config.inputs.items;
	destinations = f->config.destinations.items;
	assert_string_equal(f->config.kafka.instance, "2");
	assert_string_equal(f->config.kafka.librdkafka.keys[1],
	    "socket.timeout.ms");
	assert_string_equal(f->config.kafka.librdkafka.values[1], "100");
	assert_true(span_ends_with(span_of(inputs[0].mapping),
	    SPAN("/m/niche.yml")));
	assert_int_equal(inputs[0].start, CONFIG_START_LATEST);
	assert_int_equal(inputs[0].lateness_us, INT64_C(129600000000));
	assert_string_equal(inputs[0].logsource.service, "y");
	assert_true(inputs[0].is_transactional);
	assert_string_equal(inputs[0].encoding, "Latin1");
	assert_int_equal(inputs[0].wire, CONFIG_WIRE_REGISTRY);
	assert_true(span_ends_with(span_of(inputs[1].mapping),
	    SPAN("/./own.yaml")));
	assert_string_equal(inputs[1].time_zone, "Europe/London");
	assert_true(span_starts_with(span_of(f->config.rules.items[0]),
	    span_of(f->folder)));
	assert_string_equal(f->config.rules.items[1], "/abs");
	assert_int_equal(destinations[0].transport, CONFIG_TCP);
	assert_int_equal(destinations[0].audience, CONFIG_INVESTIGATORS);
	assert_int_equal(destinations[0].format, CONFIG_PLAIN);
	assert_int_equal(destinations[0].facility, 23);
	assert_int_equal(destinations[1].facility, 4);
	assert_int_equal(destinations[1].heartbeat_us, INT64_C(300000000));
	assert_int_equal(f->config.log.level, LOG_LEVEL_DEBUG);
	assert_int_equal(f->config.time.idle_us, INT64_C(30000000));
}

/* Beside the file, unless the service has a credential of that name. */
static void
test_hash_key_file(void **state)
{
	struct fixture *f = *state;
	struct buffer text = BUFFER_INIT, path = BUFFER_INIT;

	buffer_printf(&text, "%shash_key_file: names.key\n", least);
	write_file(f, "i.yaml", buffer_string(&text));
	write_file(f, "cred/names.key", "0123456789abcdef");
	buffer_printf(&path, "%s/names.key", f->folder);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", f->folder, 1), 0);
	read_back(f, "i.yaml");
	assert_string_equal(f->config.hash_key_file, buffer_string(&path));
	buffer_reset(&path);
	buffer_printf(&path, "%s/cred", f->folder);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", buffer_string(&path),
			     1),
	    0);
	read_back(f, "i.yaml");
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	buffer_add_string(&path, "/names.key");
	assert_string_equal(f->config.hash_key_file, buffer_string(&path));
	buffer_done(&text);
	buffer_done(&path);
}

/* Maps merge, lists append, scalars override; files in sorted order. */
static void
test_drop_ins(void **state)
{
	struct fixture *f = *state;
	const struct config_input *inputs;

	write_file(f, "i.yaml", least);
	write_file(f, "i.d/20-b.yaml",
	    "kafka: {group: from-20, librdkafka: {client.id: twenty}}\n"
	    "inputs: [{topic: from-20}]\nlog: {level: error}\n");
	write_file(f, "i.d/10-a.yaml",
	    "kafka: {group: from-10, shards: 4}\n"
	    "inputs: [{topic: from-10}]\nrules: [more]\n");
	write_file(f, "i.d/30-empty.yaml", "# nothing\n");
	write_file(f, "i.d/40-notes.txt", "no: [yaml\n");
	write_file(f, "i.d/.hidden.yaml", "no: [yaml\n");
	read_back(f, "i.yaml");
	inputs = f->config.inputs.items;
	assert_string_equal(f->config.kafka.bootstrap, "k1:9092,k2:9092");
	assert_string_equal(f->config.kafka.group, "from-20");
	assert_int_equal(f->config.kafka.shards, 4);
	assert_string_equal(f->config.kafka.librdkafka.values[0], "twenty");
	assert_int_equal(f->config.inputs.count, 3);
	assert_string_equal(inputs[0].topic, "niche.audit");
	assert_string_equal(inputs[1].topic, "from-10");
	assert_string_equal(inputs[2].topic, "from-20");
	assert_int_equal(f->config.rules.count, 2);
	assert_true(span_ends_with(span_of(f->config.rules.items[1]),
	    SPAN("/i.d/more")));
	assert_int_equal(f->config.log.level, LOG_LEVEL_ERROR);
}

static void
make_secret(const struct fixture *f, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	assert_int_equal(chmod(path, 0600), 0);
}

static void
test_secrets(void **state)
{
	struct fixture *f = *state;
	const struct schema_pairs *pairs = &f->config.kafka.librdkafka;

	write_file(f, "pw", "se cret\r\n");
	write_file(f, "key", "k");
	make_secret(f, "pw");
	make_secret(f, "key");
	write_file(f, "i.yaml", least);
	write_file(f, "i.d/s.yaml",
	    "kafka: {sasl_password_file: ../pw, "
	    "ssl_key_password_file: ../key, librdkafka: {a: b}}\n");
	read_back(f, "i.yaml");
	assert_int_equal(pairs->count, 3);
	assert_string_equal(pairs->keys[1], "sasl.password");
	assert_string_equal(pairs->values[1], "se cret");
	assert_string_equal(pairs->keys[2], "ssl.key.password");
	assert_string_equal(pairs->values[2], "k");
	assert_int_equal(f->config.kafka.secret_count, 2);
	assert_string_equal(f->config.kafka.secrets[0].key, "sasl.password");
	assert_true(span_ends_with(span_of(f->config.kafka.secrets[0].path),
	    SPAN("/i.d/../pw")));
}

/* Another drop-in may hold the mistake: all are told, nothing is filled. */
static void
test_failure_touches_nothing(void **state)
{
	struct fixture *f = *state;
	char path[256];

	write_file(f, "i.yaml", least);
	write_file(f, "i.d/a.yaml", "shards: 1\n");
	write_file(f, "i.d/b.yaml", "x: [\n");
	(void)snprintf(path, sizeof(path), "%s/i.yaml", f->folder);
	f->config.inputs.count = 77;
	assert_false(config_read(path, f->arena, f->diag, &f->config));
	assert_int_equal(f->config.inputs.count, 77);
	assert_int_equal(diag_errors(f->diag), 2);
	(void)snprintf(path, sizeof(path), "%s/none.yaml", f->folder);
	assert_false(config_read(path, f->arena, f->diag, &f->config));
	assert_int_equal(diag_errors(f->diag), 3);
}

/* The example is read as it stands, and says the defaults. */
static void
test_example(void **state)
{
	struct fixture *f = *state;
	struct buffer text = BUFFER_INIT;
	const struct config_destination *destination;
	const struct config_input *input;

	config_example(&text);
	write_file(f, "i.yaml", buffer_string(&text));
	buffer_done(&text);
	read_back(f, "i.yaml");
	input = f->config.inputs.items;
	destination = f->config.destinations.items;
	check_input_defaults(input);
	check_limit_defaults(&f->config.limits);
	assert_int_equal(f->config.inputs.count, 1);
	assert_int_equal(destination->transport, CONFIG_TLS);
	assert_string_equal(destination->address, "siem.example:6514");
	assert_int_equal(f->config.rules.count, 2);
}

/* "#key: value" lines made "key: value", but for those that name a file. */
static void
uncomment(struct buffer *text, struct buffer *out)
{
	static const char *const passed[] = {
		"_file:", "mapping:", "dedupe:", "librdkafka:", "time_zone:"
	};
	struct span rest = buffer_span(text), line, key;
	bool pass;
	size_t i;

	while (span_split(&rest, '\n', &line)) {
		key = span_trim(line);
		pass = key.len > 1 && key.ptr[0] == '#' && key.ptr[1] != ' ';
		for (i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
			pass = pass && span_find(key, span_of(passed[i])) < 0;
		if (pass) {
			buffer_add(out, line.ptr, (size_t)(key.ptr - line.ptr));
			line = span_make(key.ptr + 1, key.len - 1);
		}
		buffer_add_span(out, line);
		buffer_add_char(out, '\n');
	}
}

static void
test_example_defaults(void **state)
{
	struct fixture *f = *state;
	struct buffer text = BUFFER_INIT, full = BUFFER_INIT;
	const struct config_destination *destination;
	const struct config_input *input;

	config_example(&text);
	uncomment(&text, &full);
	write_file(f, "i.yaml", buffer_string(&full));
	buffer_done(&text);
	buffer_done(&full);
	read_back(f, "i.yaml");
	input = f->config.inputs.items;
	destination = f->config.destinations.items;
	check_limit_defaults(&f->config.limits);
	assert_string_equal(f->config.kafka.instance, "1");
	assert_string_equal(input->time_field, "@timestamp");
	assert_string_equal(input->logsource.product, "records");
	assert_int_equal(destination->facility, 13);
	assert_int_equal(destination->audience, CONFIG_REFERENCE);
	assert_int_equal(destination->tls.fingerprints.count, 1);
	assert_int_equal(f->config.time.idle_us, INT64_C(60000000));
	assert_int_equal(f->config.lists.count, 1);
}

static void
test_embedded(void **state)
{
	struct fixture *f = *state;

	write_file(f, "i.yaml",
	    "kafka: {bootstrap: embedded}\n"
	    "inputs: [{topic: a}]\nrules: r\n");
	read_back(f, "i.yaml");
	assert_string_equal(f->config.kafka.bootstrap, "embedded");
	assert_int_equal(diag_warnings(f->diag), 2);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_values),
		TEST(test_hash_key_file),
		TEST(test_drop_ins),
		TEST(test_secrets),
		TEST(test_failure_touches_nothing),
		TEST(test_example),
		TEST(test_example_defaults),
		TEST(test_embedded),
	};

	return cmocka_run_group_tests_name("config.config", tests, NULL, NULL);
}
