/* SPDX-License-Identifier: Apache-2.0 */
/* A condition of any text is parsed or refused with a finding. */
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "rule/rule_internal.h"

#define IDENTS 4

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[IDENTS] = { "a", "sel_b", "sel_c",
		"_d" };
	const struct rule_load_options options = { .paths = NULL };
	struct rule_ident idents[IDENTS];
	bool is_used[IDENTS];
	struct rule rule = { .idents = idents, .ident_count = IDENTS };
	struct rule_draft draft = { .rule = &rule, .is_used = is_used };
	struct rule_loader loader = { .options = &options, .draft = &draft };
	struct yaml_node node = { .kind = YAML_STRING };
	const struct expr *expr;

	for (unsigned i = 0; i < IDENTS; i++)
		idents[i] = (struct rule_ident){ span_of(names[i]), NULL };
	loader.diag = diag_new();
	loader.arena = arena_new(4096);
	node.text = span_make(data, size);
	expr = condition_parse(&loader, &node);
	if ((expr == NULL) && !draft.is_failed)
		abort();
	if (draft.is_failed != (diag_errors(loader.diag) > 0))
		abort();
	arena_free(loader.arena);
	diag_free(loader.diag);
	return 0;
}
