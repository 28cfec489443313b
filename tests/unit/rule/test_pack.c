/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped rules load without any finding, under --strict too. */
#include "rule/rule_load.h"
#include "support/testing.h"

static void
pack_loads(void **state)
{
	const char *path = RULES_DIR;
	const struct rule_load_options options = {
		.paths = &path, .path_count = 1, .is_strict = true
	};
	struct rule_load_result result = { 0 };
	struct buffer out = BUFFER_INIT;
	struct diag *diag = diag_new();

	(void)state;
	if (!rule_load(&options, diag, &result) || diag_warnings(diag) > 0) {
		diag_render_human(diag, false, &out);
		testing_fail("rules/", "%s", buffer_string(&out));
	}
	assert_true(result.rules->count >= 12);
	for (uint32_t i = 0; i < result.rules->count; i++) {
		const struct rule *rule = result.rules->rules[i];

		if (rule->alerts && rule->extension.sentence.count == 0)
			testing_fail(rule->path, "no sentence");
	}
	rule_set_free(result.rules);
	diag_free(diag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(pack_loads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
