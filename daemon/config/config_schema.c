/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of every key. */
#include "config/config_internal.h"

#define SECOND UINT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define AT(member) offsetof(struct config_kafka, member)

static const struct schema_option kafka_options[] = {
	{ .key = "bootstrap",
	    .type = SCHEMA_STRING,
	    .offset = AT(bootstrap),
	    .is_required = true,
	    .example = "kafka1:9093,kafka2:9093",
	    .doc = "Brokers to begin with, host:port parted by commas, or "
		   "embedded to try out without one" },
	{ .key = "group",
	    .type = SCHEMA_STRING,
	    .offset = AT(group),
	    .default_text = "integrityd",
	    .doc = "Consumer group; instances of one group share the work" },
	{ .key = "instance",
	    .type = SCHEMA_STRING,
	    .offset = AT(instance),
	    .example = "\"1\"",
	    .doc = "Name of this instance in its group, as static member and "
		   "transactional id; without one that of --instance, else "
		   "the host's" },
	{ .key = "shards",
	    .type = SCHEMA_UINT,
	    .offset = AT(shards),
	    .default_text = "32",
	    .min = 1,
	    .max = 1024,
	    .doc = "Partitions of the internal topics, fixed when they are "
		   "created" },
	{ .key = "replication",
	    .type = SCHEMA_UINT,
	    .offset = AT(replication),
	    .default_text = "0",
	    .max = 16,
	    .doc = "Copies of the internal topics; 0 is 3, or as many as "
		   "there are brokers" },
	{ .key = "sasl_password_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(sasl_password_file),
	    .example = "/run/credentials/integrityd.service/kafka",
	    .doc = "File with the password of sasl.username" },
	{ .key = "ssl_key_password_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(ssl_key_password_file),
	    .example = "/run/credentials/integrityd.service/key",
	    .doc = "File with the password of ssl.key.location" },
	{ .key = "ssl_keystore_password_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(ssl_keystore_password_file),
	    .example = "/run/credentials/integrityd.service/keystore",
	    .doc = "File with the password of ssl.keystore.location" },
	{ .key = "oauth_token_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(oauth_token_file),
	    .example = "/run/credentials/integrityd.service/token",
	    .doc = "File with the JSON web token for sasl.mechanisms: "
		   "OAUTHBEARER; read again when four fifths of its life "
		   "are over" },
	{ .key = "librdkafka",
	    .type = SCHEMA_PAIRS,
	    .offset = AT(librdkafka),
	    .example = "{security.protocol: SSL, "
		       "ssl.ca.location: /etc/integrityd/ca.pem}",
	    .doc = "Settings passed on to librdkafka, except those that "
		   "carry a guarantee and secrets" },
};

static const struct schema kafka_schema = { "`kafka`",
	sizeof(struct config_kafka), kafka_options, COUNT(kafka_options) };

#undef AT
#define AT(member) offsetof(struct config_logsource, member)

static const struct schema_option logsource_options[] = {
	{ .key = "category",
	    .type = SCHEMA_STRING,
	    .offset = AT(category),
	    .example = "audit",
	    .doc = "Rules of another category pass over this input" },
	{ .key = "product",
	    .type = SCHEMA_STRING,
	    .offset = AT(product),
	    .example = "records",
	    .doc = "Rules for another product pass over this input" },
	{ .key = "service",
	    .type = SCHEMA_STRING,
	    .offset = AT(service),
	    .example = "search",
	    .doc = "Rules for another service pass over this input" },
};

static const struct schema logsource_schema = { "`logsource`",
	sizeof(struct config_logsource), logsource_options,
	COUNT(logsource_options) };

#undef AT
#define AT(member) offsetof(struct config_input, member)

static const char *const start_words[] = {
	[CONFIG_START_EARLIEST] = "earliest",
	[CONFIG_START_LATEST] = "latest",
	NULL,
};

static const char *const wire_words[] = {
	[CONFIG_WIRE_PLAIN] = "plain",
	[CONFIG_WIRE_REGISTRY] = "registry",
	NULL,
};

