/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping file of any text: refused with a finding, or a decoder works. */
#include <sys/mman.h>
#include <unistd.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "decode/decode.h"

#include "fuzz/fuzz.h"
#include "fuzz/libfyaml.h"

static void
decode_with(const struct mapping *mapping)
{
	static const char *const names[] = { "user.id", "a", "query.prefix",
		"subject.id", "@timestamp" };
	struct record record = {
		.bytes = SPAN("{\"userId\":\"P1,P2\",\"q\":[\"x\",1],\"a\":"
			      "{\"b\":null},\"when\":\"2026-03-02 "
			      "21:14:07\"}"),
		.broker_us = RECORD_NO_TIME,
	};
	struct field_set *fields = field_set_new();
	struct arena *arena = arena_new(4096);
	struct error err = ERROR_NONE;
	struct decoder *decoder;
	struct event event;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		field_set_add(fields, span_of(names[i]));
	decoder = decoder_new(mapping, fields, &decode_limits_default);
	if (!decoder_run(decoder, &record, 0, arena, &event, &err))
		CHECK(span_starts_with(span_of(err.code), SPAN("IR10")));
	decoder_free(decoder);
	field_set_free(fields);
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag *diag = diag_new();
	struct buffer findings = BUFFER_INIT;
	struct mapping *mapping;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (mapping_read(path, diag, &mapping)) {
		if (!mapping_lacks_hash_key(mapping))
			decode_with(mapping);
		mapping_free(mapping);
	} else {
		CHECK(diag_errors(diag) > 0);
	}
	diag_render_human(diag, false, &findings);
	buffer_done(&findings);
	diag_free(diag);
	close(fd);
	return 0;
}
