/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times.  Up to the first NUL a format, then a text; the whole as a time of
 * ISO 8601, and as a file of tzdata.  What is read is written as the same
 * time again.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/zone_internal.h"

#include "fuzz/fuzz.h"

static void
check_time(const struct zone *zone, int64_t time_us)
{
	struct zone_civil civil;
	char text[32];
	int64_t again;

	CHECK(time_us >= ZONE_FIRST_S * 1000000);
	CHECK(time_us < ZONE_END_S * 1000000);
	zone_format_utc_ms(time_us, text);
	CHECK(strlen(text) == 24);
	CHECK(zone_parse_iso(zone, text, strlen(text), &again));
	CHECK(again <= time_us && time_us - again < 1000);
	zone_to_civil(NULL, time_us, &civil);
	CHECK(zone_to_utc(NULL, &civil, &again) && again == time_us);
	zone_to_civil(zone, time_us, &civil);
	CHECK(civil.month >= 1 && civil.month <= 12 && civil.second < 60);
	CHECK(civil.weekday >= 1 && civil.weekday <= 7);
	(void)zone_to_utc(zone, &civil, &again);
	CHECK(zone_midnight(zone, time_us) <= time_us);
}

static void
try_format(const struct zone *zone, struct span format, struct span text)
{
	struct error err = ERROR_NONE;
	char name[64];
	int64_t time_us;

	if (format.len >= sizeof(name))
		return;
	memcpy(name, format.ptr, format.len);
	name[format.len] = '\0';
	if (zone_check_format(name, &err) &&
	    zone_parse_format(zone, name, text.ptr, text.len, &time_us))
		check_time(zone, time_us);
}

static void
try_file(const uint8_t *data, size_t size)
{
	static const int64_t seconds[] = { ZONE_FIRST_S, -1, 0, 1774746000,
		4000000000, ZONE_END_S - 1 };
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;
	char name[16];

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(name, sizeof(name), "%d", fd);
	if (!zone_open(name, &zone, &err))
		CHECK(err.text[0] != '\0');
	for (size_t i = 0;
	    zone != NULL && i < sizeof(seconds) / sizeof(seconds[0]); i++)
		check_time(zone, seconds[i] * 1000000);
	zone_free(zone);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct zone *zone;
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	size_t len = nul == NULL ? size : (size_t)(nul - data);
	struct error err = ERROR_NONE;
	int64_t time_us;

	if (zone == NULL) {
		CHECK(zone_open("Europe/London", &zone, &err));
		/* From now on a zone's name is a file descriptor. */
		CHECK(setenv("TZDIR", "/proc/self/fd", 1) == 0);
	}
	if (size > 0 &&
	    zone_parse_iso(zone, (const char *)data, size, &time_us))
		check_time(zone, time_us);
	if (nul != NULL)
		try_format(zone, span_make(data, len),
		    span_make(nul + 1, size - len - 1));
	try_file(data, size);
	return 0;
}