static const struct schema_option input_options[] = {
	{ .key = "topic",
	    .type = SCHEMA_STRING,
	    .offset = AT(topic),
	    .is_required = true,
	    .example = "niche.audit",
	    .doc = "Kafka topic of audit records" },
	{ .key = "mapping",
	    .type = SCHEMA_STRING,
	    .offset = AT(mapping),
	    .example = "niche-rms",
	    .doc = "Mapping of its fields: a name, found below `mappings`, "
		   "or a path; without one a field is its JSON path" },
	{ .key = "logsource",
	    .type = SCHEMA_MAP,
	    .offset = AT(logsource),
	    .child = &logsource_schema,
	    .doc = "What kind of records these are; what is not declared is "
		   "open to all rules" },
	{ .key = "time_field",
	    .type = SCHEMA_STRING,
	    .offset = AT(time_field),
	    .example = "\"@timestamp\"",
	    .doc = "Field with the time of the event, if another than the "
		   "mapping's; without either @timestamp" },
	{ .key = "time_zone",
	    .type = SCHEMA_STRING,
	    .offset = AT(time_zone),
	    .example = "Europe/London",
	    .doc = "IANA zone of times without an offset, if another than "
		   "the mapping's; without either UTC" },
	{ .key = "time_format",
	    .type = SCHEMA_STRING,
	    .offset = AT(time_format),
	    .example = "iso",
	    .doc = "iso, epoch_s, epoch_ms, epoch_us or as of strptime(3), "
		   "if another than the mapping's; without either iso" },
	{ .key = "lateness",
	    .type = SCHEMA_DURATION,
	    .offset = AT(lateness_us),
	    .default_text = "15m",
	    .min = SECOND,
	    .max = 31 * DAY,
	    .doc = "How far records may come out of order; later ones are "
		   "not counted in windows; 36h for a nightly export" },
	{ .key = "start",
	    .type = SCHEMA_ENUM,
	    .offset = AT(start),
	    .default_text = "earliest",
	    .words = start_words,
	    .doc = "Where to begin while nothing is committed yet" },
	{ .key = "dedupe",
	    .type = SCHEMA_STRING,
	    .offset = AT(dedupe),
	    .example = "event.id",
	    .doc = "Field whose repeats are dropped within the lateness; not "
		   "available in this version" },
	{ .key = "transactional",
	    .type = SCHEMA_BOOL,
	    .offset = AT(is_transactional),
	    .default_text = "false",
	    .doc = "The producers use transactions, so that holes in the "
		   "offsets are no losses" },
	{ .key = "encoding",
	    .type = SCHEMA_STRING,
	    .offset = AT(encoding),
	    .example = "windows-1252",
	    .doc = "Encoding of its text, if another than the mapping's: "
		   "utf-8, iso-8859-1, iso-8859-15, windows-1252, utf-16, "
		   "utf-16le or utf-16be; without either utf-8" },
	{ .key = "wire",
	    .type = SCHEMA_ENUM,
	    .offset = AT(wire),
	    .default_text = "plain",
	    .words = wire_words,
	    .doc = "What stands before the JSON of a record: nothing, or the "
		   "five bytes of a schema registry, which are skipped" },
};

static const struct schema input_schema = { "an input",
	sizeof(struct config_input), input_options, COUNT(input_options) };

#undef AT
#define AT(member) offsetof(struct config_destination, member)

static const char *const transport_words[] = {
	[CONFIG_UNIX] = "unix",
	[CONFIG_UNIX_STREAM] = "unix-stream",
	[CONFIG_UDP] = "udp",
	[CONFIG_TCP] = "tcp",
	[CONFIG_TLS] = "tls",
	[CONFIG_RELP] = "relp",
	NULL,
};

static const char *const audience_words[] = {
	[CONFIG_INVESTIGATORS] = "investigators",
	[CONFIG_REFERENCE] = "reference",
	NULL,
};

static const char *const format_words[] = {
	[CONFIG_ECS] = "ecs",
	[CONFIG_PLAIN] = "plain",
	[CONFIG_OCSF] = "ocsf",
	[CONFIG_CEF] = "cef",
	[CONFIG_LEEF] = "leef",
	NULL,
};

