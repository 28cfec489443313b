/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"

#include "engine/pending.h"

void
pending_init(struct pending *pending)
{
	pending->first = NULL;
	pending->last = &pending->first;
}

void
pending_free_item(struct pending_item *item)
{
	mem_free((void *)(uintptr_t)item->notice.about.ptr);
	mem_free((void *)(uintptr_t)item->notice.sentence.ptr);
	mem_free(item);
}

void
pending_done(struct pending *pending)
{
	struct pending_item *item;

	while ((item = pending->first) != NULL) {
		pending->first = item->next;
		pending_free_item(item);
	}
	pending_init(pending);
}

struct pending_item *
pending_add(struct pending *pending, const struct notice *notice)
{
	struct pending_item *item = mem_zalloc(sizeof(*item));

	item->notice = *notice;
	item->notice.about = span_of(span_strdup(notice->about));
	item->notice.sentence = span_of(span_strdup(notice->sentence));
	*pending->last = item;
	pending->last = &item->next;
	return item;
}

void
pending_add_gap(struct pending *pending, const struct pending_gap *gap,
    int64_t now_us)
{
	char about[300], sentence[600];
	struct notice notice = {
		.kind = NOTICE_GAP,
		.level = LEVEL_CRITICAL,
		.at_us = now_us,
		.count = 1,
	};

	(void)snprintf(about, sizeof(about),
	    SPAN_FMT " %d %" PRId64 "-%" PRId64, SPAN_ARG(gap->topic),
	    gap->partition, gap->from, gap->to);
	(void)snprintf(sentence, sizeof(sentence),
	    "Audit records of " SPAN_FMT " partition %d from offset %" PRId64
	    " to %" PRId64 " (%" PRId64 " of them) %s: nothing in them was "
	    "looked at",
	    SPAN_ARG(gap->topic), gap->partition, gap->from, gap->to - 1,
	    gap->to - gap->from,
	    gap->kind == PORT_GAP_RETENTION ?
		"were deleted before they were read" :
		"are missing in the topic");
	log_error("%s", sentence);
	notice.about = span_of(about);
	notice.sentence = span_of(sentence);
	pending_add(pending, &notice)->gap = *gap;
}

static struct pending_item *
unlink_item(struct pending *pending, struct pending_item **link)
{
	struct pending_item *item = *link;

	*link = item->next;
	if (item->next == NULL)
		pending->last = link;
	return item;
}

struct pending_item *
pending_take(struct pending *pending, pending_is_due *is_due, void *context)
{
	for (struct pending_item **link = &pending->first; *link != NULL;
	    link = &(*link)->next) {
		if (is_due(context, *link))
			return unlink_item(pending, link);
	}
	return NULL;
}

int64_t
pending_gap_end(const struct pending *pending, uint32_t feed)
{
	int64_t end = INT64_MIN;

	for (const struct pending_item *item = pending->first; item != NULL;
	    item = item->next) {
		if (item->gap.to > end && item->gap.to > 0 &&
		    item->gap.feed == feed)
			end = item->gap.to;
	}
	return end;
}

void
pending_drop_gaps(struct pending *pending)
{
	struct pending_item **link = &pending->first;

	while (*link != NULL) {
		if ((*link)->gap.to > 0)
			pending_free_item(unlink_item(pending, link));
		else
			link = &(*link)->next;
	}
}
