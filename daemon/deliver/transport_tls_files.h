/* SPDX-License-Identifier: Apache-2.0 */
/* Inside transport_tls*.c: from files to what OpenSSL wants. */
#ifndef DELIVER_TRANSPORT_TLS_FILES_H
#define DELIVER_TRANSPORT_TLS_FILES_H

#include <openssl/ssl.h>

#include "base/error.h"

/*
 * A context of a client with the authorities of `ca_file` (NULL: none), and
 * with the certificate and key unless NULL.  A key that others may read, or
 * that wants a password, is refused.  The caller owns it.
 */
bool transport_tls_files_read(const char *ca_file, const char *certificate_file,
    const char *key_file, SSL_CTX **ret_context, struct error *err);

/* What OpenSSL says of `code`, as ERR_get_error() gives them; never NULL. */
const char *transport_tls_files_reason(unsigned long code);

#endif
