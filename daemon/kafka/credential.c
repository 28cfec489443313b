/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/credential.h"

#define SECRET_BYTES_MAX (64 * 1024)
#define FILE_BYTES_MAX (4 * 1024 * 1024)
#define LOOK_EVERY_US (2 * CLOCK_US_PER_S)

/* ---- For one client ---- */

static bool
set_secret(rd_kafka_conf_t *conf, const struct kafka_secret *secret,
    struct error *err)
{
	struct buffer text = BUFFER_INIT;
	bool ok = file_read(secret->path, SECRET_BYTES_MAX, &text, err);

	if (ok) {
		/* The line end that editors leave. */
		while (text.len > 0 &&
		    (text.ptr[text.len - 1] == '\n' ||
			text.ptr[text.len - 1] == '\r'))
			text.len--;
		ok = kafka_client_set(conf, secret->key, buffer_string(&text),
		    err);
		OPENSSL_cleanse(text.ptr, text.len);
	}
	buffer_done(&text);
	return ok;
}

/* On a thread of librdkafka; the setting is the path of the token file. */
static void
refresh(rd_kafka_t *client, const char *setting, void *opaque)
{
	struct buffer token = BUFFER_INIT, subject = BUFFER_INIT;
	struct error err = ERROR_NONE;
	char reason[512] = "";
	int64_t expires_ms = 0;

	(void)opaque;
	if (!kafka_credential_token(setting, &token, &subject, &expires_ms,
		&err))
		snprintf(reason, sizeof(reason), "%.500s", err.text);
	else if (expires_ms <= clock_now_us() / 1000)
		snprintf(reason, sizeof(reason),
		    "the token in %.400s has expired", setting);
	else if (rd_kafka_oauthbearer_set_token(client, buffer_string(&token),
		     expires_ms, buffer_string(&subject), NULL, 0, reason,
		     sizeof(reason)) != RD_KAFKA_RESP_ERR_NO_ERROR &&
	    reason[0] == '\0')
		snprintf(reason, sizeof(reason), "the token is refused");
	if (reason[0] != '\0')
		rd_kafka_oauthbearer_set_token_failure(client, reason);
	buffer_done(&token);
	buffer_done(&subject);
}

bool
kafka_credential_set(rd_kafka_conf_t *conf, const struct kafka_options *options,
    struct error *err)
{
	for (size_t i = 0; i < options->secret_count; i++) {
		if (!set_secret(conf, &options->secrets[i], err))
			return false;
	}
	if (options->oauth_token_file == NULL)
		return true;
	rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, refresh);
	/* Else it would wait for somebody to poll. */
	rd_kafka_conf_enable_sasl_queue(conf, 1);
	return kafka_client_set(conf, "sasl.oauthbearer.config",
	    options->oauth_token_file, err);
}

/* ---- Over time ---- */

struct watched {
	char *path;
	struct stat stat_;
	uint8_t digest[HASH_SHA256_LEN];
};

struct kafka_credentials {
	const struct kafka_options *options;
	struct watched *files;
	size_t count, cap;
	int64_t looked_us;
	bool is_restless; /* changed when last looked at */
};

static void
look(struct watched *file)
{
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_NONE;

	if (stat(file->path, &file->stat_) != 0)
		memset(&file->stat_, 0, sizeof(file->stat_));
	/* A folder of authorities has its time alone. */
	(void)file_read(file->path, FILE_BYTES_MAX, &text, &err);
	hash_sha256(buffer_span(&text), file->digest);
	buffer_done(&text);
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool
has_changed(struct watched *file)
{
	struct watched before = *file;
	struct stat now = { 0 };

	(void)stat(file->path, &now);
	if (is_same_file(&now, &file->stat_))
		return false;
	look(file);
	return S_ISDIR(file->stat_.st_mode) ||
	    memcmp(before.digest, file->digest, sizeof(before.digest)) != 0;
}

static void
add(struct kafka_credentials *credentials, const char *path)
{
	struct watched *file;

	credentials->files = mem_grow(credentials->files, &credentials->cap,
	    credentials->count + 1, sizeof(*credentials->files));
	file = &credentials->files[credentials->count++];
	memset(file, 0, sizeof(*file));
	file->path = mem_strdup(path);
	look(file);
}

struct kafka_credentials *
kafka_credentials_new(const struct kafka_options *options)
{
	struct kafka_credentials *credentials = mem_zalloc(
	    sizeof(*credentials));

	credentials->options = options;
	credentials->looked_us = clock_monotonic_us();
	for (size_t i = 0; i < options->secret_count; i++)
		add(credentials, options->secrets[i].path);
	for (size_t i = 0; i < options->setting_count; i++) {
		if (span_ends_with(span_of(options->settings[i].key),
			SPAN(".location")))
			add(credentials, options->settings[i].value);
	}
	return credentials;
}

void
kafka_credentials_free(struct kafka_credentials *credentials)
{
	if (credentials == NULL)
		return;
	for (size_t i = 0; i < credentials->count; i++)
		mem_free(credentials->files[i].path);
	mem_free(credentials->files);
	mem_free(credentials);
}

/* A key without its certificate makes no client. */
static bool
makes_client(const struct kafka_options *options)
{
	struct error err = ERROR_NONE;
	rd_kafka_conf_t *conf;
	rd_kafka_t *client;

	if (!kafka_client_conf(options, &conf, &err) ||
	    !kafka_client_new(RD_KAFKA_PRODUCER, conf, &client, &err)) {
		log_error("Kafka: credentials have changed and cannot be "
			  "used; staying with the old ones: %s",
		    err.text);
		return false;
	}
	rd_kafka_destroy(client);
	return true;
}

bool
kafka_credentials_changed(struct kafka_credentials *credentials, int64_t now_us)
{
	bool is_changed = false, was_restless = credentials->is_restless;

	if (credentials->count == 0 ||
	    now_us - credentials->looked_us < LOOK_EVERY_US)
		return false;
	credentials->looked_us = now_us;
	for (size_t i = 0; i < credentials->count; i++)
		is_changed |= has_changed(&credentials->files[i]);
	credentials->is_restless = is_changed;
	return was_restless && !is_changed &&
	    makes_client(credentials->options);
}
