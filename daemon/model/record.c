/* SPDX-License-Identifier: Apache-2.0 */
#include "model/record.h"

int
record_position_compare(const struct record_position *a,
    const struct record_position *b)
{
	int order = span_compare(a->topic, b->topic);

	if (order != 0)
		return order;
	if (a->partition != b->partition)
		return a->partition < b->partition ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return 0;
}
