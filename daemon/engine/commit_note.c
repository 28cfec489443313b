/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/commit_note.h"

#define NUMBER_TEXT_MAX 24

void
commit_note_write(int64_t time_us, uint64_t number,
    char ret_text[PORT_METADATA_MAX])
{
	if (time_us == RECORD_NO_TIME)
		(void)snprintf(ret_text, PORT_METADATA_MAX, "v1 n=%" PRIu64,
		    number);
	else
		(void)snprintf(ret_text, PORT_METADATA_MAX,
		    "v1 t=%" PRId64 " n=%" PRIu64, time_us, number);
}

static bool
copy_number(struct span word, char copy[NUMBER_TEXT_MAX])
{
	if (word.len <= 2 || word.len - 2 >= NUMBER_TEXT_MAX)
		return false;
	memcpy(copy, word.ptr + 2, word.len - 2);
	copy[word.len - 2] = '\0';
	return true;
}

void
commit_note_read(struct span text, int64_t *ret_time_us, uint64_t *ret_number)
{
	struct span word;
	char copy[NUMBER_TEXT_MAX];

	*ret_time_us = RECORD_NO_TIME;
	*ret_number = 0;
	if (text.len == 0 || !span_split(&text, ' ', &word) ||
	    !span_is(word, "v1"))
		return;
	while (span_split(&text, ' ', &word)) {
		if (!copy_number(word, copy))
			continue;
		if (span_starts_with(word, SPAN("t=")))
			*ret_time_us = strtoll(copy, NULL, 10);
		else if (span_starts_with(word, SPAN("n=")))
			*ret_number = strtoull(copy, NULL, 10);
	}
}
