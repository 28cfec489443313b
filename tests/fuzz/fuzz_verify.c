/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receiver's log comes from outside: whatever is in it, it is read to its
 * end, and nothing that is wrong with a frame of ours goes without a break.
 */
#include <stdlib.h>

#include "ctl/verify.h"
#include "fuzz/fuzz.h"

static void
require(bool condition)
{
	if (!condition)
		abort();
}

/* The first line is a record of the topic, the rest a log. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make((const char *)data, size), record;
	struct verify *verify = verify_new();
	const struct verify_result *result;

	if (text.len > 0 && span_split(&text, '\n', &record) &&
	    text.ptr != NULL) {
		verify_record(verify, 0, record);
		(void)verify_position(verify, 1, record);
		verify_log(verify, text);
	}
	result = verify_end(verify);
	require(result->repeated <= result->frames);
	require(result->alerts <= result->frames);
	/* There is one record: what tells of more is found out. */
	if (result->last > 1)
		require(result->break_count > 0);
	verify_free(verify);
	return 0;
}
