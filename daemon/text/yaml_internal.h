/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEXT_YAML_INTERNAL_H
#define TEXT_YAML_INTERNAL_H

#include "text/yaml.h"

/* Maps and lists within each other. */
#define YAML_DEPTH_MAX 64

/*
 * Sets kind and value of a plain scalar from node->text, by the core schema
 * (YAML 1.2.2, 10.3.2).
 */
void yaml_scalar_resolve(struct yaml_node *node);

/* Does YAML 1.1 see another kind or value in these characters? */
bool yaml_scalar_is_ambiguous(struct span text);

/* All documents of a source that is valid UTF-8 and printable. */
bool yaml_build(struct arena *arena, struct diag *diag,
    const struct diag_source *source,
    const struct yaml_node *const **ret_documents, size_t *ret_count);

#endif
