/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_CONFIG_INTERNAL_H
#define CONFIG_CONFIG_INTERNAL_H

#include "config/config.h"

/* What is being checked: the tree that was read, and the struct it filled. */
struct config_checking {
	const struct yaml_node *root;
	struct config *config;
	struct arena *arena;
	struct diag *diag;
};

/*
 * Lays `upper` over `lower` (NULL: nothing): maps merge, lists append, else
 * `upper` stands.  The nodes keep their places.
 */
const struct yaml_node *config_merge(struct arena *arena,
    const struct yaml_node *lower, const struct yaml_node *upper);

/* The place of a key's value, or of the map if it is absent. */
struct diag_place config_place(const struct yaml_node *map, const char *key);

/* A path as seen from the folder of the file that it stands in. */
const char *config_path(const struct config_checking *checking,
    struct diag_place place, const char *path);

/* That of a secret: first among those that the service was given. */
const char *config_secret_path(const struct config_checking *checking,
    struct diag_place place, const char *path);

/* What no table can say; each adds its findings. */
void config_check(const struct config_checking *checking);
void config_librdkafka_check(const struct config_checking *checking,
    const struct yaml_node *kafka);
void config_inputs_check(const struct config_checking *checking);
void config_destinations_check(const struct config_checking *checking);
void config_tls_check(const struct config_checking *checking,
    const struct yaml_node *map, struct config_destination *destination);
extern const struct schema config_tls_schema;
void config_watch_check(const struct config_checking *checking);

/* Letters of ASCII, digits and those of `others`; 1 to `limit` of them. */
bool config_is_name(const char *text, size_t limit, const char *others);

#endif
