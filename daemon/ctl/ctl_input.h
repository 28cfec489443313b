/* SPDX-License-Identifier: Apache-2.0 */
/* Where records come from, as the verbs that read files take it. */
#ifndef CTL_CTL_INPUT_H
#define CTL_CTL_INPUT_H

#include "ctl/ctl.h"
#include "decode/mapping.h"

struct ctl_input {
	const char *mapping; /* its file; NULL: fields are as they stand */
	const char *time_field, *encoding, *hash_key_file; /* or NULL */
	int color;
};

/* Findings are printed.  The caller frees. */
bool ctl_input_mapping(const struct ctl_input *given, struct mapping **ret,
    struct error *err);

/* "product=x,service=y"; the spans point into the text. */
bool ctl_input_logsource(const char *text, struct logsource *ret,
    struct error *err);

#endif
