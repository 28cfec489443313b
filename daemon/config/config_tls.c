/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>

#include "config/config_internal.h"

#define CONFIG_NAME_MAX 253 /* of a host, RFC 1035, 2.3.4, as text */
#define CONFIG_FINGERPRINT_DIGITS 64

#define AT(member) offsetof(struct config_tls, member)

static const struct schema_option tls_options[] = {
	{ .key = "ca_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(ca_file),
	    .example = "siem-ca.pem",
	    .doc = "Authorities (PEM) of which one vouches for the receiver; "
		   "without it and a fingerprint those of the system" },
	{ .key = "certificate_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(certificate_file),
	    .example = "integrityd.pem",
	    .doc = "Our certificate (PEM), followed by those between it and "
		   "its authority, for receivers that ask for one" },
	{ .key = "key_file",
	    .type = SCHEMA_STRING,
	    .offset = AT(key_file),
	    .example = "integrityd.key",
	    .doc = "Its private key (PEM, no password); a relative name is "
		   "looked for in $CREDENTIALS_DIRECTORY first" },
	{ .key = "server_name",
	    .type = SCHEMA_STRING,
	    .offset = AT(server_name),
	    .example = "siem.example",
	    .doc = "Host or IP that the receiver's certificate is for, if not "
		   "that of the address" },
	{ .key = "fingerprint",
	    .type = SCHEMA_STRINGS,
	    .offset = AT(fingerprints),
	    .example = "6b86b273ff34fce19d6b804eff5a3f57"
		       "47ada4eaa22f1d49c01e52ddb7875b4b",
	    .doc = "SHA-256 of the receiver's certificate, or a list of them; "
		   "then name and date are not asked for, nor, without "
		   "ca_file, an authority" },
};

const struct schema config_tls_schema = { "`tls`", sizeof(struct config_tls),
	tls_options, sizeof(tls_options) / sizeof(tls_options[0]) };

/* ---- Files ---- */

/* What only the service can see is not missing. */
static void
config_tls_check_file(const struct config_checking *checking,
    const struct yaml_node *map, const char *key, const char **path,
    bool is_secret)
{
	struct diag_place place = config_place(map, key);
	struct stat stat_;

	if (*path == NULL)
		return;
	*path = config_secret_path(checking, place, *path);
	if (stat(*path, &stat_) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			diag_at(checking->diag, place, "IR0104", "`%s`: %s: %s",
			    key, *path, strerror(errno));
		return;
	}
	if (!is_secret || (stat_.st_mode & S_IRWXO) == 0)
		return;
	diag_at(checking->diag, place, "IR0220",
	    "`%s`: others may read the private key", key);
	diag_hint(checking->diag, "chmod o= %s", *path);
}

static void
config_tls_check_pair(const struct config_checking *checking,
    const struct yaml_node *map, const struct config_tls *tls)
{
	bool has_key = tls->key_file != NULL;
	const char *there = has_key ? "key_file" : "certificate_file";
	const char *missing = has_key ? "certificate_file" : "key_file";

	if (has_key == (tls->certificate_file != NULL))
		return;
	diag_at(checking->diag, config_place(map, there), "IR0219",
	    "`%s` without `%s`", there, missing);
}

/* ---- Who the receiver is ---- */

static void
config_tls_check_name(const struct config_checking *checking,
    const struct yaml_node *map, const char *name)
{
	if (name == NULL || config_is_name(name, CONFIG_NAME_MAX, ".-_:"))
		return;
	diag_at(checking->diag, config_place(map, "server_name"), "IR0203",
	    "`server_name` cannot be `%s`", name);
	diag_hint(checking->diag, "the name or IP of a host");
}

/*
 * The digits alone, or NULL if they are no SHA-256: as RFC 5425, 4.2.2, has it
 * (sha-256:6B:...), or as openssl(1) prints it.
 */
static const char *
config_tls_digits(const struct config_checking *checking, const char *text)
{
	static const char *const prefixes[] = {
		"sha-256:", "sha256:", "sha256 Fingerprint=", NULL
	};
	char digits[CONFIG_FINGERPRINT_DIGITS];
	size_t i, len = 0;

	for (i = 0; prefixes[i] != NULL; i++)
		if (strncasecmp(text, prefixes[i], strlen(prefixes[i])) == 0)
			text += strlen(prefixes[i]);
	for (; *text != '\0'; text++) {
		if (*text == ':' && len > 0 && len % 2 == 0)
			continue;
		if (len == sizeof(digits) ||
		    strchr("0123456789abcdefABCDEF", *text) == NULL)
			return NULL;
		digits[len++] = *text;
	}
	if (len < sizeof(digits))
		return NULL;
	return arena_strdup(checking->arena, span_make(digits, len));
}

static void
config_tls_check_fingerprints(const struct config_checking *checking,
    struct schema_strings *fingerprints)
{
	size_t count = fingerprints->count, i;
	const char **items = arena_array(checking->arena, count + 1,
	    sizeof(*items));

	for (i = 0; i < count; i++) {
		items[i] = config_tls_digits(checking, fingerprints->items[i]);
		if (items[i] != NULL)
			continue;
		diag_at(checking->diag, fingerprints->places[i], "IR0219",
		    "`%s` is no SHA-256 fingerprint", fingerprints->items[i]);
		diag_hint(checking->diag,
		    "%d hex digits, with colons or without",
		    CONFIG_FINGERPRINT_DIGITS);
	}
	fingerprints->items = items;
}

void
config_tls_check(const struct config_checking *checking,
    const struct yaml_node *map, struct config_destination *destination)
{
	const struct yaml_node *node = yaml_get(map, "tls");
	struct config_tls *tls = &destination->tls;

	if (node == NULL || node->kind != YAML_MAP)
		return;
	if (destination->transport != CONFIG_TLS) {
		diag_at(checking->diag, node->place, "IR0219",
		    "`tls` is for the transport tls");
		diag_hint(checking->diag, "the transport here is " SPAN_FMT,
		    SPAN_ARG(yaml_get(map, "transport")->text));
		return;
	}
	config_tls_check_file(checking, node, "ca_file", &tls->ca_file, false);
	config_tls_check_file(checking, node, "certificate_file",
	    &tls->certificate_file, false);
	config_tls_check_file(checking, node, "key_file", &tls->key_file, true);
	config_tls_check_pair(checking, node, tls);
	config_tls_check_name(checking, node, tls->server_name);
	config_tls_check_fingerprints(checking, &tls->fingerprints);
}