/* RFC 5424, table 1: the position is the code. */
static const char *const facility_words[] = { "kern", "user", "mail", "daemon",
	"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2",
	"local3", "local4", "local5", "local6", "local7", NULL };

static const struct schema_option destination_options[] = {
	{ .key = "name",
	    .type = SCHEMA_STRING,
	    .offset = AT(name),
	    .is_required = true,
	    .example = "acu",
	    .doc = "Its name, which keeps its position: a-z, 0-9, _ and -" },
	{ .key = "transport",
	    .type = SCHEMA_ENUM,
	    .offset = AT(transport),
	    .is_required = true,
	    .words = transport_words,
	    .example = "tls",
	    .doc = "How frames get there: tls (RFC 5425), tcp with octet "
		   "counting (RFC 6587), udp (RFC 5426), unix by datagrams, "
		   "or unix-stream by lines" },
	{ .key = "address",
	    .type = SCHEMA_STRING,
	    .offset = AT(address),
	    .is_required = true,
	    .example = "siem.example:6514",
	    .doc = "host:port, an IPv6 host in brackets, or the path of a "
		   "unix socket, such as /dev/log" },
	{ .key = "audience",
	    .type = SCHEMA_ENUM,
	    .offset = AT(audience),
	    .default_text = "reference",
	    .words = audience_words,
	    .doc = "Who reads it: investigators get everything, reference "
		   "only the alert's id, rule and severity" },
	{ .key = "format",
	    .type = SCHEMA_ENUM,
	    .offset = AT(format),
	    .default_text = "ecs",
	    .words = format_words,
	    .doc = "The message; in this version ecs, Elastic Common Schema in "
		   "JSON, or plain, the sentence" },
	{ .key = "facility",
	    .type = SCHEMA_ENUM,
	    .offset = AT(facility),
	    .default_text = "audit",
	    .words = facility_words,
	    .max = 23,
	    .doc = "Syslog facility" },
	{ .key = "app_name",
	    .type = SCHEMA_STRING,
	    .offset = AT(app_name),
	    .default_text = "integrityd",
	    .doc = "APP-NAME of the syslog header" },
	{ .key = "enterprise_id",
	    .type = SCHEMA_UINT,
	    .offset = AT(enterprise_id),
	    .default_text = "32473",
	    .min = 1,
	    .max = UINT32_MAX,
	    .doc = "Private enterprise number of the structured data; the "
		   "default is the one for documentation (RFC 5612)" },
	{ .key = "max_message_size",
	    .type = SCHEMA_SIZE,
	    .offset = AT(max_message_size),
	    .default_text = "8KiB",
	    .min = 2 * KIB,
	    .max = MIB,
	    .doc = "Longest frame, for udp up to 65507, for unix up to 200KiB; "
		   "a longer alert is told in several" },
	{ .key = "heartbeat",
	    .type = SCHEMA_DURATION,
	    .offset = AT(heartbeat_us),
	    .default_text = "1m",
	    .min = SECOND,
	    .max = DAY,
	    .doc = "How often a sign of life is sent, so that silence is "
		   "seen" },
	{ .key = "tls",
	    .type = SCHEMA_MAP,
	    .offset = AT(tls),
	    .child = &config_tls_schema,
	    .doc = "How the transport tls knows the receiver, and is known "
		   "to it" },
};

static const struct schema destination_schema = { "a destination",
	sizeof(struct config_destination), destination_options,
	COUNT(destination_options) };

#undef AT
#define AT(member) offsetof(struct config_limits, member)

