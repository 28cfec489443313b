/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <sys/stat.h>

#include "base/file.h"

#include "config/config_internal.h"

#define CONFIG_SECRET_MAX (64 * 1024)

/* Settings that are ours: a `*` at the end stands for any text. */
static const struct {
	const char *key;
	const char *own_key; /* which to use instead, or NULL */
} guarantees[] = {
	{ "bootstrap.servers", "kafka.bootstrap" },
	{ "metadata.broker.list", "kafka.bootstrap" },
	{ "group.id", "kafka.group" },
	{ "group.instance.id", "kafka.instance" },
	{ "group.*", NULL },
	{ "auto.offset.reset", "inputs[].start" },
	{ "auto.commit.*", NULL },
	{ "enable.auto.*", NULL },
	{ "isolation.level", NULL },
	{ "transactional.id", "kafka.instance" },
	{ "transactional.*", NULL },
	{ "transaction.*", NULL },
	{ "enable.idempotence", NULL },
	{ "enable.gapless.guarantee", NULL },
	{ "partition.assignment.strategy", NULL },
	{ "acks", NULL },
	{ "request.required.acks", NULL },
};

/* Settings whose value is a secret, and what holds it instead. */
static const struct {
	const char *key;
	const char *file_key; /* of `kafka`, or of librdkafka itself */
	bool is_ours;
} secrets[] = {
	{ "sasl.password", "sasl_password_file", true },
	{ "ssl.key.password", "ssl_key_password_file", true },
	{ "ssl.keystore.password", "ssl_keystore_password_file", true },
	{ "ssl.key.pem", "ssl.key.location", false },
	{ "sasl.oauthbearer.client.secret", "oauth_token_file", true },
	{ "sasl.oauthbearer.config", "oauth_token_file", true },
	{ "sasl.jaas.config", NULL, false }, /* Java's, often copied */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
config_librdkafka_fits(const char *pattern, struct span key)
{
	struct span text = span_of(pattern);

	if (!span_ends_with(text, SPAN("*")))
		return span_equal(text, key);
	text.len--;
	return span_starts_with(key, text);
}

static void
config_librdkafka_check_guarantee(const struct config_checking *checking,
    struct diag_place place, const char *key)
{
	size_t i;

	for (i = 0; i < COUNT(guarantees); i++)
		if (config_librdkafka_fits(guarantees[i].key, span_of(key)))
			break;
	if (i == COUNT(guarantees))
		return;
	diag_at(checking->diag, place, "IR0207",
	    "`%s` cannot be configured: a guarantee rests on it", key);
	if (guarantees[i].own_key != NULL)
		diag_hint(checking->diag, "see `%s`", guarantees[i].own_key);
}

static void
config_librdkafka_check_secret(const struct config_checking *checking,
    struct diag_place place, const char *key)
{
	size_t i;

	for (i = 0; i < COUNT(secrets); i++)
		if (strcmp(secrets[i].key, key) == 0)
			break;
	if (i == COUNT(secrets))
		return;
	diag_at(checking->diag, place, "IR0208",
	    "`%s` is a secret, which has no place in this file", key);
	if (secrets[i].file_key != NULL)
		diag_hint(checking->diag, "name a file: `%s%s`",
		    secrets[i].is_ours ? "kafka." : "", secrets[i].file_key);
}

/* Who can read a secret can pass for us. */
static void
config_librdkafka_check_mode(const struct config_checking *checking,
    struct diag_place place, const char *key, const char *path)
{
	struct stat stat_;

	if (stat(path, &stat_) != 0 || (stat_.st_mode & S_IRWXO) == 0)
		return;
	diag_at(checking->diag, place, "IR0220",
	    "`%s`: others may read the secret", key);
	diag_hint(checking->diag, "chmod o= %s", path);
}

/* The file's text without the line end that editors leave; NULL if bad. */
static const char *
config_librdkafka_secret(const struct config_checking *checking,
    struct diag_place place, const char *key, const char *path)
{
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_NONE;
	const char *secret = NULL;
	struct span value;

	config_librdkafka_check_mode(checking, place, key, path);
	if (!file_read(path, CONFIG_SECRET_MAX, &text, &err)) {
		diag_at(checking->diag, place, "IR0104", "`%s`: %s", key,
		    err.text);
		buffer_done(&text);
		return NULL;
	}
	value = buffer_span(&text);
	while (span_ends_with(value, SPAN("\n")) ||
	    span_ends_with(value, SPAN("\r")))
		value.len--;
	if (value.len == 0 || memchr(value.ptr, '\0', value.len) != NULL)
		diag_at(checking->diag, place, "IR0120",
		    "`%s`: %s holds no secret", key, path);
	else
		secret = arena_strdup(checking->arena, value);
	if (text.len > 0)
		OPENSSL_cleanse(text.ptr, text.len);
	buffer_done(&text);
	return secret;
}

/* The token itself is read when a client wants it. */
static void
config_librdkafka_check_token(const struct config_checking *checking,
    const struct yaml_node *kafka)
{
	struct config_kafka *config = &checking->config->kafka;
	struct diag_place place = config_place(kafka, "oauth_token_file");

	if (config->oauth_token_file == NULL)
		return;
	config->oauth_token_file = config_secret_path(checking, place,
	    config->oauth_token_file);
	(void)config_librdkafka_secret(checking, place, "oauth_token_file",
	    config->oauth_token_file);
}

/* Adds what the `*_file` keys name to the settings. */
static void
config_librdkafka_add_secrets(const struct config_checking *checking,
    const struct yaml_node *kafka)
{
	struct config_kafka *config = &checking->config->kafka;
	struct schema_pairs *old = &config->librdkafka;
	const char *paths[] = { config->sasl_password_file,
		config->ssl_key_password_file,
		config->ssl_keystore_password_file };
	struct config_secret *files;
	const char **keys, **values;
	struct diag_place place;
	size_t count = old->count, i;

	keys = arena_array(checking->arena, count + COUNT(paths),
	    sizeof(*keys));
	values = arena_array(checking->arena, count + COUNT(paths),
	    sizeof(*values));
	files = arena_array(checking->arena, COUNT(paths), sizeof(*files));
	for (i = 0; i < count; i++) {
		keys[i] = old->keys[i];
		values[i] = old->values[i];
	}
	config->secret_count = 0;
	for (i = 0; i < COUNT(paths); i++) {
		if (paths[i] == NULL)
			continue;
		place = config_place(kafka, secrets[i].file_key);
		paths[i] = config_secret_path(checking, place, paths[i]);
		files[config->secret_count++] = (struct config_secret){
			secrets[i].key, paths[i]
		};
		keys[count] = secrets[i].key;
		values[count] = config_librdkafka_secret(checking, place,
		    secrets[i].file_key, paths[i]);
		count += values[count] != NULL;
	}
	config->secrets = files;
	*old = (struct schema_pairs){ keys, values, count, NULL };
}

void
config_librdkafka_check(const struct config_checking *checking,
    const struct yaml_node *kafka)
{
	const struct schema_pairs *pairs = &checking->config->kafka.librdkafka;
	size_t i;

	for (i = 0; i < pairs->count; i++) {
		config_librdkafka_check_guarantee(checking, pairs->places[i],
		    pairs->keys[i]);
		config_librdkafka_check_secret(checking, pairs->places[i],
		    pairs->keys[i]);
		if (strcmp(pairs->keys[i], "ssl.key.location") == 0)
			config_librdkafka_check_mode(checking, pairs->places[i],
			    pairs->keys[i], pairs->values[i]);
	}
	config_librdkafka_add_secrets(checking, kafka);
	config_librdkafka_check_token(checking, kafka);
}
