/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "alert/alert.h"
#include "base/mem.h"
#include "deliver/destination_place.h"

#include "ctl/verify.h"

#define RECORD_DEPTH_MAX 64

const char *const verify_kind_names[] = { "missing", "part", "alert", "chain",
	"unknown", "position", "form" };

struct link {
	int64_t offset;
	uint8_t chain[HASH_SHA256_LEN]; /* after it */
	char alert[VERIFY_ALERT_BYTES]; /* "": no alert, so it has no frame */
};

struct verify {
	struct json_reader *reader;
	struct buffer scratch;
	struct destination_place place; /* after the last record */
	struct link *links;
	size_t link_count, link_cap;
	bool has_records;
	struct verify_frame *frames;
	size_t frame_count, frame_cap;
	struct verify_result result;
};

struct verify *
verify_new(void)
{
	struct verify *verify = mem_zalloc(sizeof(*verify));

	verify->reader = json_reader_new(SIZE_MAX / 4, RECORD_DEPTH_MAX);
	return verify;
}

void
verify_free(struct verify *verify)
{
	if (verify == NULL)
		return;
	json_reader_free(verify->reader);
	buffer_done(&verify->scratch);
	mem_free(verify->links);
	mem_free(verify->frames);
	mem_free(verify);
}

/* ---- What is wrong ---- */

static struct verify_break *
add_break(struct verify *verify, enum verify_kind kind, size_t line,
    uint64_t sequence)
{
	static struct verify_break not_told;
	uint64_t count = verify->result.break_count++;
	struct verify_break *added = count < VERIFY_BREAKS_MAX ?
	    &verify->result.breaks[count] :
	    &not_told;

	*added = (struct verify_break){
		.kind = kind, .line = line, .sequence = sequence
	};
	return added;
}

