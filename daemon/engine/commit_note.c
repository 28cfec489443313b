/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/commit_note.h"

#define NUMBER_TEXT_MAX 24

void
commit_note_write(int64_t time_us, uint64_t number, uint32_t rules,
    char ret_text[PORT_METADATA_MAX])
{
	char time[NUMBER_TEXT_MAX + 4] = "", count[16] = "";

	if (time_us != RECORD_NO_TIME)
		(void)snprintf(time, sizeof(time), " t=%" PRId64, time_us);
	if (rules > 0)
		(void)snprintf(count, sizeof(count), " r=%" PRIu32, rules);
	(void)snprintf(ret_text, PORT_METADATA_MAX, "v1%s n=%" PRIu64 "%s",
	    time, number, count);
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

/* The number behind `key` ("t="), as text; false if nothing is said. */
static bool
find_number(struct span text, struct span key, char copy[NUMBER_TEXT_MAX])
{
	struct span word;

	if (text.len == 0 || !span_split(&text, ' ', &word) ||
	    !span_is(word, "v1"))
		return false;
	while (span_split(&text, ' ', &word)) {
		if (span_starts_with(word, key) && copy_number(word, copy))
			return true;
	}
	return false;
}

void
commit_note_read(struct span text, int64_t *ret_time_us, uint64_t *ret_number)
{
	char copy[NUMBER_TEXT_MAX];

	*ret_time_us = RECORD_NO_TIME;
	*ret_number = 0;
	if (find_number(text, SPAN("t="), copy))
		*ret_time_us = strtoll(copy, NULL, 10);
	if (find_number(text, SPAN("n="), copy))
		*ret_number = strtoull(copy, NULL, 10);
}

uint32_t
commit_note_rules(struct span text)
{
	char copy[NUMBER_TEXT_MAX];
	unsigned long long count;

	if (!find_number(text, SPAN("r="), copy))
		return 0;
	count = strtoull(copy, NULL, 10);
	return count > UINT32_MAX ? 0 : (uint32_t)count;
}
