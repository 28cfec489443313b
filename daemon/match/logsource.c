/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

bool
match_logsource(const struct logsource *rule, const struct logsource *input)
{
	const struct span rule_has[] = { rule->category, rule->product,
		rule->service };
	const struct span input_has[] = { input->category, input->product,
		input->service };

	for (unsigned i = 0; i < 3; i++) {
		if (rule_has[i].len > 0 && input_has[i].len > 0 &&
		    !span_equal_nocase(rule_has[i], input_has[i]))
			return false;
	}
	return true;
}
