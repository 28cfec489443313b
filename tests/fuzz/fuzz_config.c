/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration of any text is read or refused with a finding. */
#include <sys/mman.h>
#include <unistd.h>

#include <stdio.h>

#include "base/check.h"
#include "config/config.h"

#include "fuzz/fuzz.h"
#include "fuzz/libfyaml.h"

static void
check_config(const struct config *config)
{
	const struct config_destination *destination;

	CHECK(config->kafka.bootstrap != NULL);
	CHECK(config->inputs.count > 0);
	for (size_t i = 0; i < config->destinations.count; i++) {
		destination = (const struct config_destination *)
				  config->destinations.items +
		    i;
		CHECK(destination->name != NULL);
		CHECK(destination->facility >= 0 &&
		    destination->facility <= 23);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(16 * 1024);
	struct diag *diag = diag_new();
	struct buffer findings = BUFFER_INIT;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct config config;
	char path[64];

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (config_read(path, arena, diag, &config))
		check_config(&config);
	else
		CHECK(diag_errors(diag) > 0);
	diag_render_human(diag, false, &findings);
	buffer_done(&findings);
	diag_free(diag);
	arena_free(arena);
	close(fd);
	return 0;
}