static void
write_hex(const uint8_t chain[HASH_SHA256_LEN], char text[VERIFY_TEXT_BYTES])
{
	for (size_t i = 0; i < HASH_SHA256_LEN; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", chain[i]);
}

static void
check_chain(struct verify *verify, const struct verify_frame *frame,
    const uint8_t expected[HASH_SHA256_LEN])
{
	struct verify_break *added;

	if (memcmp(frame->chain, expected, HASH_SHA256_LEN) == 0)
		return;
	added = add_break(verify, VERIFY_CHAIN, frame->line, frame->sequence);
	write_hex(expected, added->expected);
	write_hex(frame->chain, added->found);
}

static void
check_alert(struct verify *verify, const struct verify_frame *frame,
    const char *expected)
{
	struct verify_break *added;

	if (strcmp(frame->alert, expected) == 0)
		return;
	added = add_break(verify, VERIFY_ALERT, frame->line, frame->sequence);
	(void)snprintf(added->expected, sizeof(added->expected), "%s",
	    expected[0] != '\0' ? expected : "no alert");
	(void)snprintf(added->found, sizeof(added->found), "%s", frame->alert);
}

/* ---- The topic ---- */

void
verify_record(struct verify *verify, int64_t offset, struct span record)
{
	struct error err = ERROR_NONE;
	struct alert_view view;
	struct link *added;

	destination_place_add(&verify->place, record, &verify->scratch);
	verify->links = mem_grow(verify->links, &verify->link_cap,
	    verify->link_count + 1, sizeof(*verify->links));
	added = &verify->links[verify->link_count++];
	*added = (struct link){ .offset = offset };
	memcpy(added->chain, verify->place.chain, HASH_SHA256_LEN);
	if (alert_read(verify->reader, record, &view, &err))
		(void)snprintf(added->alert, sizeof(added->alert), SPAN_FMT,
		    SPAN_ARG(view.alert));
	verify->has_records = true;
	verify->result.records++;
}

/* How many records stand before an offset. */
static size_t
records_before(const struct verify *verify, int64_t offset)
{
	size_t low = 0, high = verify->link_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (verify->links[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const uint8_t *
chain_after(const struct verify *verify, uint64_t sequence)
{
	static const uint8_t nothing[HASH_SHA256_LEN];

	return sequence == 0 ? nothing : verify->links[sequence - 1].chain;
}

bool
verify_position(struct verify *verify, int64_t next_offset,
    struct span metadata)
{
	size_t count = records_before(verify, next_offset);
	const uint8_t *chain = chain_after(verify, count);
	struct destination_place place;
	struct verify_break *added;

	if (destination_place_parse(metadata, &place) &&
	    place.sequence == count &&
	    memcmp(place.chain, chain, HASH_SHA256_LEN) == 0)
		return true;
	added = add_break(verify, VERIFY_POSITION, 0, count);
	if (!destination_place_parse(metadata, &place)) {
		(void)snprintf(added->expected, sizeof(added->expected),
		    "v1 SEQUENCE CHAIN");
		(void)snprintf(added->found, sizeof(added->found),
		    "metadata `" SPAN_FMT "`", SPAN_ARG(metadata));
	} else if (place.sequence != count) {
		(void)snprintf(added->expected, sizeof(added->expected),
		    "sequence %zu", count);
		(void)snprintf(added->found, sizeof(added->found),
		    "sequence %llu", (unsigned long long)place.sequence);
	} else {
		write_hex(chain, added->expected);
		write_hex(place.chain, added->found);
	}
	return false;
}

/* ---- The log ---- */

void
verify_frame(struct verify *verify, const struct verify_frame *frame)
{
	verify->frames = mem_grow(verify->frames, &verify->frame_cap,
	    verify->frame_count + 1, sizeof(*verify->frames));
	verify->frames[verify->frame_count++] = *frame;
}

void
verify_foreign(struct verify *verify)
{
	verify->result.foreign++;
}

void
verify_bad_form(struct verify *verify, size_t line, const char *why)
{
	struct verify_break *added = add_break(verify, VERIFY_FORM, line, 0);

	(void)snprintf(added->expected, sizeof(added->expected),
	    "a frame of integrityd");
	(void)snprintf(added->found, sizeof(added->found), "%s", why);
}

/* By number; heartbeats, which tell what is before them, behind its frames. */
static int
compare(const void *left, const void *right)
{
	const struct verify_frame *a = left, *b = right;
	bool a_beats = a->alert[0] == '\0', b_beats = b->alert[0] == '\0';

	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	if (a_beats != b_beats)
		return a_beats ? 1 : -1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	return a->line < b->line ? -1 : 1;
}

/* Numbers between `before` and `until` that nothing stands for. */
static void
check_gap(struct verify *verify, uint64_t before, uint64_t until, size_t line)
{
	uint64_t first = before + 1, last = until;
	struct verify_break *added;

	/* A record that is no alert is numbered, and has no frame. */
	while (verify->has_records && first <= last &&
	    first <= verify->link_count &&
	    verify->links[first - 1].alert[0] == '\0')
		first++;
	while (verify->has_records && last >= first &&
	    last <= verify->link_count &&
	    verify->links[last - 1].alert[0] == '\0')
		last--;
	if (first > last)
		return;
	added = add_break(verify, VERIFY_MISSING, line, first);
	if (first == last)
		(void)snprintf(added->expected, sizeof(added->expected),
		    "sequence %llu", (unsigned long long)first);
	else
		(void)snprintf(added->expected, sizeof(added->expected),
		    "sequences %llu to %llu", (unsigned long long)first,
		    (unsigned long long)last);
	(void)snprintf(added->found, sizeof(added->found), "none");
}

static void
check_topic(struct verify *verify, const struct verify_frame *frame)
{
	struct verify_break *added;

	if (!verify->has_records) {
		if (frame->sequence == 0)
			check_chain(verify, frame, chain_after(verify, 0));
		return;
	}
	if (frame->sequence > verify->link_count) {
		added = add_break(verify, VERIFY_UNKNOWN, frame->line,
		    frame->sequence);
		(void)snprintf(added->expected, sizeof(added->expected),
		    "at most sequence %zu", verify->link_count);
		(void)snprintf(added->found, sizeof(added->found),
		    "sequence %llu", (unsigned long long)frame->sequence);
		return;
	}
	check_chain(verify, frame, chain_after(verify, frame->sequence));
	if (frame->alert[0] != '\0')
		check_alert(verify, frame,
		    frame->sequence == 0 ?
			"" :
			verify->links[frame->sequence - 1].alert);
}

/* Parts come sorted: each of 1 to the number of the first must be there. */
static void
check_parts(struct verify *verify, const struct verify_frame *frames,
    size_t count)
{
	const struct verify_frame *first = &frames[0];
	struct verify_break *added;
	uint32_t want = 1;

	for (size_t i = 0; i < count; i++) {
		if (frames[i].part == want)
			want++;
		else if (frames[i].part > want)
			break;
	}
	if (want == first->parts + 1)
		return;
	added = add_break(verify, VERIFY_PART, first->line, first->sequence);
	(void)snprintf(added->expected, sizeof(added->expected),
	    "part %u of %u", want, first->parts);
	(void)snprintf(added->found, sizeof(added->found), "none");
}

/* All of one number. */
static void
check_number(struct verify *verify, const struct verify_frame *frames,
    size_t count)
{
	struct verify_result *result = &verify->result;
	size_t alerts = 0;

	while (alerts < count && frames[alerts].alert[0] != '\0')
		alerts++;
	result->heartbeats += count - alerts;
	result->frames += alerts;
	if (alerts > 0) {
		result->alerts++;
		check_parts(verify, frames, alerts);
	}
	for (size_t i = 1; i < alerts; i++)
		result->repeated += frames[i].part == frames[i - 1].part;
	for (size_t i = 0; i < count; i++) {
		if (verify->has_records || i == 0) {
			check_topic(verify, &frames[i]);
			continue;
		}
		check_chain(verify, &frames[i], frames[0].chain);
		if (i < alerts)
			check_alert(verify, &frames[i], frames[0].alert);
	}
}

const struct verify_result *
verify_end(struct verify *verify)
{
	struct verify_result *result = &verify->result;
	const struct verify_frame *frames = verify->frames;
	size_t count = verify->frame_count, from, upto;
	uint64_t before;

	if (count == 0)
		return result;
	qsort(verify->frames, count, sizeof(*frames), compare);
	result->first = frames[0].sequence;
	result->last = frames[count - 1].sequence;
	/* A log may begin anywhere: before its first frame nothing is missed;
	 * a heartbeat tells of one that may stand in the log before it. */
	before = frames[0].alert[0] == '\0' ? frames[0].sequence :
					      frames[0].sequence - 1;
	for (from = 0; from < count; from = upto) {
		uint64_t sequence = frames[from].sequence;
		bool has_alert;

		for (upto = from + 1;
		    upto < count && frames[upto].sequence == sequence; upto++)
			continue;
		has_alert = frames[from].alert[0] != '\0';
		if (sequence > before)
			check_gap(verify, before,
			    has_alert ? sequence - 1 : sequence,
			    frames[from].line);
		check_number(verify, &frames[from], upto - from);
		if (sequence > before)
			before = sequence;
	}
	return result;
}