static const struct schema_option limits_options[] = {
	{ .key = "record_bytes",
	    .type = SCHEMA_SIZE,
	    .offset = AT(record_bytes),
	    .default_text = "1MiB",
	    .min = KIB,
	    .max = 64 * MIB,
	    .doc = "Largest record; a larger one is rejected" },
	{ .key = "json_depth",
	    .type = SCHEMA_UINT,
	    .offset = AT(json_depth),
	    .default_text = "64",
	    .min = 1,
	    .max = 1024,
	    .doc = "Deepest nesting of a record" },
	{ .key = "field_bytes",
	    .type = SCHEMA_SIZE,
	    .offset = AT(field_bytes),
	    .default_text = "32KiB",
	    .min = KIB,
	    .max = MIB,
	    .doc = "Longest value that is kept with an alert; rules see all "
		   "of it" },
	{ .key = "groups_per_rule",
	    .type = SCHEMA_UINT,
	    .offset = AT(groups_per_rule),
	    .default_text = "1000000",
	    .min = 1,
	    .max = UINT32_MAX,
	    .doc = "Windows kept per rule; at the limit new ones are not "
		   "opened, which is alerted" },
	{ .key = "alert_bytes",
	    .type = SCHEMA_SIZE,
	    .offset = AT(alert_bytes),
	    .default_text = "256KiB",
	    .min = 4 * KIB,
	    .max = 900 * KIB,
	    .doc = "Largest alert in Kafka; a larger one is cut and marked" },
	{ .key = "regex_match",
	    .type = SCHEMA_UINT,
	    .offset = AT(regex_match),
	    .default_text = "100000",
	    .min = 1000,
	    .max = 100000000,
	    .doc = "Steps of one regular expression from one position; "
		   "beyond it the answer is unknown, which is alerted" },
	{ .key = "regex_depth",
	    .type = SCHEMA_UINT,
	    .offset = AT(regex_depth),
	    .default_text = "10000",
	    .min = 100,
	    .max = 10000000,
	    .doc = "Nested steps of one regular expression" },
	{ .key = "regex_heap",
	    .type = SCHEMA_SIZE,
	    .offset = AT(regex_heap_bytes),
	    .default_text = "20MiB",
	    .min = 64 * KIB,
	    .max = 1024 * MIB,
	    .doc = "Memory of one regular expression" },
	{ .key = "batch_records",
	    .type = SCHEMA_UINT,
	    .offset = AT(batch_records),
	    .default_text = "10000",
	    .min = 1,
	    .max = 1000000,
	    .doc = "Most records of one batch, which is one transaction" },
	{ .key = "batch_interval",
	    .type = SCHEMA_DURATION,
	    .offset = AT(batch_interval_us),
	    .default_text = "50ms",
	    .min = 1000,
	    .max = 10 * SECOND,
	    .doc = "Longest wait for a batch to fill" },
};

static const struct schema limits_schema = { "`limits`",
	sizeof(struct config_limits), limits_options, COUNT(limits_options) };

#undef AT
#define AT(member) offsetof(struct config_time, member)

static const struct schema_option time_options[] = {
	{ .key = "max_future",
	    .type = SCHEMA_DURATION,
	    .offset = AT(max_future_us),
	    .default_text = "5m",
	    .min = SECOND,
	    .max = DAY,
	    .doc = "How far an event may lie ahead of the broker's time; "
		   "beyond it the broker's is taken and the event flagged" },
	{ .key = "idle",
	    .type = SCHEMA_DURATION,
	    .offset = AT(idle_us),
	    .default_text = "1m",
	    .min = SECOND,
	    .max = HOUR,
	    .doc = "A partition that is read to its end and quiet for so "
		   "long no longer holds back the others' time" },
};

static const struct schema time_schema = { "`time`", sizeof(struct config_time),
	time_options, COUNT(time_options) };

#undef AT
#define AT(member) offsetof(struct config_log, member)

static const char *const level_words[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
	NULL,
};

static const struct schema_option log_options[] = {
	{ .key = "level",
	    .type = SCHEMA_ENUM,
	    .offset = AT(level),
	    .default_text = "info",
	    .words = level_words,
	    .doc = "What is logged on standard error; never a person or a "
		   "record" },
};

static const struct schema log_schema = { "`log`", sizeof(struct config_log),
	log_options, COUNT(log_options) };

#undef AT
#define AT(member) offsetof(struct config_metrics, member)

