/* SPDX-License-Identifier: Apache-2.0 */
/* Included once by each target that reads YAML. */
#ifndef FUZZ_LIBFYAML_H
#define FUZZ_LIBFYAML_H

/* libfyaml 0.7.12 loses a token of some texts that are no YAML. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

#endif
