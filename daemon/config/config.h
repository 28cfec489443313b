/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration: one YAML file with drop-ins (NAME.d/ *.yaml beside
 * NAME.yaml, in sorted order: maps merge, lists append, scalars override).
 * Every key has its default, unit and line of documentation in one table,
 * config_schema, from which the reader and the example file come.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/log.h"
#include "text/schema.h"

struct config_secret {
	const char *key;  /* librdkafka's */
	const char *path; /* found */
};

struct config_kafka {
	const char *bootstrap; /* or "embedded" */
	const char *group;
	const char *instance; /* NULL: the program decides */
	uint64_t shards;
	uint64_t replication; /* 0: min(3, brokers) */
	/* NULL: none.  What is in them stands in librdkafka already. */
	const char *sasl_password_file, *ssl_key_password_file,
	    *ssl_keystore_password_file;
	const char *oauth_token_file; /* found; NULL: none */
	/* The settings that the files stand for, to be read again. */
	const struct config_secret *secrets;
	size_t secret_count;
	struct schema_pairs librdkafka;
};

struct config_logsource {
	const char *category, *product, *service; /* NULL: not declared */
};

enum config_start { CONFIG_START_EARLIEST, CONFIG_START_LATEST };
enum config_wire { CONFIG_WIRE_PLAIN, CONFIG_WIRE_REGISTRY };

struct config_input {
	const char *topic;
	const char *mapping; /* path of the file, found; NULL: none */
	struct config_logsource logsource;
	const char *time_field, *time_zone, *time_format; /* NULL: default */
	int64_t lateness_us;
	int start; /* enum config_start */
	const char *dedupe;
	bool is_transactional;
	const char *encoding; /* NULL: the mapping's */
	int wire;	      /* enum config_wire */
};

enum config_transport {
	CONFIG_UNIX,
	CONFIG_UNIX_STREAM,
	CONFIG_UDP,
	CONFIG_TCP,
	CONFIG_TLS,
	CONFIG_RELP
};
enum config_audience { CONFIG_INVESTIGATORS, CONFIG_REFERENCE };
enum config_format {
	CONFIG_ECS,
	CONFIG_PLAIN,
	CONFIG_OCSF,
	CONFIG_CEF,
	CONFIG_LEEF
};

/* Of the transport tls; paths are found, fingerprints 64 hex digits each. */
struct config_tls {
	const char *ca_file, *certificate_file, *key_file; /* NULL: none */
	const char *server_name; /* NULL: the host of the address */
	struct schema_strings fingerprints;
};

struct config_destination {
	const char *name;
	int transport; /* enum config_transport */
	const char *address;
	int audience; /* enum config_audience */
	int format;   /* enum config_format */
	int facility; /* 0-23 */
	const char *app_name;
	uint64_t enterprise_id;
	uint64_t max_message_size;
	int64_t heartbeat_us;
	struct config_tls tls;
};

struct config_limits {
	uint64_t record_bytes, json_depth, field_bytes, groups_per_rule,
	    alert_bytes, regex_match, regex_depth, regex_heap_bytes,
	    batch_records;
	int64_t batch_interval_us;
};

struct config_time {
	int64_t max_future_us;
	int64_t idle_us; /* quiet at its end for so long: holds back nothing */
};

struct config_log {
	int level; /* enum log_level */
};

struct config_metrics {
	const char *address; /* as of config_watch.h; NULL: none */
};

#define CONFIG_CONTROL_SOCKET "/run/integrityd/control.sock"
#define CONFIG_CONTROL_NONE "none"

struct config_control {
	const char *socket; /* a path, or CONFIG_CONTROL_NONE */
	const char *group;  /* NULL: only root and the daemon's own user */
};

struct config {
	struct config_kafka kafka;
	struct schema_list inputs; /* struct config_input */
	struct schema_strings rules, lists, mappings;
	const char *hash_key_file;	 /* NULL: the mappings' own */
	struct schema_list destinations; /* struct config_destination */
	struct config_limits limits;
	struct config_time time;
	struct config_log log;
	struct config_metrics metrics;
	struct config_control control;
};

extern const struct schema config_schema;

/*
 * Reads the file and its drop-ins into *ret_config; everything is owned by
 * the arena.  False if there was an error; all findings are in diag.
 */
bool config_read(const char *path, struct arena *arena, struct diag *diag,
    struct config *ret_config);

/* The commented example file. */
void config_example(struct buffer *out);

#endif
