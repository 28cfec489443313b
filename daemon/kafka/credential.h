/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that hold what we are known by to the brokers.  librdkafka reads them
 * once per client, so clients are made anew when one changes.
 */
#ifndef KAFKA_CREDENTIAL_H
#define KAFKA_CREDENTIAL_H

#include "base/buffer.h"
#include "kafka/kafka_internal.h"

/* The secrets, and where tokens come from. */
bool kafka_credential_set(rd_kafka_conf_t *conf,
    const struct kafka_options *options, struct error *err);

struct kafka_credentials; /* what the files were when last looked at */
struct kafka_credentials *kafka_credentials_new(
    const struct kafka_options *options);
void kafka_credentials_free(struct kafka_credentials *credentials);

/*
 * Looks at the files every other second.  True once after they have changed,
 * lie still again and make a client: clients made from now on use them.
 */
bool kafka_credentials_changed(struct kafka_credentials *credentials,
    int64_t now_us);

/*
 * A token file (RFC 7519: three parts, base64url, parted by dots): the text
 * without white space around it, its subject and when it expires.
 */
bool kafka_credential_token(const char *path, struct buffer *token,
    struct buffer *subject, int64_t *ret_expires_ms, struct error *err);

#endif
