/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "text/diag.h"

static const struct diag_code {
	const char *code;
	const char *title;
	const char *explanation;
} diag_codes[] = {
#define DIAG_CODE(code, title, explanation) { code, title, explanation },
#include "text/diag_codes.h"
#undef DIAG_CODE
};

static const struct diag_code *
diag_code_find(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(diag_codes) / sizeof(diag_codes[0]); i++)
		if (strcmp(diag_codes[i].code, code) == 0)
			return &diag_codes[i];
	return NULL;
}

const char *
diag_code_title(const char *code)
{
	const struct diag_code *found = diag_code_find(code);

	return found == NULL ? NULL : found->title;
}

const char *
diag_code_explanation(const char *code)
{
	const struct diag_code *found = diag_code_find(code);

	return found == NULL ? NULL : found->explanation;
}
