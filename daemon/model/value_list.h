/* SPDX-License-Identifier: Apache-2.0 */
/* A named list of values for `%name%`: a hash set, folded and raw. */
#ifndef MODEL_VALUE_LIST_H
#define MODEL_VALUE_LIST_H

#include <stdbool.h>

#include "base/span.h"

struct value_list;

struct value_list *value_list_new(struct span name);
void value_list_free(struct value_list *list); /* accepts NULL */

/* Copies.  Values are plain text: no wildcards, no escapes. */
void value_list_add(struct value_list *list, struct span value);

/* `value` raw for `cased`, else already folded. */
bool value_list_has(const struct value_list *list, struct span value,
    bool cased);

struct span value_list_name(const struct value_list *list);
size_t value_list_count(const struct value_list *list);

/* In the order added: for contains, startswith, endswith with expand. */
struct span value_list_get(const struct value_list *list, size_t index,
    bool cased);

#endif