static const struct schema_option metrics_options[] = {
	{ .key = "address",
	    .type = SCHEMA_STRING,
	    .offset = AT(address),
	    .example = "127.0.0.1:9310",
	    .doc = "Where Prometheus reads /metrics, and /healthz and /readyz "
		   "answer: an address of the loopback, or unix:PATH; without "
		   "one nowhere" },
};

static const struct schema metrics_schema = { "`metrics`",
	sizeof(struct config_metrics), metrics_options,
	COUNT(metrics_options) };

#undef AT
#define AT(member) offsetof(struct config_control, member)

static const struct schema_option control_options[] = {
	{ .key = "socket",
	    .type = SCHEMA_STRING,
	    .offset = AT(socket),
	    .default_text = CONFIG_CONTROL_SOCKET,
	    .doc = "Unix socket of integrityctl status, health, reload and "
		   "log-level; none for none" },
	{ .key = "group",
	    .type = SCHEMA_STRING,
	    .offset = AT(group),
	    .example = "integrity-ops",
	    .doc = "Unix group that may use it, besides root and the daemon's "
		   "own user; the daemon's own (systemd: Group=)" },
};

static const struct schema control_schema = { "`control`",
	sizeof(struct config_control), control_options,
	COUNT(control_options) };

#undef AT
#define AT(member) offsetof(struct config, member)

static const struct schema_option options[] = {
	{ .key = "kafka",
	    .type = SCHEMA_MAP,
	    .offset = AT(kafka),
	    .is_required = true,
	    .child = &kafka_schema,
	    .doc = "Kafka, the only durable store" },
	{ .key = "inputs",
	    .type = SCHEMA_MAPS,
	    .offset = AT(inputs),
	    .is_required = true,
	    .child = &input_schema,
	    .doc = "Topics of audit records; drop-in files add to them" },
	{ .key = "mappings",
	    .type = SCHEMA_STRINGS,
	    .offset = AT(mappings),
	    .default_text = "[/etc/integrityd/mappings.d, "
			    "/usr/share/integrityd/mappings]",
	    .doc = "Folders in which the mappings of inputs are looked for" },
	{ .key = "hash_key_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(hash_key_file),
	    .example = "names.key",
	    .doc = "File with the key that names are hashed with, for "
		   "mappings that name none; of a relative name first that "
		   "among the credentials of the service" },
	{ .key = "rules",
	    .type = SCHEMA_STRINGS,
	    .offset = AT(rules),
	    .is_required = true,
	    .example = "[/usr/share/integrityd/rules, "
		       "/etc/integrityd/rules.d]",
	    .doc = "Folders or files of Sigma rules" },
	{ .key = "lists",
	    .type = SCHEMA_STRINGS,
	    .offset = AT(lists),
	    .example = "[/etc/integrityd/lists.d]",
	    .doc = "Folders of lists NAME.txt for %NAME% in rules" },
	{ .key = "destinations",
	    .type = SCHEMA_MAPS,
	    .offset = AT(destinations),
	    .child = &destination_schema,
	    .doc = "Receivers of alerts by syslog (RFC 5424); drop-in files "
		   "add to them" },
	{ .key = "time",
	    .type = SCHEMA_MAP,
	    .offset = AT(time),
	    .child = &time_schema,
	    .doc = "Event time" },
	{ .key = "limits",
	    .type = SCHEMA_MAP,
	    .offset = AT(limits),
	    .child = &limits_schema,
	    .doc = "Bounds of everything that comes from outside" },
	{ .key = "log",
	    .type = SCHEMA_MAP,
	    .offset = AT(log),
	    .child = &log_schema,
	    .doc = "The operator's log" },
	{ .key = "metrics",
	    .type = SCHEMA_MAP,
	    .offset = AT(metrics),
	    .child = &metrics_schema,
	    .doc = "What a monitoring system reads; never a person or a "
		   "record" },
	{ .key = "control",
	    .type = SCHEMA_MAP,
	    .offset = AT(control),
	    .child = &control_schema,
	    .doc = "What the operator asks of a running integrityd" },
};

const struct schema config_schema = { "the configuration",
	sizeof(struct config), options, COUNT(options) };
